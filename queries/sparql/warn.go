package sparql

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Warnings tells what in a query is allowed but hardly meant: a variable that
// nothing binds where it is used, a MINUS that cannot remove anything, and a
// constant regular expression of which checkPattern, if it is not nil, says that
// it is wrong. The errors are made like those of [ParseQuery], to be shown
// alike; they do not keep the query from being run. There are at most a hundred.
func Warnings(q *Query, checkPattern func(pattern, flags string) error) []*Error {
	w := warner{text: q.text, anywhere: newScope(nil), unboundVars: map[*Error]string{}, checkPattern: checkPattern}
	if q.Where != nil {
		w.collect(q.Where)
		s := w.group(q.Where, sight{})
		if q.Values != nil {
			addVars(s, q.Values.Vars)
		}
		w.modifiers(s, &q.Select, &q.Modifiers, sight{})
	}
	slices.SortStableFunc(w.found, func(a, b *Error) int { return a.Offset - b.Offset })
	return w.found
}

// warner collects the warnings on one query.
type warner struct {
	text     string
	anywhere *scope // variables that any pattern of the query binds
	named    *scope // names that SELECT gives, while HAVING is checked
	found    []*Error

	// unboundVars are the variables of the last warnings, for those that a
	// group turns out to bind further on.
	unboundVars map[*Error]string

	checkPattern func(pattern, flags string) error
}

// sight is what expressions of a group see besides the group's own variables:
// those to the left of an OPTIONAL, seen by its filters only, and inside EXISTS
// those of the solution tested, seen at any depth.
type sight struct {
	left, solution *scope
}

// maxWarnings bounds the warnings on one query; no one reads more.
const maxWarnings = 100

// warn notes a warning and returns it, or nil when there are enough.
func (w *warner) warn(pos Pos, hint, format string, args ...any) *Error {
	if len(w.found) == maxWarnings {
		return nil
	}
	e := newError(w.text, int(pos), fmt.Sprintf(format, args...))
	e.Hint = hint
	w.found = append(w.found, e)
	return e
}

// unbound warns of a variable that is used but not bound.
func (w *warner) unbound(v Var, visible *scope) {
	hint := ""
	if w.named != nil && w.named.has(v.Name) {
		hint = "HAVING is tested before SELECT gives names: repeat the expression"
	} else if w.anywhere.has(v.Name) {
		hint = "it is bound inside other braces: an expression sees its own group only, and of a sub-query what it selects"
	} else if n := nearest(v.Name, visible.names, false); n != "" {
		hint = "did you mean ?" + n + "?"
	}
	if e := w.warn(v.Pos, hint, "nothing binds ?%s here", v.Name); e != nil {
		w.unboundVars[e] = v.Name
	}
}

// group checks a group and returns the variables that it binds.
func (w *warner) group(g *Group, see sight) *scope {
	s := newScope(nil)
	if sub := g.SubSelect; sub != nil {
		inner := w.group(sub.Where, sight{solution: see.solution})
		if sub.Values != nil {
			addVars(inner, sub.Values.Vars)
		}
		w.modifiers(inner, &sub.Select, &sub.Modifiers, see)
		if sub.Select.Star {
			s.addAll(inner)
		}
		for _, it := range sub.Select.Items {
			s.add(it.Var.Name)
		}
		return s
	}
	nested := sight{solution: see.solution}
	var filters []Expr
	var early []*Error // variables of BIND that were not bound before it
	for _, e := range g.Elements {
		switch e := e.(type) {
		case *TriplesBlock:
			triplesVars(s, e.Triples)
		case *Filter:
			filters = append(filters, e.Expr)
		case *Bind:
			n := len(w.found)
			w.expr(e.Expr, s, nested)
			early = append(early, w.found[n:]...)
			s.add(e.Var.Name)
		case *Optional:
			s.addAll(w.group(e.Group, sight{left: s, solution: see.solution}))
		case *Minus:
			right := w.group(e.Group, nested)
			if len(right.names) > 0 && len(s.names) > 0 && !slices.ContainsFunc(right.names, s.has) {
				w.warn(e.Group.Pos, "use FILTER NOT EXISTS to test for a pattern that has no variable in common",
					"this MINUS removes nothing: it shares no variable with what stands before it")
			}
		case *GraphPattern:
			addTerm(s, e.Name)
			s.addAll(w.group(e.Group, nested))
		case *ServicePattern:
			addTerm(s, e.Name)
			s.addAll(w.group(e.Group, nested))
		case *Union:
			for _, a := range e.Alternatives {
				s.addAll(w.group(a, nested))
			}
		case *InlineData:
			addVars(s, e.Vars)
		case *Group:
			s.addAll(w.group(e, nested))
		}
	}
	for _, e := range early {
		if s.has(w.unboundVars[e]) {
			e.Hint = "it is bound further on: put the BIND after that"
		}
	}
	for _, f := range filters {
		w.expr(f, s, see)
	}
	return s
}

// modifiers checks what follows a pattern that binds s, and its SELECT.
func (w *warner) modifiers(s *scope, sel *SelectClause, m *Modifiers, see sight) {
	see.left = nil
	for _, c := range m.GroupBy {
		w.expr(c.Expr, s, see)
		if c.As.Name != "" {
			s.add(c.As.Name)
		}
	}
	w.named = newScope(nil)
	for _, it := range sel.Items {
		w.named.add(it.Var.Name)
	}
	for _, h := range m.Having {
		w.expr(h, s, see)
	}
	w.named = nil
	named := newScope(nil)
	named.addAll(s)
	for _, it := range sel.Items {
		if it.Expr != nil {
			w.expr(it.Expr, named, see)
			named.add(it.Var.Name)
		} else if !named.has(it.Var.Name) {
			w.unbound(it.Var, named)
		}
	}
	for _, c := range m.OrderBy {
		w.expr(c.Expr, named, see)
	}
}

