package queries

import (
	"fmt"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// ErrOtherGraph is the error of an update request that is confined to one graph
// and would change another. It is a bad request.
var ErrOtherGraph = fmt.Errorf("the request may change one graph only: %w", graph.ErrBadRequest)

// confine returns the request with its default graph replaced by a named graph,
// to which it is confined; an empty name confines it to the default graph
// itself. Patterns may read other graphs where they name them.
func confine(request *algebra.Update, name rdf.IRI) (*algebra.Update, error) {
	c := confined{name}
	out := &algebra.Update{Base: request.Base}
	for _, op := range request.Operations {
		op, err := c.operation(op)
		if err != nil {
			return nil, err
		}
		out.Operations = append(out.Operations, op)
	}
	return out, nil
}

// confined rewrites operations; name is the only graph that they may change.
type confined struct{ name rdf.IRI }

func (c confined) operation(op algebra.Operation) (algebra.Operation, error) {
	switch op := op.(type) {
	case *algebra.InsertData:
		quads, err := c.quads(op.Quads)
		return &algebra.InsertData{Quads: quads}, err
	case *algebra.DeleteData:
		quads, err := c.quads(op.Quads)
		return &algebra.DeleteData{Quads: quads}, err
	case *algebra.Modify:
		return c.modify(op)
	case *algebra.Load:
		if op.Into != "" && op.Into != c.name {
			return nil, ErrOtherGraph
		}
		load := *op
		load.Into = c.name
		return &load, nil
	case *algebra.Clear:
		clear := *op
		var err error
		if clear.Graph, err = c.graph(op.Graph); err != nil {
			return nil, err
		}
		// The default graph always exists, what stands in for it may not.
		clear.Silent = op.Silent || op.Graph.Kind == algebra.GraphDefault
		return &clear, nil
	case *algebra.Create:
		if op.Graph != c.name {
			return nil, ErrOtherGraph
		}
		return op, nil
	case *algebra.Transfer:
		transfer := *op
		var err error
		if transfer.To, err = c.graph(op.To); err != nil {
			return nil, err
		}
		if op.From.Kind == algebra.GraphDefault {
			transfer.From = c.ref()
		}
		if op.Op == "MOVE" && transfer.From != transfer.To {
			return nil, ErrOtherGraph
		}
		return &transfer, nil
	default:
		return nil, ErrOtherGraph
	}
}

// quads puts the quads of the default graph into the graph, and refuses those
// of others.
func (c confined) quads(quads []algebra.QuadPattern) ([]algebra.QuadPattern, error) {
	out := make([]algebra.QuadPattern, len(quads))
	for i, q := range quads {
		if q.G != nil && (c.name == "" || q.G != algebra.PatternTerm(c.name)) {
			return nil, ErrOtherGraph
		}
		if c.name != "" {
			q.G = c.name
		}
		out[i] = q
	}
	return out, nil
}

func (c confined) modify(op *algebra.Modify) (algebra.Operation, error) {
	if op.With != "" && op.With != c.name {
		return nil, ErrOtherGraph
	}
	m := *op
	m.With = c.name
	var err error
	if m.Delete, err = c.quads(op.Delete); err != nil {
		return nil, err
	}
	m.Insert, err = c.quads(op.Insert)
	return &m, err
}

// ref refers to the graph.
func (c confined) ref() algebra.GraphRef {
	if c.name == "" {
		return algebra.GraphRef{Kind: algebra.GraphDefault}
	}
	return algebra.GraphRef{Kind: algebra.GraphNamed, IRI: c.name}
}

// graph returns what a reference to the default graph means, and refuses
// references to other graphs.
func (c confined) graph(r algebra.GraphRef) (algebra.GraphRef, error) {
	if r.Kind == algebra.GraphDefault || r == c.ref() {
		return c.ref(), nil
	}
	return r, ErrOtherGraph
}
