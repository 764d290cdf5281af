package sparql

import (
	"math"
	"strconv"

	"github.com/belligraph/belligraph/queries/algebra"
)

// query parses a whole query unit.
func (p *parser) query() *Query {
	q := &Query{text: p.text}
	q.Prologue = p.prologue()
	q.Base = p.base.String()
	start := Pos(p.tok.start)
	h := 0
	switch {
	case p.takeWord("SELECT"):
		q.Form = algebra.Select
		q.Select = p.selectClause(start)
		h = p.high
		q.Dataset = p.datasetClauses("FROM")
		q.Where = p.whereClause()
	case p.takeWord("CONSTRUCT"):
		q.Form = algebra.Construct
		p.construct(q)
	case p.takeWord("DESCRIBE"):
		q.Form = algebra.Describe
		p.describe(q)
	case p.takeWord("ASK"):
		q.Form = algebra.Ask
		q.Dataset = p.datasetClauses("FROM")
		q.Where = p.whereClause()
	default:
		p.notAQuery()
		return q
	}
	var sel *SelectClause
	if q.Form == algebra.Select {
		sel = &q.Select
	}
	h += p.high
	q.Modifiers = p.modifiers()
	p.checkHeight(h + p.high)
	q.Values = p.valuesClause()
	if p.tok.kind != tokEOF {
		p.want = append(p.want, "the end of the query")
		p.unexpected()
	}
	p.checkProjection(sel, &q.Modifiers)
	return q
}

// notAQuery reports that no query form was found, and tells updates and empty
// texts apart.
func (p *parser) notAQuery() {
	if p.tok.kind == tokWord {
		switch p.tok.val {
		case "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH":
			p.failAt(Pos(p.tok.start), "send it as an update", "%s is an update, and a query is expected here", p.tok.val)
			return
		}
	}
	p.unexpected()
}

func (p *parser) selectClause(start Pos) SelectClause {
	s := SelectClause{Pos: start}
	h := 1
	defer func() { p.high = h }()
	if p.takeWord("DISTINCT") {
		s.Distinct = true
	} else if p.takeWord("REDUCED") {
		s.Reduced = true
	}
	if p.take("*") {
		s.Star = true
		return s
	}
	for {
		switch {
		case p.isKind(tokVar):
			s.Items = append(s.Items, SelectItem{Var: p.variable()})
		case p.is("("):
			open := Pos(p.tok.start)
			p.advance()
			p.allowAggregates(true)
			e := p.expression()
			h = p.rise(h)
			p.allowAggregates(false)
			p.needWord("AS")
			v := p.variable()
			p.needClose(")", open)
			s.Items = append(s.Items, SelectItem{Expr: e, Var: v})
		default:
			if p.tok.kind == tokPunct && p.tok.val == "," {
				p.failAt(Pos(p.tok.start), "separate them by spaces", "variables in SELECT are not separated by commas")
			}
			if p.tok.kind == tokWord && (isAggregate(p.tok.val) || isBuiltin(p.tok.val)) {
				p.failAt(Pos(p.tok.start), "write ("+p.tok.val+"(…) AS ?name)", "an expression in SELECT must be in parentheses and named")
			}
			if len(s.Items) == 0 {
				p.unexpected()
			}
			return s
		}
	}
}

func (p *parser) datasetClauses(word string) []DatasetClause {
	var out []DatasetClause
	for p.takeWord(word) {
		named := p.takeWord("NAMED")
		out = append(out, DatasetClause{Named: named, IRI: p.iri()})
	}
	return out
}

func (p *parser) whereClause() *Group {
	p.takeWord("WHERE")
	return p.group()
}

func (p *parser) construct(q *Query) {
	if p.is("{") {
		p.where = inTemplate
		open := Pos(p.tok.start)
		p.advance()
		outer := p.labels
		p.labels = map[string]int{}
		p.scope = newScope(p.scope)
		q.Template = p.triples()
		p.scope = p.scope.outer
		p.labels = outer
		p.needClose("}", open)
		p.where = inPattern
		q.Dataset = p.datasetClauses("FROM")
		q.Where = p.whereClause()
		return
	}
	q.Dataset = p.datasetClauses("FROM")
	p.needWord("WHERE")
	q.Short = true
	p.where = inTriplesOnly
	q.Where = p.triplesOnly("CONSTRUCT WHERE")
	p.where = inPattern
}

// triplesOnly parses the braces of CONSTRUCT WHERE.
func (p *parser) triplesOnly(what string) *Group {
	g := &Group{Pos: Pos(p.tok.start)}
	open := Pos(p.tok.start)
	if !p.need("{") {
		return g
	}
	if t := p.triples(); len(t) > 0 {
		g.Elements = []Element{&TriplesBlock{Triples: t}}
	}
	if p.err == nil && p.tok.kind == tokWord {
		switch p.tok.val {
		case "FILTER", "OPTIONAL", "UNION", "MINUS", "GRAPH", "BIND", "VALUES", "SERVICE":
			p.failAt(Pos(p.tok.start), "write CONSTRUCT { … } WHERE { … } in full", "%s takes triples only, not %s", what, p.tok.val)
		}
	}
	p.needClose("}", open)
	return g
}

func (p *parser) describe(q *Query) {
	if p.take("*") {
		q.DescribeAll = true
	} else {
		for p.isKind(tokVar) || p.isIRI() {
			if p.tok.kind == tokVar {
				q.Describe = append(q.Describe, p.variable())
			} else {
				q.Describe = append(q.Describe, p.iri())
			}
		}
		if len(q.Describe) == 0 {
			p.unexpected()
		}
	}
	q.Dataset = p.datasetClauses("FROM")
	if p.isWord("WHERE") || p.is("{") {
		q.Where = p.whereClause()
	}
}

