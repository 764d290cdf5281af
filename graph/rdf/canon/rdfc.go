package canon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Options bound the work of Canonicalize. The zero value is good for datasets
// that people write.
type Options struct {
	// MaxWork bounds the work spent on blank nodes that their own statements do
	// not tell apart, counted in quads looked at; 0 means 5,000,000.
	MaxWork int
}

// Result is a canonicalized dataset.
type Result struct {
	// Labels maps each blank node of the input to its canonical label.
	Labels map[rdf.BlankNode]rdf.BlankNode
	// Lines are the quads in canonical N-Quads, each with its line feed, in code
	// point order and without duplicates.
	Lines []string
}

// String returns the canonical document.
func (r *Result) String() string { return strings.Join(r.Lines, "") }

// Canonicalize labels the blank nodes of a dataset by RDFC-1.0 with SHA-256. It
// fails with ErrTooHard or the error of the context.
func Canonicalize(ctx context.Context, quads []rdf.Quad, o Options) (*Result, error) {
	work := o.MaxWork
	if work <= 0 {
		work = 5_000_000
	}
	c := &canonicalizer{
		ctx:       ctx,
		work:      work,
		quads:     dedupe(quads),
		canonical: newIssuer("c14n"),
		mentions:  make(map[rdf.BlankNode][]mention),
		firstHash: make(map[rdf.BlankNode]string),
	}
	if err := c.label(); err != nil {
		return nil, err
	}
	r := &Result{Labels: c.canonical.issued}
	var buf []byte
	for _, q := range c.quads {
		buf = AppendQuad(buf[:0], relabelQuad(q, func(b rdf.BlankNode) rdf.BlankNode { return r.Labels[b] }))
		r.Lines = append(r.Lines, string(buf))
	}
	slices.Sort(r.Lines)
	return r, nil
}

// dedupe returns the distinct quads with language tags folded.
func dedupe(quads []rdf.Quad) []rdf.Quad {
	seen := make(map[rdf.Quad]bool, len(quads))
	out := make([]rdf.Quad, 0, len(quads))
	for _, q := range quads {
		q.Object = foldTags(q.Object)
		if !seen[q] {
			seen[q] = true
			out = append(out, q)
		}
	}
	return out
}

// A mention is an occurrence of a blank node in a quad, with the blank nodes
// that the quad mentions beside it.
type mention struct {
	quad    int
	related []related
}

type related struct {
	node     rdf.BlankNode
	position string
}

type canonicalizer struct {
	ctx       context.Context
	work      int
	quads     []rdf.Quad
	canonical *issuer
	mentions  map[rdf.BlankNode][]mention // by node, one per quad
	firstHash map[rdf.BlankNode]string
}

// issuer gives out labels in order (RDFC-1.0 §4.5).
type issuer struct {
	prefix string
	issued map[rdf.BlankNode]rdf.BlankNode
	order  []rdf.BlankNode
}

func newIssuer(prefix string) *issuer {
	return &issuer{prefix: prefix, issued: make(map[rdf.BlankNode]rdf.BlankNode)}
}

func (i *issuer) clone() *issuer {
	return &issuer{prefix: i.prefix, issued: maps.Clone(i.issued), order: slices.Clone(i.order)}
}

func (i *issuer) issue(b rdf.BlankNode) rdf.BlankNode {
	l, ok := i.issued[b]
	if !ok {
		l = rdf.BlankNode(i.prefix + strconv.Itoa(len(i.order)))
		i.issued[b] = l
		i.order = append(i.order, b)
	}
	return l
}

func (c *canonicalizer) spend(n int) error {
	if c.work -= n; c.work < 0 {
		return ErrTooHard
	}
	return c.ctx.Err()
}

// label is RDFC-1.0 §4.4.3.
func (c *canonicalizer) label() error {
	for i, q := range c.quads {
		var here []related
		add := func(b rdf.BlankNode, position string) { here = append(here, related{b, position}) }
		eachBlank(q.Subject, "s", add)
		eachBlank(q.Object, "o", add)
		eachBlank(q.Graph, "g", add)
		for j, r := range here {
			if slices.ContainsFunc(here[:j], func(o related) bool { return o.node == r.node }) {
				continue
			}
			others := slices.DeleteFunc(slices.Clone(here), func(o related) bool { return o.node == r.node })
			c.mentions[r.node] = append(c.mentions[r.node], mention{i, others})
		}
	}
	byHash := make(map[string][]rdf.BlankNode)
	for n := range c.mentions {
		h := c.hashFirstDegree(n)
		c.firstHash[n] = h
		byHash[h] = append(byHash[h], n)
	}
	hashes := slices.Sorted(maps.Keys(byHash))
	for _, h := range hashes {
		if nodes := byHash[h]; len(nodes) == 1 {
			c.canonical.issue(nodes[0])
		}
	}
	for _, h := range hashes {
		nodes := byHash[h]
		if len(nodes) == 1 {
			continue
		}
		slices.Sort(nodes) // the order is without effect on the result, but it should not vary
		var paths []path
		for _, n := range nodes {
			if _, done := c.canonical.issued[n]; done {
				continue
			}
			temporary := newIssuer("b")
			temporary.issue(n)
			p, err := c.hashNDegree(n, temporary)
			if err != nil {
				return err
			}
			paths = append(paths, p)
		}
		slices.SortStableFunc(paths, func(a, b path) int { return strings.Compare(a.hash, b.hash) })
		for _, p := range paths {
			for _, n := range p.issuer.order {
				c.canonical.issue(n)
			}
		}
	}
	return nil
}

