package graph

import (
	"fmt"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Texts are the texts of a run of terms: IRIs as they are, labels of blank
// nodes, lexical forms of literals. Filters and string functions over many
// terms read these instead of making a term of each.
type Texts struct {
	Bytes []byte   // the texts, back to back
	Ends  []uint32 // where each ends; it begins where the one before it ends
	Kind  []uint32 // of each, its index in Kinds

	// Kinds are terms without their text: rdf.IRI(""), rdf.Literal{Lang: "en",
	// Datatype: rdf.RDFLangString}. Kinds[0] is nil and stands for ids that have
	// no text: Any, DefaultGraph, local ids and triple terms. The list only ever
	// grows, so what was worked out for a kind may be kept as long as the reader.
	Kinds []rdf.Term
}

// Len returns the number of texts.
func (t *Texts) Len() int { return len(t.Ends) }

// Text returns text i in place.
func (t *Texts) Text(i int) []byte {
	if i == 0 {
		return t.Bytes[:t.Ends[0]]
	}
	return t.Bytes[t.Ends[i-1]:t.Ends[i]]
}

// Reset forgets the texts and keeps the kinds.
func (t *Texts) Reset() {
	t.Bytes, t.Ends, t.Kind = t.Bytes[:0], t.Ends[:0], t.Kind[:0]
}

// Close ends the text that has been appended to Bytes since the last one.
func (t *Texts) Close(kind uint32) {
	t.Ends = append(t.Ends, uint32(len(t.Bytes)))
	t.Kind = append(t.Kind, kind)
}

// TextReader reads the texts of terms. It is fastest when ids ascend. A reader
// belongs to one goroutine and is good as long as its snapshot. One that is an
// io.Closer may be closed when it is no longer used, so that others need not make
// what it holds anew.
type TextReader interface {
	// Read returns the texts of stored and inline ids, which belong to the
	// reader and are valid until its next call. Their number of bytes must stay
	// below 4 GiB, so ids come in batches.
	Read(ids []ID) (*Texts, error)
}

// KindReader is a text reader that reads kinds alone, faster than texts.
type KindReader interface {
	// ReadKinds returns the kinds of stored and inline ids, and what these mean,
	// as Read does. They belong to the reader and are valid until its next call.
	ReadKinds(ids []ID) (kind []uint32, kinds []rdf.Term, err error)
}

// TextSource is a snapshot with a text reader of its own.
type TextSource interface {
	TextReader() TextReader
}

// NewTextReader returns a reader of the texts of a snapshot's terms.
func NewTextReader(s Snapshot) TextReader {
	if t, ok := s.(TextSource); ok {
		return t.TextReader()
	}
	return &termTexts{snap: s, texts: Texts{Kinds: []rdf.Term{nil}}, kinds: map[rdf.Term]uint32{}}
}

// termTexts makes a term of each id.
type termTexts struct {
	snap  Snapshot
	texts Texts
	kinds map[rdf.Term]uint32
}

func (r *termTexts) Read(ids []ID) (*Texts, error) {
	r.texts.Reset()
	for _, id := range ids {
		switch id.Tag() {
		case TagNone, TagTriple, TagLocal:
			r.texts.Close(0)
			continue
		}
		t, err := r.snap.Term(id)
		if err != nil {
			return nil, err
		}
		text, kind, err := cutText(t)
		if err != nil {
			return nil, err
		}
		n, ok := r.kinds[kind]
		if !ok {
			n = uint32(len(r.texts.Kinds))
			r.kinds[kind] = n
			r.texts.Kinds = append(r.texts.Kinds, kind)
		}
		r.texts.Bytes = append(r.texts.Bytes, text...)
		r.texts.Close(n)
	}
	return &r.texts, nil
}

// cutText takes the text out of a term.
func cutText(t rdf.Term) (text string, kind rdf.Term, err error) {
	switch t := t.(type) {
	case rdf.IRI:
		return string(t), rdf.IRI(""), nil
	case rdf.BlankNode:
		return string(t), rdf.BlankNode(""), nil
	case rdf.Literal:
		text, t.Lexical = t.Lexical, ""
		return text, t, nil
	}
	return "", nil, fmt.Errorf("graph: %v has no text", t)
}

// TextIndex is a snapshot whose dictionary finds places in string order.
type TextIndex interface {
	// TextBound returns the first id of a dictionary tag whose text, byte by
	// byte, is not below the given one; SortedBelow(tag) when there is none
	// below that.
	TextBound(tag ID, text string) (ID, error)
}

// TextRange returns the ids [from, to) of a dictionary tag whose terms are the
// sorted ones with a text that begins with the prefix. Terms that arrived by
// update, from SortedBelow(tag) on, must be looked at one by one.
func TextRange(s Snapshot, tag ID, prefix string) (from, to ID, err error) {
	x, ok := s.(TextIndex)
	if !ok {
		return s.SortedBelow(tag), s.SortedBelow(tag), nil
	}
	if from, err = x.TextBound(tag, prefix); err != nil {
		return 0, 0, err
	}
	next := []byte(prefix)
	for len(next) > 0 && next[len(next)-1] == 0xFF {
		next = next[:len(next)-1]
	}
	if len(next) == 0 {
		return from, s.SortedBelow(tag), nil
	}
	next[len(next)-1]++
	to, err = x.TextBound(tag, string(next))
	return from, to, err
}

// RangeCounter is a snapshot that counts ranges without reading their quads.
type RangeCounter interface {
	// CountRange returns exactly how many quads match p, whose bound components
	// must be a prefix of o, and have an id in [from, to) in the next column of
	// o. It costs a look into a few blocks. With p a predicate and o POSG it
	// replaces a histogram of the objects.
	CountRange(p Pattern, o Order, from, to ID) (uint64, error)
}
