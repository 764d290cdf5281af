package algebra

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// String returns "?name", or "_:label" for the variable of a blank node.
func (v Var) String() string {
	if v.IsBlank() {
		return string(v)
	}
	return "?" + string(v)
}

// IsBlank reports whether v stands for a blank node of the query.
func (v Var) IsBlank() bool { return strings.HasPrefix(string(v), "_:") }

// IsInternal reports whether the translation made v up: the column of an
// aggregate or of an unnamed group key.
func (v Var) IsInternal() bool { return strings.HasPrefix(string(v), ".") }

// String returns the pattern as (triple s p o).
func (t TriplePattern) String() string { return flat(triplePattern(t)) }

// String returns the pattern as (triple s p o), in (graph g …) when it has a
// graph.
func (q QuadPattern) String() string { return flat(quadPattern(q)) }

// TermString returns a pattern term as it stands in s-expressions: terms as
// N-Triples writes them, variables with "?", triple terms in <<( )>>.
func TermString(t PatternTerm) string { return patternTerm(t) }

// Format returns n as an s-expression indented for people, ending without a
// line end. Nodes that fit on a line stay on one.
func Format(n Node) string { return pretty(nodeSexp(n)) }

// FormatQuery returns the whole query as an indented s-expression.
func FormatQuery(q *Query) string { return pretty(querySexp(q)) }

// FormatUpdate returns the whole request as an indented s-expression.
func FormatUpdate(u *Update) string { return pretty(updateSexp(u)) }

// String returns the query as one line.
func (q *Query) String() string { return flat(querySexp(q)) }

// String returns the request as one line.
func (u *Update) String() string { return flat(updateSexp(u)) }

// The String methods of nodes return their s-expression on one line. Runs of
// the same operator that lean to the left, as in (join (join A B) C), are
// written (join A B C).

func (n *BGP) String() string      { return flat(nodeSexp(n)) }
func (n *Path) String() string     { return flat(nodeSexp(n)) }
func (n *Join) String() string     { return flat(nodeSexp(n)) }
func (n *LeftJoin) String() string { return flat(nodeSexp(n)) }
func (n *Union) String() string    { return flat(nodeSexp(n)) }
func (n *Minus) String() string    { return flat(nodeSexp(n)) }
func (n *Lateral) String() string  { return flat(nodeSexp(n)) }
func (n *Filter) String() string   { return flat(nodeSexp(n)) }
func (n *Extend) String() string   { return flat(nodeSexp(n)) }
func (n *Graph) String() string    { return flat(nodeSexp(n)) }
func (n *Service) String() string  { return flat(nodeSexp(n)) }
func (n *Values) String() string   { return flat(nodeSexp(n)) }
func (n *Group) String() string    { return flat(nodeSexp(n)) }
func (n *OrderBy) String() string  { return flat(nodeSexp(n)) }
func (n *Project) String() string  { return flat(nodeSexp(n)) }
func (n *Distinct) String() string { return flat(nodeSexp(n)) }
func (n *Reduced) String() string  { return flat(nodeSexp(n)) }
func (n *Slice) String() string    { return flat(nodeSexp(n)) }

// The String methods of paths return their s-expression, a link being its IRI.

func (p PathLink) String() string       { return flat(pathSexp(p)) }
func (p PathInverse) String() string    { return flat(pathSexp(p)) }
func (p PathSeq) String() string        { return flat(pathSexp(p)) }
func (p PathAlt) String() string        { return flat(pathSexp(p)) }
func (p PathZeroOrMore) String() string { return flat(pathSexp(p)) }
func (p PathOneOrMore) String() string  { return flat(pathSexp(p)) }
func (p PathZeroOrOne) String() string  { return flat(pathSexp(p)) }
func (p PathNegated) String() string    { return flat(pathSexp(p)) }

// The String methods of expressions return their s-expression.

func (e VarExpr) String() string   { return e.Var.String() }
func (e ConstExpr) String() string { return patternTerm(e.Term) }
func (e *Call) String() string     { return flat(exprSexp(e)) }
func (e *Exists) String() string   { return flat(exprSexp(e)) }

// String returns the aggregate as (count distinct ?x).
func (a Aggregate) String() string { return flat(aggregateSexp(a)) }

