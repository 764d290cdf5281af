// Package review tells which claims, candidates and links a person should look
// at, and in which order. A [Queue] is read from a snapshot and lists an [Item]
// for each; it decides nothing. Decisions are those of package claim; this
// package reads and writes them as files, so that they can be shared.
package review

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Sort is what kind of thing an item is.
type Sort string

// The sorts of items.
const (
	Claim     Sort = "claim"
	Candidate Sort = "candidate"
	Link      Sort = "link"
	Lost      Sort = "decision" // about words that its document does not have any more
)

// Item is one thing to look at.
type Item struct {
	IRI      claim.Ref    `json:"id"`
	Sort     Sort         `json:"sort"`
	Status   claim.Status `json:"status"` // open as long as nobody decided
	Kind     string       `json:"kind"`   // empty when it is not known
	Document claim.Ref    `json:"document"`
	Rule     string       `json:"rule"`
	// Confidence of the machine, and how many documents speak of the same
	// event, and in how many disagreements the claim takes part.
	Confidence    float64 `json:"confidence"`
	Sources       int     `json:"sources"`
	Disagreements int     `json:"disagreements"`
	// Value is what a decision is worth, see [Item.value].
	Value float64 `json:"value"`
}

// surely is the confidence from which a claim that nobody disputes need not be
// looked at.
const surely = 0.75

// unresolved is the confidence that stands for a candidate that the extractor
// gave none: it is often nothing, but where it is something, nothing else has it.
const unresolved = 0.25

// value is the worth of a decision. It is greatest where the machine is least
// sure, as there the decision tells most; it grows with the sources that speak of
// the event, as their comparison rests on it, and with the disagreements, one of
// whose sides may be a misreading.
func (it *Item) value() float64 {
	unsure := 1 - math.Abs(2*it.Confidence-1)
	if it.Sort == Lost {
		unsure = 1
	}
	return unsure*(1+math.Log2(1+float64(it.Sources))) + 0.5*float64(min(it.Disagreements, 4))
}

// Filter chooses items. Empty fields choose all.
type Filter struct {
	Sort     Sort
	Status   claim.Status
	Kind     string
	Document claim.Ref
	Rule     string // with or without its version
}

func (f *Filter) takes(it *Item) bool {
	return (f.Sort == "" || f.Sort == it.Sort) && (f.Status == "" || f.Status == it.Status) && (f.Kind == "" || f.Kind == it.Kind) &&
		(f.Document == "" || f.Document == it.Document) && (f.Rule == "" || f.Rule == it.Rule || f.Rule == ruleName(it.Rule))
}

func ruleName(rule string) string {
	name, _, _ := strings.Cut(rule, "@")
	return name
}

// Queue is all that there is to look at, the most valuable first.
type Queue struct {
	Items []Item
	Tally Tally
}

// Tally counts the items by what they can be filtered by.
type Tally struct {
	Sorts, Statuses, Kinds, Rules map[string]int
	Documents                     map[claim.Ref]int
}

// Select returns the items that the filter takes, in order.
func (q *Queue) Select(f Filter) []Item {
	var out []Item
	for i := range q.Items {
		if f.takes(&q.Items[i]) {
			out = append(out, q.Items[i])
		}
	}
	return out
}

// Read makes the queue of one graph of a snapshot, nil being the default graph:
// candidates, claims that are not sure or take part in a disagreement, links
// that wait for a person, all that was decided about, and decisions that lost
// their words.
func Read(ctx context.Context, snap graph.Snapshot, in rdf.Term) (*Queue, error) {
	r := &reading{ctx: ctx, snap: snap, graph: graph.DefaultGraph, words: graph.NewWords(snap)}
	if in != nil {
		id, ok, err := snap.Lookup(in)
		if err != nil || !ok {
			return &Queue{Tally: newTally()}, err
		}
		r.graph = id
	}
	if err := r.tables(); err != nil {
		return nil, err
	}
	q := &Queue{Tally: newTally()}
	for _, id := range r.order {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		it := r.item(id)
		if !it.wanted() {
			continue
		}
		it.Value = it.value()
		q.Items = append(q.Items, it)
		q.Tally.add(&it)
	}
	slices.SortFunc(q.Items, func(a, b Item) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Document, b.Document), cmp.Compare(a.IRI, b.IRI))
	})
	return q, nil
}

