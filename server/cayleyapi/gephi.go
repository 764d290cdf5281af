package cayleyapi

import (
	"bufio"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// The Gephi stream is the format of Gephi's graph streaming plugin: one event a
// line, "an" adds nodes, "cn" changes them, "ae" adds edges.

const (
	gephiLimit  = 10_000
	gephiSize   = 20
	gephiRadius = 500 // of the disc that nodes are scattered over
)

// Predicates that become attributes of a node instead of edges. Each counts in
// its full and in its short form, as Cayley's data has either.
var gephiInline = map[rdf.Term]bool{
	rdf.IRI("gephi:x"): true, rdf.IRI("gephi:y"): true,
	rdf.RDFType: true, rdf.IRI("rdf:type"): true,
	rdf.RDFSLabel: true, rdf.IRI("rdfs:label"): true,
	rdf.IRI("http://schema.org/name"): true, rdf.IRI("schema:name"): true,
	rdf.IRI("http://schema.org/url"): true, rdf.IRI("schema:url"): true,
}

// gephiLabels are the predicates that name a node, the strongest last.
var gephiLabels = []rdf.IRI{"rdfs:label", rdf.RDFSLabel, "schema:name", "http://schema.org/name"}

func (a *api) gephi(c *gin.Context) {
	limit, _ := strconv.Atoi(c.Query("limit"))
	if limit == 0 {
		limit = gephiLimit
	}
	mode := c.DefaultQuery("mode", "raw")
	if mode != "raw" && mode != "nodes" {
		fail(c, http.StatusBadRequest, "mode is raw or nodes")
		return
	}
	_, release, ok := a.admit(c)
	if !ok {
		return
	}
	defer release()
	done := a.begin(c, "read", c.Request.URL.RequestURI())
	defer done(errFailed)
	snap, err := a.Graph.Snapshot(c.Request.Context())
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
	c.Header("Content-Type", "application/stream+json")
	c.Status(http.StatusOK)
	s := &gephiStream{w: bufio.NewWriter(c.Writer), snap: snap, names: make(map[graph.ID]string), left: limit}
	if mode == "raw" {
		for _, p := range patterns {
			if err = eachMatch(c.Request.Context(), snap, p, s.rawQuad); err != nil {
				break
			}
		}
	} else {
		err = s.nodes(c)
	}
	if err == nil || errors.Is(err, errEnough) {
		err = s.w.Flush()
	}
	if err = done(err); err != nil {
		_ = c.Error(err)
		panic(http.ErrAbortHandler) // the client must not take it for all
	}
}

var errEnough = errors.New("enough")

// gephiStream writes events.
type gephiStream struct {
	w     *bufio.Writer
	snap  graph.Snapshot
	names map[graph.ID]string // of the nodes sent
	edges int
	left  int // quads or nodes still wanted; negative for all
}

type gephiNode map[string]any

type gephiEdge struct {
	Source string `json:"source"`
	Label  string `json:"label"`
	Pred   string `json:"pred"`
	Target string `json:"target"`
}

type gephiEvent struct {
	Add    map[string]gephiNode `json:"an,omitempty"`
	Change map[string]gephiNode `json:"cn,omitempty"`
	Edges  map[string]gephiEdge `json:"ae,omitempty"`
}

func (s *gephiStream) send(e gephiEvent) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = s.w.Write(append(data, "\r\n"...)) // Gephi wants the \r
	return err
}

// take counts one of what the limit bounds.
func (s *gephiStream) take() error {
	if s.left == 0 {
		return errEnough
	}
	s.left--
	return nil
}

// node sends a node unless it was sent before, and returns its name.
func (s *gephiStream) node(id graph.ID) (string, error) {
	if name, ok := s.names[id]; ok {
		return name, nil
	}
	t, err := s.snap.Term(id)
	if err != nil {
		return "", err
	}
	name := strconv.FormatInt(int64(len(s.names)), 16)
	s.names[id] = name
	return name, s.send(gephiEvent{Add: map[string]gephiNode{name: newGephiNode(t, nil)}})
}

func (s *gephiStream) edge(from, to string, predicate rdf.Term) error {
	label := gephiText(predicate)
	name := "q" + strconv.FormatInt(int64(s.edges), 16)
	s.edges++
	return s.send(gephiEvent{Edges: map[string]gephiEdge{name: {from, label, label, to}}})
}

func (s *gephiStream) rawQuad(ids [4]graph.ID) error {
	if err := s.take(); err != nil {
		return err
	}
	from, err := s.node(ids[graph.S])
	if err != nil {
		return err
	}
	to, err := s.node(ids[graph.O])
	if err != nil {
		return err
	}
	p, err := s.snap.Term(ids[graph.P])
	if err != nil {
		return err
	}
	return s.edge(from, to, p)
}

// property is an attribute of a node.
type property struct{ predicate, value rdf.Term }

