package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/belligraph/belligraph/graph/export"
	"github.com/belligraph/belligraph/graph/rdf"
)

type exportCmd struct {
	graphFlag
	Format  string `required:"" help:"claims, parties, geojson, gexf, graphml, jsonld, nanopub, ftm or sssom."`
	Network string `enum:"relations,attacks,participation" default:"relations" help:"Of gexf and graphml: every relation that is claimed, who attacked whom, or who took part together."`
	Graph   string `help:"This named graph in place of the default graph." placeholder:"IRI"`
	Output  string `short:"o" help:"Write to this file; standard output is the default." placeholder:"FILE"`
}

func (c *exportCmd) Run(ctx context.Context, std *streams) (err error) {
	f, ok := export.ByName(c.Format)
	if !ok {
		return fmt.Errorf("%w: no format %q; there are %s", errUsage, c.Format, strings.Join(export.Names(), ", "))
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
	o := export.Options{Network: export.Network(c.Network)}
	if c.Graph != "" {
		o.Graph = rdf.IRI(c.Graph)
		if _, ok, err := snap.Lookup(o.Graph); err != nil || !ok {
			if err == nil {
				err = fmt.Errorf("the store has no graph <%s>", c.Graph)
			}
			return err
		}
	}
	var out io.Writer = std.out
	if c.Output != "" {
		file, err := os.Create(c.Output)
		if err != nil {
			return err
		}
		defer func() {
			if e := file.Close(); err == nil {
				err = e
			}
		}()
		out = file
	}
	r, err := export.Write(ctx, out, snap, f, o)
	if err != nil {
		return err
	}
	if r.Left > 0 {
		fmt.Fprintf(std.err, "%d %s left out: an end of it is described nowhere in the graph\n", r.Left, plural(r.Left, "edge was", "edges were"))
	}
	if c.Output != "" {
		fmt.Fprintf(std.err, "%s: %d written\n", c.Output, r.Rows)
	}
	return nil
}