func (p *parser) modifiers() Modifiers {
	m := Modifiers{Limit: -1, Offset: -1}
	h := 1
	defer func() { p.high = h }()
	if p.takeGroupWords("GROUP") {
		for p.groupCondition(&m) {
			h = max(h, p.high)
		}
		if len(m.GroupBy) == 0 {
			p.unexpected()
		}
	}
	if p.takeWord("HAVING") {
		p.allowAggregates(true)
		for p.atConstraint() {
			m.Having = append(m.Having, p.constraint())
			h = p.rise(h)
		}
		p.allowAggregates(false)
		if len(m.Having) == 0 {
			p.unexpected()
		}
	}
	if p.takeGroupWords("ORDER") {
		p.allowAggregates(true)
		for p.orderCondition(&m) {
			h = max(h, p.high)
		}
		p.allowAggregates(false)
		if len(m.OrderBy) == 0 {
			p.unexpected()
		}
	}
	for {
		switch {
		case m.Limit < 0 && p.takeWord("LIMIT"):
			m.Limit = p.count("LIMIT")
		case m.Offset < 0 && p.takeWord("OFFSET"):
			m.Offset = p.count("OFFSET")
		default:
			return m
		}
	}
}

// takeGroupWords takes GROUP BY or ORDER BY.
func (p *parser) takeGroupWords(first string) bool {
	if p.tok.kind != tokWord || p.tok.val != first {
		p.want = append(p.want, first+" BY")
		return false
	}
	p.advance()
	return p.needWord("BY")
}

// count parses the whole number after LIMIT or OFFSET. One that is beyond the
// number of solutions there can be counts as the largest there can be.
func (p *parser) count(what string) int64 {
	if p.tok.kind != tokInteger || p.tok.val[0] == '+' || p.tok.val[0] == '-' {
		p.want = append(p.want, "a whole number after "+what)
		p.unexpected()
		return 0
	}
	n, err := strconv.ParseInt(p.tok.val, 10, 64)
	if err != nil {
		n = math.MaxInt64
	}
	p.advance()
	return n
}

func (p *parser) groupCondition(m *Modifiers) bool {
	switch {
	case p.isKind(tokVar):
		v := p.variable()
		m.GroupBy = append(m.GroupBy, GroupCondition{Expr: TermExpr{v}})
	case p.is("("):
		open := Pos(p.tok.start)
		p.advance()
		c := GroupCondition{Expr: p.expression()}
		if p.takeWord("AS") {
			c.As = p.variable()
			p.scope.add(c.As.Name)
		}
		p.needClose(")", open)
		m.GroupBy = append(m.GroupBy, c)
	case p.atCall():
		m.GroupBy = append(m.GroupBy, GroupCondition{Expr: p.call()})
	default:
		return false
	}
	return p.err == nil
}

func (p *parser) orderCondition(m *Modifiers) bool {
	switch {
	case p.isWord("ASC") || p.isWord("DESC"):
		desc := p.tok.val == "DESC"
		p.advance()
		open := Pos(p.tok.start)
		if !p.is("(") && p.tok.kind == tokVar {
			p.failAt(open, "write ASC(?x) or DESC(?x)", "ASC and DESC take their key in parentheses")
			return false
		}
		if !p.need("(") {
			return false
		}
		e := p.expression()
		p.needClose(")", open)
		m.OrderBy = append(m.OrderBy, OrderCondition{Expr: e, Desc: desc})
	case p.isKind(tokVar):
		m.OrderBy = append(m.OrderBy, OrderCondition{Expr: TermExpr{p.variable()}})
		if p.err == nil && p.tok.kind == tokWord && (p.tok.val == "ASC" || p.tok.val == "DESC") {
			if next := p.peekAfter(); next != '(' {
				p.failAt(Pos(p.tok.start), "write "+p.tok.val+"(?x)", "%s stands before its key in SPARQL", p.tok.val)
				return false
			}
		}
	case p.atConstraint():
		m.OrderBy = append(m.OrderBy, OrderCondition{Expr: p.constraint()})
	default:
		return false
	}
	return p.err == nil
}

// peekAfter returns the first byte after the current token and white space.
func (p *parser) peekAfter() byte {
	i := p.tok.end
	for i < len(p.text) && isSpace(p.text[i]) {
		i++
	}
	if i < len(p.text) {
		return p.text[i]
	}
	return 0
}

// valuesClause parses the VALUES that may end a query or sub-query.
func (p *parser) valuesClause() *InlineData {
	start := Pos(p.tok.start)
	if !p.takeWord("VALUES") {
		return nil
	}
	return p.inlineData(start)
}

// subSelect parses a SELECT inside braces, after the opening brace.
func (p *parser) subSelect() *SubSelect {
	s := &SubSelect{}
	start := Pos(p.tok.start)
	p.advance()
	aggs := p.aggs
	p.aggs = aggregateState{}
	p.scope = newScope(p.scope)
	s.Select = p.selectClause(start)
	h := p.high
	if p.err == nil && p.peekWord("FROM") {
		p.failAt(Pos(p.tok.start), "put FROM into the outer query", "a sub-query cannot choose a dataset")
	}
	s.Where = p.whereClause()
	h += p.high
	s.Modifiers = p.modifiers()
	h += p.high
	s.Values = p.valuesClause()
	p.checkProjection(&s.Select, &s.Modifiers)
	inner := p.scope
	p.scope = p.scope.outer
	if s.Select.Star {
		p.scope.addAll(inner)
	}
	for _, it := range s.Select.Items {
		p.scope.add(it.Var.Name)
	}
	p.aggs = aggs
	p.high = h
	return s
}
