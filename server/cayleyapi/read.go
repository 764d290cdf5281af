package cayleyapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
	"github.com/belligraph/belligraph/graph/rdf"
)

func (a *api) formats(c *gin.Context) {
	type format struct {
		ID     string   `json:"id"`
		Read   bool     `json:"read,omitempty"`
		Write  bool     `json:"write,omitempty"`
		Nodes  bool     `json:"nodes,omitempty"`
		Ext    []string `json:"ext,omitempty"`
		MIME   []string `json:"mime,omitempty"`
		Binary bool     `json:"binary,omitempty"`
	}
	var out []format
	for _, f := range cayley.Formats() {
		out = append(out, format{f.Name, f.CanRead(), f.CanWrite(), f.HasNodes(), f.Ext, f.MIME, f.Binary})
	}
	c.JSON(http.StatusOK, out)
}

// readFormat returns the format that a request asks for by name or by Accept.
func readFormat(c *gin.Context, name string) (cayley.Format, bool) {
	if f, ok := cayley.FormatByName(name); ok {
		return f, true
	}
	var offers []string
	for _, f := range cayley.Formats() {
		if f.CanWrite() {
			offers = append(offers, f.MIME...)
		}
	}
	// A browser accepts XML and then anything; neither is a wish for GraphML.
	accept := c.GetHeader("Accept")
	if !strings.Contains(accept, "text/html") {
		slices.SortStableFunc(offers, func(x, y string) int { // default first, as it wins ties
			return boolInt(y == "application/n-quads") - boolInt(x == "application/n-quads")
		})
		if f, ok := cayley.FormatByMIME(best(accept, offers...)); ok {
			return f, true
		}
	}
	return cayley.FormatByName(cayley.DefaultFormat)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// read writes the quads that match lists of values.
func (a *api) read(c *gin.Context) {
	a.limited(c)
	format, ok := readFormat(c, formValue(c, "format"))
	if !ok || !format.CanWrite() {
		fail(c, http.StatusBadRequest, "format is not supported for reading data")
		return
	}
	_, release, admitted := a.admit(c)
	if !admitted {
		return
	}
	defer release()
	done := a.begin(c, "read", c.Request.URL.RequestURI())
	defer done(errFailed)
	ctx := c.Request.Context()
	snap, err := a.Graph.Snapshot(ctx)
	if err != nil {
		failWith(c, err)
		return
	}
	defer snap.Close()
	patterns, err := requestPatterns(c, snap)
	if err != nil {
		failWith(c, err)
		return
	}
	if len(format.MIME) > 0 {
		c.Header("Content-Type", format.MIME[0])
	}
	c.Header("Vary", "Accept, Accept-Encoding")
	var out io.Writer = c.Writer
	var zip *gzip.Writer
	if quality(c.GetHeader("Accept-Encoding"), "gzip") > 0 {
		c.Header("Content-Encoding", "gzip")
		zip = gzip.NewWriter(out)
		out = zip
	}
	w, err := format.NewWriter(out, cayley.IRIStyle(formValue(c, "iri")))
	if err == nil {
		err = eachQuad(ctx, snap, patterns, w.Write)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil && zip != nil {
		err = zip.Close()
	}
	if err = done(err); err == nil {
		return
	}
	if !c.Writer.Written() {
		c.Writer.Header().Del("Content-Encoding")
		failWith(c, err)
		return
	}
	// A part has been sent already. Breaking the connection is the only way
	// left to say that it is not all.
	_ = c.Error(err)
	panic(http.ErrAbortHandler)
}

func formValue(c *gin.Context, name string) string {
	if v := c.Query(name); v != "" || c.Request.Method != http.MethodPost {
		return v
	}
	return c.PostForm(name)
}

// maxPatterns bounds the combinations of the lists in a request.
const maxPatterns = 10_000

// requestPatterns returns the patterns of the lists sub, pred, obj and label,
// each a list of values parted by commas. An absent list admits everything.
func requestPatterns(c *gin.Context, snap graph.Snapshot) ([]graph.Pattern, error) {
	patterns := []graph.Pattern{{}}
	for i, name := range []string{"sub", "pred", "obj", "label"} {
		text := formValue(c, name)
		if text == "" {
			continue
		}
		ids, err := lookupList(snap, text)
		if err != nil {
			return nil, err
		}
		if len(ids)*len(patterns) > maxPatterns {
			return nil, fmt.Errorf("more than %d combinations of values: %w", maxPatterns, graph.ErrBadRequest)
		}
		var next []graph.Pattern
		for _, p := range patterns {
			for _, id := range ids {
				switch graph.Column(i) {
				case graph.S:
					p.S = id
				case graph.P:
					p.P = id
				case graph.O:
					p.O = id
				default:
					p.G = id
				}
				next = append(next, p)
			}
		}
		patterns = next
	}
	return patterns, nil
}

// lookupList returns the ids of those values of a list that the graph knows.
func lookupList(snap graph.Snapshot, text string) ([]graph.ID, error) {
	var ids []graph.ID
	for v := range strings.SplitSeq(text, ",") {
		t, err := cayley.ParseValue(v)
		if err != nil {
			return nil, err
		}
		if t == nil {
			continue
		}
		id, ok, err := snap.Lookup(t)
		if err != nil {
			return nil, err
		}
		if ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// eachQuad calls f for the quads of the patterns, which must not overlap.
func eachQuad(ctx context.Context, snap graph.Snapshot, patterns []graph.Pattern, f func(rdf.Quad) error) error {
	for _, p := range patterns {
		if err := eachMatch(ctx, snap, p, func(ids [4]graph.ID) error {
			q, err := quadOf(snap, ids)
			if err != nil {
				return err
			}
			return f(q)
		}); err != nil {
			return err
		}
	}
	return nil
}

// eachMatch calls f for the ids of the quads of a pattern.
func eachMatch(ctx context.Context, snap graph.Snapshot, p graph.Pattern, f func([4]graph.ID) error) (err error) {
	order, ok := graph.BestOrder(p)
	onlyGraph := graph.Any
	if !ok {
		onlyGraph, p.G = p.G, graph.Any
	}
	rows, err := snap.Scan(ctx, p, order, graph.AllCols)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = cerr
		}
	}()
	for b := rows.Next(); b != nil; b = rows.Next() {
		for i := range b.N {
			if onlyGraph != graph.Any && b.Cols[graph.G][i] != onlyGraph {
				continue
			}
			if err := f([4]graph.ID{b.Cols[graph.S][i], b.Cols[graph.P][i], b.Cols[graph.O][i], b.Cols[graph.G][i]}); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}

func quadOf(snap graph.Snapshot, ids [4]graph.ID) (q rdf.Quad, err error) {
	for i, to := range []*rdf.Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
		if ids[i] == graph.DefaultGraph {
			continue
		}
		if *to, err = snap.Term(ids[i]); err != nil {
			return rdf.Quad{}, err
		}
	}
	return q, nil
}
