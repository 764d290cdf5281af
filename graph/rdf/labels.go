package rdf

import (
	"strconv"
	"strings"
)

// madeUp starts the labels of blank nodes that have none of their own.
const madeUp = "genid"

// Labels gives labels to the blank nodes of one document such that those of
// unlabelled nodes meet none that the document uses, without remembering
// either. The zero value is ready.
type Labels struct{ made int }

// Fresh returns genid1, genid2 and so on.
func (l *Labels) Fresh() BlankNode {
	l.made++
	return BlankNode(madeUp + strconv.Itoa(l.made))
}

// Named returns the node of a label of the document: the label itself, with an x
// before it if it has the form x*genid[0-9]*.
func (l *Labels) Named(label string) BlankNode {
	if digits, ok := strings.CutPrefix(strings.TrimLeft(label, "x"), madeUp); ok && strings.Trim(digits, "0123456789") == "" {
		return BlankNode("x" + label)
	}
	return BlankNode(label)
}
