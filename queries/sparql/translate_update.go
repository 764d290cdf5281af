package sparql

import (
	"github.com/belligraph/belligraph/queries/algebra"
)

func (t *translator) operation(op *Operation) algebra.Operation {
	switch {
	case op.Data != nil:
		quads := t.templateQuads(op.Data.Quads)
		if op.Data.Delete {
			return &algebra.DeleteData{Quads: quads}
		}
		return &algebra.InsertData{Quads: quads}
	case op.Modify != nil:
		return t.modify(op.Modify, op.Base)
	default:
		return management(op.Management)
	}
}

func (t *translator) modify(m *Modify, base string) algebra.Operation {
	out := &algebra.Modify{Base: base, Using: dataset(m.Using)}
	if m.With != nil {
		out.With = m.With.Value
	}
	if m.Short {
		out.Delete = t.templateQuads(m.Delete)
		out.Pattern = t.quadPatterns(m.Delete)
		return out
	}
	out.Pattern = t.groupNode(m.Where)
	out.Delete = t.templateQuads(m.Delete)
	out.Insert = t.templateQuads(m.Insert)
	return out
}

// quadPatterns returns the pattern of DELETE WHERE.
func (t *translator) quadPatterns(list []Quads) algebra.Node {
	var n algebra.Node = &algebra.BGP{}
	for _, q := range list {
		run := patternRun{t: t}
		run.triples(q.Triples)
		var part algebra.Node = &algebra.BGP{}
		for _, r := range run.take() {
			part = join(part, r)
		}
		if q.Graph != nil {
			part = &algebra.Graph{Name: t.term(q.Graph), Input: part}
		}
		n = join(n, part)
	}
	return n
}

func management(m *Management) algebra.Operation {
	switch m.Op {
	case "LOAD":
		out := &algebra.Load{Source: m.Source.Value, Silent: m.Silent}
		if m.Into != nil {
			out.Into = m.Into.Value
		}
		return out
	case "CLEAR", "DROP":
		return &algebra.Clear{Graph: m.Graph.translate(), Silent: m.Silent, Drop: m.Op == "DROP"}
	case "CREATE":
		return &algebra.Create{Graph: m.Graph.IRI.Value, Silent: m.Silent}
	default:
		return &algebra.Transfer{Op: m.Op, From: m.Graph.translate(), To: m.To.translate(), Silent: m.Silent}
	}
}

func (g GraphRef) translate() algebra.GraphRef {
	return algebra.GraphRef{Kind: g.Kind, IRI: g.IRI.Value}
}
