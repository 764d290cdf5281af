package exec

import (
	"github.com/belligraph/belligraph/graph"
)

// When memory is short the groups that have been met stay and go on to count
// their rows; rows of other groups are put off, to partitions on disk by their
// keys. Each partition is then grouped by itself, in the same way. So a group is
// always whole in memory, and aggregates need not be written down; what one group
// holds (the set of COUNT(DISTINCT ?x), the text of GROUP_CONCAT) has to fit.

// groupPending is a partition whose rows are still to be grouped.
type groupPending struct {
	run   *spillRun
	level int
}

// relieve starts to put rows off when memory is short.
func (g *group) relieve() error {
	if g.parts != nil || len(g.keys) == 0 || g.level >= partitionLevels || !g.q.crowded(g.held+g.sizes, 0) {
		return nil
	}
	if g.file == nil {
		var err error
		if g.file, err = g.q.newSpillFile(); err != nil {
			return err
		}
	}
	g.runs = false // counting by run makes groups, and there must be no more
	g.parts = g.file.partitions(g.width+len(g.keys), g.level)
	return nil
}

// putOff moves a row to disk. Its key follows its columns, since computing it
// again might give another one (RAND).
func (g *group) putOff(b *Batch, i int, key []graph.ID) error {
	return g.parts.of(key).add(b, i, key...)
}

// queueParts takes the partitions down as work to do.
func (g *group) queueParts() error {
	if g.parts == nil {
		return nil
	}
	if err := g.parts.flush(); err != nil {
		return err
	}
	for _, r := range g.parts.runs {
		if r.rows > 0 {
			g.todo = append(g.todo, groupPending{r, g.parts.level + 1})
		}
	}
	g.parts = nil
	return nil
}

// nextPart lets go of the groups that have come out and groups a partition.
func (g *group) nextPart() error {
	g.forget()
	p := g.todo[len(g.todo)-1]
	g.todo = g.todo[:len(g.todo)-1]
	g.level = p.level
	r, err := p.run.reader()
	if err != nil {
		return err
	}
	width := g.width
	key := make([]graph.ID, len(g.keys))
	view := Batch{}
	for {
		b, err := r.next()
		if err != nil {
			return err
		}
		if b == nil {
			break
		}
		view.Cols, view.N, view.Weights = b.Cols[:width], b.N, b.Weights
		for i := range b.N {
			for k := range key {
				key[k] = b.Cols[width+k][i]
			}
			g.q.expr.Solution = g.solution
			g.solution++
			at, ok, err := g.groupOf(&view, i, key)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			for k := range g.aggs {
				if err := g.add(at*len(g.aggs)+k, &g.aggs[k], &view, i); err != nil {
					return err
				}
			}
		}
		if err := g.account(); err != nil {
			return err
		}
		if err := g.relieve(); err != nil {
			return err
		}
	}
	return g.queueParts()
}

// forget lets go of all groups.
func (g *group) forget() {
	g.q.budget.give(g.held + g.sizes)
	g.held, g.made, g.sizes, g.at = 0, 0, 0, 0
	g.groups, g.accs, g.counts, g.sets, g.tallies, g.textSets = newSeen(len(g.keys)), nil, nil, nil, nil, nil
	for k := range g.aggs {
		g.aggs[k].last, g.aggs[k].group = graph.Any, 0
	}
}
