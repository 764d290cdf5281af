package sparql

import "github.com/belligraph/belligraph/queries/algebra"

// update parses a whole update request.
func (p *parser) update() *Update {
	u := &Update{text: p.text}
	for {
		decls := p.prologue()
		start := Pos(p.tok.start)
		if p.tok.kind == tokEOF {
			u.Trailing = decls
			break
		}
		op := Operation{Pos: start, Prologue: decls, Base: p.base.String()}
		if !p.operation(&op) {
			break
		}
		u.Operations = append(u.Operations, op)
		if !p.take(";") {
			if p.tok.kind != tokEOF {
				p.want = append(p.want, "the end of the request")
				p.unexpected()
			}
			break
		}
	}
	u.Base = p.base.String()
	return u
}

func (p *parser) operation(op *Operation) bool {
	p.newBGP()
	if p.peekWord("INSERT") || p.peekWord("DELETE") || p.peekWord("WITH") {
		p.dataOrModify(op)
		return p.err == nil
	}
	m := &Management{Op: p.tok.val}
	op.Management = m
	switch {
	case p.takeWord("LOAD"):
		m.Silent = p.takeWord("SILENT")
		m.Source = p.iri()
		if p.takeWord("INTO") {
			p.needWord("GRAPH")
			i := p.iri()
			m.Into = &i
		}
	case p.takeWord("CLEAR") || p.takeWord("DROP"):
		m.Silent = p.takeWord("SILENT")
		m.Graph = p.graphRefAll()
	case p.takeWord("CREATE"):
		m.Silent = p.takeWord("SILENT")
		p.needWord("GRAPH")
		m.Graph = GraphRef{Kind: algebra.GraphNamed, IRI: p.iri()}
	case p.takeWord("ADD") || p.takeWord("MOVE") || p.takeWord("COPY"):
		m.Silent = p.takeWord("SILENT")
		m.Graph = p.graphOrDefault()
		p.needWord("TO")
		m.To = p.graphOrDefault()
	default:
		p.want = append(p.want, "INSERT", "DELETE", "WITH")
		if p.tok.kind == tokWord {
			switch p.tok.val {
			case "SELECT", "ASK", "CONSTRUCT", "DESCRIBE":
				p.failAt(op.Pos, "send it as a query", "%s is a query, and an update is expected here", p.tok.val)
			}
		}
		p.unexpected()
	}
	return p.err == nil
}

// graphRefAll parses GRAPH iri, DEFAULT, NAMED or ALL.
func (p *parser) graphRefAll() GraphRef {
	switch {
	case p.takeWord("GRAPH"):
		return GraphRef{Kind: algebra.GraphNamed, IRI: p.iri()}
	case p.takeWord("DEFAULT"):
		return GraphRef{Kind: algebra.GraphDefault}
	case p.takeWord("NAMED"):
		return GraphRef{Kind: algebra.GraphAllNamed}
	case p.takeWord("ALL"):
		return GraphRef{Kind: algebra.GraphAll}
	default:
		p.unexpected()
		return GraphRef{}
	}
}

// graphOrDefault parses DEFAULT, GRAPH iri or the IRI alone.
func (p *parser) graphOrDefault() GraphRef {
	if p.takeWord("DEFAULT") {
		return GraphRef{Kind: algebra.GraphDefault}
	}
	p.takeWord("GRAPH")
	return GraphRef{Kind: algebra.GraphNamed, IRI: p.iri()}
}

func (p *parser) dataOrModify(op *Operation) {
	m := &Modify{}
	if p.takeWord("WITH") {
		i := p.iri()
		m.With = &i
	}
	if p.takeWord("DELETE") {
		if m.With == nil {
			switch {
			case p.takeWord("DATA"):
				op.Data = &DataOperation{Delete: true, Quads: p.quadsIn(inDeleteData)}
				return
			case p.takeWord("WHERE"):
				m.Short = true
				m.Delete = p.quadsIn(inDeletePattern)
				op.Modify = m
				return
			}
		}
		m.HasDelete = true
		m.Delete = p.quadsIn(inDeleteClause)
	}
	if p.takeWord("INSERT") {
		if m.With == nil && !m.HasDelete && p.takeWord("DATA") {
			op.Data = &DataOperation{Quads: p.quadsIn(inData)}
			return
		}
		m.HasInsert = true
		m.Insert = p.quadsIn(inTemplate)
	}
	if !m.HasDelete && !m.HasInsert {
		p.unexpected()
		return
	}
	m.Using = p.datasetClauses("USING")
	p.needWord("WHERE")
	p.scope = newScope(nil)
	m.Where = p.group()
	op.Modify = m
}

// quadsIn parses { quads } under the rules of a place.
func (p *parser) quadsIn(w place) []Quads {
	p.where = w
	labels := p.labels
	if w == inTemplate {
		p.labels = map[string]int{}
	}
	defer func() {
		p.where = inPattern
		p.labels = labels
	}()
	p.scope = newScope(nil)
	open := Pos(p.tok.start)
	var out []Quads
	if !p.need("{") {
		return nil
	}
	for p.err == nil {
		if w == inDeletePattern {
			p.checkHeight(len(out)) // parts of a pattern are joined
		}
		switch {
		case p.atTriples():
			out = append(out, Quads{Triples: p.triples()})
			p.noMoreTriples()
		case p.takeWord("GRAPH"):
			out = append(out, p.quadsOfGraph())
			p.take(".")
		default:
			if p.tok.kind == tokWord && !w.allowsPaths() {
				switch p.tok.val {
				case "FILTER", "OPTIONAL", "UNION", "MINUS", "BIND", "VALUES", "SERVICE", "SELECT":
					p.failAt(Pos(p.tok.start), "put it into WHERE { … }", "%s holds triples only, not %s", w, p.tok.val)
				}
			}
			p.needClose("}", open)
			return out
		}
	}
	return out
}

func (p *parser) quadsOfGraph() Quads {
	var q Quads
	if p.where.allowsVariables() && p.isKind(tokVar) {
		q.Graph = p.patternVar()
	} else {
		if p.tok.kind == tokVar {
			p.patternVar() // says that variables are not allowed
		}
		q.Graph = p.iri()
	}
	open := Pos(p.tok.start)
	p.need("{")
	q.Triples = p.triples()
	p.needClose("}", open)
	return q
}
