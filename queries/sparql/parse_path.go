package sparql

// path parses a property path. One that is a single IRI, also in parentheses,
// is a PathTerm.
func (p *parser) path() Path {
	if !p.enter() {
		return PathTerm{IRI{}}
	}
	defer func() { p.depth-- }()
	left := p.pathSequence()
	for h := p.high; p.takePathOp("|"); h = p.rise(h) {
		left = &PathAlternative{left, p.pathSequence()}
	}
	return left
}

// takePathOp takes an operator of paths. That one could follow goes without
// saying in messages.
func (p *parser) takePathOp(op string) bool {
	if p.tok.kind == tokPunct && p.tok.val == op {
		p.advance()
		return true
	}
	return false
}

func (p *parser) pathSequence() Path {
	left := p.pathEltOrInverse()
	for h := p.high; p.takePathOp("/"); h = p.rise(h) {
		left = &PathSequence{left, p.pathEltOrInverse()}
	}
	return left
}

func (p *parser) pathEltOrInverse() Path {
	if p.take("^") {
		e := &PathInverse{p.pathElt()}
		p.rise(0)
		return e
	}
	return p.pathElt()
}

func (p *parser) pathElt() Path {
	e := p.pathPrimary()
	if p.tok.kind == tokPunct {
		switch p.tok.val {
		case "*", "+", "?":
			e = &PathRepeat{Path: e, Op: p.tok.val[0]}
			p.rise(0)
			p.advance()
		case "{":
			p.failAt(Pos(p.tok.start), "write the path as often as it is to be followed, p/p for p{2}", "SPARQL has no counted paths")
		}
	}
	return e
}

func (p *parser) pathPrimary() Path {
	p.high = 1
	p.steps++
	switch {
	case p.isIRI():
		return PathTerm{p.iri()}
	case p.isA():
		return PathTerm{p.verbA()}
	case p.take("!"):
		return p.pathNegated()
	case p.is("("):
		open := Pos(p.tok.start)
		p.advance()
		e := p.path()
		p.needClose(")", open)
		return e
	case p.tok.kind == tokVar:
		p.failAt(Pos(p.tok.start), "a variable can only stand alone as a predicate", "a property path cannot hold the variable ?%s", p.tok.val)
		return PathTerm{IRI{}}
	default:
		p.unexpected()
		return PathTerm{IRI{}}
	}
}

func (p *parser) pathNegated() Path {
	n := &PathNegated{}
	if !p.is("(") {
		n.Items = append(n.Items, p.negatedItem())
		return n
	}
	open := Pos(p.tok.start)
	p.advance()
	if p.take(")") {
		return n
	}
	for {
		n.Items = append(n.Items, p.negatedItem())
		if !p.take("|") {
			break
		}
	}
	p.needClose(")", open)
	return n
}

func (p *parser) negatedItem() NegatedItem {
	it := NegatedItem{Inverse: p.take("^")}
	if p.isA() {
		it.IRI = p.verbA()
	} else {
		it.IRI = p.iri()
	}
	return it
}
