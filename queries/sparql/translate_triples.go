package sparql

import (
	"strconv"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// patternRun collects adjacent triples and paths of a group into the patterns
// that are joined: triples next to each other share one BGP, every path that
// is not made of triples stands for itself (§18.2.2.5).
type patternRun struct {
	t     *translator
	nodes []algebra.Node
	bgp   *algebra.BGP
}

// take returns what was collected and starts anew.
func (r *patternRun) take() []algebra.Node {
	out := r.nodes
	r.nodes, r.bgp = nil, nil
	return out
}

func (r *patternRun) add(s, p, o algebra.PatternTerm) {
	if r.bgp == nil {
		r.bgp = &algebra.BGP{}
		r.nodes = append(r.nodes, r.bgp)
	}
	r.bgp.Patterns = append(r.bgp.Patterns, algebra.TriplePattern{S: s, P: p, O: o})
}

func (r *patternRun) triples(list []Triples) {
	for _, t := range list {
		s := r.node(t.Subject)
		r.properties(s, t.Properties)
	}
}

func (r *patternRun) properties(s algebra.PatternTerm, list []Property) {
	for _, p := range list {
		for _, o := range p.Objects {
			obj := r.node(o.Term)
			plain, ok := p.Verb.(PathTerm)
			if !ok {
				r.path(s, p.Verb, obj)
				continue
			}
			verb := r.t.term(plain.Term)
			r.add(s, verb, obj)
			r.annotations(triple(s, verb, obj), o.Annotations)
		}
	}
}

// annotations writes out the reifiers and annotation blocks of a triple. A
// block belongs to the reifier straight before it, otherwise to one of its
// own.
func (r *patternRun) annotations(of algebra.PatternTerm, list []Annotation) {
	var reifier algebra.PatternTerm
	for _, a := range list {
		if !a.IsBlock() {
			reifier = r.reifier(a.Reifier, of)
			continue
		}
		if reifier == nil {
			reifier = r.reifier(nil, of)
		}
		r.properties(reifier, a.Block)
		reifier = nil
	}
}

// reifier adds the triple that makes name, or a new blank node, reify a triple.
func (r *patternRun) reifier(name Term, of algebra.PatternTerm) algebra.PatternTerm {
	var node algebra.PatternTerm
	if name == nil {
		node = r.t.anonymous()
	} else {
		node = r.t.term(name)
	}
	r.add(node, rdf.RDFReifies, of)
	return node
}

// node returns the term that stands for x, having added the triples that x
// brings along.
func (r *patternRun) node(x Term) algebra.PatternTerm {
	switch x := x.(type) {
	case *PropertyList:
		n := r.t.anonymous()
		r.properties(n, x.Properties)
		return n
	case *Collection:
		return r.collection(x)
	case *ReifiedTriple:
		s := r.node(x.S)
		p := r.t.term(x.P)
		o := r.node(x.O)
		return r.reifier(x.Reifier, triple(s, p, o))
	default:
		return r.t.term(x)
	}
}

func (r *patternRun) collection(c *Collection) algebra.PatternTerm {
	if len(c.Items) == 0 {
		return rdf.RDFNil
	}
	head := r.t.anonymous()
	cell := head
	for i, it := range c.Items {
		r.add(cell, rdf.RDFFirst, r.node(it))
		var rest algebra.PatternTerm = rdf.RDFNil
		if i+1 < len(c.Items) {
			rest = r.t.anonymous()
		}
		r.add(cell, rdf.RDFRest, rest)
		cell = rest
	}
	return head
}

// path adds a property path pattern, as triples where it can (§18.2.2.4).
func (r *patternRun) path(s algebra.PatternTerm, p Path, o algebra.PatternTerm) {
	switch p := p.(type) {
	case PathTerm:
		r.add(s, r.t.term(p.Term), o)
	case *PathInverse:
		r.path(o, p.Path, s)
	case *PathSequence:
		mid := r.t.anonymous()
		r.path(s, p.Left, mid)
		r.path(mid, p.Right, o)
	default:
		r.bgp = nil
		r.nodes = append(r.nodes, &algebra.Path{S: s, Path: r.t.pathExpr(p), O: o})
	}
}

func (t *translator) pathExpr(p Path) algebra.PathExpr {
	switch p := p.(type) {
	case PathTerm:
		i, _ := t.term(p.Term).(rdf.IRI)
		return algebra.PathLink{IRI: i}
	case *PathInverse:
		return algebra.PathInverse{Path: t.pathExpr(p.Path)}
	case *PathSequence:
		return algebra.PathSeq{Left: t.pathExpr(p.Left), Right: t.pathExpr(p.Right)}
	case *PathAlternative:
		return algebra.PathAlt{Left: t.pathExpr(p.Left), Right: t.pathExpr(p.Right)}
	case *PathRepeat:
		in := t.pathExpr(p.Path)
		switch p.Op {
		case '*':
			return algebra.PathZeroOrMore{Path: in}
		case '+':
			return algebra.PathOneOrMore{Path: in}
		default:
			return algebra.PathZeroOrOne{Path: in}
		}
	case *PathNegated:
		n := algebra.PathNegated{}
		for _, it := range p.Items {
			if it.Inverse {
				n.Inverse = append(n.Inverse, it.IRI.Value)
				n.HasInverse = true
			} else {
				n.Forward = append(n.Forward, it.IRI.Value)
				n.HasForward = true
			}
		}
		// !() excludes nothing, forward.
		if !n.HasInverse {
			n.HasForward = true
		}
		return n
	default:
		t.fail(0, "internal: unknown path %T", p)
		return algebra.PathLink{}
	}
}

// anonymous returns a new blank node: a variable in patterns. Its name cannot
// be that of a label, none of which starts with a full stop.
func (t *translator) anonymous() algebra.PatternTerm {
	label := "." + strconv.Itoa(t.blanks)
	t.blanks++
	return t.blank(label)
}

func (t *translator) blank(label string) algebra.PatternTerm {
	if t.template {
		return rdf.BlankNode(label)
	}
	return algebra.Var("_:" + label)
}

// term returns a term that brings no triples along.
func (t *translator) term(x Term) algebra.PatternTerm {
	switch x := x.(type) {
	case Var:
		return algebra.Var(x.Name)
	case IRI:
		return x.Value
	case *Literal:
		return x.Value
	case BlankNode:
		if x.Label == "" {
			return t.anonymous()
		}
		return t.blank(x.Label)
	case *Collection:
		return rdf.RDFNil
	case *TripleTerm:
		return triple(t.term(x.S), t.term(x.P), t.term(x.O))
	default:
		t.fail(0, "internal: unexpected term %T", x)
		return rdf.RDFNil
	}
}

// triple returns a triple term: an rdf.Triple when it has no variables.
func triple(s, p, o algebra.PatternTerm) algebra.PatternTerm {
	st, ok1 := s.(rdf.Term)
	pt, ok2 := p.(rdf.Term)
	ot, ok3 := o.(rdf.Term)
	if ok1 && ok2 && ok3 && !holdsBlank(st) && !holdsBlank(ot) {
		return rdf.Triple{Subject: st, Predicate: pt, Object: ot}
	}
	return algebra.TriplePattern{S: s, P: p, O: o}
}

// holdsBlank reports whether a blank node of a template is in t: its triple
// must stay a pattern, to be filled in for each solution.
func holdsBlank(t rdf.Term) bool { return t.Kind() == rdf.KindBlankNode }

// templateQuads returns the quads of a template or data block.
func (t *translator) templateQuads(list []Quads) []algebra.QuadPattern {
	t.template = true
	defer func() { t.template = false }()
	var out []algebra.QuadPattern
	for _, q := range list {
		var g algebra.PatternTerm
		if q.Graph != nil {
			g = t.term(q.Graph)
		}
		run := patternRun{t: t}
		run.triples(q.Triples)
		for _, n := range run.take() {
			b, ok := n.(*algebra.BGP)
			if !ok {
				t.fail(0, "internal: a path in a template")
				return nil
			}
			for _, p := range b.Patterns {
				out = append(out, algebra.QuadPattern{TriplePattern: p, G: g})
			}
		}
	}
	return out
}
