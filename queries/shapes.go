package queries

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/plan"
	"github.com/belligraph/belligraph/queries/sparql"
)

// shapes remembers the queries that come again with other constants, as look-ups
// do, and how they were planned: parsing and planning take several times as long
// as finding a few rows. Answers are never kept.
//
// A query that comes again is one whose shape (see [sparql.Shape]) has been seen
// before. A plan is used again for the same snapshot only, and for constants that
// match about as many triples: every decision that the planner took by looking
// at the graph is still the right one.
type shapes struct {
	seed maphash.Seed

	mu     sync.RWMutex
	seen   map[uint64]bool // hashes of keys that came once
	frames map[string][]bool
	known  map[string]*shape
	bytes  int // about, of all that was kept since the last forgetting
}

// The bounds of what is kept. At each everything is forgotten, which costs those
// in use one planning each.
const (
	maxShapeBytes = 16 << 20
	maxSeen       = 1 << 14
	maxSnapshots  = 4  // of which a shape has plans
	maxVariants   = 16 // plans for one snapshot
)

func newShapes() *shapes {
	s := &shapes{seed: maphash.MakeSeed()}
	s.forget()
	return s
}

func (s *shapes) forget() {
	s.seen, s.frames, s.known, s.bytes = make(map[uint64]bool), make(map[string][]bool), make(map[string]*shape), 0
}

// shape is what queries have in common that differ in the constants that may be
// exchanged. Its frame, the tokens, tells which these are.
type shape struct {
	query    *algebra.Query // one of them
	volatile bool
	terms    []rdf.Term // its constants
	asked    []bool     // of each, whether the pattern has it

	mu      sync.Mutex
	refused bool // its plans cannot be used again
	plans   []*shapePlans
}

// shapePlans are the plans of a shape for one snapshot.
type shapePlans struct {
	identity any
	probes   []probe
	variants []variant
}

// probe asks how many triples a constant matches as a subject, or as an object of
// a predicate.
type probe struct {
	constant  int
	object    bool
	predicate graph.ID // graph.Any: whichever
}

// variant is a plan for constants that match about so many triples, one byte for
// each probe.
type variant struct {
	sizes string
	plan  *plan.Plan
	terms []rdf.Term
	ids   []graph.ID
}

// shapeReaders hold what a look-up in shapes writes to.
var shapeReaders = sync.Pool{New: func() any { return new(shapeReader) }}

type shapeReader struct {
	sparql.Shape
	key []byte
}

// read begins the key, with what a query depends on besides its text; it returns
// false for queries that are not remembered.
func (r *shapeReader) read(text string, opts QueryOptions, o sparql.Options) bool {
	if opts.Dataset.Explicit || opts.Profile || !r.Shape.Read(text, o) {
		return false
	}
	dataset := byte('d')
	if opts.UnionDefaultGraph {
		dataset = 'u'
	}
	r.key = append(append(append(r.key[:0], dataset), opts.Base...), 0, 0)
	r.key = append(r.key, r.Shape.Key...)
	return true
}

// narrow adds the constants to the key that may not be exchanged, and returns the
// others.
func (r *shapeReader) narrow(free []bool) []rdf.Term {
	var terms []rdf.Term
	for i, t := range r.Constants {
		if free[i] {
			terms = append(terms, t)
			continue
		}
		text, tag := "", ""
		switch t := t.(type) {
		case rdf.IRI:
			text = string(t)
		case rdf.Literal:
			text, tag = t.Lexical, t.Lang
		}
		for _, s := range [2]string{text, tag} {
			r.key = append(binary.AppendUvarint(append(r.key, 0), uint64(len(s))), s...)
		}
	}
	return terms
}

