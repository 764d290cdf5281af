package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/storetest"
)

// nquads writes quads as N-Quads.
func nquads(quads []rdf.Quad) []byte {
	var b []byte
	for _, q := range quads {
		b = append(rdf.AppendQuad(b, q), '\n')
	}
	return b
}

func nquadsSource(quads []rdf.Quad) []Source {
	return []Source{{Reader: bytes.NewReader(nquads(quads)), Format: rdfio.NQuads, KeepLabels: true}}
}

func mustEqual(t testing.TB, s *Store, m *storetest.Model) {
	t.Helper()
	snap, err := s.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	storetest.Equal(t, snap, m)
	if err := s.Check(context.Background()); err != nil {
		t.Fatalf("check: %v", err)
	}
}

func awkwardQuads() []rdf.Quad {
	var quads []rdf.Quad
	for i, x := range storetest.AwkwardTerms() {
		if text := x.String(); !strings.Contains(text, `\u0000`) && text != "_:http://example.org/a" { // not in N-Quads
			quads = append(quads, rdf.Quad{Subject: rdf.IRI(fmt.Sprint("http://example.org/awkward", i)), Predicate: rdf.IRI("http://example.org/value"), Object: x})
		}
	}
	return quads
}

func seq(quads []rdf.Quad, last error) func(func(rdf.Quad, error) bool) {
	return func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
		if last != nil {
			yield(rdf.Quad{}, last)
		}
	}
}

