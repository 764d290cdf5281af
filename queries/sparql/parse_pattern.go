package sparql

import "fmt"

// group parses a group graph pattern with its braces. Its variables go to the
// current scope.
func (p *parser) group() *Group {
	g := &Group{Pos: Pos(p.tok.start)}
	open := Pos(p.tok.start)
	if !p.is("{") {
		p.unexpected()
		return g
	}
	if !p.enter() {
		return g
	}
	defer func() { p.depth-- }()
	p.advance()
	p.newBGP()
	p.scope = newScope(p.scope)
	if p.isWord("SELECT") {
		g.SubSelect = p.subSelect()
	} else {
		p.elements(g)
	}
	inner := p.scope
	p.scope = inner.outer
	p.scope.addAll(inner)
	p.newBGP()
	p.needClose("}", open)
	return g
}

// isolated parses a group whose variables stay out of the current scope.
func (p *parser) isolated() *Group {
	outer := p.scope
	p.scope = newScope(nil)
	g := p.group()
	p.scope = outer
	return g
}

// newBGP ends the current basic graph pattern: blank node labels used up to
// here may not be used after it.
func (p *parser) newBGP() {
	p.nextBGP++
	p.bgp = p.nextBGP
}

func (p *parser) elements(g *Group) {
	h := 1
	defer func() { p.high = h }()
	for p.err == nil {
		var e Element
		start := Pos(p.tok.start)
		p.high = 1
		switch {
		case p.atTriples():
			e = &TriplesBlock{Triples: p.triples()}
			g.Elements = append(g.Elements, e)
			h = p.rise(h)
			p.noMoreTriples()
			continue // the full stop was part of the block
		case p.takeWord("FILTER"):
			e = &Filter{Pos: start, Expr: p.constraint()}
		case p.takeWord("OPTIONAL"):
			e = &Optional{Group: p.group()}
		case p.is("{"):
			e = p.groupOrUnion()
		case p.takeWord("MINUS"):
			e = &Minus{Group: p.isolated()}
			p.newBGP()
		case p.takeWord("BIND"):
			e = p.bind(start)
			p.newBGP()
		case p.takeWord("GRAPH"):
			name := p.varOrIRI()
			if v, ok := name.(Var); ok {
				p.scope.add(v.Name)
			}
			e = &GraphPattern{Name: name, Group: p.group()}
		case p.takeWord("VALUES"):
			e = p.inlineData(start)
			p.newBGP()
		case p.takeWord("SERVICE"):
			e = p.service()
		default:
			switch {
			case p.peekWord("UNION"):
				p.failAt(start, "write { … } UNION { … }", "UNION must follow a group in braces")
			case p.peekWord("SELECT") && len(g.Elements) > 0:
				p.failAt(start, "write { SELECT … }", "a sub-query needs braces of its own")
			}
			return
		}
		g.Elements = append(g.Elements, e)
		h = p.rise(h)
		p.take(".")
	}
}

// noMoreTriples fails at triples that follow a block without a full stop.
func (p *parser) noMoreTriples() {
	if p.err == nil && (p.prev.kind != tokPunct || p.prev.val != ".") && p.atTriples() {
		p.want = []string{"'.'", "';'", "','"}
		p.unexpected()
	}
}

func (p *parser) groupOrUnion() Element {
	first := p.group()
	if !p.isWord("UNION") {
		return first
	}
	u := &Union{Alternatives: []*Group{first}}
	for h := p.high; p.takeWord("UNION"); h = p.rise(h) {
		u.Alternatives = append(u.Alternatives, p.group())
	}
	return u
}

func (p *parser) bind(start Pos) Element {
	open := Pos(p.tok.start)
	if !p.need("(") {
		return &Bind{}
	}
	e := p.expression()
	p.needWord("AS")
	v := p.variable()
	if p.err == nil && p.scope.has(v.Name) {
		p.failAt(v.Pos, "choose another name for the result, or compare with FILTER", "?%s is bound already by what stands before this BIND in the group", v.Name)
	}
	p.scope.add(v.Name)
	p.needClose(")", open)
	return &Bind{Pos: start, Expr: e, Var: v}
}

func (p *parser) varOrIRI() Term {
	if p.isKind(tokVar) {
		return p.variable()
	}
	return p.iri()
}

func (p *parser) service() Element {
	s := &ServicePattern{Silent: p.takeWord("SILENT")}
	s.Name = p.varOrIRI()
	if v, ok := s.Name.(Var); ok {
		p.scope.add(v.Name)
	}
	start := p.tok.start
	s.Group = p.group()
	if p.err == nil {
		s.Source = p.text[start:p.prev.end]
	}
	return s
}

// inlineData parses what follows VALUES.
func (p *parser) inlineData(start Pos) *InlineData {
	d := &InlineData{Pos: start}
	if p.isKind(tokVar) {
		d.Single = true
		d.Vars = []Var{p.variable()}
		p.scope.add(d.Vars[0].Name)
		open := Pos(p.tok.start)
		p.need("{")
		for p.err == nil && p.atDataValue() {
			d.Rows = append(d.Rows, []Term{p.dataValue()})
		}
		p.needClose("}", open)
		return d
	}
	open := Pos(p.tok.start)
	p.need("(")
	seen := map[string]bool{}
	for p.isKind(tokVar) {
		v := p.variable()
		if seen[v.Name] {
			p.failAt(v.Pos, "", "?%s stands twice in this VALUES", v.Name)
		}
		seen[v.Name] = true
		p.scope.add(v.Name)
		d.Vars = append(d.Vars, v)
	}
	p.needClose(")", open)
	open = Pos(p.tok.start)
	p.need("{")
	for p.is("(") {
		row := Pos(p.tok.start)
		p.advance()
		values := make([]Term, 0, len(d.Vars))
		for p.err == nil && p.atDataValue() {
			values = append(values, p.dataValue())
		}
		p.needClose(")", row)
		if p.err == nil && len(values) != len(d.Vars) {
			p.failAt(row, "write UNDEF for a value that is not there", "this row has %s for %s", count(len(values), "value"), count(len(d.Vars), "variable"))
		}
		d.Rows = append(d.Rows, values)
	}
	p.needClose("}", open)
	return d
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// atDataValue reports whether a value of VALUES is next.
func (p *parser) atDataValue() bool {
	switch p.tok.kind {
	case tokVar:
		p.failAt(Pos(p.tok.start), "", "VALUES holds constants only, not the variable ?%s", p.tok.val)
		return false
	case tokBlank:
		p.failAt(Pos(p.tok.start), "", "VALUES cannot hold blank nodes: a label means nothing outside its document")
		return false
	}
	return p.isWord("UNDEF") || p.isIRI() || p.atLiteral() || p.is("<<(")
}

func (p *parser) dataValue() Term {
	switch {
	case p.takeWord("UNDEF"):
		return nil
	case p.is("<<("):
		return p.tripleTermOf(constantTriple)
	case p.isIRI():
		return p.iri()
	default:
		return p.literal()
	}
}
