package sparql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// String returns the query as text, laid out for people, that parses to the
// same query under the same options. Comments are not kept.
func (q *Query) String() string {
	var p printer
	p.query(q)
	return p.b.String()
}

// String returns the update request as text, laid out for people, that parses
// to the same request under the same options. Comments are not kept.
func (u *Update) String() string {
	var p printer
	p.update(u)
	return p.b.String()
}

// groupText returns a group in which every IRI is written out, so that it means
// the same without a prologue.
func groupText(g *Group) string {
	p := printer{full: true}
	p.group(g)
	return p.b.String()
}

// printer writes syntax trees.
type printer struct {
	b      strings.Builder
	full   bool // write IRIs out rather than as in the source
	indent int
}

// maxIndent bounds the indentation, so that the text of deep trees stays linear
// in their size.
const maxIndent = 40

func (p *printer) put(parts ...string) {
	for _, s := range parts {
		p.b.WriteString(s)
	}
}

// line starts a new line.
func (p *printer) line() {
	p.b.WriteByte('\n')
	for range min(p.indent, maxIndent) {
		p.b.WriteString("  ")
	}
}

func (p *printer) prologue(list []Declaration) {
	for _, d := range list {
		switch d.Kind {
		case DeclBase:
			p.put("BASE ")
			p.iri(d.IRI)
		case DeclPrefix:
			p.put("PREFIX ", d.Prefix, ": ")
			p.iri(d.IRI)
		default:
			p.put("VERSION ", quote(d.Text))
		}
		p.line()
	}
}

func (p *printer) query(q *Query) {
	p.prologue(q.Prologue)
	switch q.Form {
	case algebra.Select:
		p.selectClause(&q.Select)
	case algebra.Ask:
		p.put("ASK")
	case algebra.Construct:
		p.put("CONSTRUCT")
		if !q.Short {
			p.put(" {")
			p.indent++
			p.triples(q.Template)
			p.indent--
			p.line()
			p.put("}")
		}
	case algebra.Describe:
		p.put("DESCRIBE")
		if q.DescribeAll {
			p.put(" *")
		}
		for _, t := range q.Describe {
			p.put(" ")
			p.term(t)
		}
	}
	p.dataset("FROM", q.Dataset)
	if q.Where != nil {
		p.line()
		p.put("WHERE ")
		p.group(q.Where)
	}
	p.modifiers(&q.Modifiers)
	p.trailingValues(q.Values)
}

func (p *printer) selectClause(s *SelectClause) {
	p.put("SELECT")
	switch {
	case s.Distinct:
		p.put(" DISTINCT")
	case s.Reduced:
		p.put(" REDUCED")
	}
	if s.Star {
		p.put(" *")
	}
	for _, it := range s.Items {
		p.put(" ")
		if it.Expr == nil {
			p.term(it.Var)
			continue
		}
		p.put("(")
		p.expr(it.Expr, 0)
		p.put(" AS ")
		p.term(it.Var)
		p.put(")")
	}
}

func (p *printer) dataset(word string, list []DatasetClause) {
	for _, d := range list {
		p.line()
		p.put(word, " ")
		if d.Named {
			p.put("NAMED ")
		}
		p.iri(d.IRI)
	}
}

func (p *printer) modifiers(m *Modifiers) {
	if len(m.GroupBy) > 0 {
		p.line()
		p.put("GROUP BY")
		for _, c := range m.GroupBy {
			p.put(" ")
			if t, ok := c.Expr.(TermExpr); ok && c.As.Name == "" {
				if v, ok := t.Term.(Var); ok {
					p.term(v)
					continue
				}
			}
			p.put("(")
			p.expr(c.Expr, 0)
			if c.As.Name != "" {
				p.put(" AS ")
				p.term(c.As)
			}
			p.put(")")
		}
	}
	if len(m.Having) > 0 {
		p.line()
		p.put("HAVING")
		for _, e := range m.Having {
			p.put(" ")
			p.constraint(e)
		}
	}
	if len(m.OrderBy) > 0 {
		p.line()
		p.put("ORDER BY")
		for _, c := range m.OrderBy {
			p.put(" ")
			t, _ := c.Expr.(TermExpr)
			v, plain := t.Term.(Var)
			switch {
			case c.Desc:
				p.put("DESC(")
				p.expr(c.Expr, 0)
				p.put(")")
			case plain:
				p.term(v)
			default:
				p.put("ASC(")
				p.expr(c.Expr, 0)
				p.put(")")
			}
		}
	}
	if m.Limit >= 0 {
		p.line()
		p.put("LIMIT ", strconv.FormatInt(m.Limit, 10))
	}
	if m.Offset >= 0 {
		p.line()
		p.put("OFFSET ", strconv.FormatInt(m.Offset, 10))
	}
}

func (p *printer) trailingValues(d *InlineData) {
	if d != nil {
		p.line()
		p.inlineData(d)
	}
}

