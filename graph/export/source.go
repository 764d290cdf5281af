package export

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// source reads what exports are made of. What claims share is remembered in
// tables of bounded size.
type source struct {
	ctx    context.Context
	snap   graph.Snapshot
	graph  graph.ID
	reader *claim.Reader

	entities map[claim.Ref]*claim.Entity
	points   map[claim.Ref]*point
}

// maxRemembered bounds each table.
const maxRemembered = 1 << 14

// point is where a place is, in degrees of WGS 84.
type point struct{ lat, long float64 }

const (
	propLat  rdf.IRI = "http://www.w3.org/2003/01/geo/wgs84_pos#lat"
	propLong rdf.IRI = "http://www.w3.org/2003/01/geo/wgs84_pos#long"
)

func newSource(ctx context.Context, snap graph.Snapshot, in rdf.Term) (*source, error) {
	r, err := claim.NewReader(snap, claim.ReadOptions{Graph: in})
	if err != nil {
		return nil, err
	}
	s := &source{
		ctx: ctx, snap: snap, graph: graph.DefaultGraph, reader: r,
		entities: make(map[claim.Ref]*claim.Entity), points: make(map[claim.Ref]*point),
	}
	if in != nil {
		id, _, err := snap.Lookup(in)
		if err != nil {
			return nil, err
		}
		s.graph = id // of a graph that is not there, the reader finds nothing
	}
	return s, nil
}

// entity returns what is known of a thing. Its kind is empty when it is no
// entity, such as a document that speaks for itself.
func (s *source) entity(r claim.Ref) (*claim.Entity, error) {
	if e := s.entities[r]; e != nil {
		return e, nil
	}
	e, _, err := s.reader.Entity(s.ctx, r)
	if err != nil {
		return nil, err
	}
	if len(s.entities) >= maxRemembered {
		clear(s.entities)
	}
	s.entities[r] = &e
	return &e, nil
}

// name returns the label of a thing, or the readable end of its IRI.
func (s *source) name(r claim.Ref) (string, error) {
	if r == "" {
		return "", nil
	}
	e, err := s.entity(r)
	if err != nil {
		return "", err
	}
	return cmp.Or(e.Label, claim.Entities{}.Name(r)), nil
}

func (s *source) names(refs []claim.Ref) ([]string, error) {
	out := make([]string, len(refs))
	for i, r := range refs {
		var err error
		if out[i], err = s.name(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// known returns the entities that a claim speaks of, which decide what edges it
// has.
func (s *source) known(c *claim.Claim) (claim.Entities, error) {
	es := make(claim.Entities)
	for _, r := range c.Refers() {
		e, err := s.entity(r)
		if err != nil {
			return nil, err
		}
		if e.Kind != "" {
			es[r] = e
		}
	}
	return es, nil
}

// point returns where a place is, nil when that is not known: for an area, no
// point is.
func (s *source) point(place claim.Ref) (*point, error) {
	if place == "" {
		return nil, nil
	}
	if p, ok := s.points[place]; ok {
		return p, nil
	}
	lat, okLat, err := s.degrees(place, propLat)
	if err != nil {
		return nil, err
	}
	long, okLong, err := s.degrees(place, propLong)
	if err != nil {
		return nil, err
	}
	var p *point
	if okLat && okLong {
		p = &point{lat, long}
	}
	if len(s.points) >= maxRemembered {
		clear(s.points)
	}
	s.points[place] = p
	return p, nil
}

func (s *source) degrees(place claim.Ref, property rdf.IRI) (float64, bool, error) {
	for t, err := range s.values(place, property) {
		if err != nil {
			return 0, false, err
		}
		if l, ok := t.(rdf.Literal); ok {
			if f, err := strconv.ParseFloat(l.Lexical, 64); err == nil {
				return f, true, nil
			}
		}
	}
	return 0, false, nil
}

// values returns the values of a property of a thing in the graph.
func (s *source) values(subject claim.Ref, property rdf.IRI) func(func(rdf.Term, error) bool) {
	return func(yield func(rdf.Term, error) bool) {
		for q, err := range s.statements(subject) {
			if err != nil || q.Predicate == property {
				if !yield(q.Object, err) {
					return
				}
			}
		}
	}
}

// statements returns what the graph says of a thing, in order.
func (s *source) statements(subject claim.Ref) func(func(rdf.Triple, error) bool) {
	return func(yield func(rdf.Triple, error) bool) {
		id, ok, err := s.snap.Lookup(rdf.IRI(subject))
		if err != nil || !ok {
			if err != nil {
				yield(rdf.Triple{}, err)
			}
			return
		}
		cur, err := s.snap.Scan(s.ctx, graph.Pattern{S: id}, graph.SPOG, graph.ColP|graph.ColO|graph.ColG)
		if err != nil {
			yield(rdf.Triple{}, err)
			return
		}
		defer cur.Close()
		for b := cur.Next(); b != nil; b = cur.Next() {
			for i := range b.N {
				if b.Cols[graph.G][i] != s.graph {
					continue
				}
				p, err := s.snap.Term(b.Cols[graph.P][i])
				var o rdf.Term
				if err == nil {
					o, err = s.snap.Term(b.Cols[graph.O][i])
				}
				if !yield(rdf.Triple{Subject: rdf.IRI(subject), Predicate: p, Object: o}, err) || err != nil {
					return
				}
			}
		}
		if err := cur.Err(); err != nil {
			yield(rdf.Triple{}, err)
		}
	}
}

// bounds are the widest bounds of an interval as days, empty where unknown.
func bounds(i claim.Interval) (first, last string) {
	first, _, _ = i.EarliestBegin.Days()
	_, last, _ = i.LatestEnd.Days()
	return first, last
}

// fourPoints are the points of an interval as days: the earliest and the latest
// begin, the earliest and the latest end.
func fourPoints(i claim.Interval) [4]string {
	var out [4]string
	out[0], _, _ = i.EarliestBegin.Days()
	_, out[1], _ = i.LatestBegin.Days()
	out[2], _, _ = i.EarliestEnd.Days()
	_, out[3], _ = i.LatestEnd.Days()
	return out
}

// strs turns references into strings, sorted and once each.
func strs(refs []claim.Ref) []string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = string(r)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