// The String methods of operations return their s-expression on one line.

func (o *InsertData) String() string { return flat(operationSexp(o)) }
func (o *DeleteData) String() string { return flat(operationSexp(o)) }
func (o *Modify) String() string     { return flat(operationSexp(o)) }
func (o *Load) String() string       { return flat(operationSexp(o)) }
func (o *Clear) String() string      { return flat(operationSexp(o)) }
func (o *Create) String() string     { return flat(operationSexp(o)) }
func (o *Transfer) String() string   { return flat(operationSexp(o)) }

// String returns the reference as an IRI, or default, named or all.
func (g GraphRef) String() string {
	switch g.Kind {
	case GraphNamed:
		return g.IRI.String()
	case GraphDefault:
		return "default"
	case GraphAllNamed:
		return "named"
	default:
		return "all"
	}
}

// String returns the form in lower case.
func (f QueryForm) String() string {
	switch f {
	case Select:
		return "select"
	case Ask:
		return "ask"
	case Construct:
		return "construct"
	default:
		return "describe"
	}
}

func patternTerm(t PatternTerm) string {
	switch t := t.(type) {
	case nil:
		return "undef"
	case Var:
		return t.String()
	case TriplePattern:
		return "<<( " + patternTerm(t.S) + " " + patternTerm(t.P) + " " + patternTerm(t.O) + " )>>"
	case rdf.Literal:
		return literalString(t)
	case rdf.Term:
		return t.String()
	default:
		return fmt.Sprintf("(invalid %T)", t)
	}
}

// literalString shortens the literals that SPARQL can write bare.
func literalString(l rdf.Literal) string {
	switch l.Datatype {
	case rdf.XSDInteger:
		if _, err := strconv.ParseInt(l.Lexical, 10, 64); err == nil && l.Lexical[0] != '+' {
			return l.Lexical
		}
	case rdf.XSDBoolean:
		if l.Lexical == "true" || l.Lexical == "false" {
			return l.Lexical
		}
	}
	return l.String()
}

func triplePattern(t TriplePattern) sexp {
	return list("triple", atom(patternTerm(t.S)), atom(patternTerm(t.P)), atom(patternTerm(t.O)))
}

func quadPattern(q QuadPattern) sexp {
	if q.G == nil {
		return triplePattern(q.TriplePattern)
	}
	return list("graph", atom(patternTerm(q.G)), triplePattern(q.TriplePattern))
}

func quadList(name string, quads []QuadPattern) sexp {
	s := list(name)
	for _, q := range quads {
		s.add(quadPattern(q))
	}
	return s
}

func varList(vars []Var) sexp {
	var s sexp
	s.isList = true
	for _, v := range vars {
		s.add(atom(v.String()))
	}
	return s
}

