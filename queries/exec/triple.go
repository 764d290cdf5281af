package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/plan"
)

// unfold takes triple terms apart, or finds the stored term of given parts.
type unfold struct {
	q      *Query
	in     operator
	term   int
	parts  plan.Triple
	cols   [3]int // input columns of the parts, -1 for none
	fromIn []int
	from   []int // part by output column, -1 for none
	find   bool
	nested bool
	out    builder
}

func (q *Query) unfold(n *plan.Unfold, in operator) (operator, error) {
	u := &unfold{q: q, in: in, parts: n.Parts, out: newBuilder(len(n.Vars))}
	u.prepare(n.Input, &n.Props)
	u.term = n.Input.Properties().Column(n.Term)
	return u, nil
}

func (q *Query) fold(n *plan.Fold, in operator) (operator, error) {
	u := &unfold{q: q, in: in, parts: n.Parts, find: true, nested: n.Nested, out: newBuilder(len(n.Vars))}
	u.prepare(n.Input, &n.Props)
	for i, v := range n.Vars {
		if v == n.Term {
			u.from[i] = 3
		}
	}
	u.term = n.Input.Properties().Column(n.Term)
	return u, nil
}

func (u *unfold) prepare(input plan.Node, out *plan.Props) {
	ip := input.Properties()
	for i, pos := range u.parts {
		u.cols[i] = -1
		if pos.IsVar() {
			u.cols[i] = ip.Column(pos.Var)
		}
	}
	for _, v := range out.Vars {
		u.fromIn = append(u.fromIn, ip.Column(v))
		part := -1
		for i, pos := range u.parts {
			if pos.Var == v {
				part = i
			}
		}
		u.from = append(u.from, part)
	}
}

func (u *unfold) next() (*Batch, error) {
	for {
		b, err := u.in.next()
		if b == nil || err != nil {
			return nil, err
		}
		if err := u.q.ctx.Err(); err != nil {
			return nil, err
		}
		u.out.reset()
		for i := range b.N {
			var parts [4]graph.ID
			var ok bool
			if u.find {
				parts, ok, err = u.lookup(b, i)
			} else {
				parts, ok, err = u.takeApart(b, i)
			}
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			for c := range u.out.Cols {
				id := graph.Any
				if in := u.fromIn[c]; in >= 0 {
					id = b.Cols[in][i]
				}
				if id == graph.Any && u.from[c] >= 0 {
					id = parts[u.from[c]]
				}
				u.out.Cols[c] = append(u.out.Cols[c], id)
			}
			u.out.N++
		}
		if u.out.N > 0 {
			return &u.out.Batch, nil
		}
	}
}

// takeApart returns the parts of the term of row i when they agree with what
// the pattern and the row say.
func (u *unfold) takeApart(b *Batch, i int) (parts [4]graph.ID, ok bool, err error) {
	id := b.Cols[u.term][i]
	if id.Tag() != graph.TagTriple && id.Tag() != graph.TagLocal {
		return parts, false, nil
	}
	t, err := u.q.Terms.Term(id)
	if err != nil {
		return parts, false, err
	}
	triple, isTriple := t.(rdf.Triple)
	if !isTriple {
		return parts, false, nil
	}
	for k, part := range []rdf.Term{triple.Subject, triple.Predicate, triple.Object} {
		if parts[k], err = u.q.Terms.ID(part); err != nil {
			return parts, false, err
		}
		want := u.parts[k].ID
		if u.parts[k].IsVar() {
			want = graph.Any
			if c := u.cols[k]; c >= 0 {
				want = b.Cols[c][i]
			}
			for l := range k { // a variable that occurs twice
				if u.parts[l].Var == u.parts[k].Var && parts[l] != parts[k] {
					return parts, false, nil
				}
			}
		}
		if want != graph.Any && want != parts[k] {
			return parts, false, nil
		}
	}
	return parts, true, nil
}

// lookup finds the stored term whose parts row i has.
func (u *unfold) lookup(b *Batch, i int) (parts [4]graph.ID, ok bool, err error) {
	var terms [3]rdf.Term
	for k, pos := range u.parts {
		id := pos.ID
		if pos.IsVar() {
			id = b.Cols[u.cols[k]][i]
		}
		if id.Tag() == graph.TagLocal {
			if t := u.q.term(id); t == nil || t.Kind() != rdf.KindTriple {
				return parts, false, nil
			}
		}
		if terms[k], err = u.q.Terms.Term(id); err != nil {
			return parts, false, err
		}
	}
	if _, isIRI := terms[1].(rdf.IRI); !isIRI || terms[0].Kind() == rdf.KindLiteral {
		return parts, false, nil
	}
	triple := rdf.Triple{Subject: terms[0], Predicate: terms[1], Object: terms[2]}
	id, ok, err := u.q.snap.Lookup(triple)
	if !ok && err == nil && u.nested {
		id, err = u.q.Terms.ID(triple)
		ok = true
	}
	if !ok || err != nil {
		return parts, false, err
	}
	if u.term >= 0 && b.Cols[u.term][i] != graph.Any && b.Cols[u.term][i] != id {
		return parts, false, nil
	}
	parts[3] = id
	return parts, true, nil
}

func (u *unfold) close() { u.in.close() }
