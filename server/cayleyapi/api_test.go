package cayleyapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// conflict is the shape of the data that the examples are written for.
const conflict = `
<https://belligraph.org/id/actor/mnla> <http://www.w3.org/2000/01/rdf-schema#label> "National Movement for the Liberation of Azawad"@en .
<https://belligraph.org/id/actor/ansar-dine> <http://www.w3.org/2000/01/rdf-schema#label> "Ansar Dine"@en .
<https://belligraph.org/id/actor/mali> <http://www.w3.org/2000/01/rdf-schema#label> "Mali"@en .
<https://belligraph.org/id/actor/malian-army> <http://www.w3.org/2000/01/rdf-schema#label> "Malian Army"@en .
<https://belligraph.org/id/place/tinzaouaten> <http://www.w3.org/2000/01/rdf-schema#label> "Tinzaouaten"@en .
<https://belligraph.org/id/place/algeria> <http://www.w3.org/2000/01/rdf-schema#label> "Algeria"@en .
<https://belligraph.org/id/actor/mnla> <https://belligraph.org/ontology#attacked> <https://belligraph.org/id/place/tinzaouaten> .
<https://belligraph.org/id/actor/mnla> <https://belligraph.org/ontology#attacked> <https://belligraph.org/id/actor/malian-army> .
<https://belligraph.org/id/actor/ansar-dine> <https://belligraph.org/ontology#attacked> <https://belligraph.org/id/place/tinzaouaten> .
<https://belligraph.org/id/actor/mnla> <https://belligraph.org/ontology#captured> <https://belligraph.org/id/place/tinzaouaten> .
<https://belligraph.org/id/actor/malian-army> <https://belligraph.org/ontology#defectedTo> <https://belligraph.org/id/place/algeria> .
<https://belligraph.org/id/actor/mali> <https://belligraph.org/ontology#claimedControl> <https://belligraph.org/id/place/tinzaouaten> .
<https://belligraph.org/id/actor/mnla> <https://belligraph.org/ontology#claimedControl> <https://belligraph.org/id/place/tinzaouaten> .
`

type fixture struct {
	graph   *memgraph.Graph
	handler http.Handler
}

func parse(t testing.TB, nquads string) []rdf.Quad {
	t.Helper()
	f, _ := cayley.FormatByName("nquads")
	var quads []rdf.Quad
	err := f.Read(context.Background(), strings.NewReader(nquads), func(run []rdf.Quad) error {
		quads = append(quads, run...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return quads
}

func newFixture(t testing.TB, open bool, quads ...string) *fixture {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	text := conflict
	if len(quads) > 0 {
		text = strings.Join(quads, "\n")
	}
	f := &fixture{graph: memgraph.New(parse(t, text)...)}
	r := gin.New()
	r.GET("/", func(c *gin.Context) {
		if !FromStockUI(c) {
			c.String(http.StatusOK, "home")
		}
	})
	r.GET("/favicon.ico", func(c *gin.Context) { c.Status(http.StatusNoContent) })
	err := Register(r, Deps{Graph: f.graph, WriteGuard: func(*gin.Context) bool { return open }, MaxUpload: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	f.handler = r
	return f
}

// has reports whether the graph holds the quad of an N-Quads line.
func (f *fixture) has(t testing.TB, line string) bool {
	t.Helper()
	want := parse(t, line)[0]
	found := false
	err := f.graph.Update(context.Background(), func(tx graph.Tx) error {
		n, err := tx.Delete(want)
		found = n == 1
		if found && err == nil {
			_, err = tx.Insert(want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// request sends a request and returns the answer.
func (f *fixture) request(method, path, body string, header ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.handler.ServeHTTP(w, req)
	return w
}
