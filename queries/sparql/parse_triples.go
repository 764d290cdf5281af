package sparql

// atTriples reports whether a subject is next.
func (p *parser) atTriples() bool {
	switch p.tok.kind {
	case tokVar, tokIRI, tokPName, tokBlank, tokString, tokInteger, tokDecimal, tokDouble:
		return true
	case tokPunct:
		switch p.tok.val {
		case "(", "[", "<<", "<<(":
			return true
		}
	case tokWord:
		if p.tok.val == "TRUE" || p.tok.val == "FALSE" {
			return true
		}
	}
	p.want = append(p.want, "triples")
	return false
}

// triples parses triples separated by full stops; the last stop may be absent.
func (p *parser) triples() []Triples {
	var out []Triples
	p.paths = 0
	for p.atTriples() {
		t := p.triplesOfSubject()
		out = append(out, t)
		if !p.take(".") {
			break
		}
	}
	p.high = p.paths + 1
	return out
}

func (p *parser) triplesOfSubject() Triples {
	var t Triples
	optional := true
	switch {
	case p.is("["):
		t.Subject = p.propertyListOrBlank()
		_, optional = t.Subject.(*PropertyList)
	case p.is("("):
		t.Subject = p.collection()
		c, ok := t.Subject.(*Collection)
		optional = ok && len(c.Items) > 0
	case p.is("<<"):
		t.Subject = p.reifiedTriple()
	default:
		t.Subject = p.term()
		optional = false
	}
	t.Properties = p.properties(optional)
	return t
}

// atVerb reports whether a predicate or path is next.
func (p *parser) atVerb() bool {
	switch p.tok.kind {
	case tokVar, tokIRI, tokPName:
		return true
	case tokWord:
		if p.isA() {
			return true
		}
	case tokPunct:
		if p.where.allowsPaths() {
			switch p.tok.val {
			case "(", "^", "!":
				return true
			}
		}
	}
	p.want = append(p.want, "predicate")
	return false
}

// properties parses verbs with their objects.
func (p *parser) properties(optional bool) []Property {
	var out []Property
	if !p.atVerb() {
		if !optional {
			p.noVerb()
		}
		return nil
	}
	for {
		out = append(out, p.property())
		if !p.is(";") {
			return out
		}
		for p.take(";") {
		}
		if !p.atVerb() {
			return out
		}
	}
}

func (p *parser) noVerb() {
	if p.err == nil && !p.where.allowsPaths() && p.tok.kind == tokPunct {
		switch p.tok.val {
		case "(", "^", "!":
			p.failAt(Pos(p.tok.start), "", "%s cannot hold property paths", p.where)
			return
		}
	}
	p.unexpected()
}

func (p *parser) property() Property {
	var pr Property
	p.steps = 0
	pr.Verb = p.verb()
	steps, high := p.steps, p.high
	_, plain := pr.Verb.(PathTerm)
	for {
		pr.Objects = append(pr.Objects, p.object(plain))
		if !p.take(",") {
			break
		}
	}
	if !plain {
		// Each object takes the path anew, and each step may become a pattern
		// of its own, joined to those before it.
		p.paths += 2*steps*len(pr.Objects) + high
		p.checkHeight(p.paths)
	}
	return pr
}

func (p *parser) verb() Path {
	switch {
	case p.tok.kind == tokVar:
		return PathTerm{p.patternVar()}
	case !p.where.allowsPaths():
		if p.isA() {
			return PathTerm{p.verbA()}
		}
		i := p.iri()
		if p.err == nil && p.tok.kind == tokPunct {
			switch p.tok.val {
			case "/", "|", "*", "+", "?":
				p.failAt(Pos(p.tok.start), "", "%s cannot hold property paths", p.where)
			}
		}
		return PathTerm{i}
	default:
		return p.path()
	}
}

func (p *parser) object(plain bool) Object {
	o := Object{Term: p.graphNode()}
	for p.err == nil && (p.is("~") || p.is("{|")) {
		pos := Pos(p.tok.start)
		if !plain {
			p.failAt(pos, "annotate a triple with a plain predicate", "a property path cannot be annotated: it does not stand for one triple")
			return o
		}
		if p.take("~") {
			a := Annotation{Pos: pos, Reifier: p.reifierID()}
			if a.Reifier == nil {
				p.checkBlank(pos)
			}
			o.Annotations = append(o.Annotations, a)
			continue
		}
		if !p.enter() {
			return o
		}
		if n := len(o.Annotations); n == 0 || o.Annotations[n-1].IsBlock() {
			p.checkBlank(pos)
		}
		p.advance()
		a := Annotation{Pos: pos, Block: p.properties(false)}
		p.needClose("|}", pos)
		p.depth--
		o.Annotations = append(o.Annotations, a)
	}
	return o
}

// graphNode parses an object or a member of a collection.
func (p *parser) graphNode() Term {
	if !p.atTriples() {
		p.want[len(p.want)-1] = "object"
		p.unexpected()
		return IRI{}
	}
	switch {
	case p.is("["):
		return p.propertyListOrBlank()
	case p.is("("):
		return p.collection()
	case p.is("<<"):
		return p.reifiedTriple()
	default:
		return p.term()
	}
}

func (p *parser) propertyListOrBlank() Term {
	pos := Pos(p.tok.start)
	p.checkBlank(pos)
	if !p.enter() {
		return BlankNode{Pos: pos}
	}
	defer func() { p.depth-- }()
	p.need("[")
	if p.take("]") {
		return BlankNode{Pos: pos}
	}
	l := &PropertyList{Pos: pos, Properties: p.properties(false)}
	p.needClose("]", pos)
	return l
}

func (p *parser) collection() Term {
	c := &Collection{Pos: Pos(p.tok.start)}
	if !p.enter() {
		return c
	}
	defer func() { p.depth-- }()
	p.need("(")
	if p.take(")") {
		return c
	}
	p.checkBlank(c.Pos)
	for p.err == nil && p.atNode() {
		c.Items = append(c.Items, p.graphNode())
	}
	p.needClose(")", c.Pos)
	return c
}

// atNode reports whether a member of a collection is next.
func (p *parser) atNode() bool {
	return p.atTriples()
}

// term parses a variable, IRI, literal, blank node or triple term.
func (p *parser) term() Term {
	switch {
	case p.isKind(tokVar):
		return p.patternVar()
	case p.isIRI():
		return p.iri()
	case p.isKind(tokBlank):
		return p.blankNode()
	case p.atLiteral():
		return p.literal()
	case p.is("<<("):
		return p.tripleTermOf(patternTriple)
	default:
		p.unexpected()
		return IRI{}
	}
}
