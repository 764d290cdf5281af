package server

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/server/web"
)

// Bounds of a page: what does not fit is reachable by SPARQL.
const (
	maxPageClaims = 200
	maxPageValues = 40 // per property
	maxPageQuads  = 4000
	maxDataQuads  = 1_000_000
)

// describer gathers what a snapshot holds about terms. It is used by one
// request.
type describer struct {
	ctx    context.Context
	snap   graph.Snapshot
	reader *claim.Reader
	labels map[rdf.Term]string
	names  claim.Entities
	texts  map[claim.Ref][]rune // of documents, for the words around a quotation
}

func newDescriber(ctx context.Context, snap graph.Snapshot) (*describer, error) {
	reader, err := claim.NewReader(snap, claim.ReadOptions{})
	if err != nil {
		return nil, err
	}
	return &describer{ctx: ctx, snap: snap, reader: reader, labels: make(map[rdf.Term]string),
		names: make(claim.Entities), texts: make(map[claim.Ref][]rune)}, nil
}

// scan calls f with the quads of the default graph that match the terms, nil
// being any, until it returns false.
func (d *describer) scan(s, p, o rdf.Term, f func(rdf.Quad) bool) error {
	pattern := graph.Pattern{G: graph.DefaultGraph}
	for _, bound := range []struct {
		term rdf.Term
		id   *graph.ID
	}{{s, &pattern.S}, {p, &pattern.P}, {o, &pattern.O}} {
		if bound.term == nil {
			continue
		}
		id, ok, err := d.snap.Lookup(bound.term)
		if err != nil || !ok {
			return err
		}
		*bound.id = id
	}
	order, exact := graph.BestOrder(pattern)
	scanned := pattern
	if !exact {
		scanned.G = graph.Any
	}
	cur, err := d.snap.Scan(d.ctx, scanned, order, graph.AllCols)
	if err != nil {
		return err
	}
	defer cur.Close()
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			if b.Cols[graph.G][i] != graph.DefaultGraph {
				continue
			}
			var terms [3]rdf.Term
			for c := range terms {
				if terms[c], err = d.snap.Term(b.Cols[c][i]); err != nil {
					return err
				}
			}
			if !f(rdf.Quad{Subject: terms[0], Predicate: terms[1], Object: terms[2]}) {
				return nil
			}
		}
	}
	return cur.Err()
}

// value returns the first object of a subject and predicate, preferring
// English and untagged literals.
func (d *describer) value(s, p rdf.Term) (best rdf.Term, err error) {
	err = d.scan(s, p, nil, func(q rdf.Quad) bool {
		if best == nil {
			best = q.Object
		}
		l, ok := q.Object.(rdf.Literal)
		if ok && (l.Lang == "" || strings.HasPrefix(strings.ToLower(l.Lang), "en")) {
			best = l
			return false
		}
		return true
	})
	return best, err
}

// label returns the name that a person reads for a term.
func (d *describer) label(t rdf.Term) (string, error) {
	switch t := t.(type) {
	case rdf.Literal:
		return t.Lexical, nil
	case rdf.Triple:
		var parts []string
		for _, part := range []rdf.Term{t.Subject, t.Predicate, t.Object} {
			l, err := d.label(part)
			if err != nil {
				return "", err
			}
			parts = append(parts, l)
		}
		return strings.Join(parts, " "), nil
	}
	if l, ok := d.labels[t]; ok {
		return l, nil
	}
	v, err := d.value(t, rdf.RDFSLabel)
	if err != nil {
		return "", err
	}
	label := t.String()
	if l, ok := v.(rdf.Literal); ok {
		label = l.Lexical
	} else if i, ok := t.(rdf.IRI); ok {
		label = shorten(i)
	}
	d.labels[t] = label
	return label, nil
}

// shorten writes an IRI with the prefix of its namespace where there is one.
// The longest namespace wins, as some lie within others.
func shorten(i rdf.IRI) string {
	best, bestNS := "", ""
	for prefix, ns := range claim.Prefixes() {
		if strings.HasPrefix(string(i), ns) && len(ns) > len(bestNS) {
			best, bestNS = prefix, ns
		}
	}
	if bestNS == "" {
		return string(i)
	}
	return best + ":" + string(i[len(bestNS):])
}