// hashFirstDegree is RDFC-1.0 §4.6.3.
func (c *canonicalizer) hashFirstDegree(n rdf.BlankNode) string {
	lines := make([]string, 0, len(c.mentions[n]))
	for _, m := range c.mentions[n] {
		q := relabelQuad(c.quads[m.quad], func(b rdf.BlankNode) rdf.BlankNode {
			if b == n {
				return "a"
			}
			return "z"
		})
		lines = append(lines, string(AppendQuad(nil, q)))
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, l := range lines {
		h.Write([]byte(l))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hashRelated is RDFC-1.0 §4.7.3.
func (c *canonicalizer) hashRelated(r related, q rdf.Quad, i *issuer) string {
	var b strings.Builder
	b.WriteString(r.position)
	if r.position != "g" {
		p, _ := q.Predicate.(rdf.IRI)
		b.WriteString("<" + string(p) + ">")
	}
	if l, ok := c.canonical.issued[r.node]; ok {
		b.WriteString("_:" + string(l))
	} else if l, ok := i.issued[r.node]; ok {
		b.WriteString("_:" + string(l))
	} else {
		b.WriteString(c.firstHash[r.node])
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// path is what hashNDegree finds: a hash and the labels given on the way to it.
type path struct {
	hash   string
	issuer *issuer
}

// hashNDegree is RDFC-1.0 §4.8.3.
func (c *canonicalizer) hashNDegree(n rdf.BlankNode, i *issuer) (path, error) {
	byHash := make(map[string][]rdf.BlankNode)
	for _, m := range c.mentions[n] {
		if err := c.spend(1 + len(m.related)); err != nil {
			return path{}, err
		}
		for _, r := range m.related {
			h := c.hashRelated(r, c.quads[m.quad], i)
			byHash[h] = append(byHash[h], r.node)
		}
	}
	data := sha256.New()
	for _, h := range slices.Sorted(maps.Keys(byHash)) {
		data.Write([]byte(h))
		nodes := byHash[h]
		slices.Sort(nodes)
		var chosen string
		var chosenIssuer *issuer
		for {
			text, next, err := c.tryOrder(nodes, i, chosen)
			if err != nil {
				return path{}, err
			}
			if next != nil && (chosenIssuer == nil || text < chosen) {
				chosen, chosenIssuer = text, next
			}
			if !nextPermutation(nodes) {
				break
			}
		}
		data.Write([]byte(chosen))
		i = chosenIssuer
	}
	return path{hex.EncodeToString(data.Sum(nil)), i}, nil
}

// tryOrder is the body of the loop over permutations. It returns no issuer if
// the path is sure to be greater than the best one.
func (c *canonicalizer) tryOrder(nodes []rdf.BlankNode, i *issuer, best string) (string, *issuer, error) {
	if err := c.spend(len(nodes) + len(i.order)); err != nil {
		return "", nil, err
	}
	worse := func(b []byte) bool { return best != "" && len(b) >= len(best) && string(b) > best }
	i = i.clone()
	var b []byte
	var recurse []rdf.BlankNode
	for _, n := range nodes {
		if l, ok := c.canonical.issued[n]; ok {
			b = append(append(b, "_:"...), l...)
		} else {
			if _, ok := i.issued[n]; !ok {
				recurse = append(recurse, n)
			}
			b = append(append(b, "_:"...), i.issue(n)...)
		}
		if worse(b) {
			return "", nil, nil
		}
	}
	for _, n := range recurse {
		p, err := c.hashNDegree(n, i)
		if err != nil {
			return "", nil, err
		}
		b = append(append(b, "_:"...), i.issue(n)...)
		b = append(append(append(b, '<'), p.hash...), '>')
		i = p.issuer
		if worse(b) {
			return "", nil, nil
		}
	}
	return string(b), i, nil
}

// nextPermutation puts s in its next order, starting from the sorted one, and
// reports whether there was another. Equal members are not exchanged.
func nextPermutation(s []rdf.BlankNode) bool {
	i := len(s) - 2
	for i >= 0 && s[i] >= s[i+1] {
		i--
	}
	if i < 0 {
		return false
	}
	j := len(s) - 1
	for s[j] <= s[i] {
		j--
	}
	s[i], s[j] = s[j], s[i]
	slices.Reverse(s[i+1:])
	return true
}
