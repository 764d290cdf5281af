package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Run runs the whole suite. open returns an empty graph, which the suite
// closes.
func Run(t *testing.T, open func(t *testing.T) graph.Graph) {
	for _, tt := range []struct {
		name string
		f    func(t *testing.T, g graph.Graph)
	}{
		{"Empty", testEmpty},
		{"Scans", testScans},
		{"Seek", testSeek},
		{"ScanErrors", testScanErrors},
		{"Idempotence", testIdempotence},
		{"AwkwardTerms", testAwkwardTerms},
		{"LanguageTags", testLanguageTags},
		{"Texts", testTexts},
		{"NamedGraphs", testNamedGraphs},
		{"SnapshotIsolation", testSnapshotIsolation},
		{"ReadYourWrites", testReadYourWrites},
		{"Rollback", testRollback},
		{"BadQuads", testBadQuads},
		{"Statistics", testStatistics},
		{"Cancel", testCancel},
		{"Closed", testClosed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := open(t)
			tt.f(t, g)
			if err := g.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
}

var ctx = context.Background()

// update runs f in a transaction that must succeed.
func update(t *testing.T, g graph.Graph, f func(graph.Tx) error) {
	t.Helper()
	if err := g.Update(ctx, f); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

func insert(t *testing.T, g graph.Graph, quads ...rdf.Quad) (n int) {
	t.Helper()
	update(t, g, func(tx graph.Tx) (err error) {
		n, err = tx.Insert(quads...)
		return err
	})
	return n
}

func snapshot(t *testing.T, g graph.Graph) graph.Snapshot {
	t.Helper()
	s, err := g.Snapshot(ctx)
	if err != nil {
		t.Fatalf("Snapshot: %v", err)
	}
	return s
}

// same checks the graph against the model.
func same(t *testing.T, g graph.Graph, m *Model) {
	t.Helper()
	s := snapshot(t, g)
	defer s.Close()
	Equal(t, s, m)
}

func ex(s string) rdf.IRI { return rdf.IRI("http://example.org/" + s) }

func testEmpty(t *testing.T, g graph.Graph) {
	same(t, g, NewModel())
	s := snapshot(t, g)
	defer s.Close()
	if id, ok, err := s.Lookup(ex("nothing")); ok || err != nil {
		t.Errorf("an empty graph finds a term: %#x, %v", uint64(id), err)
	}
	if _, ok, err := s.Lookup(rdf.NewTyped("42", rdf.XSDInteger)); !ok || err != nil {
		t.Errorf("an inline term is not found: %v", err)
	}
	if n, exact, err := s.Estimate(graph.Pattern{}); n != 0 || !exact || err != nil {
		t.Errorf("Estimate = %d, %v, %v", n, exact, err)
	}
}

func testScans(t *testing.T, g graph.Graph) {
	m := NewModel()
	quads := Quads(600, 1)
	m.Insert(quads...)
	if n := insert(t, g, quads...); n != len(quads) {
		t.Fatalf("inserted %d of %d", n, len(quads))
	}
	same(t, g, m)
	s := snapshot(t, g)
	defer s.Close()
	CheckPatterns(t, s, m, quads[:12])
}

// CheckPatterns scans for every combination of bound components of the given
// quads, in every order that takes it, and compares with the model.
func CheckPatterns(t testing.TB, s graph.Snapshot, m *Model, quads []rdf.Quad) {
	t.Helper()
	keys := map[graph.ID]string{graph.DefaultGraph: ""}
	for _, q := range quads {
		var ids [4]graph.ID
		present := true
		for i, term := range [4]rdf.Term{q.Subject, q.Predicate, q.Object, q.Graph} {
			if term == nil {
				ids[i] = graph.DefaultGraph
				continue
			}
			id, ok, err := s.Lookup(term)
			if err != nil {
				t.Fatalf("Lookup(%s): %v", term, err)
			}
			ids[i], present = id, present && ok
		}
		if !present {
			continue
		}
		for bound := range 16 {
			var p graph.Pattern
			for i, dst := range []*graph.ID{&p.S, &p.P, &p.O, &p.G} {
				if bound>>i&1 == 1 {
					*dst = ids[i]
				}
			}
			want := m.keys(bound, quadKeys(q))
			for o := range graph.NumOrders {
				if _, all := p.BoundPrefix(o); !all {
					continue
				}
				rows, err := Rows(ctx, s, p, o, graph.AllCols)
				if err != nil {
					t.Fatalf("scan %v %s: %v", p, o, err)
				}
				got := make([]string, len(rows))
				for i, r := range rows {
					var x [4]string
					for k, id := range [4]graph.ID{r.S, r.P, r.O, r.G} {
						key, ok := keys[id]
						if !ok {
							term, err := s.Term(id)
							if err != nil {
								t.Fatalf("Term(%#x): %v", uint64(id), err)
							}
							key = Key(term)
							keys[id] = key
						}
						x[k] = key
					}
					got[i] = joinKeys(x)
				}
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Fatalf("scan %v %s: %s", p, o, diff(got, want))
				}
				for _, cols := range []graph.Columns{graph.ColS, graph.ColO, graph.ColP | graph.ColG} {
					some, err := Rows(ctx, s, p, o, cols)
					if err != nil || len(some) != len(rows) {
						t.Fatalf("scan %v %s of columns %b: %d rows of %d, %v", p, o, cols, len(some), len(rows), err)
					}
				}
			}
			n, exact, err := s.Estimate(p)
			if err != nil || exact && n != uint64(len(want)) || n == 0 && len(want) > 0 {
				t.Fatalf("Estimate(%v) = %d, %v, %v; want %d", p, n, exact, err, len(want))
			}
		}
	}
}

func testSeek(t *testing.T, g graph.Graph) {
	insert(t, g, Quads(3000, 2)...)
	s := snapshot(t, g)
	defer s.Close()
	CheckSeek(t, s, 1)
}

// CheckSeek compares cursors that seek with the rows of plain scans.
func CheckSeek(t testing.TB, s graph.Snapshot, seed uint64) {
	t.Helper()
	x := seed*0x9E3779B97F4A7C15 + 1
	next := func(k int) int {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		return int(x>>33) % k
	}
	for o := range graph.NumOrders {
		all, err := Rows(ctx, s, graph.Pattern{}, o, graph.AllCols)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			continue
		}
		for try := range 60 {
			bound := try % 4
			var p graph.Pattern
			pick := all[next(len(all))]
			cols := o.Columns()
			for _, c := range cols[:bound] {
				*[]*graph.ID{&p.S, &p.P, &p.O, &p.G}[c] = pick.Get(c)
			}
			var want []graph.Pattern
			for _, r := range all {
				match := true
				for _, c := range cols[:bound] {
					match = match && r.Get(c) == p.Get(c)
				}
				if match {
					want = append(want, r)
				}
			}
			cur, err := s.Scan(ctx, p, o, graph.AllCols)
			if err != nil {
				t.Fatal(err)
			}
			pos, free := 0, cols[bound]
			for pos < len(want) {
				if next(3) == 0 {
					b := cur.Next()
					if b == nil {
						t.Fatalf("%s %v: the cursor ends %d rows early: %v", o, p, len(want)-pos, cur.Err())
					}
					for i := range b.N {
						got := graph.Pattern{S: b.Cols[graph.S][i], P: b.Cols[graph.P][i], O: b.Cols[graph.O][i], G: b.Cols[graph.G][i]}
						if pos >= len(want) || got != want[pos] {
							t.Fatalf("%s %v: row %v at %d of %d", o, p, got, pos, len(want))
						}
						pos++
					}
					continue
				}
				var id graph.ID
				switch next(5) {
				case 0:
					id = want[next(len(want))].Get(free) // perhaps backwards: no effect
				case 1:
					id = want[min(pos+next(3), len(want)-1)].Get(free)
				case 2:
					id = want[min(pos+next(40), len(want)-1)].Get(free) + 1
				case 3:
					id = want[pos].Get(free)
				default:
					id = want[min(pos+next(1+len(want)/4), len(want)-1)].Get(free) - graph.ID(next(2))
				}
				cur.Seek(id)
				for pos < len(want) && want[pos].Get(free) < id {
					pos++
				}
			}
			if b := cur.Next(); b != nil || cur.Err() != nil {
				t.Fatalf("%s %v: %v after the end: %v", o, p, b, cur.Err())
			}
			cur.Seek(0)
			if b := cur.Next(); b != nil {
				t.Fatalf("%s %v: Seek after the end finds %v", o, p, b)
			}
			if err := cur.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func testScanErrors(t *testing.T, g graph.Graph) {
	q := rdf.Quad{Subject: ex("s"), Predicate: ex("p"), Object: ex("o")}
	insert(t, g, q)
	s := snapshot(t, g)
	defer s.Close()
	id, _, _ := s.Lookup(ex("p"))
	if _, err := s.Scan(ctx, graph.Pattern{P: id}, graph.SPOG, graph.AllCols); err == nil {
		t.Error("a scan takes a pattern that is no prefix of its order")
	}
}

func testIdempotence(t *testing.T, g graph.Graph) {
	m := NewModel()
	quads := Quads(50, 3)
	for range 2 {
		want := m.Insert(quads...)
		if n := insert(t, g, quads...); n != want {
			t.Errorf("Insert = %d, want %d", n, want)
		}
		same(t, g, m)
	}
	if n := insert(t, g, append(quads[:2:2], quads[0], quads[1])...); n != 0 {
		t.Errorf("Insert of old quads = %d", n)
	}
	s := snapshot(t, g)
	before := s.Version()
	s.Close()
	for range 2 {
		update(t, g, func(tx graph.Tx) error {
			want := m.Delete(quads[10:30]...)
			n, err := tx.Delete(append(quads[10:30:30], quads[10])...)
			if n != want {
				t.Errorf("Delete = %d, want %d", n, want)
			}
			return err
		})
		same(t, g, m)
	}
	s = snapshot(t, g)
	if s.Version() <= before {
		t.Errorf("the version went from %d to %d", before, s.Version())
	}
	s.Close()
	m.Insert(quads...)
	insert(t, g, quads...)
	same(t, g, m)
	// In one transaction, in and out again.
	update(t, g, func(tx graph.Tx) error {
		fresh := rdf.Quad{Subject: ex("fresh"), Predicate: ex("p"), Object: ex("o")}
		for _, step := range []struct {
			f    func(...rdf.Quad) (int, error)
			q    rdf.Quad
			want int
		}{{tx.Insert, fresh, 1}, {tx.Insert, fresh, 0}, {tx.Delete, fresh, 1}, {tx.Delete, fresh, 0}, {tx.Delete, quads[0], 1}, {tx.Insert, quads[0], 1}, {tx.Insert, quads[0], 0}} {
			if n, err := step.f(step.q); n != step.want || err != nil {
				t.Errorf("step on %s = %d, %v; want %d", step.q, n, err, step.want)
			}
		}
		return nil
	})
	same(t, g, m)
}

func testAwkwardTerms(t *testing.T, g graph.Graph) {
	terms := AwkwardTerms()
	m := NewModel()
	var quads []rdf.Quad
	for i, x := range terms {
		quads = append(quads, rdf.Quad{Subject: ex(fmt.Sprint("s", i)), Predicate: ex("value"), Object: x})
		switch x.(type) {
		case rdf.IRI:
			quads = append(quads, rdf.Quad{Subject: x, Predicate: x, Object: x, Graph: x})
		case rdf.BlankNode:
			quads = append(quads, rdf.Quad{Subject: x, Predicate: ex("p"), Object: x, Graph: x})
		}
	}
	if want, n := m.Insert(quads...), insert(t, g, quads...); n != want || want != len(quads) {
		t.Fatalf("inserted %d quads, want %d", n, want)
	}
	same(t, g, m)
	s := snapshot(t, g)
	defer s.Close()
	ids := map[graph.ID]rdf.Term{}
	for _, x := range terms {
		id, ok, err := s.Lookup(x)
		if !ok || err != nil {
			t.Fatalf("Lookup(%.60s): %v, %v", x, ok, err)
		}
		if other, ok := ids[id]; ok {
			t.Errorf("%.60s and %.60s have one id", x, other)
		}
		ids[id] = x
		if back, err := s.Term(id); err != nil || back != x {
			t.Errorf("%.60s comes back as %.60s, %v", x, back, err)
		}
	}
	for _, x := range []rdf.Term{ex("b"), rdf.BlankNode("nowhere"), rdf.NewString("b"), rdf.NewLang("a", "fr"), rdf.NewDirLang("a", "de", rdf.LTR), rdf.NewTyped("b", ex("dt")),
		rdf.Triple{Subject: ex("s"), Predicate: ex("p"), Object: ex("nowhere")}, rdf.Triple{Subject: ex("a"), Predicate: ex("a"), Object: ex("a")}} {
		if id, ok, err := s.Lookup(x); ok || err != nil {
			t.Errorf("Lookup(%s) = %#x, %v, %v", x, uint64(id), ok, err)
		}
	}
}

func testLanguageTags(t *testing.T, g graph.Graph) {
	q := func(tag string, d rdf.Direction) rdf.Quad {
		return rdf.Quad{Subject: ex("s"), Predicate: ex("p"), Object: rdf.NewDirLang("colour", tag, d)}
	}
	if n := insert(t, g, q("en-GB", ""), q("EN-gb", ""), q("en-gb", "")); n != 1 {
		t.Errorf("three spellings of one tag are %d terms", n)
	}
	if n := insert(t, g, q("en-gb", ""), q("en", ""), q("en-GB", rdf.LTR), q("EN-GB", rdf.LTR)); n != 2 {
		t.Errorf("inserted %d, want 2", n)
	}
	s := snapshot(t, g)
	defer s.Close()
	for _, tag := range []string{"en-GB", "en-gb", "EN-GB"} {
		id, ok, err := s.Lookup(rdf.NewLang("colour", tag))
		if !ok || err != nil {
			t.Fatalf("@%s is not found: %v", tag, err)
		}
		if x, err := s.Term(id); err != nil || x != rdf.NewLang("colour", "en-GB") {
			t.Errorf("@%s reads %v, %v; the first spelling was @en-GB", tag, x, err)
		}
	}
	nested := rdf.Triple{Subject: ex("s"), Predicate: ex("p"), Object: rdf.NewLang("colour", "EN-gb")}
	if n := insert(t, g, rdf.Quad{Subject: ex("r"), Predicate: rdf.RDFReifies, Object: nested}); n != 1 {
		t.Errorf("inserted %d", n)
	}
	nested.Object = rdf.NewLang("colour", "en-gb")
	if n := insert(t, g, rdf.Quad{Subject: ex("r"), Predicate: rdf.RDFReifies, Object: nested}); n != 0 {
		t.Errorf("a triple term with another spelling of a tag is another term")
	}
	update(t, g, func(tx graph.Tx) error {
		if n, err := tx.Delete(q("EN-GB", "")); n != 1 || err != nil {
			t.Errorf("Delete by another spelling = %d, %v", n, err)
		}
		return nil
	})
}

func testNamedGraphs(t *testing.T, g graph.Graph) {
	m := NewModel()
	base := rdf.Quad{Subject: ex("s"), Predicate: ex("p"), Object: ex("o")}
	var quads []rdf.Quad
	for _, name := range []rdf.Term{nil, ex("g1"), ex("g2"), rdf.BlankNode("g")} {
		q := base
		q.Graph = name
		quads = append(quads, q)
	}
	m.Insert(quads...)
	if n := insert(t, g, quads...); n != 4 {
		t.Errorf("the same triple in four graphs: %d", n)
	}
	same(t, g, m)
	update(t, g, func(tx graph.Tx) error {
		m.CreateGraph(ex("empty"))
		m.CreateGraph(ex("g1"))
		if err := tx.CreateGraph(ex("empty")); err != nil {
			return err
		}
		if err := tx.CreateGraph(ex("g1")); err != nil {
			return err
		}
		Equal(t, tx.Snapshot(), m)
		return tx.CreateGraph(ex("empty"))
	})
	same(t, g, m)
	for _, name := range []rdf.Term{ex("g2"), ex("g1"), ex("empty"), ex("never"), nil} {
		update(t, g, func(tx graph.Tx) error {
			m.DropGraph(name)
			if err := tx.DropGraph(name); err != nil {
				return err
			}
			Equal(t, tx.Snapshot(), m)
			return nil
		})
		same(t, g, m)
	}
	update(t, g, func(tx graph.Tx) error {
		q := quads[1]
		m.Insert(q)
		m.CreateGraph(ex("g3"))
		for _, f := range []func() error{
			func() error { return tx.CreateGraph(ex("g1")) },
			func() error { _, err := tx.Insert(q); return err },
			func() error { return tx.DropGraph(ex("g1")) },
			func() error { _, err := tx.Insert(q); return err },
			func() error { return tx.CreateGraph(ex("g3")) },
			func() error { return tx.DropGraph(ex("g3")) },
			func() error { return tx.CreateGraph(ex("g3")) },
		} {
			if err := f(); err != nil {
				return err
			}
		}
		return nil
	})
	same(t, g, m)
}

func testSnapshotIsolation(t *testing.T, g graph.Graph) {
	quads := Quads(200, 4)
	m := NewModel()
	var snaps []graph.Snapshot
	var models []*Model
	for i := 0; i < len(quads); i += 40 {
		snaps, models = append(snaps, snapshot(t, g)), append(models, m.Clone())
		m.Insert(quads[i : i+40]...)
		insert(t, g, quads[i:i+40]...)
		if i > 0 {
			old := quads[i-20 : i-10]
			m.Delete(old...)
			update(t, g, func(tx graph.Tx) error { _, err := tx.Delete(old...); return err })
		}
	}
	for i, s := range snaps {
		Equal(t, s, models[i])
		if i > 0 && s.Version() <= snaps[i-1].Version() {
			t.Errorf("versions %d and %d", snaps[i-1].Version(), s.Version())
		}
	}
	for _, s := range snaps {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	same(t, g, m)
}

func testReadYourWrites(t *testing.T, g graph.Graph) {
	quads := Quads(300, 5)
	m := NewModel()
	m.Insert(quads[:100]...)
	insert(t, g, quads[:100]...)
	outside := snapshot(t, g)
	defer outside.Close()
	old := m.Clone()
	update(t, g, func(tx graph.Tx) error {
		for i := 100; i < len(quads); i += 50 {
			m.Insert(quads[i : i+50]...)
			if _, err := tx.Insert(quads[i : i+50]...); err != nil {
				return err
			}
			Equal(t, tx.Snapshot(), m)
			m.Delete(quads[i-60 : i-30]...)
			if _, err := tx.Delete(quads[i-60 : i-30]...); err != nil {
				return err
			}
			s := tx.Snapshot()
			Equal(t, s, m)
			CheckPatterns(t, s, m, quads[i-5:i+5])
			CheckSeek(t, s, uint64(i))
			Equal(t, outside, old)
		}
		return nil
	})
	Equal(t, outside, old)
	same(t, g, m)
}

func testRollback(t *testing.T, g graph.Graph) {
	quads := Quads(60, 6)
	m := NewModel()
	m.Insert(quads[:30]...)
	insert(t, g, quads[:30]...)
	failure := errors.New("changed my mind")
	err := g.Update(ctx, func(tx graph.Tx) error {
		if _, err := tx.Insert(quads[30:]...); err != nil {
			return err
		}
		if _, err := tx.Delete(quads[:10]...); err != nil {
			return err
		}
		if err := tx.CreateGraph(ex("new")); err != nil {
			return err
		}
		if err := tx.DropGraph(nil); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) {
		t.Errorf("Update returns %v", err)
	}
	same(t, g, m)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := g.Update(cancelled, func(tx graph.Tx) error { _, err := tx.Insert(quads[30:]...); return err }); !errors.Is(err, context.Canceled) {
		t.Errorf("Update with a cancelled context returns %v", err)
	}
	same(t, g, m)
	m.Insert(quads[25:]...)
	insert(t, g, quads[25:]...)
	same(t, g, m)
}

func testBadQuads(t *testing.T, g graph.Graph) {
	for _, q := range []rdf.Quad{
		{},
		{Predicate: ex("p"), Object: ex("o")},
		{Subject: ex("s"), Object: ex("o")},
		{Subject: ex("s"), Predicate: ex("p")},
		{Subject: ex("s"), Predicate: ex("p"), Object: rdf.Triple{Subject: ex("s"), Predicate: ex("p")}},
	} {
		err := g.Update(ctx, func(tx graph.Tx) error { _, err := tx.Insert(q); return err })
		if !errors.Is(err, graph.ErrBadRequest) {
			t.Errorf("Insert(%#v) returns %v", q, err)
		}
	}
	same(t, g, NewModel())
}

func testStatistics(t *testing.T, g graph.Graph) {
	var quads []rdf.Quad
	for i := range 100 {
		quads = append(quads,
			rdf.Quad{Subject: ex(fmt.Sprint("s", i)), Predicate: ex("type"), Object: ex(fmt.Sprint("class", i%4))},
			rdf.Quad{Subject: ex(fmt.Sprint("s", i%10)), Predicate: ex("knows"), Object: ex(fmt.Sprint("s", i))})
	}
	insert(t, g, quads...)
	s := snapshot(t, g)
	defer s.Close()
	for _, tt := range []struct {
		p    rdf.IRI
		want graph.PredicateStats
	}{{ex("type"), graph.PredicateStats{Quads: 100, DistinctSubjects: 100, DistinctObjects: 4}}, {ex("knows"), graph.PredicateStats{Quads: 100, DistinctSubjects: 10, DistinctObjects: 100}}} {
		id, _, _ := s.Lookup(tt.p)
		if st, ok, err := s.PredicateStats(id); st != tt.want || !ok || err != nil {
			t.Errorf("%s: %+v, %v, %v; want %+v", tt.p, st, ok, err, tt.want)
		}
		if n, exact, err := s.Estimate(graph.Pattern{P: id}); n != 100 || !exact || err != nil {
			t.Errorf("Estimate of %s = %d, %v, %v", tt.p, n, exact, err)
		}
	}
	id, _, _ := s.Lookup(ex("s1"))
	if st, ok, err := s.PredicateStats(id); ok || err != nil {
		t.Errorf("a subject has predicate statistics: %+v, %v", st, err)
	}
	calls := 0
	if err := s.Predicates(ctx, func(graph.ID) bool { calls++; return false }); err != nil || calls != 1 {
		t.Errorf("Predicates goes on after false: %d calls, %v", calls, err)
	}
}

func testCancel(t *testing.T, g graph.Graph) {
	insert(t, g, Quads(2000, 7)...)
	s := snapshot(t, g)
	defer s.Close()
	cancelled, cancel := context.WithCancel(ctx)
	c, err := s.Scan(cancelled, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cancel()
	for range 2000 {
		if c.Next() == nil {
			break
		}
	}
	if !errors.Is(c.Err(), context.Canceled) {
		t.Errorf("a cancelled scan ends with %v", c.Err())
	}
	if _, err := g.Snapshot(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("Snapshot with a cancelled context returns %v", err)
	}
}

func testClosed(t *testing.T, g graph.Graph) {
	insert(t, g, Quads(10, 8)...)
	if err := g.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if _, err := g.Snapshot(ctx); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("Snapshot of a closed graph returns %v", err)
	}
	if err := g.Update(ctx, func(graph.Tx) error { return nil }); !errors.Is(err, graph.ErrClosed) {
		t.Errorf("Update of a closed graph returns %v", err)
	}
}