func (p *printer) group(g *Group) {
	if len(g.Elements) == 0 && g.SubSelect == nil {
		p.put("{}")
		return
	}
	p.put("{")
	p.indent++
	if s := g.SubSelect; s != nil {
		p.line()
		p.selectClause(&s.Select)
		p.line()
		p.put("WHERE ")
		p.group(s.Where)
		p.modifiers(&s.Modifiers)
		p.trailingValues(s.Values)
	}
	for _, e := range g.Elements {
		p.element(e)
	}
	p.indent--
	p.line()
	p.put("}")
}

func (p *printer) element(e Element) {
	if b, ok := e.(*TriplesBlock); ok {
		p.triples(b.Triples)
		return
	}
	p.line()
	switch e := e.(type) {
	case *Filter:
		p.put("FILTER ")
		p.constraint(e.Expr)
	case *Bind:
		p.put("BIND (")
		p.expr(e.Expr, 0)
		p.put(" AS ")
		p.term(e.Var)
		p.put(")")
	case *Optional:
		p.put("OPTIONAL ")
		p.group(e.Group)
	case *Minus:
		p.put("MINUS ")
		p.group(e.Group)
	case *GraphPattern:
		p.put("GRAPH ")
		p.term(e.Name)
		p.put(" ")
		p.group(e.Group)
	case *ServicePattern:
		p.put("SERVICE ")
		if e.Silent {
			p.put("SILENT ")
		}
		p.term(e.Name)
		p.put(" ")
		p.group(e.Group)
	case *Union:
		for i, a := range e.Alternatives {
			if i > 0 {
				p.put(" UNION ")
			}
			p.group(a)
		}
	case *InlineData:
		p.inlineData(e)
	case *Group:
		p.group(e)
	}
}

// inlineData writes few rows of one variable on one line, others each on its
// own.
func (p *printer) inlineData(d *InlineData) {
	p.put("VALUES ")
	if d.Single {
		p.term(d.Vars[0])
	} else {
		p.put("(")
		for i, v := range d.Vars {
			if i > 0 {
				p.put(" ")
			}
			p.term(v)
		}
		p.put(")")
	}
	p.put(" {")
	p.indent++
	for _, row := range d.Rows {
		if d.Single && len(d.Rows) <= 8 {
			p.put(" ")
		} else {
			p.line()
		}
		if !d.Single {
			p.put("(")
		}
		for i, t := range row {
			if i > 0 {
				p.put(" ")
			}
			if t == nil {
				p.put("UNDEF")
			} else {
				p.term(t)
			}
		}
		if !d.Single {
			p.put(")")
		}
	}
	p.indent--
	if d.Single && len(d.Rows) <= 8 {
		p.put(" }")
		return
	}
	p.line()
	p.put("}")
}

func (p *printer) triples(list []Triples) {
	for _, t := range list {
		p.line()
		p.term(t.Subject)
		if len(t.Properties) > 0 {
			p.put(" ")
			p.indent += 2
			p.properties(t.Properties, true)
			p.indent -= 2
		}
		p.put(" .")
	}
}

// properties writes verbs and objects; with lines each verb has its own line.
func (p *printer) properties(list []Property, lines bool) {
	for i, pr := range list {
		if i > 0 {
			p.put(" ;")
			if lines {
				p.line()
			} else {
				p.put(" ")
			}
		}
		p.path(pr.Verb, 0)
		for j, o := range pr.Objects {
			if j > 0 {
				p.put(" ,")
			}
			p.put(" ")
			p.term(o.Term)
			for _, a := range o.Annotations {
				p.annotation(a)
			}
		}
	}
}

func (p *printer) annotation(a Annotation) {
	switch {
	case a.IsBlock():
		p.put(" {| ")
		p.properties(a.Block, false)
		p.put(" |}")
	case a.Reifier == nil:
		p.put(" ~")
	default:
		p.put(" ~ ")
		p.term(a.Reifier)
	}
}

func (p *printer) iri(i IRI) {
	if p.full || i.Text == "" {
		p.put(i.Value.String())
		return
	}
	p.put(i.Text)
}

func (p *printer) term(t Term) {
	switch t := t.(type) {
	case Var:
		p.put("?", t.Name)
	case IRI:
		p.iri(t)
	case *Literal:
		p.literal(t)
	case BlankNode:
		if t.Label == "" {
			p.put("[]")
		} else {
			p.put("_:", t.Label)
		}
	case *Collection:
		if len(t.Items) == 0 {
			p.put("()")
			return
		}
		p.put("(")
		for _, it := range t.Items {
			p.put(" ")
			p.term(it)
		}
		p.put(" )")
	case *PropertyList:
		p.put("[ ")
		p.properties(t.Properties, false)
		p.put(" ]")
	case *TripleTerm:
		p.put("<<( ")
		p.three(t.S, t.P, t.O)
		p.put(" )>>")
	case *ReifiedTriple:
		p.put("<< ")
		p.three(t.S, t.P, t.O)
		if t.Reifier != nil {
			p.put(" ~ ")
			p.term(t.Reifier)
		}
		p.put(" >>")
	default:
		p.put(fmt.Sprintf("# invalid term %T\n", t))
	}
}

func (p *printer) three(s, v, o Term) {
	p.term(s)
	p.put(" ")
	p.term(v)
	p.put(" ")
	p.term(o)
}

