package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
)

// TestAgainstEngine compares oracle and engine on random pairs of a dataset and
// a query, each with all rules of the planner, with none, with a random half of
// them, and twice with costs changed at random. BELLIGRAPH_LONG=1 runs 100,000 pairs, BELLIGRAPH_SEED one of them.
func TestAgainstEngine(t *testing.T) {
	pairs, first := 2000, uint64(1)
	if os.Getenv("BELLIGRAPH_LONG") == "1" {
		pairs = 100_000
	}
	if s := os.Getenv("BELLIGRAPH_SEED"); s != "" {
		fmt.Sscan(s, &first)
		pairs = 1
	}
	compared, rows, full, failed := 0, 0, 0, 0
	for seed := first; compared < pairs && seed < first+uint64(3*pairs); seed++ {
		r := NewRandom(seed)
		quads, query := r.Quads(), r.Query()
		n, err := compare(quads, query, seed)
		if errors.Is(err, ErrTooBig) || errors.Is(err, graph.ErrBadRequest) {
			continue // too many solutions, or not well-formed (a scope rule): the next one
		}
		compared++
		rows += n
		if n > 0 {
			full++
		}
		if err != nil {
			failed++
			quads, query = minimise(quads, query, seed)
			_, err = compare(quads, query, seed)
			t.Errorf("seed %d:\n%s\n%s\n%v", seed, text(quads), query, err)
			if failed >= 5 {
				break
			}
		}
	}
	fmt.Printf("oracle: %d pairs from seed %d, %d of them with solutions, %d solutions in all, %d disagreements\n", compared, first, full, rows, failed)
}

func text(quads []rdf.Quad) string {
	var b strings.Builder
	for _, q := range quads {
		b.WriteString(q.String() + "\n")
	}
	return b.String()
}

// compare runs a query both ways and returns the number of solutions.
func compare(quads []rdf.Quad, query string, seed uint64) (int, error) {
	g := memgraph.New(quads...)
	p, err := queries.New(g, queries.Options{}).Prepare(query, queries.QueryOptions{})
	if err != nil {
		return 0, err
	}
	q := p.Algebra()
	whole, limit, offset := q.Pattern, int64(-1), int64(0)
	if s, ok := whole.(*algebra.Slice); ok {
		whole, limit, offset = s.Input, s.Limit, s.Offset
	}
	o := New(quads)
	sols, err := o.Eval(whole)
	if err != nil {
		return 0, err
	}
	want := make([]string, len(sols))
	for i, s := range sols {
		want[i] = s.Key()
	}
	if reduced(whole) {
		// REDUCED may drop duplicates.
		sort.Strings(want)
	}
	r := NewRandom(seed)
	half := []string{}
	for _, rule := range plan.Rules() {
		if r.IntN(2) == 0 {
			half = append(half, rule)
		}
	}
	for i, disabled := range [][]string{nil, plan.Rules(), half, nil, nil} {
		perturb := uint64(0)
		if i >= 2 {
			perturb = seed*8 + uint64(i)
		}
		got, x, err := engine(g, query, disabled, perturb)
		if err != nil {
			return 0, fmt.Errorf("without %v: engine: %v\n%s", disabled, err, x)
		}
		if err := agree(got, want, offset, limit); err != nil {
			return 0, fmt.Errorf("without %v: %w\n%s", disabled, err, x)
		}
	}
	return len(want), nil
}

func reduced(n algebra.Node) bool {
	_, ok := n.(*algebra.Reduced)
	return ok
}

// agree compares bags. With a limit the engine may choose among solutions that
// the order does not tell apart: their number must be right, and each of them be
// a solution.
func agree(got, want []string, offset, limit int64) error {
	n := int64(len(want))
	n -= min(n, offset)
	if limit >= 0 {
		n = min(n, limit)
	}
	count := make(map[string]int)
	for _, w := range want {
		count[w]++
	}
	for _, g := range got {
		count[g]--
	}
	var extra, missing []string
	for k, c := range count {
		for range -c {
			extra = append(extra, k)
		}
		for range c {
			missing = append(missing, k)
		}
	}
	slices.Sort(extra)
	slices.Sort(missing)
	if len(extra) > 0 || int64(len(got)) != n {
		return fmt.Errorf("engine has %d solutions, oracle %d\nonly the engine: %s\nonly the oracle: %s", len(got), n, strings.Join(extra, "; "), strings.Join(missing, "; "))
	}
	return nil
}

func engine(g graph.Graph, query string, disabled []string, perturb uint64) ([]string, string, error) {
	e := queries.New(g, queries.Options{DisabledRules: disabled, PerturbPlans: perturb})
	r, err := e.Query(context.Background(), query, queries.QueryOptions{})
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	var out []string
	for row, err := range r.Rows() {
		if err != nil {
			return nil, r.Profile().String(), err
		}
		s := Solution{}
		for i, t := range row {
			if t != nil {
				s[r.Vars[i]] = graph.FoldTerm(t)
			}
		}
		out = append(out, s.Key())
	}
	return out, r.Profile().String(), nil
}

// minimise drops quads, and parts of the query, as long as the two disagree.
func minimise(quads []rdf.Quad, query string, seed uint64) ([]rdf.Quad, string) {
	return shrink(quads, query, func(q []rdf.Quad, text string) bool {
		_, err := compare(q, text, seed)
		return err != nil && !errors.Is(err, ErrTooBig) && !errors.Is(err, graph.ErrBadRequest)
	})
}

// shrink drops quads, and parts of the query, as long as the pair fails.
func shrink(quads []rdf.Quad, query string, fails func([]rdf.Quad, string) bool) ([]rdf.Quad, string) {
	for changed := true; changed; {
		changed = false
		for i := 0; i < len(quads); i++ {
			fewer := slices.Delete(slices.Clone(quads), i, i+1)
			if fails(fewer, query) {
				quads, changed = fewer, true
				i--
			}
		}
		words := strings.Fields(strings.TrimPrefix(query, Prologue))
	query:
		for n := len(words) - 1; n > 0; n-- {
			for i := 0; i+n <= len(words); i++ {
				fewer := Prologue + strings.Join(slices.Delete(slices.Clone(words), i, i+n), " ")
				if fails(quads, fewer) {
					query, changed = fewer, true
					break query
				}
			}
		}
	}
	return quads, query
}
