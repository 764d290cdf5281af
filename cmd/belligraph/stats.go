package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/belligraph/belligraph/graph"
)

type statsCmd struct {
	storeFlag
	Top int `default:"20" help:"How many predicates to list."`
}

func (c *statsCmd) Run(ctx context.Context, std *streams) error {
	s, err := c.openExisting()
	if err != nil {
		return err
	}
	defer s.Close()
	info, err := os.Stat(c.Store)
	if err != nil {
		return err
	}
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snap.Close()
	quads, err := snap.Len()
	if err != nil {
		return err
	}
	graphs := 0
	if err := snap.Graphs(ctx, func(graph.ID) bool { graphs++; return true }); err != nil {
		return err
	}
	type row struct {
		predicate graph.ID
		graph.PredicateStats
	}
	var rows []row
	var inner error
	err = snap.Predicates(ctx, func(id graph.ID) bool {
		stats, _, err := snap.PredicateStats(id)
		rows, inner = append(rows, row{id, stats}), err
		return err == nil
	})
	if err = cmp.Or(err, inner); err != nil {
		return err
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.Quads, a.Quads) })

	fmt.Fprintf(std.out, "quads         %d\nnamed graphs  %d\npredicates    %d\nfile bytes    %d\n\n", quads, graphs, len(rows), info.Size())
	fmt.Fprintf(std.out, "%12s %12s %12s  %s\n", "quads", "subjects", "objects", "predicate")
	for _, r := range rows[:min(c.Top, len(rows))] {
		t, err := snap.Term(r.predicate)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%12d %12d %12d  %s\n", r.Quads, r.DistinctSubjects, r.DistinctObjects, t)
	}
	return nil
}
