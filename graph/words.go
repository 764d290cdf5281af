package graph

import "github.com/belligraph/belligraph/graph/rdf"

// Words tells the terms of a snapshot as text and remembers what it has told,
// for readers that meet the same few terms many times. It is for one goroutine.
type Words struct {
	snap Snapshot
	told map[ID]string
}

// NewWords returns the words of a snapshot, which stays open as long as they are
// asked for.
func NewWords(s Snapshot) *Words { return &Words{snap: s, told: make(map[ID]string)} }

// Of returns an IRI, or the lexical form of a literal. It is empty for every other
// term, for Any, and for an id that cannot be read.
func (w *Words) Of(id ID) string {
	if id == Any {
		return ""
	}
	if s, ok := w.told[id]; ok {
		return s
	}
	t, err := w.snap.Term(id)
	if err != nil {
		return ""
	}
	s := ""
	switch t := t.(type) {
	case rdf.IRI:
		s = string(t)
	case rdf.Literal:
		s = t.Lexical
	}
	w.told[id] = s
	return s
}