// wanted reports whether an item is worth a place in the queue.
func (it *Item) wanted() bool {
	return it.Sort != Claim || it.Status != claim.Open || it.Confidence < surely || it.Disagreements > 0
}

func newTally() Tally {
	return Tally{make(map[string]int), make(map[string]int), make(map[string]int), make(map[string]int), make(map[claim.Ref]int)}
}

func (t *Tally) add(it *Item) {
	t.Sorts[string(it.Sort)]++
	t.Statuses[string(it.Status)]++
	if it.Kind != "" {
		t.Kinds[it.Kind]++
	}
	if it.Rule != "" {
		t.Rules[ruleName(it.Rule)]++
	}
	t.Documents[it.Document]++
}

// reading gathers what is needed of all claims at once: a graph may have very
// many, and only a page of them is shown.
type reading struct {
	ctx   context.Context
	snap  graph.Snapshot
	graph graph.ID
	words *graph.Words

	order []graph.ID // of items
	sorts map[graph.ID]Sort
	properties
}

// properties are those of items by subject.
type properties struct {
	confidence, rule, document, status, decision, says, modality map[graph.ID]graph.ID
	finding                                                      map[graph.ID]graph.ID
	verdict, decides, decidesIn                                  map[graph.ID]graph.ID          // of decisions
	kind, event                                                  map[graph.ID]graph.ID          // of propositions
	disputes                                                     map[graph.ID]int               // of claims
	tellers                                                      map[graph.ID]map[graph.ID]bool // documents by event
}

// scan calls f for each quad of a property in the graph.
func (r *reading) scan(property rdf.IRI, object rdf.Term, f func(s, o graph.ID)) error {
	p, ok, err := r.snap.Lookup(property)
	if err != nil || !ok {
		return err
	}
	pattern := graph.Pattern{P: p, G: r.graph}
	if object != nil {
		id, ok, err := r.snap.Lookup(object)
		if err != nil || !ok {
			return err
		}
		pattern.O = id
	}
	order, exact := graph.BestOrder(pattern)
	if !exact {
		pattern.G = graph.Any
	}
	cur, err := r.snap.Scan(r.ctx, pattern, order, graph.AllCols)
	if err != nil {
		return err
	}
	defer cur.Close()
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			if b.Cols[graph.G][i] == r.graph {
				f(b.Cols[graph.S][i], b.Cols[graph.O][i])
			}
		}
	}
	return cur.Err()
}

func (r *reading) values(property rdf.IRI) (map[graph.ID]graph.ID, error) {
	m := make(map[graph.ID]graph.ID)
	return m, r.scan(property, nil, func(s, o graph.ID) { m[s] = o })
}

func (r *reading) tables() (err error) {
	for _, x := range []struct {
		into     *map[graph.ID]graph.ID
		property rdf.IRI
	}{
		{&r.confidence, claim.PropConfidence}, {&r.rule, claim.PropRule}, {&r.document, claim.PropDocument}, {&r.status, claim.PropStatus},
		{&r.decision, claim.PropDecision}, {&r.says, claim.PropProposition}, {&r.modality, claim.PropModality},
		{&r.kind, claim.PropKind}, {&r.event, claim.PropEvent}, {&r.finding, claim.PropFinding},
		{&r.verdict, claim.PropVerdict}, {&r.decides, claim.PropDecides}, {&r.decidesIn, claim.PropDecidesIn},
	} {
		if *x.into, err = r.values(x.property); err != nil {
			return err
		}
	}
	r.disputes = make(map[graph.ID]int)
	for _, side := range []rdf.IRI{claim.PropSideA, claim.PropSideB} {
		if err := r.scan(side, nil, func(_, c graph.ID) { r.disputes[c]++ }); err != nil {
			return err
		}
	}
	r.tellers = make(map[graph.ID]map[graph.ID]bool)
	for c, p := range r.says {
		if e := r.event[p]; e != 0 {
			if r.tellers[e] == nil {
				r.tellers[e] = make(map[graph.ID]bool)
			}
			r.tellers[e][r.document[c]] = true
		}
	}
	return r.collect()
}