// nodes sends every subject with its attributes, and its other quads as edges.
func (s *gephiStream) nodes(c *gin.Context) error {
	ctx := c.Request.Context()
	inline, err := s.inlined(c)
	if err != nil {
		return err
	}
	var (
		subject    graph.ID
		skip       bool
		properties []property
	)
	finish := func() error {
		if subject == graph.Any || skip || len(properties) == 0 {
			return nil
		}
		t, err := s.snap.Term(subject)
		if err != nil {
			return err
		}
		return s.send(gephiEvent{Change: map[string]gephiNode{s.names[subject]: newGephiNode(t, properties)}})
	}
	err = eachMatch(ctx, s.snap, graph.Pattern{}, func(ids [4]graph.ID) error { // in order of subjects
		if ids[graph.S] != subject {
			if err := finish(); err != nil {
				return err
			}
			subject, properties = ids[graph.S], properties[:0]
			t, err := s.snap.Term(subject)
			if err != nil {
				return err
			}
			if skip = inline[t]; !skip {
				if err := s.take(); err != nil {
					subject = graph.Any
					return err
				}
				if _, err := s.node(subject); err != nil {
					return err
				}
			}
		}
		if skip {
			return nil
		}
		p, err := s.snap.Term(ids[graph.P])
		if err != nil {
			return err
		}
		o, err := s.snap.Term(ids[graph.O])
		if err != nil {
			return err
		}
		if inline[p] || isAttribute(o) {
			properties = append(properties, property{p, o})
			return nil
		}
		to, err := s.node(ids[graph.O])
		if err != nil {
			return err
		}
		return s.edge(s.names[subject], to, p)
	})
	if err != nil {
		return err
	}
	return finish()
}

// inlined returns the predicates that become attributes: the usual ones and
// those that the graph marks with <gephi:inline> true.
func (s *gephiStream) inlined(c *gin.Context) (map[rdf.Term]bool, error) {
	inline := make(map[rdf.Term]bool)
	for t := range gephiInline {
		inline[t] = true
	}
	p, ok, err := s.snap.Lookup(rdf.IRI("gephi:inline"))
	if err != nil || !ok {
		return inline, err
	}
	o, ok, err := s.snap.Lookup(rdf.NewBoolean(true))
	if err != nil || !ok {
		return inline, err
	}
	return inline, eachMatch(c.Request.Context(), s.snap, graph.Pattern{P: p, O: o}, func(ids [4]graph.ID) error {
		t, err := s.snap.Term(ids[graph.S])
		inline[t] = true
		return err
	})
}

// isAttribute reports whether a value is a number or truth value, which says
// more as an attribute than as a node.
func isAttribute(t rdf.Term) bool {
	l, ok := t.(rdf.Literal)
	if !ok {
		return false
	}
	switch l.Datatype {
	case rdf.XSDBoolean, rdf.XSDInteger, rdf.XSDDouble, rdf.XSDDecimal, rdf.XSDFloat:
		return true
	}
	return false
}

func newGephiNode(t rdf.Term, properties []property) gephiNode {
	x, y := scatter()
	n := gephiNode{"label": gephiLabel(t), "size": gephiSize, "x": x, "y": y}
	for _, label := range gephiLabels {
		for _, p := range properties {
			if l, ok := p.value.(rdf.Literal); ok && p.predicate == label {
				n["label"] = l.Lexical
			}
		}
	}
	for _, p := range properties {
		name := gephiText(p.predicate)
		switch p.predicate {
		case rdf.IRI("gephi:x"):
			name = "x"
		case rdf.IRI("gephi:y"):
			name = "y"
		}
		if name == "x" || name == "y" {
			if f, err := strconv.ParseFloat(gephiText(p.value), 64); err == nil {
				n[name] = f
			}
			continue
		}
		if name != "label" && name != "size" {
			n[name] = gephiText(p.value)
		}
	}
	return n
}

// scatter returns a place in the disc.
func scatter() (x, y float64) {
	for {
		x, y = (rand.Float64()*2-1)*gephiRadius, (rand.Float64()*2-1)*gephiRadius
		if x*x+y*y <= gephiRadius*gephiRadius {
			return x, y
		}
	}
}

// gephiLabel returns what a node is called unless a property says otherwise.
func gephiLabel(t rdf.Term) any {
	switch t := t.(type) {
	case rdf.IRI:
		return string(t)
	case rdf.BlankNode:
		return string(t)
	case rdf.Literal:
		if t.Datatype == rdf.XSDInteger || t.Datatype == rdf.XSDDouble {
			if f, err := strconv.ParseFloat(t.Lexical, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
				return f
			}
		}
		return t.Lexical
	default:
		return t.String()
	}
}

// gephiText returns a term as text in Cayley's notation: <iri>, _:label, or the
// bare text of a literal.
func gephiText(t rdf.Term) string {
	if l, ok := t.(rdf.Literal); ok {
		return l.Lexical
	}
	return t.String()
}
