package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
	"github.com/zeebo/xxh3"
)

// A batch is what a worker has made of one piece of a document: its distinct
// terms, numbered within the batch, and its quads as such numbers. Number 0 is
// the default graph. Most occurrences of a term are settled in the small table
// of the worker, so that the one table of the load sees few of them.
type batch struct {
	terms []batchTerm
	data  []byte // entries
	rows  [][4]uint32
	bytes int64
}

// batches are used again once they are merged; their rows are not, they go on.
var batches = sync.Pool{New: func() any { return &batch{} }}

type batchTerm struct {
	ref   uint64      // the inline id, or the tag and the offset of the entry in data
	size  uint32      // of the entry
	print fingerprint // of entries
	parts [3]uint32   // of triple terms: numbers within the batch
}

// batchMaker numbers the terms of a batch.
type batchMaker struct {
	b      *batch
	prefix string // put before the labels of blank nodes
	graph  rdf.Term
	slots  []batchSlot
	byTerm map[rdf.Term]uint32
	key    []byte
	rows   int // of the batch before

	last       [4]rdf.Term // of the quad before
	lastNumber [4]uint32
}

// batchSlot is a slot of the table of a worker: 96 bits of the hash of the
// spelling, plenty for the few thousand terms of a batch, and the number of the
// term plus one, 0 for a free slot. The table has to stay in the cache of the
// processor.
type batchSlot struct {
	low  uint64
	high uint32
	term uint32
}

const (
	batchSlots = 1 << 15
	batchTerms = batchSlots / 2
	batchRows  = 1 << 15
	chunkBytes = 1 << 20
)

func newBatchMaker(prefix string) *batchMaker {
	return &batchMaker{prefix: prefix, slots: make([]batchSlot, batchSlots), byTerm: map[rdf.Term]uint32{}}
}

func (m *batchMaker) start() {
	m.b = batches.Get().(*batch)
	m.b.terms = append(m.b.terms[:0], batchTerm{ref: uint64(graph.DefaultGraph)})
	m.b.data, m.b.bytes = m.b.data[:0], 0
	// Rows stay until the end, so they get little more room than they need.
	m.b.rows = make([][4]uint32, 0, min(m.rows+m.rows/16+64, batchRows))
	clear(m.slots)
	clear(m.byTerm)
	clear(m.last[:])
}

// take returns the batch, which is whoever's it is given to.
func (m *batchMaker) take() *batch {
	m.rows = len(m.b.rows)
	return m.b
}

func (m *batchMaker) full() bool { return len(m.b.rows) >= batchRows || len(m.b.terms) >= batchTerms-8 }

// raw returns the number of a term in its N-Triples spelling.
func (m *batchMaker) raw(tok []byte) (uint32, error) {
	h := xxh3.Hash128(tok)
	k := h.Lo & (batchSlots - 1)
	for ; m.slots[k].term != 0; k = (k + 1) & (batchSlots - 1) {
		if s := &m.slots[k]; s.low == h.Lo && s.high == uint32(h.Hi) {
			return s.term - 1, nil
		}
	}
	n, err := m.token(tok)
	if err != nil {
		return 0, err
	}
	m.slots[k] = batchSlot{h.Lo, uint32(h.Hi), n + 1}
	return n, nil
}