// collect finds the items.
func (r *reading) collect() error {
	r.sorts = make(map[graph.ID]Sort)
	add := func(sort Sort) func(s, _ graph.ID) {
		return func(s, _ graph.ID) {
			if _, ok := r.sorts[s]; !ok {
				r.sorts[s] = sort
				r.order = append(r.order, s)
			}
		}
	}
	if err := r.scan(rdf.RDFType, claim.ClassCandidate, add(Candidate)); err != nil {
		return err
	}
	linker, _, err := r.snap.Lookup(rdf.IRI(linkFinder))
	if err != nil {
		return err
	}
	inferred, _, err := r.snap.Lookup(rdf.IRI(claim.NSModality + string(claim.Inferred)))
	if err != nil {
		return err
	}
	if linker != 0 && inferred != 0 {
		if err := r.scan(claim.PropClaimant, rdf.IRI(linkFinder), func(s, o graph.ID) {
			if r.modality[s] == inferred {
				add(Link)(s, o)
			} else {
				r.sorts[s] = "" // decided by the score
			}
		}); err != nil {
			return err
		}
	}
	if err := r.scan(claim.PropLostIn, nil, func(s, o graph.ID) {
		add(Lost)(s, o)
		r.document[s] = o
	}); err != nil {
		return err
	}
	for c, p := range r.says {
		if r.verdict[r.document[c]] != 0 { // what somebody claims by a decision
			if claim.IsLinkKind(strings.TrimPrefix(r.words.Of(r.kind[p]), claim.NSKind)) {
				add(Link)(c, 0)
			}
			continue
		}
		if r.confidence[c] != 0 || r.disputes[c] > 0 || r.decision[c] != 0 {
			add(Claim)(c, 0)
		}
	}
	return nil
}

// linkFinder is package link's, which is not needed for more than its name.
const linkFinder = claim.NSID + "software/belligraph-link"

func (r *reading) item(id graph.ID) Item {
	it := Item{IRI: claim.Ref(r.words.Of(id)), Sort: r.sorts[id], Status: claim.Status(r.words.Of(r.status[id])), Document: claim.Ref(r.words.Of(r.document[id])),
		Rule: r.words.Of(r.rule[id]), Confidence: unresolved, Disagreements: r.disputes[id], Sources: 1}
	if it.Status == "" {
		it.Status = claim.Open
		if r.decision[id] != 0 {
			it.Status = claim.WasAccepted
		}
	}
	if c, err := strconv.ParseFloat(r.words.Of(r.confidence[id]), 64); err == nil {
		it.Confidence = c
	} else if it.Sort == Claim {
		it.Confidence = 1
	}
	p := r.says[id]
	it.Kind = strings.TrimPrefix(r.words.Of(r.kind[p]), claim.NSKind)
	event := r.event[p]
	if it.Sort == Candidate {
		var f claim.Finding
		if err := json.Unmarshal([]byte(r.words.Of(r.finding[id])), &f); err == nil && f.Claim != nil {
			it.Kind = f.Claim.Proposition.Kind
			event, _, _ = r.snap.Lookup(rdf.IRI(f.Claim.Proposition.Event))
		}
	}
	if event != 0 {
		it.Sources = max(1, len(r.tellers[event]))
	}
	if decision := r.document[id]; it.Sort == Link && r.verdict[decision] != 0 {
		it.IRI, it.Document = claim.Ref(r.words.Of(r.decides[decision])), claim.Ref(r.words.Of(r.decidesIn[decision]))
		it.Status = map[string]claim.Status{"accept": claim.WasAccepted, "reject": claim.WasRejected, "correct": claim.WasCorrected}[r.words.Of(r.verdict[decision])]
	}
	return it
}
