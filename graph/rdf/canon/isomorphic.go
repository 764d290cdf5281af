package canon

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/belligraph/belligraph/graph/rdf"
)

// compareWork bounds Compare, in occurrences of blank nodes looked at. It is some
// seconds of work.
const compareWork = 100_000_000

// Isomorphic reports whether two datasets differ in nothing but the labels of
// their blank nodes, the order and repetition of quads, and the case of language
// tags. It is false for a pair that Compare finds too hard, which no dataset is
// that was not built for it.
func Isomorphic(a, b []rdf.Quad) bool {
	same, err := Compare(a, b)
	return same && err == nil
}

// Compare is Isomorphic with ErrTooHard told apart.
//
// Blank nodes are coloured by what surrounds them until the colours settle
// (colour refinement); where nodes of a colour remain, one of the first dataset
// is matched with each of the second in turn.
func Compare(a, b []rdf.Quad) (bool, error) {
	x, y := newColouring(a), newColouring(b)
	if len(x.colour) != len(y.colour) || len(x.quads) != len(y.quads) || !slices.Equal(x.ground, y.ground) {
		return false, nil
	}
	c := comparison{work: compareWork}
	return c.match(x, y)
}

// Difference describes how two datasets differ, for the messages of tests: the
// lines that only one of them has. Blank nodes are labelled canonically, so
// a difference in one place may change labels in another.
func Difference(got, want []rdf.Quad) string {
	g, w := lines(got), lines(want)
	var b strings.Builder
	only := func(sign string, these, those []string) {
		for _, l := range these {
			if _, found := slices.BinarySearch(those, l); !found {
				fmt.Fprintf(&b, "%s %s", sign, l)
			}
		}
	}
	only("missing   ", w, g)
	only("unexpected", g, w)
	return b.String()
}

func lines(quads []rdf.Quad) []string {
	if r, err := Canonicalize(context.Background(), quads, Options{MaxWork: 100_000}); err == nil {
		return r.Lines
	}
	var out []string
	for _, q := range quads {
		out = append(out, string(AppendQuad(nil, q)))
	}
	slices.Sort(out)
	return out
}

// pattern is a quad with blank nodes: its spelling with their labels left out,
// and the numbers of the nodes in the order of their places.
type pattern struct {
	shape string
	nodes []int
}

// colouring is a dataset with a colour for each blank node.
type colouring struct {
	ground []string // canonical lines without blank nodes, sorted
	quads  []pattern
	at     [][]int // the quads that mention a node
	colour []uint64
}

func newColouring(quads []rdf.Quad) *colouring {
	c := &colouring{}
	number := make(map[rdf.BlankNode]int)
	for _, q := range dedupe(quads) {
		var nodes []int
		q = relabelQuad(q, func(b rdf.BlankNode) rdf.BlankNode {
			n, ok := number[b]
			if !ok {
				n = len(number)
				number[b] = n
				c.at = append(c.at, nil)
			}
			nodes = append(nodes, n)
			return ""
		})
		line := string(AppendQuad(nil, q))
		if nodes == nil {
			c.ground = append(c.ground, line)
			continue
		}
		for i, n := range nodes {
			if !slices.Contains(nodes[:i], n) {
				c.at[n] = append(c.at[n], len(c.quads))
			}
		}
		c.quads = append(c.quads, pattern{line, nodes})
	}
	slices.Sort(c.ground)
	c.colour = make([]uint64, len(number))
	return c
}

func (c *colouring) clone() *colouring {
	d := *c
	d.colour = slices.Clone(c.colour)
	return &d
}

type comparison struct{ work int }

// match refines the colours of both and searches where they leave a choice.
func (c *comparison) match(x, y *colouring) (bool, error) {
	if err := c.refine(x); err != nil {
		return false, err
	}
	if err := c.refine(y); err != nil {
		return false, err
	}
	cx, cy := classes(x), classes(y)
	if len(cx) != len(cy) {
		return false, nil
	}
	choice := -1
	for i := range cx {
		if cx[i].colour != cy[i].colour || len(cx[i].nodes) != len(cy[i].nodes) {
			return false, nil
		}
		if n := len(cx[i].nodes); n > 1 && (choice < 0 || n < len(cx[choice].nodes)) {
			choice = i
		}
	}
	if choice < 0 {
		return same(x, y), nil
	}
	const fresh = 0x9E3779B97F4A7C15 // no more than an unlikely colour
	for _, n := range cy[choice].nodes {
		x2, y2 := x.clone(), y.clone()
		x2.colour[cx[choice].nodes[0]] ^= fresh
		y2.colour[n] ^= fresh
		if ok, err := c.match(x2, y2); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// refine mixes into the colour of each node those of the quads round it until
// that makes no more colours.
func (c *comparison) refine(x *colouring) error {
	next := make([]uint64, len(x.colour))
	var around []uint64
	var buf []byte
	for count := distinct(x.colour); ; {
		for n, quads := range x.at {
			around = around[:0]
			for _, q := range quads {
				p := x.quads[q]
				if c.work -= len(p.nodes); c.work < 0 {
					return ErrTooHard
				}
				buf = buf[:0]
				for _, m := range p.nodes {
					buf = appendUint64(buf, x.colour[m])
					if m == n {
						buf = append(buf, 1) // marks the places of the node itself
					} else {
						buf = append(buf, 0)
					}
				}
				around = append(around, xxh3.Hash(buf)^xxh3.HashString(p.shape))
			}
			slices.Sort(around)
			buf = appendUint64(buf[:0], x.colour[n])
			for _, h := range around {
				buf = appendUint64(buf, h)
			}
			next[n] = xxh3.Hash(buf)
		}
		copy(x.colour, next)
		grown := distinct(x.colour)
		if grown == count {
			return nil
		}
		count = grown
	}
}

func appendUint64(b []byte, v uint64) []byte {
	return append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48), byte(v>>56))
}

func distinct(colours []uint64) int {
	s := slices.Clone(colours)
	slices.Sort(s)
	return len(slices.Compact(s))
}

type class struct {
	colour uint64
	nodes  []int
}

// classes returns the nodes of each colour, in the order of the colours.
func classes(x *colouring) []class {
	byColour := make(map[uint64][]int)
	for n, h := range x.colour {
		byColour[h] = append(byColour[h], n)
	}
	out := make([]class, 0, len(byColour))
	for h, nodes := range byColour {
		out = append(out, class{h, nodes})
	}
	slices.SortFunc(out, func(a, b class) int {
		if a.colour < b.colour {
			return -1
		}
		return 1
	})
	return out
}

// same compares the quads exactly when each node has a colour of its own.
func same(x, y *colouring) bool {
	a, b := spelled(x), spelled(y)
	return slices.EqualFunc(a, b, bytes.Equal)
}

func spelled(x *colouring) [][]byte {
	out := make([][]byte, 0, len(x.quads))
	for _, p := range x.quads {
		line := []byte(p.shape)
		for _, n := range p.nodes {
			line = appendUint64(line, x.colour[n])
		}
		out = append(out, line)
	}
	slices.SortFunc(out, bytes.Compare)
	return out
}