// token adds the term of an N-Triples spelling. IRIs, blank nodes and plain
// strings without escapes are entries as they stand.
func (m *batchMaker) token(tok []byte) (uint32, error) {
	last := len(tok) - 1
	switch {
	case tok[0] == '_':
		m.key = append(append(m.key[:0], m.prefix...), tok[2:]...)
		return m.entry(m.key, graph.TagBlank), nil
	case tok[0] == '<' && tok[1] != '<' && bytes.IndexByte(tok, '\\') < 0:
		return m.entry(tok[1:last], graph.TagIRI), nil
	case tok[0] == '"' && tok[last] == '"' && bytes.IndexByte(tok, '\\') < 0:
		return m.entry(tok[1:last], graph.TagString), nil
	case tok[0] == '"' && tok[last] == '>' && bytes.IndexByte(tok, '\\') < 0:
		quote := bytes.LastIndexByte(tok, '"')
		lexical, datatype := tok[1:quote], tok[quote+len(`"^^<`):last]
		// The literal lasts no longer than this call, and the bytes stay as they
		// are meanwhile.
		l := rdf.Literal{Lexical: unsafe.String(unsafe.SliceData(lexical), len(lexical)),
			Datatype: rdf.IRI(unsafe.String(unsafe.SliceData(datatype), len(datatype)))}
		if id, ok := graph.Inline(l); ok {
			m.b.terms = append(m.b.terms, batchTerm{ref: uint64(id)})
			return uint32(len(m.b.terms) - 1), nil
		}
		var tag graph.ID
		var err error
		if m.key, tag, err = appendEntry(m.key[:0], l); err != nil {
			return 0, fmt.Errorf("store: %w", err)
		}
		return m.entry(m.key, tag), nil
	}
	return m.term(turtle.TermOf(tok))
}

// term adds a term to the batch, without looking whether it is there, which the
// table of the load does again.
func (m *batchMaker) term(t rdf.Term) (uint32, error) {
	x := batchTerm{}
	switch t := t.(type) {
	case rdf.BlankNode:
		m.key = append(append(m.key[:0], m.prefix...), t...)
		return m.entry(m.key, graph.TagBlank), nil
	case rdf.Literal:
		if id, ok := graph.Inline(t); ok {
			m.b.terms = append(m.b.terms, batchTerm{ref: uint64(id)})
			return uint32(len(m.b.terms) - 1), nil
		}
	case rdf.Triple:
		for i, p := range [3]rdf.Term{t.Subject, t.Predicate, t.Object} {
			n, err := m.known(p)
			if err != nil {
				return 0, err
			}
			x.parts[i] = n
		}
		x.ref = uint64(graph.TagTriple)
		m.b.terms = append(m.b.terms, x)
		return uint32(len(m.b.terms) - 1), nil
	}
	var tag graph.ID
	var err error
	if m.key, tag, err = appendEntry(m.key[:0], t); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return m.entry(m.key, tag), nil
}

func (m *batchMaker) entry(e []byte, tag graph.ID) uint32 {
	at := len(m.b.data)
	m.b.data = append(m.b.data, e...)
	m.b.terms = append(m.b.terms, batchTerm{ref: uint64(tag) | uint64(at), size: uint32(len(e)), print: entryFingerprint(tag, identity(tag, e))})
	return uint32(len(m.b.terms) - 1)
}

// known returns the number of a term that comes as a value. Triple terms rarely
// come twice in a batch and are left to the table of the load.
func (m *batchMaker) known(t rdf.Term) (uint32, error) {
	const iris, strings = 1, 2 // seeds that tell the kinds apart
	switch t := t.(type) {
	case nil:
		return 0, fmt.Errorf("store: %w: a quad lacks a component", graph.ErrBadRequest)
	case rdf.IRI:
		return m.hashed(xxh3.HashString128Seed(string(t), iris), t)
	case rdf.Literal:
		if t.Datatype == rdf.XSDString {
			return m.hashed(xxh3.HashString128Seed(t.Lexical, strings), t)
		}
	case rdf.Triple:
		return m.term(t)
	}
	if n, ok := m.byTerm[t]; ok {
		return n, nil
	}
	n, err := m.term(t)
	if err == nil {
		m.byTerm[t] = n
	}
	return n, err
}

// hashed returns the number of a term by its hash.
func (m *batchMaker) hashed(h xxh3.Uint128, t rdf.Term) (uint32, error) {
	k := h.Lo & (batchSlots - 1)
	for ; m.slots[k].term != 0; k = (k + 1) & (batchSlots - 1) {
		if s := &m.slots[k]; s.low == h.Lo && s.high == uint32(h.Hi) {
			return s.term - 1, nil
		}
	}
	n, err := m.term(t)
	if err != nil {
		return 0, err
	}
	m.slots[k] = batchSlot{h.Lo, uint32(h.Hi), n + 1}
	return n, nil
}