// href returns where this server shows a term, empty for literals and blank
// nodes.
func href(t rdf.Term) string {
	i, ok := t.(rdf.IRI)
	if !ok {
		return ""
	}
	if path, ok := strings.CutPrefix(string(i), claim.NSID); ok && path != "" {
		return (&url.URL{Path: "/page/" + path}).EscapedPath()
	}
	return "/describe?iri=" + url.QueryEscape(string(i))
}

func (d *describer) link(t rdf.Term) (web.Link, error) {
	label, err := d.label(t)
	return web.Link{Text: label, Href: href(t)}, err
}

// entity returns what the page about an IRI shows; ok is false when the graph
// does not hold it.
func (d *describer) entity(subject rdf.IRI) (page web.Entity, ok bool, err error) {
	page.IRI = string(subject)
	if page.Label, err = d.label(subject); err != nil {
		return page, false, err
	}
	out, err := d.quads(subject, nil)
	if err != nil {
		return page, false, err
	}
	in, err := d.quads(nil, subject)
	if err != nil || len(out)+len(in) == 0 {
		return page, false, err
	}
	isDocument, isClaim := false, false
	var rest []rdf.Quad
	for _, q := range out {
		switch q.Predicate {
		case rdf.RDFType:
			l, err := d.link(q.Object)
			if err != nil {
				return page, false, err
			}
			if class, ok := strings.CutPrefix(l.Text, "bg:"); ok {
				l.Text = strings.TrimSpace(spaced(class)) // the ontology's classes read as words
			}
			page.Types = append(page.Types, l)
			isDocument = isDocument || q.Object == claim.ClassDocument
			isClaim = isClaim || q.Object == claim.ClassClaim || q.Object == claim.ClassCandidate
		case claim.PropAltLabel:
			if l, ok := q.Object.(rdf.Literal); ok {
				page.Aliases = append(page.Aliases, l.Lexical)
			}
		case rdf.RDFSLabel, claim.PropText:
		default:
			rest = append(rest, q)
		}
	}
	if page.Out, err = d.statements(rest, func(q rdf.Quad) rdf.Term { return q.Object }); err != nil {
		return page, false, err
	}
	if page.In, err = d.statements(in, func(q rdf.Quad) rdf.Term { return q.Subject }); err != nil {
		return page, false, err
	}
	if isDocument {
		page.Claims, page.Text, err = d.document(claim.Ref(subject))
	} else {
		page.Claims, err = d.claimsAbout(subject, in)
	}
	if err == nil && isClaim {
		page.Review = "/review/item?id=" + url.QueryEscape(string(subject))
		var past []claim.Decision
		if past, err = d.reader.History(d.ctx, claim.Ref(subject)); err == nil {
			page.History, err = d.history(past)
		}
	}
	return page, true, err
}

// quads returns the statements with the subject or object, up to a bound.
func (d *describer) quads(s, o rdf.Term) (qs []rdf.Quad, err error) {
	err = d.scan(s, nil, o, func(q rdf.Quad) bool {
		qs = append(qs, q)
		return len(qs) < maxPageQuads
	})
	return qs, err
}

// statements groups quads by property, in the order of the properties' labels.
func (d *describer) statements(qs []rdf.Quad, side func(rdf.Quad) rdf.Term) ([]web.Statements, error) {
	var groups []web.Statements
	index := make(map[rdf.Term]int)
	for _, q := range qs {
		i, ok := index[q.Predicate]
		if !ok {
			property, err := d.link(q.Predicate)
			if err != nil {
				return nil, err
			}
			i = len(groups)
			index[q.Predicate] = i
			groups = append(groups, web.Statements{Property: property})
		}
		switch n := len(groups[i].Values); {
		case n == maxPageValues:
			groups[i].Values = append(groups[i].Values, web.Link{Text: "and more"})
		case n < maxPageValues:
			l, err := d.link(side(q))
			if err != nil {
				return nil, err
			}
			groups[i].Values = append(groups[i].Values, l)
		}
	}
	slices.SortStableFunc(groups, func(a, b web.Statements) int { return cmp.Compare(a.Property.Text, b.Property.Text) })
	return groups, nil
}

// history puts decisions in words: those of their labels, which were made when
// the names were known.
func (d *describer) history(past []claim.Decision) ([]web.Decided, error) {
	out := webHistory(past, nil)
	for i := range out {
		label, err := d.label(rdf.IRI(out[i].ID))
		if err != nil {
			return nil, err
		}
		out[i].Text = label
	}
	return out, nil
}
