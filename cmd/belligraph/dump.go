package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/canon"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

type dumpCmd struct {
	graphFlag
	Format string `default:"nquads" help:"An RDF format by name or extension: nquads, trig, turtle, …"`
	Graph  string `help:"Only this named graph; DEFAULT is the default graph." placeholder:"IRI"`

	Canonical bool `help:"Write canonical N-Quads: sorted, blank nodes labelled by RDFC-1.0, so that equal datasets are equal byte by byte. Takes memory for the whole graph."`
}

func (c *dumpCmd) Run(ctx context.Context, std *streams) error {
	format, err := rdfio.Parse(c.Format)
	if err != nil || !format.Writable() {
		return fmt.Errorf("%w: no format %q to write", errUsage, c.Format)
	}
	if c.Graph == "" && !format.Graphs() {
		return fmt.Errorf("%w: %s cannot hold named graphs; choose one with --graph", errUsage, format)
	}
	if c.Canonical && format != rdfio.NQuads {
		return fmt.Errorf("%w: --canonical writes N-Quads, not %s", errUsage, format)
	}
	s, err := c.openToRead()
	if err != nil {
		return err
	}
	defer s.Close()
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snap.Close()

	pattern := graph.Pattern{}
	switch c.Graph {
	case "":
	case "DEFAULT":
		pattern.G = graph.DefaultGraph
	default:
		id, ok, err := snap.Lookup(rdf.IRI(c.Graph))
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("the store has no graph <%s>", c.Graph)
		}
		pattern.G = id
	}
	out := newOutput(std.out)
	var to io.Writer = out
	if c.Canonical {
		to = io.Discard
	}
	enc, err := rdfio.NewEncoder(to, format, rdfio.EncoderOptions{Prefixes: claim.Prefixes()})
	if err != nil {
		return err
	}
	if c.Canonical {
		enc = &canonicalEncoder{ctx: ctx, out: out, plain: enc}
	}
	left, err := dump(ctx, snap, pattern, enc, format.Graphs())
	if err != nil {
		return err
	}
	if err := enc.Close(); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if left > 0 {
		return fmt.Errorf("%d %s cannot be written as %s and %s left out", left, plural(left, "quad", "quads"), format, plural(left, "was", "were"))
	}
	return nil
}

// canonicalEncoder gathers a dataset and writes it, when closed, as canonical
// N-Quads.
type canonicalEncoder struct {
	ctx   context.Context
	out   io.Writer
	plain rdfio.Encoder // tells what N-Quads cannot hold
	quads []rdf.Quad
}

func (e *canonicalEncoder) Encode(q rdf.Quad) error {
	if err := e.plain.Encode(q); err != nil {
		return err
	}
	e.quads = append(e.quads, q)
	return nil
}

func (e *canonicalEncoder) Flush() error { return nil }

func (e *canonicalEncoder) Close() error {
	r, err := canon.Canonicalize(e.ctx, e.quads, canon.Options{})
	if err != nil {
		return err
	}
	for _, line := range r.Lines {
		if _, err := io.WriteString(e.out, line); err != nil {
			return err
		}
	}
	return nil
}

// dump writes the quads that match in the order of graph and subject. Quads that
// the format has no form for, such as those with a word for a subject that
// Cayley's clients write, are left out and counted.
func dump(ctx context.Context, snap graph.Snapshot, p graph.Pattern, enc rdfio.Encoder, graphs bool) (left int, err error) {
	cur, err := snap.Scan(ctx, p, graph.GSPO, graph.AllCols)
	if err != nil {
		return 0, err
	}
	defer cur.Close()
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			var terms [4]rdf.Term
			for c := range terms {
				id := b.Cols[c][i]
				if id == graph.DefaultGraph || graph.Column(c) == graph.G && !graphs {
					continue
				}
				if terms[c], err = snap.Term(id); err != nil {
					return left, err
				}
			}
			err := enc.Encode(rdf.Quad{Subject: terms[0], Predicate: terms[1], Object: terms[2], Graph: terms[3]})
			if errors.Is(err, rdf.ErrInexpressible) {
				left++
			} else if err != nil {
				return left, err
			}
		}
	}
	return left, cur.Err()
}
