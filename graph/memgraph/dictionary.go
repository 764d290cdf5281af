package memgraph

import (
	"fmt"
	"sync"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// dictionary numbers terms in order of arrival and never forgets one. It is
// shared by all snapshots.
type dictionary struct {
	mu    sync.RWMutex
	ids   map[rdf.Term]graph.ID // keyed by folded term
	terms []rdf.Term            // by payload - 1
}

// find returns the id of t if it has one.
func (d *dictionary) find(t rdf.Term) (graph.ID, bool) {
	if l, ok := t.(rdf.Literal); ok {
		if id, ok := graph.Inline(l); ok {
			return id, true
		}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, ok := d.ids[graph.FoldTerm(t)]
	return id, ok
}

// intern returns the id of t, giving it one if need be.
func (d *dictionary) intern(t rdf.Term) graph.ID {
	if id, ok := d.find(t); ok {
		return id
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := graph.FoldTerm(t)
	if id, ok := d.ids[key]; ok {
		return id
	}
	d.terms = append(d.terms, t)
	id := tagOf(t) | graph.ID(len(d.terms))
	d.ids[key] = id
	return id
}

func (d *dictionary) term(id graph.ID) (rdf.Term, error) {
	if l, ok := id.InlineTerm(); ok {
		return l, nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	n := id.Payload()
	if id.Tag() == graph.TagNone || id.Tag() == graph.TagLocal || n == 0 || n > uint64(len(d.terms)) {
		return nil, fmt.Errorf("memgraph: no term with id %#x: %w", uint64(id), graph.ErrCorrupt)
	}
	return d.terms[n-1], nil
}

func tagOf(t rdf.Term) graph.ID {
	switch t := t.(type) {
	case rdf.BlankNode:
		return graph.TagBlank
	case rdf.IRI:
		return graph.TagIRI
	case rdf.Literal:
		switch {
		case t.Lang != "":
			return graph.TagLang
		case t.Datatype == rdf.XSDString:
			return graph.TagString
		default:
			return graph.TagTyped
		}
	case rdf.Triple:
		return graph.TagTriple
	default:
		return graph.TagNone
	}
}
