package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Random makes small random datasets and queries that are likely to meet: few
// terms, few variables, every operator. The same seed makes the same ones.
type Random struct {
	*rand.Rand
	made int // variables made by BIND, VALUES and SELECT expressions
	// Portable leaves out what other engines do not have, as triple terms, and
	// what they are known to answer otherwise; docs/differences.md says why.
	Portable bool
	// Wide adds FROM, VALUES after the query, groups by expressions, EXISTS in
	// expressions, several sort keys, and nested triple terms.
	Wide bool
}

// NewRandom returns a generator.
func NewRandom(seed uint64) *Random { return &Random{Rand: rand.New(rand.NewPCG(seed, 7))} }

// Prologue declares the prefixes that queries use.
const Prologue = "PREFIX : <http://x/>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"

func pick[T any](r *Random, of ...T) T { return of[r.IntN(len(of))] }

func (r *Random) node() rdf.Term { return rdf.IRI("http://x/" + pick(r, "a", "b", "c", "d", "e")) }

func (r *Random) predicate() rdf.IRI { return rdf.IRI("http://x/" + pick(r, "p", "q", "r")) }

func (r *Random) literal() rdf.Term {
	if r.Portable { // some stores make numbers canonical
		return pick[rdf.Term](r,
			rdf.NewTyped("1", rdf.XSDInteger), rdf.NewTyped("2", rdf.XSDInteger), rdf.NewTyped("3", rdf.XSDInteger), rdf.NewTyped("2.5", rdf.XSDDecimal),
			rdf.NewString("a"), rdf.NewString("1"), rdf.NewString(""), rdf.NewLang("a", "en"), rdf.NewLang("b", "fr"),
			rdf.NewBoolean(true), rdf.NewBoolean(false), rdf.NewTyped("2012-02-15", rdf.XSDDate),
		)
	}
	return pick[rdf.Term](r,
		rdf.NewTyped("1", rdf.XSDInteger), rdf.NewTyped("2", rdf.XSDInteger), rdf.NewTyped("3", rdf.XSDInteger),
		rdf.NewTyped("01", rdf.XSDInteger), rdf.NewTyped("1.0", rdf.XSDDecimal), rdf.NewTyped("2.5", rdf.XSDDecimal),
		rdf.NewTyped("1.0E0", rdf.XSDDouble), rdf.NewTyped("x", rdf.XSDInteger),
		rdf.NewString("a"), rdf.NewString("1"), rdf.NewString(""), rdf.NewLang("a", "en"), rdf.NewLang("a", "EN"), rdf.NewLang("b", "fr"),
		rdf.NewBoolean(true), rdf.NewBoolean(false), rdf.NewTyped("a", "http://x/type"), rdf.NewTyped("b", "http://x/type"),
		rdf.NewTyped("2012-02-15", rdf.XSDDate), rdf.NewTyped("2012-02-15T10:00:00Z", rdf.XSDDateTime), rdf.NewTyped("2012-02-15T10:00:00", rdf.XSDDateTime),
	)
}

// Quads returns a dataset of a default graph and up to three named ones.
func (r *Random) Quads() []rdf.Quad {
	var quads []rdf.Quad
	for range 10 + r.IntN(40) {
		q := rdf.Quad{Subject: r.node(), Predicate: r.predicate(), Object: r.node()}
		if r.IntN(8) == 0 {
			q.Subject = rdf.BlankNode(pick(r, "x", "y"))
		}
		switch r.IntN(10) {
		case 0, 1, 2, 3:
			q.Object = r.literal()
		case 4:
			q.Object = rdf.BlankNode(pick(r, "x", "y"))
		case 5:
			if !r.Portable {
				q.Object = rdf.Triple{Subject: r.node(), Predicate: r.predicate(), Object: pick(r, r.node(), r.literal())}
			}
			if r.Wide && r.IntN(3) == 0 {
				q.Object = rdf.Triple{Subject: r.node(), Predicate: rdf.IRI("http://x/p"), Object: q.Object}
			}
		}
		if r.IntN(3) == 0 {
			q.Graph = pick[rdf.Term](r, rdf.IRI("http://x/g1"), rdf.IRI("http://x/g2"), rdf.IRI("http://x/a"))
		}
		quads = append(quads, q)
	}
	return quads
}

