package server

import (
	"cmp"
	"context"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/server/cayleyapi"
	"github.com/belligraph/belligraph/server/web"
)

// queryExamples are the queries to start from. The documents show them too, and
// a test runs them.
var queryExamples = []web.Example{
	{Title: "The plain edges: who did what to whom", Query: `PREFIX bg: <https://belligraph.org/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?who ?did ?whom WHERE {
  VALUES ?p { bg:attacked bg:captured bg:repelled bg:withdrewTo bg:claimedControl bg:inferredDefectedTo }
  ?s ?p ?o .
  ?s rdfs:label ?who . ?o rdfs:label ?whom .
  BIND(STRAFTER(STR(?p), "#") AS ?did)
}
ORDER BY ?who ?did ?whom`},
	{Title: "The words behind an edge, with who said them", Query: `PREFIX bg: <https://belligraph.org/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?claimant ?quote ?start ?end WHERE {
  ?claim rdf:reifies <<( ?s bg:captured ?o )>> ;
         bg:claimant/rdfs:label ?claimant ;
         bg:evidence ?span .
  ?span bg:quote ?quote ; bg:start ?start ; bg:end ?end .
}
ORDER BY ?start`},
	{Title: "Casualties by claimant, with their ranges", Query: `PREFIX bg: <https://belligraph.org/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?party ?what ?min ?max ?claimant ?quote WHERE {
  ?claim bg:proposition/bg:quantity ?q ; bg:claimant/rdfs:label ?claimant ; bg:evidence/bg:quote ?quote .
  ?q bg:party/rdfs:label ?party ; bg:metric ?metric .
  OPTIONAL { ?q bg:min ?min } OPTIONAL { ?q bg:max ?max }
  BIND(STRAFTER(STR(?metric), "metric/") AS ?what)
}
ORDER BY ?party ?what ?claimant`},
	{Title: "What is denied, and by whom", Query: `PREFIX bg: <https://belligraph.org/ontology#>
PREFIX stance: <https://belligraph.org/ontology/stance/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?claimant ?denied ?quote WHERE {
  ?claim bg:stance stance:denies ;
         bg:claimant/rdfs:label ?claimant ;
         bg:proposition/rdfs:label ?denied ;
         bg:evidence/bg:quote ?quote .
}`},
	{Title: "Where sources disagree, and the claims that do", Query: `PREFIX bg: <https://belligraph.org/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?disagreement ?claimant ?claim WHERE {
  ?d a bg:Disagreement ; rdfs:label ?disagreement ; bg:fromClaim ?c .
  ?c rdfs:label ?claim ; bg:claimant/rdfs:label ?claimant .
}
ORDER BY ?disagreement ?claimant ?claim`},
}

// homeCache keeps, for each kind of reader, the front page of one state of the
// graph.
type homeCache struct {
	mu    sync.Mutex
	pages map[string]*homeVersion // by private.Rights.Key
}

type homeVersion struct {
	version uint64
	page    *web.Home
}

func (s *Server) home(c *gin.Context) {
	if cayleyapi.FromStockUI(c) {
		return
	}
	page, err := s.homePage(c.Request.Context())
	if err != nil {
		s.failWith(c, err)
		return
	}
	s.render(c, http.StatusOK, web.PageHome, page)
}

// homePage gathers the front page, once per state of the graph.
func (s *Server) homePage(ctx context.Context) (*web.Home, error) {
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	version := snap.Version()
	quads, err := snap.Len()
	if err = cmp.Or(err, snap.Close()); err != nil {
		return nil, err
	}
	s.homes.mu.Lock()
	defer s.homes.mu.Unlock()
	key := private.Of(ctx).Key()
	if h := s.homes.pages[key]; h != nil && h.version == version {
		return h.page, nil
	}
	page := &web.Home{Questions: s.webQuestions()}
	for _, q := range s.questions.all {
		if len(q.Examples) > 0 && len(page.Examples) < 5 {
			page.Examples = append(page.Examples, q.Examples[0])
		}
	}
	if page.Stats, err = s.homeStats(ctx, quads); err != nil {
		return nil, err
	}
	if err := s.homeEdges(ctx, page); err != nil {
		return nil, err
	}
	if err := s.homeDisagreements(ctx, page); err != nil {
		return nil, err
	}
	keep(&s.homes.pages, key, &homeVersion{version, page})
	return page, nil
}

// rows runs a query of the server's own.
func (s *Server) rows(ctx context.Context, query string, row func([]rdf.Term)) error {
	res, err := s.engine.Query(ctx, query, queries.QueryOptions{})
	if err != nil {
		return err
	}
	defer res.Close()
	for terms, err := range res.Rows() {
		if err != nil {
			return err
		}
		row(terms)
	}
	return nil
}

