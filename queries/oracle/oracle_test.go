package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/exec"
	"github.com/belligraph/belligraph/queries/plan"
)

// How many pairs are compared, in short runs and in long ones.
const (
	shortPairs, longPairs           = 2000, 100_000
	shortWide, longWide             = 1000, 20_000
	shortPyoxigraph, longPyoxigraph = 300, 10_000
)

// TestDocumented holds docs/conformance.md to these numbers.
func TestDocumented(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	thousands := func(n int) string {
		if n < 1000 {
			return strconv.Itoa(n)
		}
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	for _, n := range [][2]int{{shortPairs, longPairs}, {shortWide, longWide}, {shortPyoxigraph, longPyoxigraph}} {
		if want := fmt.Sprintf("| %s pairs | %s pairs |", thousands(n[0]), thousands(n[1])); !strings.Contains(string(b), want) {
			t.Errorf("docs/conformance.md has no %q", want)
		}
	}
}

// TestAgainstEngine compares oracle and engine on random pairs of a dataset and
// a query, each with all rules of the planner, with none, with a random half of
// them, and twice with costs changed at random, the second time over a graph that
// joins by itself. BELLIGRAPH_LONG=1 runs more; for BELLIGRAPH_SEED see extent.
func TestAgainstEngine(t *testing.T) {
	pairs, first, last := extent(t, shortPairs, longPairs)
	againstEngine(t, "oracle", pairs, first, last, false)
}

// TestWideAgainstEngine does the same with queries of more kinds.
func TestWideAgainstEngine(t *testing.T) {
	pairs, first, last := extent(t, shortWide, longWide)
	againstEngine(t, "oracle, wide", pairs, first, last, true)
}

func againstEngine(t *testing.T, name string, pairs int, first, last uint64, wide bool) {
	compared, rows, full, failed, tried := 0, 0, 0, 0, first
	spilled, refused, parallel = 0, 0, 0
	for seed := first; compared < pairs && seed <= last; seed++ {
		tried = seed
		r := NewRandom(seed)
		r.Wide = wide
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
	fmt.Printf("%s: %d pairs of seeds %d to %d, %d of them with solutions, %d solutions in all, %d plans that moved rows to disk, %d that ran in parallel, %d that gave up, %d disagreements\n", name, compared, first, tried, full, rows, spilled, parallel, refused, failed)
	if compared >= 1000 && (spilled == 0 || parallel == 0) {
		t.Error("no plan moved rows to disk, or none ran in parallel")
	}
	if refused > 1+compared/100 {
		t.Errorf("%d plans gave up", refused)
	}
}

// extent says how many pairs a comparison is to make, of seeds from first to
// last: so many, more with BELLIGRAPH_LONG=1, and with BELLIGRAPH_SEED those of
// one seed, or as in 1000-1999 of several, for a long run in parts. Some seeds
// make no pair.
func extent(t *testing.T, short, long int) (pairs int, first, last uint64) {
	t.Helper()
	pairs, first = short, 1
	if os.Getenv("BELLIGRAPH_LONG") == "1" {
		pairs = long
	}
	last = uint64(3 * pairs)
	if s := os.Getenv("BELLIGRAPH_SEED"); s != "" {
		from, to, several := strings.Cut(s, "-")
		if !several {
			to = from
		}
		var err error
		if first, err = strconv.ParseUint(from, 10, 64); err == nil {
			last, err = strconv.ParseUint(to, 10, 64)
		}
		if err != nil || last < first {
			t.Fatalf("BELLIGRAPH_SEED=%s: want a seed, or two as in 1000-1999", s)
		}
		pairs = int(last - first + 1)
	}
	return pairs, first, last
}

// TestPairs holds pairs on which oracle and engine did not agree once, with the
// number of solutions that the specification gives.
func TestPairs(t *testing.T) {
	for _, c := range []struct {
		name, data, query string
		solutions         int
	}{
		{
			"a triple term that substitution makes ground ends a path (§18.4, §18.6)",
			":e :q :b .",
			"SELECT ?c { ?d :q ?c FILTER EXISTS { ?a :r? <<( ?d :p :d )>> } }", 1,
		},
		{
			"with a literal as its subject it is no term, and matches none",
			":e :q 1 .",
			"SELECT ?c { ?c :q ?d FILTER EXISTS { ?a :r? <<( ?d :p :d )>> } }", 0,
		},
		{
			"a variable in two places is cut to ranges in the column that leads",
			":c :p \"a\"@en . :a :q :d . :e :r :e . :c :r :e . _:y :r false . :e :r :d .",
			"SELECT * { ?d :r ?d } ORDER BY DESC(?b)", 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, seed := range []uint64{1, 303909} { // the plans of the second cut scans to ranges
				n, err := compare(readQuads(t, c.data), Prologue+c.query, seed)
				if err != nil {
					t.Error(err)
				}
				if n != c.solutions {
					t.Errorf("%d solutions, want %d", n, c.solutions)
				}
			}
		})
	}
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
	visible, names := dataset(quads, q.Dataset)
	o := New(visible, names...)
	sols, err := o.Eval(whole)
	if err != nil {
		return 0, err
	}
	want := keys(sols)
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
		over := graph.Graph(g)
		if i == 4 {
			over = storetest.Joining(g)
		}
		got, x, err := engine(over, query, disabled, perturb)
		if perturb != 0 && errors.Is(err, graph.ErrLimit) {
			// A perturbed plan takes little memory for none left, and some joins
			// must then give up.
			refused++
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("without %v: engine: %v\n%s", disabled, err, x)
		}
		if err := agree(keys(got), want, offset, limit); err != nil {
			return 0, fmt.Errorf("without %v: %w\n%s", disabled, err, x)
		}
		if ok, err := o.InOrder(whole, got); !ok || err != nil {
			return 0, fmt.Errorf("without %v: not in order: %v %v\n%s", disabled, keys(got), err, x)
		}
	}
	return len(want), nil
}