// find returns the shape of a query and its constants. Where there is none, but
// the text has a shape that has been seen before, learn is called for: it makes
// one of the parsed query.
func (s *shapes) find(text string, opts QueryOptions, o sparql.Options) (sh *shape, terms []rdf.Term, learn bool) {
	r, _ := shapeReaders.Get().(*shapeReader)
	defer shapeReaders.Put(r)
	if !r.read(text, opts, o) {
		return nil, nil, false
	}
	s.mu.RLock()
	free, ok := s.frames[string(r.key)]
	if ok {
		terms = r.narrow(free)
		sh = s.known[string(r.key)]
	}
	s.mu.RUnlock()
	if sh != nil {
		return sh, terms, false
	}
	hash := maphash.Bytes(s.seed, r.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[hash] {
		return nil, nil, true
	}
	if len(s.seen) >= maxSeen {
		clear(s.seen)
	}
	s.seen[hash] = true
	return nil, nil, false
}

// learn remembers a query and returns its shape and constants, nil when it has
// none.
func (s *shapes) learn(text string, opts QueryOptions, o sparql.Options, q *algebra.Query) (*shape, []rdf.Term) {
	r, _ := shapeReaders.Get().(*shapeReader)
	defer shapeReaders.Put(r)
	if !r.read(text, opts, o) {
		return nil, nil
	}
	constants := make([]plan.Constant, len(r.Constants))
	for i, t := range r.Constants {
		constants[i].From = t
	}
	free := plan.ExchangeableTerms(q, constants)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.frames[string(r.key)]; ok {
		free = known
	} else {
		s.frames[string(r.key)] = free
		s.bytes += 2 * len(r.key)
	}
	terms := r.narrow(free)
	sh := s.known[string(r.key)]
	if sh == nil {
		sh = &shape{query: q, volatile: volatile(q), terms: terms, asked: plan.InPattern(q, terms)}
		s.known[string(r.key)] = sh
		s.bytes += 20*len(text) + 1000
	}
	return sh, terms
}

// plan returns a plan for constants that was made for others; nil when there is
// none, with the place where one may be kept, unless no plan of the shape can be
// used again or a constant of the pattern is not in the graph.
func (sh *shape) plan(snap graph.Snapshot, terms []rdf.Term) (*plan.Plan, *variantPlace, error) {
	identity := graph.Identity(snap)
	if identity == nil {
		return nil, nil, nil
	}
	sh.mu.Lock()
	refused := sh.refused
	at := slices.IndexFunc(sh.plans, func(p *shapePlans) bool { return p.identity == identity })
	var known shapePlans
	if at >= 0 {
		known = *sh.plans[at] // lists only grow, by append
	}
	sh.mu.Unlock()
	if refused {
		return nil, nil, nil
	}
	ids := make([]graph.ID, len(terms))
	for i, t := range terms {
		if !sh.asked[i] {
			continue
		}
		id, ok, err := snap.Lookup(t)
		if !ok || err != nil {
			return nil, nil, err
		}
		ids[i] = id
	}
	if at < 0 {
		var err error
		if known.probes, err = sh.findProbes(snap); err != nil {
			return nil, nil, err
		}
		known.identity = identity
	}
	sizes, err := measure(snap, known.probes, ids)
	if err != nil {
		return nil, nil, err
	}
	for i := range known.variants {
		v := &known.variants[i]
		if v.sizes == sizes {
			return v.exchanged(terms, ids), nil, nil
		}
	}
	return nil, &variantPlace{sh, known.identity, known.probes, variant{sizes: sizes, terms: terms, ids: ids}}, nil
}

// exchanged returns the plan for other constants.
func (v *variant) exchanged(terms []rdf.Term, ids []graph.ID) *plan.Plan {
	if slices.Equal(v.ids, ids) {
		return v.plan
	}
	return plan.WithConstants(v.plan, v.constants(terms, ids))
}

func (v *variant) constants(terms []rdf.Term, ids []graph.ID) []plan.Constant {
	c := make([]plan.Constant, len(terms))
	for i := range c {
		c[i] = plan.Constant{From: v.terms[i], FromID: v.ids[i], To: terms[i], ToID: ids[i]}
	}
	return c
}

// variantPlace is where a plan is to be kept.
type variantPlace struct {
	shape    *shape
	identity any
	probes   []probe
	variant  variant
}

// keep keeps a plan, unless it cannot be used again.
func (s *shapes) keep(at *variantPlace, p *plan.Plan) {
	v := at.variant
	v.plan = p
	sh := at.shape
	if slices.Contains(plan.Exchangeable(p, v.constants(v.terms, v.ids)), false) {
		sh.mu.Lock()
		sh.refused = true
		sh.mu.Unlock()
		return
	}
	s.mu.Lock()
	if s.bytes += 500 + planBytes(p.Root); s.bytes > maxShapeBytes {
		s.forget()
	}
	s.mu.Unlock()
	sh.mu.Lock()
	defer sh.mu.Unlock()
	i := slices.IndexFunc(sh.plans, func(p *shapePlans) bool { return p.identity == at.identity })
	if i < 0 {
		if len(sh.plans) >= maxSnapshots {
			sh.plans = slices.Delete(sh.plans, 0, 1)
		}
		i = len(sh.plans)
		sh.plans = append(sh.plans, &shapePlans{identity: at.identity, probes: at.probes})
	}
	if known := sh.plans[i]; len(known.variants) < maxVariants {
		known.variants = append(known.variants, v)
	}
}

// planBytes is about what a plan takes.
func planBytes(n plan.Node) int {
	size := 500 + 100*len(n.Properties().Vars)
	for _, in := range n.Inputs() {
		size += planBytes(in)
	}
	return size
}

// maxProbes bounds the time that measuring takes.
const maxProbes = 8

// findProbes returns what to ask for the constants of a shape: how often they are
// subjects, and how often objects of the predicates that the query has them with.
func (sh *shape) findProbes(snap graph.Snapshot) ([]probe, error) {
	var probes []probe
	var failed error
	add := func(t algebra.PatternTerm, p probe) {
		term, ok := t.(rdf.Term)
		if !ok {
			return
		}
		if p.constant = slices.Index(sh.terms, term); p.constant >= 0 && len(probes) < maxProbes && !slices.Contains(probes, p) {
			probes = append(probes, p)
		}
	}
	if sh.query.Pattern == nil || onePattern(sh.query.Pattern) {
		return nil, nil
	}
	algebra.Walk(sh.query.Pattern, func(n algebra.Node) bool {
		bgp, ok := n.(*algebra.BGP)
		if !ok {
			return true
		}
		for _, t := range bgp.Patterns {
			add(t.S, probe{})
			p := probe{object: true}
			if predicate, ok := t.P.(rdf.IRI); ok {
				id, found, err := snap.Lookup(predicate)
				if err != nil {
					failed = err
				}
				if !found {
					continue
				}
				p.predicate = id
			}
			add(t.O, p)
		}
		return true
	})
	return probes, failed
}

// onePattern reports whether a query matches a single pattern and no more, for
// which there is one best plan.
func onePattern(n algebra.Node) bool {
	switch n := n.(type) {
	case *algebra.Project:
		return onePattern(n.Input)
	case *algebra.Slice:
		return onePattern(n.Input)
	case *algebra.BGP:
		return len(n.Patterns) == 1
	}
	return false
}

// measure returns about how many triples the constants match, as powers of four.
func measure(snap graph.Snapshot, probes []probe, ids []graph.ID) (string, error) {
	var sizes [maxProbes]byte
	for i, p := range probes {
		q := graph.Pattern{S: ids[p.constant]}
		if p.object {
			q = graph.Pattern{P: p.predicate, O: ids[p.constant]}
		}
		rows, _, err := snap.Estimate(q)
		if err != nil {
			return "", err
		}
		sizes[i] = byte(bits.Len64(rows)+1) / 2
	}
	return string(sizes[:len(probes)]), nil
}

// exchangeTerms returns the template and the resources of a query of the shape
// with other constants.
func (sh *shape) exchangeTerms(terms []rdf.Term) ([]algebra.QuadPattern, []algebra.PatternTerm) {
	other := func(t algebra.PatternTerm) algebra.PatternTerm {
		if term, ok := t.(rdf.Term); ok {
			if i := slices.Index(sh.terms, term); i >= 0 {
				return terms[i]
			}
		}
		return t
	}
	template := slices.Clone(sh.query.Template)
	for i, q := range template {
		template[i] = algebra.QuadPattern{TriplePattern: algebra.TriplePattern{S: other(q.S), P: other(q.P), O: other(q.O)}, G: other(q.G)}
	}
	resources := slices.Clone(sh.query.Describe)
	for i, t := range resources {
		resources[i] = other(t)
	}
	return template, resources
}
