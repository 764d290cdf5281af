// Package storetest is the conformance suite that every graph.Graph passes:
// call [Run] with a function that opens an empty graph. It also has the plain
// model of a graph that random tests compare with.
package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Model is a graph as a map of quads: slow, and too simple to be wrong.
type Model struct {
	quads  map[string]modelQuad
	graphs map[string]rdf.Term
}

// modelQuad is a quad with the keys of its components.
type modelQuad struct {
	rdf.Quad
	keys [4]string
}

// NewModel returns an empty model.
func NewModel() *Model {
	return &Model{quads: map[string]modelQuad{}, graphs: map[string]rdf.Term{}}
}

// Clone returns a copy.
func (m *Model) Clone() *Model {
	c := NewModel()
	for k, q := range m.quads {
		c.quads[k] = q
	}
	for k, g := range m.graphs {
		c.graphs[k] = g
	}
	return c
}

// Key returns a text that is equal for equal terms, language tags being
// compared without regard to case.
func Key(t rdf.Term) string {
	switch t := t.(type) {
	case nil:
		return ""
	case rdf.Literal:
		t.Lang = strings.ToLower(t.Lang)
		return fmt.Sprintf("%q", []string{"literal", t.Lexical, string(t.Datatype), t.Lang, string(t.Direction)})
	case rdf.Triple:
		return "triple(" + Key(t.Subject) + " " + Key(t.Predicate) + " " + Key(t.Object) + ")"
	default:
		return fmt.Sprintf("%T %q", t, t)
	}
}

// QuadKey is Key for quads.
func QuadKey(q rdf.Quad) string {
	return joinKeys(quadKeys(q))
}

func quadKeys(q rdf.Quad) [4]string {
	return [4]string{Key(q.Subject), Key(q.Predicate), Key(q.Object), Key(q.Graph)}
}

func joinKeys(k [4]string) string { return k[0] + " " + k[1] + " " + k[2] + " " + k[3] }

// Insert adds quads and returns how many were new.
func (m *Model) Insert(quads ...rdf.Quad) (n int) {
	for _, q := range quads {
		keys := quadKeys(q)
		k := joinKeys(keys)
		if _, ok := m.quads[k]; !ok {
			m.quads[k] = modelQuad{q, keys}
			n++
		}
	}
	return n
}

// Delete removes quads and returns how many were there.
func (m *Model) Delete(quads ...rdf.Quad) (n int) {
	for _, q := range quads {
		k := QuadKey(q)
		if _, ok := m.quads[k]; ok {
			delete(m.quads, k)
			n++
		}
	}
	return n
}

// CreateGraph records a graph.
func (m *Model) CreateGraph(g rdf.Term) { m.graphs[Key(g)] = g }

// DropGraph removes a graph and its quads.
func (m *Model) DropGraph(g rdf.Term) {
	delete(m.graphs, Key(g))
	for k, q := range m.quads {
		if q.keys[graph.G] == Key(g) {
			delete(m.quads, k)
		}
	}
}

// Len returns the number of quads.
func (m *Model) Len() int { return len(m.quads) }

// Quads returns the quads in no particular order.
func (m *Model) Quads() []rdf.Quad {
	out := make([]rdf.Quad, 0, len(m.quads))
	for _, q := range m.quads {
		out = append(out, q.Quad)
	}
	return out
}

