package queries

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/plan"
)

// describer answers DESCRIBE with concise bounded descriptions: all triples
// whose subject is the resource, the same for each blank node among their
// objects, and the reifiers of these triples with what is said about them. The
// specification leaves the choice open (§16.4); triples are taken from all
// graphs of the dataset and given without their graph.
type describer struct {
	r       *Result
	ds      exec.Dataset
	targets []algebra.PatternTerm
	done    map[rdf.Term]bool
	todo    []rdf.Term
	seen    map[rdf.Quad]bool
}

func newDescriber(r *Result, ds exec.Dataset, targets []algebra.PatternTerm) (*describer, error) {
	return &describer{r: r, ds: ds, targets: targets, done: make(map[rdf.Term]bool), seen: make(map[rdf.Quad]bool)}, nil
}

func (d *describer) run(yield func(rdf.Quad, error) bool) error {
	for _, t := range d.targets {
		if iri, ok := t.(rdf.IRI); ok {
			d.todo = append(d.todo, iri)
		}
	}
	if err := d.drain(yield); err != nil {
		return err
	}
	var cols []int
	for _, t := range d.targets {
		if v, ok := t.(algebra.Var); ok {
			if c := d.r.plan.Root.Properties().Column(v); c >= 0 {
				cols = append(cols, c)
			}
		}
	}
	for len(cols) > 0 {
		b, err := d.r.rows.Next()
		if b == nil || err != nil {
			return err
		}
		for i := range b.N {
			for _, c := range cols {
				t, err := d.r.query.Terms.Term(b.Cols[c][i])
				if err != nil {
					return err
				}
				if t != nil {
					d.todo = append(d.todo, t)
				}
			}
			if err := d.drain(yield); err != nil {
				return err
			}
		}
	}
	return nil
}

// drain describes what is to be described.
func (d *describer) drain(yield func(rdf.Quad, error) bool) error {
	for len(d.todo) > 0 {
		t := d.todo[len(d.todo)-1]
		d.todo = d.todo[:len(d.todo)-1]
		switch t.(type) {
		case rdf.IRI, rdf.BlankNode:
		default:
			continue
		}
		if d.done[t] {
			continue
		}
		d.done[t] = true
		if err := d.r.query.Take(100); err != nil {
			return err
		}
		err := d.match(t, nil, nil, func(q rdf.Quad) error {
			if d.seen[q] {
				return nil
			}
			d.seen[q] = true
			if err := d.r.query.Take(200); err != nil {
				return err
			}
			if !yield(q, nil) {
				return errStop
			}
			if b, ok := q.Object.(rdf.BlankNode); ok {
				d.todo = append(d.todo, b)
			}
			return d.match(nil, rdf.RDFReifies, q.Triple(), func(q rdf.Quad) error {
				d.todo = append(d.todo, q.Subject)
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// match calls f for the triples with the given terms in the graphs of the
// dataset.
func (d *describer) match(s, p, o rdf.Term, f func(rdf.Quad) error) error {
	var pattern graph.Pattern
	for i, t := range []rdf.Term{s, p, o} {
		if t == nil {
			continue
		}
		id, ok, err := d.r.snap.Lookup(t)
		if !ok || err != nil {
			return err
		}
		*[]*graph.ID{&pattern.S, &pattern.P, &pattern.O}[i] = id
	}
	order, _ := graph.BestOrder(pattern)
	c, err := d.r.snap.Scan(d.r.ctx, pattern, order, graph.AllCols)
	if err != nil {
		return err
	}
	defer c.Close()
	for b := c.Next(); b != nil; b = c.Next() {
		for i := range b.N {
			if !d.inDataset(b.Cols[graph.G][i]) {
				continue
			}
			var q rdf.Quad
			if q.Subject, err = d.r.query.Terms.Term(b.Cols[graph.S][i]); err != nil {
				return err
			}
			if q.Predicate, err = d.r.query.Terms.Term(b.Cols[graph.P][i]); err != nil {
				return err
			}
			if q.Object, err = d.r.query.Terms.Term(b.Cols[graph.O][i]); err != nil {
				return err
			}
			if err := f(q); err != nil {
				return err
			}
		}
	}
	return c.Err()
}

func (d *describer) inDataset(g graph.ID) bool {
	for _, a := range []plan.Active{d.ds.Default, d.ds.Named} {
		if a.All && (a.Kind != plan.GraphVar || g != graph.DefaultGraph) {
			return true
		}
		for _, id := range a.IDs {
			if id == g {
				return true
			}
		}
	}
	return false
}
