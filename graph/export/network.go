package export

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
)

// networkEncoder writes a network: all its nodes, then all its edges.
type networkEncoder interface {
	begin(n Network)
	node(n *node)
	betweenNodesAndEdges()
	edge(e *edge)
	end()
}

// node is a node of a network. What is empty is not known.
type node struct {
	id, label, kind string
	first, last     string // widest bounds of the time of an event
	at              *point
}

// edge is an edge of a network.
type edge struct {
	id, source, target string
	predicate, label   string
	qualifier          string // asserted, reported, claimed, inferred, planned or denied
	claim, claimant    string
	document, quote    string
	days               [4]string // the four points of its time
	weight             int
	rests              string // on which events, in a network of participation
}

func (e *edge) first() string { return cmp.Or(e.days[0], e.days[1]) }
func (e *edge) last() string  { return cmp.Or(e.days[3], e.days[2]) }

// attacks are the relations of the network of attacks.
var attacks = []string{"attacked", "shelled", "bombed", "suicideBombed", "ambushed", "besieged"}

// writeNetwork writes the nodes, then the edges. It reads the graph twice
// rather than keep one half in memory.
func writeNetwork(w *writer, enc networkEncoder) error {
	enc.begin(w.o.Network)
	err := w.reader.EachEntity(w.ctx, func(e *claim.Entity) error {
		n := &node{id: string(e.IRI), label: cmp.Or(e.Label, claim.Entities{}.Name(e.IRI)), kind: string(e.Kind)}
		switch e.Kind {
		case claim.Battle, claim.Incident, claim.Operation, claim.Conflict:
			if w.o.Network == Participation {
				return nil
			}
			i, err := w.timeOf(e.IRI)
			if err != nil {
				return err
			}
			n.first, n.last = bounds(i)
		case claim.Place, claim.Country, claim.Installation:
			if w.o.Network == Participation {
				return nil
			}
		}
		var err error
		if n.at, err = w.point(e.IRI); err != nil {
			return err
		}
		enc.node(n)
		return w.ctx.Err()
	})
	if err != nil {
		return err
	}
	enc.betweenNodesAndEdges()
	if w.o.Network == Participation {
		err = w.participation(enc)
	} else {
		err = w.relations(enc)
	}
	if err != nil {
		return err
	}
	enc.end()
	return nil
}

// timeOf returns the widest time that claims give an event.
func (w *writer) timeOf(event claim.Ref) (claim.Interval, error) {
	claims, err := w.reader.ClaimsOn(w.ctx, event)
	if err != nil {
		return claim.Interval{}, err
	}
	h := &happening{}
	for _, c := range claims {
		h.add(c)
	}
	return h.time, nil
}

// relations writes an edge for each relation that a claim speaks of. An edge
// whose end is described nowhere is left out and counted.
func (w *writer) relations(enc networkEncoder) error {
	return w.reader.EachClaim(w.ctx, func(s claim.Stated) error {
		es, err := w.known(s.Claim)
		if err != nil {
			return err
		}
		for i, e := range s.Edges(es) {
			if w.o.Network == Attacks && !slices.Contains(attacks, e.Predicate) {
				continue
			}
			if es[e.Subject] == nil || es[e.Object] == nil {
				w.Left++
				continue
			}
			claimant, err := w.name(s.Claimant)
			if err != nil {
				return err
			}
			out := &edge{
				id: localPart(s.IRI) + "-" + strconv.Itoa(i+1), source: string(e.Subject), target: string(e.Object),
				predicate: e.Predicate, label: e.Property(), qualifier: cmp.Or(e.Qualifier, "asserted"),
				claim: string(s.IRI), claimant: claimant, document: string(s.Document), days: fourPoints(s.Proposition.Time), weight: 1,
			}
			if len(s.Evidence) > 0 {
				out.quote = s.Evidence[0].Quote
			}
			enc.edge(out)
			if err := w.row(); err != nil {
				return err
			}
		}
		return nil
	})
}

// maxPairs bounds the pairs of actors that a network of participation keeps in
// memory: about 300 MB.
const maxPairs = 1 << 20

// maxRests is how many events an edge of participation names.
const maxRests = 20

// participation counts in how many events each two actors took part.
func (w *writer) participation(enc networkEncoder) error {
	type together struct {
		n      int
		time   claim.Interval
		events []string
	}
	pairs := make(map[[2]claim.Ref]*together)
	err := w.eachHappening(func(h *happening) error {
		if h.kind != "" { // what is derived has the parties of the event that it is part of
			return w.ctx.Err()
		}
		var actors []claim.Ref
		for _, p := range h.parties {
			e, err := w.entity(p.actor)
			if err != nil {
				return err
			}
			if e.Kind != "" && e.Kind != claim.Place && e.Kind != claim.Country {
				actors = append(actors, p.actor)
			}
		}
		slices.Sort(actors)
		actors = slices.Compact(actors)
		for i, a := range actors {
			for _, b := range actors[i+1:] {
				t := pairs[[2]claim.Ref{a, b}]
				if t == nil {
					if len(pairs) >= maxPairs {
						return fmt.Errorf("more than %d pairs of actors: %w", maxPairs, graph.ErrLimit)
					}
					t = &together{}
					pairs[[2]claim.Ref{a, b}] = t
				}
				t.n++
				t.time = widest(t.time, h.time)
				if len(t.events) < maxRests {
					t.events = append(t.events, string(h.iri))
				}
			}
		}
		return w.ctx.Err()
	})
	if err != nil {
		return err
	}
	keys := make([][2]claim.Ref, 0, len(pairs))
	for k := range pairs {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]claim.Ref) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	for i, k := range keys {
		t := pairs[k]
		enc.edge(&edge{
			id: "e" + strconv.Itoa(i+1), source: string(k[0]), target: string(k[1]), predicate: "participant", label: "took part together",
			qualifier: "asserted", days: fourPoints(t.time), weight: t.n, rests: strings.Join(t.events, " "),
		})
		if err := w.row(); err != nil {
			return err
		}
	}
	return nil
}

// localPart is the end of an IRI.
func localPart(r claim.Ref) string {
	s := string(r)
	return s[strings.LastIndexAny(s, "/#")+1:]
}

// escaped is a text as XML has it between tags and in quotes.
func escaped(s string) string {
	var b strings.Builder
	// Writing into memory cannot fail. What XML has no way to write becomes
	// U+FFFD.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
