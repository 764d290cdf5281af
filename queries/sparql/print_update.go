package sparql

import "github.com/belligraph/belligraph/queries/algebra"

func (p *printer) update(u *Update) {
	for i := range u.Operations {
		if i > 0 {
			p.put(" ;")
			p.line()
		}
		p.operation(&u.Operations[i])
	}
	if len(u.Trailing) > 0 {
		if len(u.Operations) > 0 {
			p.put(" ;")
			p.line()
		}
		p.prologue(u.Trailing)
	}
}

func (p *printer) operation(op *Operation) {
	p.prologue(op.Prologue)
	switch {
	case op.Data != nil:
		if op.Data.Delete {
			p.put("DELETE DATA ")
		} else {
			p.put("INSERT DATA ")
		}
		p.quads(op.Data.Quads)
	case op.Modify != nil:
		p.modify(op.Modify)
	default:
		p.management(op.Management)
	}
}

func (p *printer) modify(m *Modify) {
	if m.Short {
		p.put("DELETE WHERE ")
		p.quads(m.Delete)
		return
	}
	if m.With != nil {
		p.put("WITH ")
		p.iri(*m.With)
		p.line()
	}
	if m.HasDelete {
		p.put("DELETE ")
		p.quads(m.Delete)
		if m.HasInsert {
			p.line()
		}
	}
	if m.HasInsert {
		p.put("INSERT ")
		p.quads(m.Insert)
	}
	p.dataset("USING", m.Using)
	p.line()
	p.put("WHERE ")
	p.group(m.Where)
}

func (p *printer) quads(list []Quads) {
	if len(list) == 0 {
		p.put("{}")
		return
	}
	p.put("{")
	p.indent++
	for _, q := range list {
		if q.Graph == nil {
			p.triples(q.Triples)
			continue
		}
		p.line()
		p.put("GRAPH ")
		p.term(q.Graph)
		p.put(" {")
		p.indent++
		p.triples(q.Triples)
		p.indent--
		if len(q.Triples) > 0 {
			p.line()
		}
		p.put("}")
	}
	p.indent--
	p.line()
	p.put("}")
}

func (p *printer) management(m *Management) {
	p.put(m.Op, " ")
	if m.Silent {
		p.put("SILENT ")
	}
	switch m.Op {
	case "LOAD":
		p.iri(m.Source)
		if m.Into != nil {
			p.put(" INTO GRAPH ")
			p.iri(*m.Into)
		}
	case "ADD", "MOVE", "COPY":
		p.graphRef(m.Graph)
		p.put(" TO ")
		p.graphRef(m.To)
	default:
		p.graphRef(m.Graph)
	}
}

func (p *printer) graphRef(g GraphRef) {
	switch g.Kind {
	case algebra.GraphNamed:
		p.put("GRAPH ")
		p.iri(g.IRI)
	case algebra.GraphDefault:
		p.put("DEFAULT")
	case algebra.GraphAllNamed:
		p.put("NAMED")
	default:
		p.put("ALL")
	}
}
