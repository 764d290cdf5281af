package sparql

import (
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// atLiteral reports whether a literal is next.
func (p *parser) atLiteral() bool {
	switch p.tok.kind {
	case tokString, tokInteger, tokDecimal, tokDouble:
		return true
	case tokWord:
		if p.tok.val == "TRUE" || p.tok.val == "FALSE" {
			return true
		}
	}
	p.want = append(p.want, "literal")
	return false
}

// literal parses a string with its tag or datatype, a number or a boolean.
func (p *parser) literal() Term {
	t := p.tok
	pos := Pos(t.start)
	switch t.kind {
	case tokInteger, tokDecimal, tokDouble:
		p.advance()
		return number(t)
	case tokString:
		p.advance()
		return p.stringLiteral(pos, t.val)
	case tokWord:
		if t.val == "TRUE" || t.val == "FALSE" {
			p.advance()
			return &Literal{Pos: pos, Value: rdf.NewBoolean(t.val == "TRUE"), Bare: true}
		}
	}
	p.want = append(p.want, "literal")
	p.unexpected()
	return &Literal{}
}

func number(t token) *Literal {
	datatype := rdf.XSDInteger
	switch t.kind {
	case tokDecimal:
		datatype = rdf.XSDDecimal
	case tokDouble:
		datatype = rdf.XSDDouble
	}
	return &Literal{Pos: Pos(t.start), Value: rdf.NewTyped(t.val, datatype), Bare: true}
}

func (p *parser) stringLiteral(pos Pos, s string) Term {
	if p.tok.kind == tokLang {
		tag, dir, _ := strings.Cut(p.tok.val, "--")
		p.advance()
		return &Literal{Pos: pos, Value: rdf.NewDirLang(s, tag, rdf.Direction(dir))}
	}
	if p.take("^^") {
		dt := p.iri()
		if p.err == nil && (dt.Value == rdf.RDFLangString || dt.Value == rdf.RDFDirLangString) {
			// Without a tag the literal is ill-formed but it is syntax all the same.
			return &Literal{Pos: pos, Value: rdf.NewTyped(s, dt.Value), Datatype: &dt}
		}
		return &Literal{Pos: pos, Value: rdf.NewTyped(s, dt.Value), Datatype: &dt}
	}
	return &Literal{Pos: pos, Value: rdf.NewString(s)}
}

// blankNode parses _:label, or [] without properties.
func (p *parser) blankNode() Term {
	pos := Pos(p.tok.start)
	if p.tok.kind == tokBlank {
		b := BlankNode{Pos: pos, Label: p.tok.val}
		p.useLabel(b)
		p.advance()
		return b
	}
	p.need("[")
	p.needClose("]", pos)
	p.checkBlank(pos)
	return BlankNode{Pos: pos}
}

// checkBlank reports a blank node where the context forbids them.
func (p *parser) checkBlank(pos Pos) {
	if !p.where.allowsBlanks() {
		p.failAt(pos, "use a variable that the pattern binds, or the node's IRI",
			"%s cannot hold blank nodes: they would stand for new nodes, which nothing can match", p.where)
	}
}

// useLabel notes a label of the current basic graph pattern. A label stands
// for one variable of one pattern (SPARQL 1.1 §4.1.4).
func (p *parser) useLabel(b BlankNode) {
	p.checkBlank(b.Pos)
	if p.where == inTemplate {
		return
	}
	if bgp, ok := p.labels[b.Label]; ok && bgp != p.bgp {
		switch p.where {
		case inData:
			p.failAt(b.Pos, "choose another label", "the blank node label _:%s is used in an earlier operation already", b.Label)
		default:
			p.failAt(b.Pos, "use a variable instead, it reaches through the whole query", "the blank node label _:%s is used in another graph pattern already", b.Label)
		}
	}
	p.labels[b.Label] = p.bgp
}

// patternVar parses a variable of a pattern and puts it into scope.
func (p *parser) patternVar() Var {
	v := p.variable()
	if !p.where.allowsVariables() {
		p.failAt(v.Pos, "use INSERT { … } WHERE { … } or DELETE { … } WHERE { … }", "%s holds constants only, not the variable ?%s", p.where, v.Name)
	}
	p.scope.add(v.Name)
	return v
}

// tripleRules are the terms that may stand inside a triple term or reified
// triple, which differ with the place.
type tripleRules struct {
	blanks, variables, literalSubject, nestedSubject, reified, scoped bool
}

var (
	patternTriple  = tripleRules{blanks: true, variables: true, literalSubject: true, nestedSubject: true, scoped: true}
	reifiedTriple  = tripleRules{blanks: true, variables: true, literalSubject: true, nestedSubject: true, reified: true, scoped: true}
	constantTriple = tripleRules{}
	exprTriple     = tripleRules{variables: true}
)

// tripleTermOf parses <<( s p o )>>.
func (p *parser) tripleTermOf(rules tripleRules) Term {
	t := &TripleTerm{Pos: Pos(p.tok.start)}
	if !p.enter() {
		return t
	}
	defer func() { p.depth-- }()
	p.need("<<(")
	t.S = p.tripleMember(rules, true)
	t.P = p.tripleVerb(rules)
	t.O = p.tripleMember(rules, false)
	p.needClose(")>>", t.Pos)
	return t
}

// reifiedTriple parses << s p o ~ reifier >>.
func (p *parser) reifiedTriple() Term {
	t := &ReifiedTriple{Pos: Pos(p.tok.start)}
	if !p.enter() {
		return t
	}
	defer func() { p.depth-- }()
	p.need("<<")
	t.S = p.tripleMember(reifiedTriple, true)
	t.P = p.tripleVerb(reifiedTriple)
	t.O = p.tripleMember(reifiedTriple, false)
	if p.take("~") {
		t.Reifier = p.reifierID()
	}
	if t.Reifier == nil {
		p.checkBlank(t.Pos)
	}
	p.needClose(">>", t.Pos)
	return t
}

// reifierID parses the optional name after ~.
func (p *parser) reifierID() Term {
	switch {
	case p.isKind(tokVar):
		return p.patternVar()
	case p.isIRI():
		return p.iri()
	case p.isKind(tokBlank) || p.is("["):
		return p.blankNode()
	default:
		return nil
	}
}

func (p *parser) tripleVerb(rules tripleRules) Term {
	switch {
	case rules.variables && p.isKind(tokVar):
		if rules.scoped {
			return p.patternVar()
		}
		return p.variable()
	case p.isA():
		return p.verbA()
	default:
		return p.iri()
	}
}

func (p *parser) tripleMember(rules tripleRules, subject bool) Term {
	switch {
	case rules.variables && p.isKind(tokVar):
		if rules.scoped {
			return p.patternVar()
		}
		return p.variable()
	case p.isIRI():
		return p.iri()
	case (!subject || rules.literalSubject) && p.atLiteral():
		return p.literal()
	case rules.blanks && (p.isKind(tokBlank) || p.is("[")):
		return p.blankNode()
	case (!subject || rules.nestedSubject) && p.is("<<("):
		return p.tripleTermOf(rules.inner())
	case rules.reified && p.is("<<"):
		return p.reifiedTriple()
	default:
		p.unexpected()
		return IRI{}
	}
}

// inner returns the rules for a triple term nested in this one.
func (r tripleRules) inner() tripleRules {
	r.reified = false
	return r
}

// verbA parses the keyword a.
func (p *parser) verbA() IRI {
	i := IRI{Pos: Pos(p.tok.start), Value: rdf.RDFType, Text: "a"}
	p.advance()
	return i
}
