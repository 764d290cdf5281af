package graph

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"

	"github.com/belligraph/belligraph/graph/rdf"
)

// BlankNamer gives the blank nodes of one document labels that no other
// document uses, as RDF 1.1 §3.4 wants when documents are merged. Equal labels
// get equal names within one namer. It is used by one goroutine.
type BlankNamer struct {
	prefix string
	names  map[rdf.BlankNode]rdf.BlankNode
}

// NewBlankNamer returns a namer whose labels start with a random prefix of 64
// bits, so that two documents meet with a probability of about 2^-64.
func NewBlankNamer() *BlankNamer {
	var b [8]byte
	rand.Read(b[:]) // documented never to fail
	return NewBlankNamerWithPrefix("b" + hex.EncodeToString(b[:]) + "x")
}

// NewBlankNamerWithPrefix returns a namer with a fixed prefix, for callers that
// need the same names every time.
func NewBlankNamerWithPrefix(prefix string) *BlankNamer {
	return &BlankNamer{prefix: prefix, names: make(map[rdf.BlankNode]rdf.BlankNode)}
}

// Fresh returns a blank node that the namer has not returned before.
func (n *BlankNamer) Fresh() rdf.BlankNode {
	b := rdf.BlankNode(n.prefix + strconv.Itoa(len(n.names)))
	n.names[b] = b
	return b
}

// Term renames the blank nodes in t, at any depth.
func (n *BlankNamer) Term(t rdf.Term) rdf.Term {
	switch t := t.(type) {
	case rdf.BlankNode:
		name, ok := n.names[t]
		if !ok {
			name = rdf.BlankNode(n.prefix + strconv.Itoa(len(n.names)))
			n.names[t] = name
		}
		return name
	case rdf.Triple:
		return rdf.Triple{Subject: n.Term(t.Subject), Predicate: n.Term(t.Predicate), Object: n.Term(t.Object)}
	default:
		return t
	}
}

// Quad renames the blank nodes of q.
func (n *BlankNamer) Quad(q rdf.Quad) rdf.Quad {
	q.Subject, q.Predicate, q.Object = n.Term(q.Subject), n.Term(q.Predicate), n.Term(q.Object)
	if q.Graph != nil {
		q.Graph = n.Term(q.Graph)
	}
	return q
}