func keys(sols []Solution) []string {
	out := make([]string, len(sols))
	for i, s := range sols {
		out[i] = s.Key()
	}
	return out
}

// dataset returns the quads that a query with FROM or FROM NAMED sees: the merge
// of the graphs of the former as the default graph, and the latter (§13.2).
func dataset(quads []rdf.Quad, d algebra.Dataset) ([]rdf.Quad, []rdf.Term) {
	if !d.Explicit {
		return quads, nil
	}
	var out []rdf.Quad
	names := make([]rdf.Term, 0, len(d.Named))
	for _, name := range d.Named {
		if slices.ContainsFunc(quads, func(q rdf.Quad) bool { return q.Graph == rdf.Term(name) }) {
			names = append(names, name)
		}
	}
	for _, q := range quads {
		if name, ok := q.Graph.(rdf.IRI); ok {
			if slices.Contains(d.Default, name) {
				out = append(out, q.Triple().In(nil))
			}
			if slices.Contains(d.Named, name) {
				out = append(out, q)
			}
		}
	}
	return out, names
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

func engine(g graph.Graph, query string, disabled []string, perturb uint64) ([]Solution, string, error) {
	e := queries.New(g, queries.Options{DisabledRules: disabled, PerturbPlans: perturb, Spill: exec.Spill{Max: 1 << 30}, Workers: 2})
	r, err := e.Query(context.Background(), query, queries.QueryOptions{})
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	var out []Solution
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
		out = append(out, s)
	}
	x := r.Profile()
	if x.Spilled > 0 {
		spilled++
	}
	if slices.Contains(x.Rules, "Parallel") {
		parallel++
	}
	return out, x.String(), nil
}

// Of the plans of a run, spilled moved rows to disk, parallel had an operator that
// may use several goroutines, and refused did not fit in memory.
var spilled, parallel, refused int

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