// outermostDepth is the depth that elements of the outermost group may have.
const outermostDepth = 2

// Query returns a SELECT query as text.
func (r *Random) Query() string {
	r.made = 0
	return Prologue + r.selects(outermostDepth+1, true)
}

func (r *Random) variable() string { return "?" + pick(r, "a", "b", "c", "d") }

func (r *Random) fresh() string {
	r.made++
	return fmt.Sprintf("?n%d", r.made)
}

// selects writes a SELECT; only the outermost may have a LIMIT, and then all
// its solutions are in a total order or the limit is left to the comparison.
func (r *Random) selects(depth int, outermost bool) string {
	var b strings.Builder
	body := r.group(depth)
	switch r.IntN(6) {
	case 0: // aggregates
		keys := []string{}
		for range r.IntN(3) {
			keys = append(keys, r.variable())
		}
		keys = unique(keys)
		groups := slices.Clone(keys)
		if r.Wide && r.IntN(2) == 0 {
			k := r.fresh()
			keys, groups = append(keys, k), append(groups, "("+r.expr(2)+" AS "+k+")")
		}
		b.WriteString("SELECT")
		for _, k := range keys {
			b.WriteString(" " + k)
		}
		for range 1 + r.IntN(2) {
			fmt.Fprintf(&b, " (%s AS %s)", r.aggregate(), r.fresh())
		}
		b.WriteString(r.from(outermost) + " WHERE " + body)
		if len(keys) > 0 {
			b.WriteString(" GROUP BY " + strings.Join(groups, " "))
			if r.IntN(4) == 0 {
				b.WriteString(" HAVING (" + r.aggregate() + pick(r, " > ", " != ", " = ") + r.constant() + ")")
			}
		}
	case 1:
		modifier := pick(r, "", "DISTINCT ", "REDUCED ")
		if r.Portable && modifier == "REDUCED " {
			modifier = ""
		}
		fmt.Fprintf(&b, "SELECT %s*%s WHERE %s", modifier, r.from(outermost), body)
	default:
		b.WriteString("SELECT " + pick(r, "", "", "DISTINCT "))
		var vars []string
		for range 1 + r.IntN(4) {
			vars = append(vars, r.variable())
		}
		b.WriteString(strings.Join(unique(vars), " "))
		if r.IntN(4) == 0 {
			fmt.Fprintf(&b, " (%s AS %s)", r.expr(1), r.fresh())
		}
		b.WriteString(r.from(outermost) + " WHERE " + body)
	}
	if outermost && r.IntN(4) == 0 {
		b.WriteString(" ORDER BY " + pick(r, "", "DESC") + "(" + r.variable() + ")")
		if r.Wide {
			b.WriteString(" " + r.variable() + " " + pick(r, "", "DESC") + "(" + r.expr(1) + ")")
		}
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, " LIMIT %d", r.IntN(5))
		}
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, " OFFSET %d", r.IntN(4))
		}
	}
	if r.Wide && r.IntN(5) == 0 {
		b.WriteString(" " + r.values())
	}
	return b.String()
}

// from writes the dataset of a query, if it is to have one.
func (r *Random) from(outermost bool) string {
	if !r.Wide || !outermost || r.IntN(3) > 0 {
		return ""
	}
	var b strings.Builder
	for range 1 + r.IntN(3) {
		b.WriteString(" FROM " + pick(r, "", "", "NAMED ") + pick(r, ":g1", ":g2", ":a", ":none"))
	}
	return b.String()
}