const homePrefixes = `PREFIX bg: <https://belligraph.org/ontology#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
`

func (s *Server) homeStats(ctx context.Context, quads uint64) ([]web.Stat, error) {
	counts := []struct{ label, query string }{
		{"documents", `SELECT (COUNT(*) AS ?n) { ?d a bg:Document }`},
		{"claims", `SELECT (COUNT(*) AS ?n) { ?c a bg:Claim }`},
		{"claimants", `SELECT (COUNT(DISTINCT ?w) AS ?n) { ?c a bg:Claim ; bg:claimant ?w }`},
		{"disagreements", `SELECT (COUNT(*) AS ?n) { ?d a bg:Disagreement }`},
	}
	var stats []web.Stat
	for _, count := range counts {
		err := s.rows(ctx, homePrefixes+count.query, func(row []rdf.Term) {
			if n, ok := row[0].(rdf.Literal); ok {
				stats = append(stats, web.Stat{Label: count.label, Value: n.Lexical})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return append(stats, web.Stat{Label: "statements", Value: strconv.FormatUint(quads, 10)}), nil
}

// maxHomeEdges is what a person takes in at a glance.
const maxHomeEdges = 14

// homeEdges lists plain edges with their claimants, grouped per edge.
func (s *Server) homeEdges(ctx context.Context, page *web.Home) error {
	index := make(map[string]int)
	claimants := make(map[int]map[string]bool)
	err := s.rows(ctx, homePrefixes+`SELECT ?s ?sl ?p ?o ?ol ?claimant ?quote ?date {
  ?edge a bg:Edge ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
  FILTER(?p NOT IN (bg:participant, bg:partOf, bg:tookPlaceAt, bg:victor))
  ?c bg:edge ?edge ; bg:claimant ?w ; bg:proposition ?prop .
  ?s rdfs:label ?sl . ?o rdfs:label ?ol . ?w rdfs:label ?claimant .
  OPTIONAL { ?c bg:evidence/bg:quote ?quote }
  OPTIONAL { ?prop bg:time/rdfs:label ?date }
} ORDER BY (!BOUND(?date)) ?date ?sl ?p ?ol ?claimant LIMIT 400`, func(row []rdf.Term) {
		key := row[0].String() + row[2].String() + row[3].String()
		i, seen := index[key]
		if !seen {
			i = len(page.Edges)
			index[key] = i
			claimants[i] = make(map[string]bool)
			kind := shownText(row[2])
			e := web.Edge{
				Subject: shownText(row[1]), SubjectHref: href(row[0]), Kind: kind, Label: spaced(kind),
				Object: shownText(row[4]), ObjectHref: href(row[3]),
			}
			if row[6] != nil {
				e.Quote = shownText(row[6])
			}
			if row[7] != nil {
				e.When = shownText(row[7])
			}
			page.Edges = append(page.Edges, e)
		}
		claimants[i][shownText(row[5])] = true
	})
	if err != nil {
		return err
	}
	for i := range page.Edges {
		page.Edges[i].Claimants = strings.Join(slices.Sorted(maps.Keys(claimants[i])), ", ")
	}
	if more := len(page.Edges) - maxHomeEdges; more > 0 {
		page.Edges, page.MoreEdges = page.Edges[:maxHomeEdges], more
	}
	return nil
}

// spaced writes a local name as words: "withdrewTo" is "withdrew to".
func spaced(name string) string {
	var b strings.Builder
	for _, r := range name {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (s *Server) homeDisagreements(ctx context.Context, page *web.Home) error {
	return s.rows(ctx, homePrefixes+`SELECT ?type ?label ?reason {
  ?d a bg:Disagreement ; bg:disagreementType ?type ; rdfs:label ?label .
  OPTIONAL { ?d bg:reason ?reason }
} ORDER BY ?label LIMIT 12`, func(row []rdf.Term) {
		kind := shownText(row[0])
		text := strings.TrimPrefix(shownText(row[1]), kind+": ")
		if row[2] != nil {
			text += " – " + shownText(row[2])
		}
		page.Disagreements = append(page.Disagreements, web.Disagreement{Kind: kind, Text: text})
	})
}

// framed shows a body made by others in the frame of the site.
func (s *Server) framed(c *gin.Context, title string, body template.HTML) {
	s.render(c, http.StatusOK, web.PageGuide, web.Guide{Title: title, Body: body})
}
