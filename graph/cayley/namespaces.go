package cayley

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/cayleygraph/quad/voc"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// Namespace is a rule that shortens IRIs: Prefix, which ends in a colon, stands
// for Full.
type Namespace struct {
	Prefix string `json:"prefix"`
	Full   string `json:"namespace"`
}

// Cayley keeps rules in the graph, in the default graph and by short names:
//
//	<http://example.org/> <cayley:prefix> <ex:> ; <rdf:type> <cayley:namespace> .
//
// Gizmo reads them with g.loadNamespaces().
const (
	namespacePrefix = rdf.IRI("cayley:prefix")
	namespaceType   = rdf.IRI("rdf:type")
	namespaceClass  = rdf.IRI("cayley:namespace")
)

// Namespaces returns the rules that hold without being asked for, and those that
// the graph keeps, by prefix.
func Namespaces(ctx context.Context, g graph.Graph) ([]Namespace, error) {
	snap, err := g.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	rules, err := keptNamespaces(ctx, snap)
	if err != nil {
		return nil, err
	}
	for _, n := range voc.List() {
		if !slices.ContainsFunc(rules, func(r Namespace) bool { return r.Prefix == n.Prefix }) {
			rules = append(rules, Namespace{n.Prefix, n.Full})
		}
	}
	slices.SortFunc(rules, func(a, b Namespace) int { return cmp.Or(cmp.Compare(a.Prefix, b.Prefix), cmp.Compare(a.Full, b.Full)) })
	return rules, nil
}

// keptNamespaces returns the rules in the graph.
func keptNamespaces(ctx context.Context, snap graph.Snapshot) (rules []Namespace, err error) {
	id, ok, err := snap.Lookup(namespacePrefix)
	if err != nil || !ok {
		return nil, err
	}
	cur, err := snap.Scan(ctx, graph.Pattern{P: id, G: graph.DefaultGraph}, graph.GPOS, graph.ColS|graph.ColO)
	if err != nil {
		return nil, err
	}
	defer cur.Close()
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			full, err := snap.Term(b.Cols[graph.S][i])
			if err != nil {
				return nil, err
			}
			prefix, err := snap.Term(b.Cols[graph.O][i])
			if err != nil {
				return nil, err
			}
			f, isFull := full.(rdf.IRI)
			p, isPrefix := prefix.(rdf.IRI)
			if isFull && isPrefix {
				rules = append(rules, Namespace{string(p), string(f)})
			}
		}
	}
	return rules, cur.Err()
}

// AddNamespaces keeps rules in the graph. A rule takes the place of one with its
// prefix; the colon of a prefix may be left out.
func AddNamespaces(ctx context.Context, g graph.Graph, rules []Namespace) error {
	for i, r := range rules {
		if !strings.HasSuffix(r.Prefix, ":") {
			rules[i].Prefix += ":"
		}
		if rules[i].Prefix == ":" {
			return fmt.Errorf("rule %d has no prefix: %w", i+1, graph.ErrBadRequest)
		}
		if _, err := iri.Parse(r.Full); err != nil {
			return fmt.Errorf("rule %d: the namespace must be an absolute IRI: %v: %w", i+1, err, graph.ErrBadRequest)
		}
	}
	return g.Update(ctx, func(tx graph.Tx) error {
		kept, err := keptNamespaces(ctx, tx.Snapshot())
		if err != nil {
			return err
		}
		for _, r := range rules {
			for _, old := range kept {
				if old.Prefix == r.Prefix && old.Full != r.Full {
					if _, err := tx.Delete(namespaceQuads(old)...); err != nil {
						return err
					}
				}
			}
			if _, err := tx.Insert(namespaceQuads(r)...); err != nil {
				return err
			}
		}
		return nil
	})
}

func namespaceQuads(n Namespace) []rdf.Quad {
	return []rdf.Quad{
		{Subject: rdf.IRI(n.Full), Predicate: namespaceType, Object: namespaceClass},
		{Subject: rdf.IRI(n.Full), Predicate: namespacePrefix, Object: rdf.IRI(n.Prefix)},
	}
}