func nodeSexp(n Node) sexp {
	switch n := n.(type) {
	case nil:
		return atom("nil")
	case *BGP:
		s := list("bgp")
		for _, t := range n.Patterns {
			s.add(triplePattern(t))
		}
		return s
	case *Path:
		return list("path", atom(patternTerm(n.S)), pathSexp(n.Path), atom(patternTerm(n.O)))
	case *Join:
		return leftRun("join", n, func(n Node) (Node, Node, bool) {
			j, ok := n.(*Join)
			if !ok {
				return nil, nil, false
			}
			return j.Left, j.Right, true
		})
	case *Union:
		return leftRun("union", n, func(n Node) (Node, Node, bool) {
			u, ok := n.(*Union)
			if !ok {
				return nil, nil, false
			}
			return u.Left, u.Right, true
		})
	case *LeftJoin:
		s := list("leftjoin", nodeSexp(n.Left), nodeSexp(n.Right))
		if n.Cond != nil {
			s.add(exprSexp(n.Cond))
		}
		return s
	case *Minus:
		return list("minus", nodeSexp(n.Left), nodeSexp(n.Right))
	case *Lateral:
		return list("lateral", nodeSexp(n.Left), nodeSexp(n.Right))
	case *Filter:
		return list("filter", exprSexp(n.Cond), nodeSexp(n.Input))
	case *Extend:
		return list("extend", pair(atom(n.Var.String()), exprSexp(n.Expr)), nodeSexp(n.Input))
	case *Graph:
		return list("graph", atom(patternTerm(n.Name)), nodeSexp(n.Input))
	case *Service:
		s := list("service")
		if n.Silent {
			s.add(atom("silent"))
		}
		s.add(atom(patternTerm(n.Name)))
		s.add(nodeSexp(n.Input))
		return s
	case *Values:
		s := list("values", varList(n.Vars))
		for _, row := range n.Rows {
			r := sexp{isList: true}
			for _, t := range row {
				if t == nil {
					r.add(atom("undef"))
				} else {
					r.add(atom(patternTerm(t)))
				}
			}
			s.add(r)
		}
		return s
	case *Group:
		return groupSexp(n)
	case *OrderBy:
		keys := sexp{isList: true}
		for _, k := range n.Keys {
			dir := "asc"
			if k.Desc {
				dir = "desc"
			}
			keys.add(list(dir, exprSexp(k.Expr)))
		}
		return list("order", keys, nodeSexp(n.Input))
	case *Project:
		return list("project", varList(n.Vars), nodeSexp(n.Input))
	case *Distinct:
		return list("distinct", nodeSexp(n.Input))
	case *Reduced:
		return list("reduced", nodeSexp(n.Input))
	case *Slice:
		limit := "_"
		if n.Limit >= 0 {
			limit = strconv.FormatInt(n.Limit, 10)
		}
		return list("slice", atom(strconv.FormatInt(n.Offset, 10)), atom(limit), nodeSexp(n.Input))
	default:
		return atom(fmt.Sprintf("(invalid %T)", n))
	}
}

// leftRun writes the operands of a run of one operator that leans to the left.
func leftRun(name string, n Node, split func(Node) (left, right Node, ok bool)) sexp {
	var operands []sexp
	for {
		left, right, ok := split(n)
		if !ok {
			operands = append(operands, nodeSexp(n))
			break
		}
		operands = append(operands, nodeSexp(right))
		n = left
	}
	s := list(name)
	for i := len(operands) - 1; i >= 0; i-- {
		s.add(operands[i])
	}
	return s
}

func groupSexp(n *Group) sexp {
	keys := sexp{isList: true}
	for _, k := range n.Keys {
		if v, ok := k.Expr.(VarExpr); ok && v.Var == k.Var {
			keys.add(atom(k.Var.String()))
			continue
		}
		keys.add(pair(atom(k.Var.String()), exprSexp(k.Expr)))
	}
	aggregates := sexp{isList: true}
	for _, a := range n.Aggregates {
		aggregates.add(pair(atom(a.Var.String()), aggregateSexp(a.Aggregate)))
	}
	return list("group", keys, aggregates, nodeSexp(n.Input))
}

func aggregateSexp(a Aggregate) sexp {
	name := strings.ToLower(a.Name)
	if strings.Contains(a.Name, ":") {
		name = rdf.IRI(a.Name).String()
	}
	s := list(name)
	if a.Distinct {
		s.add(atom("distinct"))
	}
	if a.Arg != nil {
		s.add(exprSexp(a.Arg))
	}
	if a.HasSep {
		s.add(list("separator", atom(rdf.NewString(a.Separator).String())))
	}
	return s
}

func exprSexp(e Expr) sexp {
	switch e := e.(type) {
	case nil:
		return atom("nil")
	case VarExpr:
		return atom(e.String())
	case ConstExpr:
		return atom(e.String())
	case *Call:
		name := strings.ToLower(e.Op)
		if e.IRI {
			name = rdf.IRI(e.Op).String()
		}
		s := list(name)
		if e.Distinct {
			s.add(atom("distinct"))
		}
		if !e.IRI && len(e.Args) == 2 && (e.Op == "&&" || e.Op == "||") {
			return callRun(e)
		}
		for _, a := range e.Args {
			s.add(exprSexp(a))
		}
		return s
	case *Exists:
		if e.Not {
			return list("notexists", nodeSexp(e.Pattern))
		}
		return list("exists", nodeSexp(e.Pattern))
	default:
		return atom(fmt.Sprintf("(invalid %T)", e))
	}
}

