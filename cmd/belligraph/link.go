package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/link"
)

type linkCmd struct {
	storeFlag
	Accept  float64 `default:"0.735" help:"Least score of a link."`
	Review  float64 `default:"0.3" help:"Least score of a pair that waits for a person."`
	DryRun  bool    `help:"Find links and change nothing."`
	Explain int     `default:"0" help:"Print so many of the best links, of the pairs for review and of the near misses, with what speaks for and against each." placeholder:"N"`
	Import  string  `help:"First add the mappings of an SSSOM file, as what its authors say." placeholder:"FILE"`
	SSSOM   string  `name:"sssom" help:"Write the links as SSSOM." placeholder:"FILE"`
	Private bool    `help:"Also write links of events in named graphs to the SSSOM file."`
}

func (c *linkCmd) Run(ctx context.Context, std *streams) (err error) {
	open := c.open
	if c.DryRun && c.Import == "" {
		open = c.openExisting
	}
	if c.Store == "" {
		return fmt.Errorf("%w: name the store with --store PATH", errUsage)
	}
	if _, err := os.Stat(c.Store); err != nil {
		return err
	}
	s, err := open()
	if err != nil {
		return err
	}
	defer func() {
		if e := s.Close(); err == nil {
			err = e
		}
	}()
	if c.Import != "" {
		if err := c.addMappings(ctx, s, std); err != nil {
			return fmt.Errorf("%s: %w", c.Import, err)
		}
	}
	start := time.Now()
	in, err := readLinkable(ctx, s)
	if err != nil {
		return err
	}
	r, err := link.Match(ctx, in.Events, in.Actors, link.Options{Accept: c.Accept, Review: c.Review, Given: in.Given})
	if err != nil {
		return err
	}
	accepted, review, rejected := r.Best(link.Accepted), r.Best(link.Review), r.Best(link.Rejected)
	fmt.Fprintf(std.out, "%d events, %d actors, %d decisions: %d pairs compared (%s)\n",
		len(in.Events), len(in.Actors), len(in.Given), r.Compared, time.Since(start).Round(time.Millisecond))
	fmt.Fprintf(std.out, "%d links, %d for review, %d near misses, %d pairs of actors\n", len(accepted), len(review), len(rejected), len(r.Actors))
	for _, list := range [][]link.Pair{accepted, review, rejected} {
		for _, p := range list[:min(c.Explain, len(list))] {
			explainPair(std, &p)
		}
	}
	if c.SSSOM != "" {
		if err := c.writeSSSOM(r); err != nil {
			return err
		}
	}
	if c.DryRun {
		return nil
	}
	added, removed, err := link.Put(ctx, s, link.Claims(r, in.Events))
	if err == nil {
		fmt.Fprintf(std.out, "%d quads new, %d removed\n", added, removed)
	}
	return err
}

func readLinkable(ctx context.Context, g graph.Graph) (*link.Input, error) {
	snap, err := g.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	return link.Read(ctx, snap)
}

func explainPair(std *streams, p *link.Pair) {
	by := ""
	if p.Given {
		by = ", decided"
	}
	fmt.Fprintf(std.out, "\n%s%s %.3f %s\n  %s\n  %s\n", p.Verdict, by, p.Score, p.Kind, p.A.Label, p.B.Label)
	for _, f := range p.Features {
		fmt.Fprintf(std.out, "  %+.2f %s: %s\n", f.Weight, f.Name, f.Text)
	}
}

func (c *linkCmd) writeSSSOM(r *link.Result) error {
	f, err := os.Create(c.SSSOM)
	if err != nil {
		return err
	}
	_, err = link.WriteSSSOM(f, r, link.SSSOM{Private: c.Private})
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// addMappings puts the mappings of a file into the default graph.
func (c *linkCmd) addMappings(ctx context.Context, g graph.Graph, std *streams) error {
	f, err := os.Open(c.Import)
	if err != nil {
		return err
	}
	defer f.Close()
	res, err := link.ImportSSSOM(ctx, g, c.Import, f, nil)
	for _, p := range res.Problems {
		fmt.Fprintf(std.err, "%s:%d:%d: %s\n", c.Import, p.Line, p.Column, p.Message)
	}
	if err == nil {
		fmt.Fprintf(std.out, "%s: %d mappings, %d quads new\n", c.Import, res.Mappings, res.New)
	}
	return err
}
