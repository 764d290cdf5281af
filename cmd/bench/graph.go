package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// A generator writes about n triples of one kind of graph as N-Triples, the
// same bytes for the same n and seed.
type generator struct {
	name, about string
	write       func(w *triples, n int, rng *rand.Rand)
}

var generators = []generator{
	{"shop", "customers, products and orders of an online shop", shop},
	{"wiki", "a Wikidata-like graph: Zipf predicates and nodes, a class tree, part-of chains, labels in languages", wiki},
	{"conflict", "claims about armed conflict in Belligraph's own model", conflict},
	{"bsbm", "products, offers and reviews, after the Berlin SPARQL Benchmark", bsbm},
}

// generate writes the named graph to w.
func generate(w io.Writer, name string, n int, seed uint64) error {
	for _, g := range generators {
		if g.name != name {
			continue
		}
		t := &triples{w: bufio.NewWriterSize(w, 1<<20)}
		g.write(t, n, rand.New(rand.NewPCG(seed, 0x62656c6c69)))
		return t.w.Flush()
	}
	return fmt.Errorf("bench: no graph %q", name)
}

// triples writes statements and counts them. Terms are given in N-Triples form.
type triples struct {
	w *bufio.Writer
	n int
}

func (t *triples) add(s, p, o string) {
	t.w.WriteString(s)
	t.w.WriteByte(' ')
	t.w.WriteString(p)
	t.w.WriteByte(' ')
	t.w.WriteString(o)
	t.w.WriteString(" .\n")
	t.n++
}

const (
	rdfType    = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
	rdfsLabel  = "<http://www.w3.org/2000/01/rdf-schema#label>"
	subClassOf = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
	xsd        = "http://www.w3.org/2001/XMLSchema#"
)

func iri(s string) string { return "<" + s + ">" }

func node(ns string, i int) string { return "<" + ns + strconv.Itoa(i) + ">" }

// text and tagged write literals. The words hold letters, digits and marks that
// need no escape.
func text(s string) string { return `"` + s + `"` }

func tagged(s, lang string) string { return `"` + s + `"@` + lang }

func typed(lexical, datatype string) string { return `"` + lexical + `"^^<` + xsd + datatype + `>` }

func integer(i int) string { return typed(strconv.Itoa(i), "integer") }

func price(cents int) string { return typed(fmt.Sprintf("%d.%02d", cents/100, cents%100), "decimal") }

func day(rng *rand.Rand, from, days int) string {
	return typed(time.Date(from, 1, 1+rng.IntN(days), 0, 0, 0, 0, time.UTC).Format(time.DateOnly), "date")
}

// zipf returns numbers below n whose frequency falls with their rank k as
// (v+k)^-s.
func zipf(rng *rand.Rand, s, v float64, n int) func() int {
	z := rand.NewZipf(rng, s, v, uint64(n-1))
	return func() int { return int(z.Uint64()) }
}

var (
	syllables       = []string{"ka", "ri", "to", "men", "sa", "lu", "dor", "ne", "vi", "ash", "bel", "gra", "ti", "zo", "un", "mar", "os", "ely", "qua", "fen"}
	accentSyllables = []string{"ré", "mé", "ça", "lou", "èle", "bel", "ô", "gné", "ti", "vau", "ïs", "son", "fê", "du"}
	arabicSyllables = []string{"با", "كر", "ما", "لي", "تن", "زو", "ات", "ين", "غا", "وو", "شم", "ال"}
)

// word returns a pronounceable word of two to four syllables.
func word(rng *rand.Rand) string { return wordOf(rng, syllables) }

func wordOf(rng *rand.Rand, parts []string) string {
	var s string
	for range 2 + rng.IntN(3) {
		s += parts[rng.IntN(len(parts))]
	}
	return s
}

// words returns n words separated by spaces.
func words(rng *rand.Rand, n int) string { return wordsOf(rng, syllables, n) }

// accented and arabic return words outside of ASCII, which are longer in bytes
// than in characters.
func accented(rng *rand.Rand, n int) string { return wordsOf(rng, accentSyllables, n) }

func arabic(rng *rand.Rand, n int) string { return wordsOf(rng, arabicSyllables, n) }

func wordsOf(rng *rand.Rand, parts []string, n int) string {
	s := wordOf(rng, parts)
	for range n - 1 {
		s += " " + wordOf(rng, parts)
	}
	return s
}
