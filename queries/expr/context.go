package expr

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
)

// Options are what the evaluation of one request depends on besides its data.
type Options struct {
	// Now is the value of NOW(); zero means the time of NewContext.
	Now time.Time
	// Base is the absolute IRI that IRI() resolves against; without one IRI()
	// takes absolute IRIs only.
	Base string
	// Seed makes RAND, UUID, STRUUID and BNODE repeatable. Zero seeds them
	// from the system.
	Seed uint64
	// MaxString bounds the bytes of a string that a function makes; zero means
	// DefaultMaxString. Longer ones end the query.
	MaxString int
}

// DefaultMaxString is the longest string that functions make by default.
const DefaultMaxString = 16 << 20

// Context carries the state of one request through its expressions. It belongs
// to one goroutine; Fork makes one for another.
type Context struct {
	// Solution numbers the solution that is being evaluated. BNODE("label")
	// gives one blank node per solution and label, so every expression of a
	// solution must see the same number and no two solutions may share one.
	Solution uint64

	now       Value
	base      iri.Base
	maxString int
	random    *rand.Rand
	scope     uint64 // of blank node labels, shared by forks
	scratch   []byte

	patterns    map[patternKey]*pattern
	lastKey     patternKey
	lastPattern *pattern
}

// NewContext returns the context of a request.
func NewContext(o Options) *Context {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.MaxString <= 0 {
		o.MaxString = DefaultMaxString
	}
	c := &Context{now: dateTime(o.Now), maxString: o.MaxString}
	// A base that is no IRI resolves nothing, so IRI() fails where it needs one.
	c.base, _ = iri.Parse(o.Base)
	seed := [2]uint64{o.Seed}
	if o.Seed == 0 {
		seed = [2]uint64{rand.Uint64(), rand.Uint64()} // of a generator that the system seeds
	}
	c.random = rand.New(rand.NewPCG(seed[0], seed[1]))
	c.scope = c.random.Uint64()
	return c
}

// Fork returns a context of the same request for another goroutine: the same
// NOW and blank node scope, its own random numbers.
func (c *Context) Fork() *Context {
	d := *c
	d.random = rand.New(rand.NewPCG(c.random.Uint64(), c.random.Uint64()))
	d.patterns, d.lastPattern, d.scratch = nil, nil, nil
	return &d
}

// dateTime returns a time as xsd:dateTime to the microsecond, in its zone if
// that is a whole number of minutes, else in UTC.
func dateTime(t time.Time) Value {
	_, offset := t.Zone()
	if offset%60 != 0 || offset > 14*3600 || offset < -14*3600 {
		t, offset = t.UTC(), 0
	}
	micros := int64(t.Second())*1e6 + int64(t.Nanosecond()/1000)
	d, ok := xsd.NewDateTime(int64(t.Year()), int(t.Month()), t.Day(), t.Hour(), t.Minute(),
		xsd.NewDecimal(micros, 6), offset/60, true)
	if !ok {
		return Value{}
	}
	return FromXSD(xsd.NewTemporal(xsd.DateTimeType, d))
}

// tooLong reports an error when a string of n bytes must not be made.
func (c *Context) tooLong(n int) error {
	if n > c.maxString {
		return errTooLong
	}
	return nil
}

// freshBlank returns a blank node never returned before: 128 random bits.
func (c *Context) freshBlank() rdf.BlankNode {
	return blankLabel(c.random.Uint64(), c.random.Uint64())
}

// scopedBlank returns the blank node of a label within the current solution.
func (c *Context) scopedBlank(label string) rdf.BlankNode {
	b := binary.LittleEndian.AppendUint64(c.scratch[:0], c.Solution)
	b = append(b, label...)
	c.scratch = b
	h := xxh3.Hash128Seed(b, c.scope)
	return blankLabel(h.Hi, h.Lo)
}

func blankLabel(hi, lo uint64) rdf.BlankNode {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], hi)
	binary.BigEndian.PutUint64(raw[8:], lo)
	var text [33]byte
	text[0] = 'n'
	hex.Encode(text[1:], raw[:])
	return rdf.BlankNode(text[:])
}