func (p *printer) literal(l *Literal) {
	if l.Bare {
		p.put(l.Value.Lexical)
		return
	}
	p.put(quote(l.Value.Lexical))
	switch {
	case l.Value.Lang != "":
		p.put("@", l.Value.Lang)
		if l.Value.Direction != rdf.NoDirection {
			p.put("--", string(l.Value.Direction))
		}
	case l.Datatype != nil:
		p.put("^^")
		p.iri(*l.Datatype)
	case l.Value.Datatype != rdf.XSDString:
		p.put("^^", l.Value.Datatype.String())
	}
}

// quote returns s as a string of SPARQL in double quotes.
func quote(s string) string { return rdf.NewString(s).String() }

// The precedence of paths; operands that bind less tightly get parentheses.
const (
	precAlternative = iota
	precSequence
	precInverse
	precRepeat
	precPathPrimary
)

func (p *printer) path(x Path, prec int) {
	own := precPathPrimary
	switch x.(type) {
	case *PathAlternative:
		own = precAlternative
	case *PathSequence:
		own = precSequence
	case *PathInverse:
		own = precInverse
	case *PathRepeat:
		own = precRepeat
	}
	if own < prec {
		p.put("(")
		defer p.put(")")
	}
	switch x := x.(type) {
	case PathTerm:
		p.term(x.Term)
	case *PathAlternative:
		p.path(x.Left, precAlternative)
		p.put("|")
		p.path(x.Right, precSequence)
	case *PathSequence:
		p.path(x.Left, precSequence)
		p.put("/")
		p.path(x.Right, precInverse)
	case *PathInverse:
		p.put("^")
		p.path(x.Path, precRepeat)
	case *PathRepeat:
		p.path(x.Path, precPathPrimary)
		p.put(string(x.Op))
	case *PathNegated:
		p.put("!")
		if len(x.Items) != 1 {
			p.put("(")
		}
		for i, it := range x.Items {
			if i > 0 {
				p.put("|")
			}
			if it.Inverse {
				p.put("^")
			}
			p.iri(it.IRI)
		}
		if len(x.Items) != 1 {
			p.put(")")
		}
	}
}

// The precedence of expressions.
const (
	precOr = iota + 1
	precAnd
	precRelational
	precAdditive
	precMultiplicative
	precUnary
	precPrimary
)

func binaryPrec(op string) int {
	switch op {
	case "||":
		return precOr
	case "&&":
		return precAnd
	case "+", "-":
		return precAdditive
	case "*", "/":
		return precMultiplicative
	default:
		return precRelational
	}
}

// constraint writes a condition: calls as they are, all else in parentheses.
func (p *printer) constraint(e Expr) {
	switch e.(type) {
	case *Exists, *Call, *Aggregate:
		p.expr(e, 0)
	default:
		p.put("(")
		p.expr(e, 0)
		p.put(")")
	}
}

func (p *printer) expr(e Expr, prec int) {
	own := precPrimary
	switch e := e.(type) {
	case *Binary:
		own = binaryPrec(e.Op)
	case *In:
		own = precRelational
	case *Unary:
		own = precUnary
	}
	if own < prec {
		p.put("(")
		defer p.put(")")
	}
	switch e := e.(type) {
	case TermExpr:
		p.term(e.Term)
	case *Binary:
		left := own
		if own == precRelational {
			left++ // comparisons do not chain
		}
		p.expr(e.Left, left)
		p.put(" ", e.Op, " ")
		p.expr(e.Right, own+1)
	case *Unary:
		p.unary(e)
	case *In:
		p.expr(e.X, precAdditive)
		if e.Not {
			p.put(" NOT")
		}
		p.put(" IN (")
		p.args(e.List)
		p.put(")")
	case *Call:
		if e.Name != "" {
			p.put(spelling(e.Name))
		} else {
			p.iri(e.Func)
		}
		p.put("(")
		if e.Distinct {
			p.put("DISTINCT ")
		}
		p.args(e.Args)
		p.put(")")
	case *Aggregate:
		p.put(e.Name, "(")
		if e.Distinct {
			p.put("DISTINCT ")
		}
		if e.Arg == nil {
			p.put("*")
		} else {
			p.expr(e.Arg, 0)
		}
		if e.HasSep {
			p.put(" ; SEPARATOR = ", quote(e.Separator))
		}
		p.put(")")
	case *Exists:
		if e.Not {
			p.put("NOT ")
		}
		p.put("EXISTS ")
		p.group(e.Group)
	}
}

func (p *printer) unary(e *Unary) {
	p.put(e.Op)
	if e.Op == "!" {
		p.expr(e.X, precUnary)
		return
	}
	if t, ok := e.X.(TermExpr); ok {
		if l, ok := t.Term.(*Literal); ok && l.Bare {
			p.put(" ") // -1 without a space is a literal
		}
	}
	p.expr(e.X, precPrimary)
}

func (p *printer) args(list []Expr) {
	for i, e := range list {
		if i > 0 {
			p.put(", ")
		}
		p.expr(e, 0)
	}
}
