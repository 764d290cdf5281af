package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
)

// TestTexts reads texts from sorted pages, tail pages and the log at once.
func TestTexts(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir()+"/store", Options{})
	defer s.Close()
	quads := storetest.TextQuads(2000)
	if _, err := s.Load(ctx, []Source{{Quads: seq(quads, nil), KeepLabels: true}}, LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	check := func(seed uint64) {
		t.Helper()
		snap, err := s.Snapshot(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		storetest.CheckTexts(t, snap, seed)
	}
	check(1)
	more := func(word string) {
		t.Helper()
		err := s.Update(ctx, func(tx graph.Tx) error {
			for i := range 60 {
				q := rdf.Quad{Subject: rdf.IRI("http://example.org/added"), Predicate: rdf.IRI("http://example.org/value"), Object: rdf.NewLang(fmt.Sprint("ab", word, i), "en")}
				if _, err := tx.Insert(q); err != nil {
					return err
				}
			}
			_, err := tx.Delete(quads[10:200]...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	more("tail")
	if err := s.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	more("log")
	check(2)
}

// BenchmarkTexts reads the names of customers and the names of products, which
// have a language, in the order of their ids and at random.
func BenchmarkTexts(b *testing.B) {
	ctx := context.Background()
	s := loadShop(b, "")
	defer s.Close()
	snap, err := s.Snapshot(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer snap.Close()
	for _, tag := range []graph.ID{graph.TagString, graph.TagLang} {
		for _, step := range []uint64{1, 7, 10_007} {
			n := uint64(snap.SortedBelow(tag) - tag)
			ids := make([]graph.ID, n)
			at := uint64(0)
			for i := range ids {
				ids[i] = tag | graph.ID(at)
				at = (at + step) % n
			}
			b.Run(fmt.Sprintf("tag=%d/step=%d", tag>>60, step), func(b *testing.B) {
				r := graph.NewTextReader(snap)
				done, cpu := 0, cpuSeconds()
				b.ReportAllocs()
				for b.Loop() {
					for i := 0; i < len(ids); i += blockRows {
						t, err := r.Read(ids[i:min(i+blockRows, len(ids))])
						if err != nil {
							b.Fatal(err)
						}
						done += t.Len()
					}
				}
				b.ReportMetric((cpuSeconds()-cpu)/float64(done)*1e9, "cpu-ns/text")
			})
		}
	}
}

// TestManySuffixes reads kinds where there are more datatypes than have a number.
func TestManySuffixes(t *testing.T) {
	ctx := context.Background()
	s := open(t, t.TempDir()+"/store", Options{})
	defer s.Close()
	var quads []rdf.Quad
	for i := range 3000 {
		quads = append(quads, rdf.Quad{
			Subject: rdf.IRI("http://example.org/s"), Predicate: rdf.IRI("http://example.org/value"),
			Object: rdf.NewTyped(fmt.Sprint("text ", i), rdf.IRI(fmt.Sprint("http://example.org/type", i%400))),
		})
	}
	if _, err := s.Load(ctx, []Source{{Quads: seq(quads, nil), KeepLabels: true}}, LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	storetest.CheckTexts(t, snap, 3)
	if n := len(s.suffixes.list); n != 256 {
		t.Errorf("%d suffixes have numbers, want 256 with the one of none", n)
	}
}