// expr checks the variables of an expression where s is bound.
func (w *warner) expr(e Expr, s *scope, see sight) {
	switch e := e.(type) {
	case TermExpr:
		w.term(e.Term, s, see)
	case *Binary:
		w.expr(e.Left, s, see)
		w.expr(e.Right, s, see)
	case *Unary:
		w.expr(e.X, s, see)
	case *In:
		w.expr(e.X, s, see)
		for _, x := range e.List {
			w.expr(x, s, see)
		}
	case *Call:
		for _, x := range e.Args {
			w.expr(x, s, see)
		}
		w.pattern(e)
	case *Aggregate:
		if e.Arg != nil {
			w.expr(e.Arg, s, see)
		}
	case *Exists:
		solution := newScope(nil)
		for _, from := range []*scope{s, see.left, see.solution} {
			if from != nil {
				solution.addAll(from)
			}
		}
		w.group(e.Group, sight{solution: solution})
	}
}

// pattern checks the regular expression of a call, if it has a constant one.
// Evaluation makes an error of a wrong one, so that a filter lets nothing through
// and does not say why.
func (w *warner) pattern(c *Call) {
	constant := func(i int) (*Literal, string, bool) {
		if i >= len(c.Args) {
			return nil, "", true
		}
		e, _ := c.Args[i].(TermExpr)
		l, ok := e.Term.(*Literal)
		if !ok {
			return nil, "", false
		}
		return l, l.Value.Lexical, true
	}
	flagsAt := 2
	switch c.Name {
	case "REPLACE":
		flagsAt = 3
	case "REGEX":
	default:
		return
	}
	l, text, ok := constant(1)
	_, flags, flagsOK := constant(flagsAt)
	if w.checkPattern == nil || !ok || !flagsOK || l == nil {
		return
	}
	err := w.checkPattern(text, flags)
	if err == nil {
		return
	}
	at, message := l.Pos, err.Error()
	var syntax *rdf.SyntaxError
	if errors.As(err, &syntax) {
		message = syntax.Message
		if rest := w.text[int(l.Pos)+1:]; strings.HasPrefix(rest, text) { // no escapes in it
			at += 1 + Pos(syntax.Offset)
		}
	}
	w.warn(at, "", "this regular expression is wrong, so that %s is always an error: %s", c.Name, message)
}

func (w *warner) term(t Term, s *scope, see sight) {
	switch t := t.(type) {
	case Var:
		if !s.has(t.Name) && (see.left == nil || !see.left.has(t.Name)) && (see.solution == nil || !see.solution.has(t.Name)) {
			w.unbound(t, s)
		}
	case *TripleTerm:
		w.term(t.S, s, see)
		w.term(t.P, s, see)
		w.term(t.O, s, see)
	}
}

// collect notes the variables that any group under g binds.
func (w *warner) collect(g *Group) {
	if g.SubSelect != nil {
		w.collect(g.SubSelect.Where)
		return
	}
	for _, e := range g.Elements {
		switch e := e.(type) {
		case *TriplesBlock:
			triplesVars(w.anywhere, e.Triples)
		case *Bind:
			w.anywhere.add(e.Var.Name)
		case *Optional:
			w.collect(e.Group)
		case *Minus:
			w.collect(e.Group)
		case *GraphPattern:
			addTerm(w.anywhere, e.Name)
			w.collect(e.Group)
		case *ServicePattern:
			addTerm(w.anywhere, e.Name)
			w.collect(e.Group)
		case *Union:
			for _, a := range e.Alternatives {
				w.collect(a)
			}
		case *InlineData:
			addVars(w.anywhere, e.Vars)
		case *Group:
			w.collect(e)
		}
	}
}

func addVars(s *scope, vars []Var) {
	for _, v := range vars {
		s.add(v.Name)
	}
}

func triplesVars(s *scope, list []Triples) {
	for _, t := range list {
		addTerm(s, t.Subject)
		addProperties(s, t.Properties)
	}
}

func addProperties(s *scope, list []Property) {
	for _, p := range list {
		if t, ok := p.Verb.(PathTerm); ok {
			addTerm(s, t.Term)
		}
		for _, o := range p.Objects {
			addTerm(s, o.Term)
			for _, a := range o.Annotations {
				addTerm(s, a.Reifier)
				addProperties(s, a.Block)
			}
		}
	}
}

// addTerm adds the variables of a term of a pattern; nil has none.
func addTerm(s *scope, t Term) {
	switch t := t.(type) {
	case Var:
		s.add(t.Name)
	case *Collection:
		for _, it := range t.Items {
			addTerm(s, it)
		}
	case *PropertyList:
		addProperties(s, t.Properties)
	case *TripleTerm:
		addTerm(s, t.S)
		addTerm(s, t.P)
		addTerm(s, t.O)
	case *ReifiedTriple:
		addTerm(s, t.S)
		addTerm(s, t.P)
		addTerm(s, t.O)
		addTerm(s, t.Reifier)
	}
}