// keys returns the keys of the quads that have the given components, sorted;
// bit i of bound tells that keys[i] counts.
func (m *Model) keys(bound int, keys [4]string) []string {
	out := []string{}
	for k, q := range m.quads {
		match := true
		for i := range keys {
			match = match && (bound>>i&1 == 0 || q.keys[i] == keys[i])
		}
		if match {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// graphKeys returns the keys of the named graphs, also empty ones, sorted.
func (m *Model) graphKeys() []string {
	seen := map[string]bool{}
	for k := range m.graphs {
		seen[k] = true
	}
	for _, q := range m.quads {
		if q.Graph != nil {
			seen[q.keys[graph.G]] = true
		}
	}
	out := []string{}
	for k := range seen {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Rows reads a scan to its end and checks what every scan promises: that rows
// ascend strictly in the order, match the pattern, and come in batches of the
// columns asked for.
func Rows(ctx context.Context, snap graph.Snapshot, p graph.Pattern, o graph.Order, cols graph.Columns) ([]graph.Pattern, error) {
	c, err := snap.Scan(ctx, p, o, cols)
	if err != nil {
		return nil, err
	}
	rows, err := drain(c, p, o, cols)
	if e := c.Close(); err == nil {
		err = e
	}
	return rows, err
}

func drain(c graph.Cursor, p graph.Pattern, o graph.Order, cols graph.Columns) ([]graph.Pattern, error) {
	var rows []graph.Pattern
	for b := c.Next(); b != nil; b = c.Next() {
		if b.N == 0 {
			return nil, fmt.Errorf("an empty batch")
		}
		for col := graph.S; col <= graph.G; col++ {
			if got := b.Cols[col]; cols.Has(col) && len(got) != b.N || !cols.Has(col) && got != nil {
				return nil, fmt.Errorf("column %d has %d values in a batch of %d rows", col, len(got), b.N)
			}
		}
		for i := range b.N {
			var r graph.Pattern
			for col, dst := range []*graph.ID{&r.S, &r.P, &r.O, &r.G} {
				if cols.Has(graph.Column(col)) {
					*dst = b.Cols[col][i]
					if want := p.Get(graph.Column(col)); want != graph.Any && *dst != want {
						return nil, fmt.Errorf("row %v does not match %v", r, p)
					}
				}
			}
			if n := len(rows); cols == graph.AllCols && n > 0 && Compare(rows[n-1], r, o) >= 0 {
				return nil, fmt.Errorf("row %v comes after %v in order %s", r, rows[n-1], o)
			}
			rows = append(rows, r)
		}
	}
	return rows, c.Err()
}

// Compare compares rows in an order.
func Compare(a, b graph.Pattern, o graph.Order) int {
	for _, c := range o.Columns() {
		if a.Get(c) != b.Get(c) {
			return cmp.Compare(a.Get(c), b.Get(c))
		}
	}
	return 0
}

// Equal checks that a snapshot shows exactly the model, through every order,
// and that counts, graphs and look-ups agree.
func Equal(t testing.TB, snap graph.Snapshot, m *Model) {
	t.Helper()
	ctx := context.Background()
	all := m.keys(0, [4]string{})
	keys := map[graph.ID]string{graph.DefaultGraph: ""}
	key := func(id graph.ID) string {
		if k, ok := keys[id]; ok {
			return k
		}
		x, err := snap.Term(id)
		if err != nil {
			t.Fatalf("Term(%#x): %v", uint64(id), err)
		}
		if back, ok, err := snap.Lookup(x); err != nil || !ok || back != id {
			t.Fatalf("Lookup(%s) = %#x, %v, %v; the id is %#x", x, uint64(back), ok, err, uint64(id))
		}
		keys[id] = Key(x)
		return keys[id]
	}
	for o := range graph.NumOrders {
		rows, err := Rows(ctx, snap, graph.Pattern{}, o, graph.AllCols)
		if err != nil {
			t.Fatalf("scan %s: %v", o, err)
		}
		got := make([]string, len(rows))
		for i, r := range rows {
			got[i] = joinKeys([4]string{key(r.S), key(r.P), key(r.O), key(r.G)})
		}
		slices.Sort(got)
		if !slices.Equal(got, all) {
			t.Fatalf("scan %s: %s", o, diff(got, all))
		}
	}
	if n, err := snap.Len(); err != nil || n != uint64(len(all)) {
		t.Fatalf("Len() = %d, %v; want %d", n, err, len(all))
	}
	graphs := []string{}
	if err := snap.Graphs(ctx, func(id graph.ID) bool { graphs = append(graphs, key(id)); return true }); err != nil {
		t.Fatalf("Graphs: %v", err)
	}
	slices.Sort(graphs)
	if want := m.graphKeys(); !slices.Equal(graphs, want) {
		t.Fatalf("graphs: %s", diff(graphs, want))
	}
	counts := map[string]uint64{}
	for _, q := range m.quads {
		counts[q.keys[graph.P]]++
	}
	predicates := 0
	err := snap.Predicates(ctx, func(id graph.ID) bool {
		predicates++
		st, ok, err := snap.PredicateStats(id)
		want := counts[key(id)]
		if err != nil || !ok || st.Quads != want || st.DistinctSubjects == 0 || st.DistinctObjects == 0 ||
			st.DistinctSubjects > want || st.DistinctObjects > want {
			t.Errorf("PredicateStats(%s) = %+v, %v, %v; it has %d quads", key(id), st, ok, err, want)
		}
		return true
	})
	if err != nil || predicates != len(counts) {
		t.Fatalf("Predicates: %d, %v; want %d", predicates, err, len(counts))
	}
}

func diff(got, want []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows, want %d", len(got), len(want))
	shown := 0
	for _, g := range got {
		if _, ok := slices.BinarySearch(want, g); !ok && shown < 5 {
			fmt.Fprintf(&b, "\n  too many: %s", g)
			shown++
		}
	}
	for _, w := range want {
		if _, ok := slices.BinarySearch(got, w); !ok && shown < 10 {
			fmt.Fprintf(&b, "\n  missing: %s", w)
			shown++
		}
	}
	for i := 1; i < len(got); i++ {
		if got[i] == got[i-1] {
			fmt.Fprintf(&b, "\n  twice: %s", got[i])
			break
		}
	}
	return b.String()
}