func unique(s []string) []string {
	seen := make(map[string]bool)
	out := s[:0]
	for _, x := range s {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

func (r *Random) aggregate() string {
	switch r.IntN(8) {
	case 0:
		return "COUNT(*)"
	case 1:
		if !r.Portable {
			return "COUNT(DISTINCT *)"
		}
	}
	d := pick(r, "", "", "DISTINCT ")
	e := r.variable()
	if r.IntN(4) == 0 {
		e = r.expr(1)
		if r.Portable {
			e = r.variable()
		}
	}
	if r.Portable {
		return pick(r, "COUNT", "SUM", "AVG") + "(" + d + e + ")"
	}
	return pick(r, "COUNT", "SUM", "MIN", "MAX", "AVG", "COUNT") + "(" + d + e + ")"
}

func (r *Random) group(depth int) string {
	var b strings.Builder
	b.WriteString("{ ")
	b.WriteString(r.triples())
	for range r.IntN(1 + depth) {
		if depth <= 0 {
			break
		}
		b.WriteString(r.element(depth - 1))
	}
	b.WriteString("}")
	return b.String()
}

func (r *Random) element(depth int) string {
	switch r.IntN(15) {
	case 0, 1:
		return "OPTIONAL " + r.group(depth) + " "
	case 2:
		return "{ " + r.group(depth) + " UNION " + r.group(depth) + " } "
	case 3:
		return "MINUS " + r.group(depth) + " "
	case 4, 5, 6:
		return "FILTER (" + r.condition(depth) + ") "
	case 7:
		return "BIND (" + r.expr(2) + " AS " + r.fresh() + ") "
	case 8:
		return r.values()
	case 9:
		name := pick(r, ":g1", ":a", r.variable(), r.variable(), "?g")
		if r.Portable {
			return "GRAPH " + name + " { " + r.triples() + "} "
		}
		return "GRAPH " + name + " " + r.group(depth) + " "
	case 10:
		return "{ " + r.selects(depth, false) + " } "
	case 11:
		return r.group(depth) + " "
	default:
		return r.triples()
	}
}

func (r *Random) values() string {
	v := r.variable()
	if r.IntN(3) > 0 {
		return fmt.Sprintf("VALUES %s { %s %s } ", v, r.constant(), pick(r, "UNDEF", r.constant(), ""))
	}
	w := r.variable()
	if v == w {
		w = r.fresh()
	}
	return fmt.Sprintf("VALUES (%s %s) { (%s %s) (%s UNDEF) } ", v, w, r.constant(), r.constant(), pick(r, "UNDEF", r.constant()))
}

func (r *Random) iri() string { return ":" + pick(r, "a", "b", "c", "d", "e", "a", "b", "absent") }

func (r *Random) constant() string {
	if r.IntN(3) == 0 {
		return r.iri()
	}
	t := r.literal().(rdf.Literal)
	return t.String()
}

func (r *Random) triples() string {
	var b strings.Builder
	if r.IntN(12) == 0 {
		return ""
	}
	for range 1 + r.IntN(3)/2 {
		s, o := r.variable(), r.variable()
		for s == o && r.IntN(8) > 0 {
			o = r.variable()
		}
		switch r.IntN(16) {
		case 0, 1:
			s = r.iri()
		case 2:
			o = r.constant()
		}
		switch r.IntN(20) {
		case 0:
			s = "[]"
		case 1:
			if !r.Portable {
				o = r.tripleTerm()
				if r.Wide && r.IntN(3) == 0 {
					o = fmt.Sprintf("<<( %s :p %s )>>", r.variable(), o)
				}
			}
		}
		p := pick(r, ":p", ":q", ":r", ":p", ":q", r.variable())
		if r.IntN(5) == 0 {
			p = r.path(2)
			if r.Portable && strings.ContainsAny(p, "*?") {
				s, o = r.variable(), r.variable()
			}
		}
		fmt.Fprintf(&b, "%s %s %s . ", s, p, o)
	}
	return b.String()
}

func (r *Random) tripleTerm() string {
	return fmt.Sprintf("<<( %s %s %s )>>", pick(r, r.variable(), r.iri()), pick(r, ":p", r.variable()), pick(r, r.variable(), r.constant()))
}

func (r *Random) path(depth int) string {
	if depth == 0 {
		return pick(r, ":p", ":q", ":r", "^:p")
	}
	sub := func() string { return r.path(depth - 1) }
	switch r.IntN(9) {
	case 0:
		return "(" + sub() + "/" + sub() + ")"
	case 1:
		if r.Portable {
			return sub()
		}
		return "(" + sub() + "|" + sub() + ")"
	case 2:
		return "(" + sub() + ")*"
	case 3:
		return "(" + sub() + ")+"
	case 4:
		return "(" + sub() + ")?"
	case 5:
		return "^(" + sub() + ")"
	case 6:
		if r.Portable {
			return sub()
		}
		return pick(r, "!:p", "!(:p|:q)", "!(^:p)", "!(:p|^:q)")
	default:
		return sub()
	}
}

// condition writes a filter expression.
func (r *Random) condition(depth int) string {
	switch r.IntN(12) {
	case 0:
		return "BOUND(" + r.variable() + ")"
	case 1:
		return "!BOUND(" + r.variable() + ")"
	case 2:
		return "!(" + r.condition(depth) + ")"
	case 3:
		return r.condition(depth) + " && " + r.condition(depth)
	case 4:
		return "(" + r.condition(depth) + " || " + r.condition(depth) + ")"
	case 5:
		return r.variable() + pick(r, " IN (", " NOT IN (") + r.constant() + ", " + r.constant() + ")"
	case 6, 7:
		if depth > 0 {
			how := pick(r, "EXISTS ", "NOT EXISTS ")
			if !r.Portable {
				return how + r.group(depth-1)
			}
			if depth == outermostDepth {
				return how + "{ " + r.triples() + "}"
			}
		}
	case 8:
		return pick(r, "isIRI", "isLiteral", "isNumeric", "isBlank") + "(" + r.variable() + ")"
	case 9:
		return r.variable() + pick(r, " = ", " != ") + r.iri()
	}
	operator := pick(r, " = ", " != ", " < ", " > ", " <= ", " >= ")
	if r.Portable && strings.ContainsAny(operator, "<>") {
		return "STRLEN(STR(" + r.variable() + "))" + operator + "STRLEN(STR(" + r.variable() + "))"
	}
	return r.expr(1) + operator + r.expr(1)
}

func (r *Random) expr(depth int) string {
	if depth == 0 {
		return pick(r, r.variable(), r.variable(), r.constant())
	}
	if r.Wide && r.IntN(8) == 0 {
		exists := pick(r, "EXISTS ", "NOT EXISTS ") + r.group(0)
		return pick(r, "("+exists+")", "IF("+exists+", "+r.expr(depth-1)+", "+r.expr(depth-1)+")", "COALESCE("+r.expr(0)+" + 1, "+exists+")")
	}
	switch r.IntN(10) {
	case 0:
		return "(" + r.expr(depth-1) + pick(r, " + ", " - ", " * ", " / ") + r.expr(depth-1) + ")"
	case 1:
		return "STR(" + r.expr(depth-1) + ")"
	case 2:
		return "COALESCE(" + r.expr(depth-1) + ", " + r.expr(depth-1) + ")"
	case 3:
		return "IF(" + r.condition(0) + ", " + r.expr(depth-1) + ", " + r.expr(depth-1) + ")"
	case 4:
		return pick(r, "STRLEN", "ABS", "DATATYPE", "UCASE", "YEAR") + "(" + r.expr(depth-1) + ")"
	case 5:
		return "CONCAT(STR(" + r.expr(depth-1) + "), \"z\")"
	default:
		return r.expr(0)
	}
}