// callRun writes a run of && or || that leans to the left in one list.
func callRun(e *Call) sexp {
	op := e.Op
	var operands []sexp
	var rest Expr = e
	for {
		c, ok := rest.(*Call)
		if !ok || c.Op != op || c.IRI || len(c.Args) != 2 {
			operands = append(operands, exprSexp(rest))
			break
		}
		operands = append(operands, exprSexp(c.Args[1]))
		rest = c.Args[0]
	}
	s := list(op)
	for i := len(operands) - 1; i >= 0; i-- {
		s.add(operands[i])
	}
	return s
}

func pathSexp(p PathExpr) sexp {
	switch p := p.(type) {
	case nil:
		return atom("nil")
	case PathLink:
		return atom(p.IRI.String())
	case PathInverse:
		return list("inv", pathSexp(p.Path))
	case PathSeq:
		return list("seq", pathSexp(p.Left), pathSexp(p.Right))
	case PathAlt:
		return list("alt", pathSexp(p.Left), pathSexp(p.Right))
	case PathZeroOrMore:
		return list("path*", pathSexp(p.Path))
	case PathOneOrMore:
		return list("path+", pathSexp(p.Path))
	case PathZeroOrOne:
		return list("path?", pathSexp(p.Path))
	case PathNegated:
		s := list("notoneof")
		for _, iri := range p.Forward {
			s.add(atom(iri.String()))
		}
		if p.HasInverse {
			inv := list("inv")
			for _, iri := range p.Inverse {
				inv.add(atom(iri.String()))
			}
			s.add(inv)
		}
		return s
	default:
		return atom(fmt.Sprintf("(invalid %T)", p))
	}
}

func datasetSexps(d Dataset) []sexp {
	if !d.Explicit {
		return nil
	}
	s := list("dataset")
	for _, iri := range d.Default {
		s.add(atom(iri.String()))
	}
	for _, iri := range d.Named {
		s.add(list("named", atom(iri.String())))
	}
	return []sexp{s}
}

func querySexp(q *Query) sexp {
	s := list(q.Form.String())
	for _, d := range datasetSexps(q.Dataset) {
		s.add(d)
	}
	switch q.Form {
	case Construct:
		s.add(quadList("template", q.Template))
	case Describe:
		terms := sexp{isList: true}
		for _, t := range q.Describe {
			terms.add(atom(patternTerm(t)))
		}
		s.add(terms)
	case Select:
		s.add(varList(q.Vars))
	}
	if q.Pattern != nil {
		s.add(nodeSexp(q.Pattern))
	}
	return s
}

func updateSexp(u *Update) sexp {
	s := list("update")
	for _, o := range u.Operations {
		s.add(operationSexp(o))
	}
	return s
}

func operationSexp(o Operation) sexp {
	switch o := o.(type) {
	case *InsertData:
		return quadList("insertdata", o.Quads)
	case *DeleteData:
		return quadList("deletedata", o.Quads)
	case *Modify:
		s := list("modify")
		if o.With != "" {
			s.add(list("with", atom(o.With.String())))
		}
		for _, d := range datasetSexps(o.Using) {
			s.add(d)
		}
		if len(o.Delete) > 0 {
			s.add(quadList("delete", o.Delete))
		}
		if len(o.Insert) > 0 {
			s.add(quadList("insert", o.Insert))
		}
		s.add(nodeSexp(o.Pattern))
		return s
	case *Load:
		s := silent("load", o.Silent)
		s.add(atom(o.Source.String()))
		if o.Into != "" {
			s.add(list("into", atom(o.Into.String())))
		}
		return s
	case *Clear:
		name := "clear"
		if o.Drop {
			name = "drop"
		}
		s := silent(name, o.Silent)
		s.add(atom(o.Graph.String()))
		return s
	case *Create:
		s := silent("create", o.Silent)
		s.add(atom(o.Graph.String()))
		return s
	case *Transfer:
		s := silent(strings.ToLower(o.Op), o.Silent)
		s.add(atom(o.From.String()))
		s.add(atom(o.To.String()))
		return s
	default:
		return atom(fmt.Sprintf("(invalid %T)", o))
	}
}

func silent(name string, is bool) sexp {
	s := list(name)
	if is {
		s.add(atom("silent"))
	}
	return s
}