func (m *batchMaker) quad(q *rdf.Quad) (err error) {
	var r [4]uint32
	g := q.Graph
	if g == nil {
		g = m.graph
	}
	for i, t := range [4]rdf.Term{q.Subject, q.Predicate, q.Object, g} {
		if i == 3 && t == nil {
			break
		}
		if i != 2 && t != nil && t == m.last[i] { // subjects and graphs come in runs
			r[i] = m.lastNumber[i]
			continue
		}
		if r[i], err = m.known(t); err != nil {
			return err
		}
		m.last[i], m.lastNumber[i] = t, r[i]
	}
	m.b.rows = append(m.b.rows, r)
	return nil
}

// parsing is the parallel reading of one source.
type parsing struct {
	ctx     context.Context
	out     chan<- *batch
	prefix  string
	graph   rdf.Term
	name    string
	lenient bool
	dropped atomic.Uint64
}

// lines reads N-Triples or N-Quads on several workers.
func (p *parsing) lines(r io.Reader, format turtle.Format, workers int) error {
	ctx, cancel := context.WithCancelCause(p.ctx)
	defer cancel(nil)
	chunks := make(chan turtle.Chunk, workers)
	spare := make(chan []byte, 2*workers+2)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			m := newBatchMaker(p.prefix)
			m.graph = p.graph
			sc := turtle.NewLineScanner(nil, format, 1, 0)
			for c := range chunks {
				if ctx.Err() != nil {
					continue
				}
				if err := p.chunk(ctx, m, sc, c); err != nil {
					cancel(err)
				}
				select {
				case spare <- c.Data:
				default:
				}
			}
		}()
	}
	cr := turtle.NewChunkReader(r)
	var err error
	for ctx.Err() == nil {
		var buf []byte
		select {
		case buf = <-spare:
		default:
			buf = make([]byte, chunkBytes)
		}
		var c turtle.Chunk
		if c, err = cr.Next(buf); err != nil {
			break
		}
		chunks <- c
	}
	close(chunks)
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// chunk makes batches of one chunk.
func (p *parsing) chunk(ctx context.Context, m *batchMaker, sc *turtle.LineScanner, c turtle.Chunk) error {
	sc.Reset(c.Data, c.Line, c.Offset)
	m.start()
	m.b.bytes = int64(len(c.Data))
	defaultGraph := uint32(0)
	if p.graph != nil {
		var err error
		if defaultGraph, err = m.known(p.graph); err != nil {
			return err
		}
	}
	var st turtle.Statement
	var last [4]struct {
		tok []byte
		n   uint32
	}
	for {
		ok, err := sc.Next(&st)
		if err != nil {
			if p.lenient {
				p.dropped.Add(1)
				continue
			}
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if !ok {
			return p.send(ctx, m.take())
		}
		r := [4]uint32{3: defaultGraph}
		for i, tok := range [4][]byte{st.Subject, st.Predicate, st.Object, st.Graph} {
			if tok == nil {
				continue
			}
			if string(tok) == string(last[i].tok) {
				r[i] = last[i].n
				continue
			}
			if r[i], err = m.raw(tok); err != nil {
				return err
			}
			// Tokens in the chunk stay; those that were unescaped do not, and
			// they are copied.
			last[i].tok, last[i].n = append(last[i].tok[:0], tok...), r[i]
		}
		m.b.rows = append(m.b.rows, r)
		if m.full() {
			if err := p.send(ctx, m.take()); err != nil {
				return err
			}
			m.start()
			for i := range last {
				last[i].tok = nil
			}
			if p.graph != nil {
				if defaultGraph, err = m.known(p.graph); err != nil {
					return err
				}
			}
		}
	}
}

func (p *parsing) send(ctx context.Context, b *batch) error {
	select {
	case p.out <- b:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// quads reads quads one by one.
func (p *parsing) quads(next func() (rdf.Quad, error), read func() int64) error {
	m := newBatchMaker(p.prefix)
	m.graph = p.graph
	m.start()
	done := int64(0)
	for i := 0; ; i++ {
		q, err := next()
		if errors.Is(err, io.EOF) {
			m.b.bytes = read() - done
			return p.send(p.ctx, m.take())
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := m.quad(&q); err != nil {
			return err
		}
		if m.full() {
			now := read()
			m.b.bytes, done = now-done, now
			if err := p.send(p.ctx, m.take()); err != nil {
				return err
			}
			m.start()
		}
	}
}

// parts reads the pieces of a document on several workers.
func (p *parsing) parts(parts iter.Seq2[Part, error], workers int) error {
	ctx, cancel := context.WithCancelCause(p.ctx)
	defer cancel(nil)
	queue := make(chan Part)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := p.partsOf(ctx, queue); err != nil {
				cancel(err)
			}
		}()
	}
	var failure error
	for part, err := range parts {
		if failure = err; err != nil {
			break
		}
		select {
		case queue <- part:
		case <-ctx.Done():
			failure = context.Cause(ctx)
		}
		if failure != nil {
			break
		}
	}
	close(queue)
	wg.Wait()
	if failure == nil {
		failure = context.Cause(ctx)
	}
	if failure != nil {
		return fmt.Errorf("%s: %w", p.name, failure)
	}
	return nil
}

// partsOf makes batches of the parts in a queue until it is closed.
func (p *parsing) partsOf(ctx context.Context, queue <-chan Part) error {
	m := newBatchMaker(p.prefix)
	m.graph = p.graph
	m.start()
	emit := func(q rdf.Quad) error {
		if err := m.quad(&q); err != nil || !m.full() {
			return err
		}
		if err := p.send(ctx, m.take()); err != nil {
			return err
		}
		m.start()
		return nil
	}
	for part := range queue {
		if err := part(emit); err != nil {
			return err
		}
	}
	return p.send(ctx, m.take())
}

// countingReader counts the bytes that pass.
type countingReader struct {
	r io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// parse reads one source to its end.
func (p *parsing) parse(src *Source, workers int) error {
	if src.Quads != nil {
		next, stop := iter.Pull2(src.Quads)
		defer stop()
		return p.quads(func() (rdf.Quad, error) {
			q, err, ok := next()
			if !ok {
				return q, io.EOF
			}
			return q, err
		}, func() int64 { return 0 })
	}
	if src.Parts != nil {
		return p.parts(src.Parts, workers)
	}
	in := &countingReader{r: src.Reader}
	switch src.Format {
	case rdfio.NTriples:
		return p.lines(in, turtle.NTriples, workers)
	case rdfio.NQuads:
		return p.lines(in, turtle.NQuads, workers)
	}
	o := src.Options
	o.Lenient = o.Lenient || p.lenient
	d, err := rdfio.NewDecoder(in, src.Format, o)
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	err = p.quads(d.Decode, in.n.Load)
	if e := d.Close(); err == nil && e != nil {
		err = fmt.Errorf("%s: %w", p.name, e)
	}
	return err
}

// merge enters a batch into the load: its terms get their numbers.
func (t *termSet) merge(b *batch) [][4]uint32 {
	terms := make([]uint32, len(b.terms))
	for i := range b.terms {
		x := &b.terms[i]
		id := graph.ID(x.ref)
		switch {
		case slot(id.Tag()) < 0:
			terms[i] = t.addInline(id)
		case id.Tag() == graph.TagTriple:
			terms[i] = t.addTriple([3]uint32{terms[x.parts[0]], terms[x.parts[1]], terms[x.parts[2]]})
		default:
			at := id.Payload()
			terms[i] = t.addEntry(id.Tag(), b.data[at:at+uint64(x.size)], x.print, false)
		}
	}
	for i := range b.rows {
		r := &b.rows[i]
		*r = [4]uint32{terms[r[0]], terms[r[1]], terms[r[2]], terms[r[3]]}
	}
	rows := b.rows
	b.rows = nil
	batches.Put(b)
	return rows
}

// sourceName is the name of a source in errors.
func sourceName(s *Source, i int) string {
	if s.Name != "" {
		return s.Name
	}
	return strings.TrimSpace(fmt.Sprintf("source %d", i+1))
}