func TestLoad(t *testing.T) {
	ctx := context.Background()
	quads := append(storetest.Quads(10_000, 1), awkwardQuads()...)
	for _, file := range []bool{false, true} {
		t.Run(fmt.Sprintf("file=%v", file), func(t *testing.T) {
			path := ""
			if file {
				path = filepath.Join(t.TempDir(), "store")
			}
			s := open(t, path, Options{})
			m := storetest.NewModel()
			step := func(name string, quads []rdf.Quad, sources []Source, o LoadOptions) {
				t.Helper()
				old, err := s.Snapshot(ctx)
				if err != nil {
					t.Fatal(err)
				}
				was := m.Clone()
				want := m.Insert(quads...)
				res, err := s.Load(ctx, sources, o)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if res.Added != uint64(want) || res.Read < uint64(want) {
					t.Errorf("%s: %+v, %d quads are new", name, res, want)
				}
				mustEqual(t, s, m)
				storetest.Equal(t, old, was)
				old.Close()
			}
			step("empty", nil, nquadsSource(nil), LoadOptions{})
			step("first", quads[:5000], nquadsSource(quads[:5000]), LoadOptions{})
			step("again", quads[:100], nquadsSource(quads[:100]), LoadOptions{})
			step("small", quads[4900:5100], nquadsSource(quads[4900:5100]), LoadOptions{})
			step("large, spilling", quads[5000:], nquadsSource(append(quads[5000:len(quads):len(quads)], quads[5000:]...)), LoadOptions{Memory: 64 << 10})
			values := storetest.Quads(500, 9)
			for _, x := range storetest.AwkwardTerms() {
				values = append(values, rdf.Quad{Subject: rdf.IRI("http://example.org/all"), Predicate: rdf.IRI("http://example.org/value"), Object: x})
			}
			for i := range 100 { // prefixes of each other, ending in zero bytes
				values = append(values, rdf.Quad{Subject: rdf.IRI("http://example.org/all"), Predicate: rdf.IRI("http://example.org/zeros"), Object: rdf.NewString("zeros" + strings.Repeat("\x00", i))})
			}
			step("values", values, []Source{{Quads: seq(values, nil), KeepLabels: true}}, LoadOptions{})
			step("values again, anew", values, []Source{{Quads: seq(values, nil), KeepLabels: true}}, LoadOptions{rebuild: true})
			err := s.Update(ctx, func(tx graph.Tx) error {
				m.Delete(quads[100:3000]...)
				m.CreateGraph(rdf.IRI("http://example.org/empty"))
				if err := tx.CreateGraph(rdf.IRI("http://example.org/empty")); err != nil {
					return err
				}
				_, err := tx.Delete(quads[100:3000]...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			more := storetest.Quads(6_000, 77)
			step("over deletes", more, nquadsSource(more), LoadOptions{})
			snap, _ := s.Snapshot(ctx)
			storetest.CheckPatterns(t, snap, m, quads[9000:9003])
			storetest.CheckSeek(t, snap, 3)
			ids := func(x rdf.Term) graph.ID { id, _, _ := snap.Lookup(x); return id }
			if a, b := ids(rdf.IRI("http://example.org/a")), ids(rdf.IRI("http://example.org/é")); a == 0 || a >= b || b >= snap.SortedBelow(graph.TagIRI) {
				t.Errorf("ids %#x and %#x do not follow string order below %#x", a, b, snap.SortedBelow(graph.TagIRI))
			}
			snap.Close()
			dst := filepath.Join(t.TempDir(), "compacted")
			if err := s.Compact(ctx, dst); err != nil {
				t.Fatal(err)
			}
			if err := s.Compact(ctx, dst); !errors.Is(err, graph.ErrBadRequest) {
				t.Errorf("Compact over a file: %v", err)
			}
			c := open(t, dst, Options{})
			mustEqual(t, c, m)
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			var backup bytes.Buffer
			if err := s.Backup(ctx, &backup); err != nil {
				t.Fatal(err)
			}
			restored := filepath.Join(t.TempDir(), "restored")
			if err := os.WriteFile(restored, backup.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			r := open(t, restored, Options{ReadOnly: true})
			mustEqual(t, r, m)
			if err := r.Update(ctx, func(graph.Tx) error { return nil }); !errors.Is(err, graph.ErrReadOnly) {
				t.Errorf("Update of a read-only store: %v", err)
			}
			r.Close()
			if info, err := s.Stats(ctx); err != nil || info.Quads != uint64(m.Len()) || info.Blocks == 0 || info.Terms == 0 {
				t.Errorf("Stats: %+v, %v", info, err)
			}
			// A load that fails leaves everything as it was.
			failure := errors.New("line cut")
			if _, err := s.Load(ctx, []Source{{Quads: seq(storetest.Quads(20_000, 5), failure)}}, LoadOptions{}); !errors.Is(err, failure) {
				t.Errorf("Load of a failing source: %v", err)
			}
			bad := append(nquads(storetest.Quads(20_000, 5)), "<http://example.org/s> oops .\n"...)
			_, err = s.Load(ctx, []Source{{Name: "bad.nq", Reader: bytes.NewReader(bad), Format: rdfio.NQuads}}, LoadOptions{})
			var syntax *rdf.SyntaxError
			if !errors.As(err, &syntax) || syntax.Line != 20_001 || !strings.Contains(err.Error(), "bad.nq") {
				t.Errorf("Load of a faulty document: %v", err)
			}
			mustEqual(t, s, m)
			lenient := storetest.NewModel()
			lenient.Insert(storetest.Quads(20_000, 5)...)
			e := open(t, "", Options{})
			if res, err := e.Load(ctx, []Source{{Reader: bytes.NewReader(bad), Format: rdfio.NQuads, KeepLabels: true}}, LoadOptions{Lenient: true}); err != nil || res.Dropped != 1 {
				t.Errorf("lenient Load: %+v, %v", res, err)
			}
			if info, _ := e.Stats(ctx); info.Quads != uint64(lenient.Len()) {
				t.Errorf("lenient Load: %d quads, want %d", info.Quads, lenient.Len())
			}
			e.Close()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if file {
				s = open(t, path, Options{})
				mustEqual(t, s, m)
				s.Close()
			}
		})
	}
}

// TestLoadBlankNodes checks that documents keep their blank nodes apart.
func TestLoadBlankNodes(t *testing.T) {
	ctx := context.Background()
	s := open(t, "", Options{})
	defer s.Close()
	doc := "_:a <http://example.org/p> _:b .\n_:b <http://example.org/p> <<( _:a <http://example.org/p> _:b )>> .\n"
	src := func(f rdfio.Format) Source { return Source{Reader: strings.NewReader(doc), Format: f} }
	if _, err := s.Load(ctx, []Source{src(rdfio.NTriples), src(rdfio.Turtle), src(rdfio.NQuads)}, LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	snap, _ := s.Snapshot(ctx)
	defer snap.Close()
	rows, err := storetest.Rows(ctx, snap, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil || len(rows) != 6 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	subjects := map[graph.ID]bool{}
	for _, r := range rows {
		subjects[r.S] = true
		if x, _ := snap.Term(r.O); r.O.Tag() == graph.TagTriple && x.(rdf.Triple).Object.Kind() != rdf.KindBlankNode {
			t.Errorf("triple term %s", x)
		}
	}
	if len(subjects) != 6 {
		t.Errorf("%d blank nodes, want 6", len(subjects))
	}
	if _, err := s.Load(ctx, []Source{{Reader: strings.NewReader("<http://example.org/s> <http://example.org/p> 1 ."), Format: rdfio.Turtle, Graph: rdf.IRI("http://example.org/g")}}, LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	snap2, _ := s.Snapshot(ctx)
	defer snap2.Close()
	graphs := 0
	snap2.Graphs(ctx, func(graph.ID) bool { graphs++; return true })
	if graphs != 1 {
		t.Errorf("%d named graphs", graphs)
	}
}

// failingReader ends in an error.
type failingReader struct {
	r   io.Reader
	err error
}

func (f *failingReader) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err == io.EOF {
		err = f.err
	}
	return n, err
}

func TestLoadErrors(t *testing.T) {
	s := open(t, "", Options{})
	defer s.Close()
	failure := errors.New("connection lost")
	quads := storetest.Quads(5000, 1)
	for i := range quads {
		quads[i].Graph = nil
	}
	doc := nquads(quads)
	for _, f := range []rdfio.Format{rdfio.NQuads, rdfio.Turtle} {
		_, err := s.Load(context.Background(), []Source{{Reader: &failingReader{bytes.NewReader(doc), failure}, Format: f}}, LoadOptions{})
		if !errors.Is(err, failure) {
			t.Errorf("%s: %v", f, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Load(ctx, nquadsSource(storetest.Quads(5000, 1)), LoadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if info, _ := s.Stats(context.Background()); info.Quads != 0 {
		t.Errorf("%d quads are left", info.Quads)
	}
}
