package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

func testTexts(t *testing.T, g graph.Graph) {
	insert(t, g, TextQuads(300)...)
	s := snapshot(t, g)
	CheckTexts(t, s, 1)
	s.Close()
	update(t, g, func(tx graph.Tx) error {
		if _, err := tx.Insert(rdf.Quad{Subject: ex("added"), Predicate: ex("value"), Object: rdf.NewLang("added", "fr")}); err != nil {
			return err
		}
		CheckTexts(t, tx.Snapshot(), 2)
		return nil
	})
}

// TextQuads returns quads whose objects are n terms of each kind that has a
// text, and the awkward terms.
func TextQuads(n int) []rdf.Quad {
	var quads []rdf.Quad
	add := func(o rdf.Term) {
		quads = append(quads, rdf.Quad{Subject: ex(fmt.Sprint("s", len(quads))), Predicate: ex("value"), Object: o})
	}
	for _, o := range AwkwardTerms() {
		add(o)
	}
	for i := range n {
		text := fmt.Sprintf("%s %d", strings.Repeat("ab", i%7), i/3)
		add(ex("object/" + text[i%2:]))
		add(rdf.BlankNode(fmt.Sprint("b", i)))
		add(rdf.NewString(text))
		add(rdf.NewLang(text, []string{"en", "de", "en-GB"}[i%3]))
		add(rdf.NewTyped(text, ex([]string{"dt", "dt2"}[i%2])))
		add(rdf.NewTyped(fmt.Sprint(i, ".50"), rdf.XSDFloat))
		add(rdf.NewTyped(fmt.Sprint(i), rdf.XSDInteger))
	}
	return quads
}

// CheckTexts compares what reads texts, ranges of texts and ranges of ids with
// what the terms and scans tell.
func CheckTexts(t testing.TB, s graph.Snapshot, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, seed))
	ids := map[graph.ID]bool{}
	c, err := s.Scan(ctx, graph.Pattern{}, graph.SPOG, graph.AllCols)
	if err != nil {
		t.Fatal(err)
	}
	for b := c.Next(); b != nil; b = c.Next() {
		for _, col := range b.Cols {
			for _, id := range col {
				ids[id] = true
			}
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var all []graph.ID
	for id := range ids {
		all = append(all, id)
	}
	slices.Sort(all)
	var some []graph.ID // with gaps
	for _, id := range all {
		if rng.IntN(3) == 0 {
			some = append(some, id)
		}
	}
	shuffled := slices.Concat(all, some)
	rng.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
	r := graph.NewTextReader(s)
	for _, list := range [][]graph.ID{all, some, shuffled, {graph.Any}, nil, all} {
		for batch := range slices.Chunk(list, 100) {
			checkTexts(t, s, r, batch)
		}
	}
	checkTextRanges(t, s, all)
	checkRangeCounts(t, s, all, rng)
}

func checkTexts(t testing.TB, s graph.Snapshot, r graph.TextReader, ids []graph.ID) {
	t.Helper()
	var kinds []uint32
	if k, ok := r.(graph.KindReader); ok {
		alone, _, err := k.ReadKinds(ids)
		if err != nil {
			t.Fatal(err)
		}
		kinds = slices.Clone(alone)
	}
	texts, err := r.Read(ids)
	if kinds != nil && err == nil && !slices.Equal(kinds, texts.Kind) {
		t.Fatalf("kinds alone are %v, with texts %v", kinds, texts.Kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	if texts.Len() != len(ids) || len(texts.Kind) != len(ids) {
		t.Fatalf("%d texts of %d ids", texts.Len(), len(ids))
	}
	for i, id := range ids {
		var want rdf.Term
		if tag := id.Tag(); tag != graph.TagNone && tag != graph.TagTriple {
			if want, err = s.Term(id); err != nil {
				t.Fatal(err)
			}
		}
		var got rdf.Term
		text := string(texts.Text(i))
		switch k := texts.Kinds[texts.Kind[i]].(type) {
		case rdf.IRI:
			got = rdf.IRI(text)
		case rdf.BlankNode:
			got = rdf.BlankNode(text)
		case rdf.Literal:
			k.Lexical = text
			got = k
		}
		if got != want {
			t.Fatalf("the text of %#x reads %v, the term %v", uint64(id), got, want)
		}
	}
}

// textOf returns the text of a dictionary term.
func textOf(t testing.TB, s graph.Snapshot, id graph.ID) string {
	t.Helper()
	x, err := s.Term(id)
	if err != nil {
		t.Fatal(err)
	}
	switch x := x.(type) {
	case rdf.IRI:
		return string(x)
	case rdf.BlankNode:
		return string(x)
	case rdf.Literal:
		return x.Lexical
	}
	return ""
}

func checkTextRanges(t testing.TB, s graph.Snapshot, ids []graph.ID) {
	t.Helper()
	for _, prefix := range []string{"", "a", "ab", "a\x00", "abab 1", "b", "http://example.org/object/", "http://example.org/object/b", "1", "\xFF", "zzz", "A"} {
		for _, tag := range []graph.ID{graph.TagBlank, graph.TagIRI, graph.TagString, graph.TagLang, graph.TagTyped} {
			from, to, err := graph.TextRange(s, tag, prefix)
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				if id.Tag() != tag || id >= s.SortedBelow(tag) {
					continue
				}
				if want, got := strings.HasPrefix(textOf(t, s, id), prefix), from <= id && id < to; want != got {
					t.Errorf("%q in the range of prefix %q: %v, want %v", textOf(t, s, id), prefix, got, want)
				}
			}
		}
	}
}

func checkRangeCounts(t testing.TB, s graph.Snapshot, ids []graph.ID, rng *rand.Rand) {
	t.Helper()
	r, ok := s.(graph.RangeCounter)
	if !ok {
		return
	}
	p, _, err := s.Lookup(ex("value"))
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		from, to := ids[rng.IntN(len(ids))], ids[rng.IntN(len(ids))]
		for _, tt := range []struct {
			p graph.Pattern
			o graph.Order
		}{{graph.Pattern{P: p}, graph.POSG}, {graph.Pattern{P: p}, graph.PSOG}, {graph.Pattern{}, graph.OSPG}, {graph.Pattern{G: graph.DefaultGraph, P: p}, graph.GPOS}} {
			n, _ := tt.p.BoundPrefix(tt.o)
			rows, err := Rows(ctx, s, tt.p, tt.o, graph.AllCols)
			if err != nil {
				t.Fatal(err)
			}
			want := uint64(0)
			for _, row := range rows {
				if id := row.Get(tt.o.Columns()[n]); from <= id && id < to {
					want++
				}
			}
			if got, err := r.CountRange(tt.p, tt.o, from, to); err != nil || got != want {
				t.Errorf("CountRange(%v, %s, %#x, %#x) = %d, %v; want %d", tt.p, tt.o, uint64(from), uint64(to), got, err, want)
			}
		}
	}
}
