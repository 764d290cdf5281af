package dataset

import (
	"context"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// A new release takes the place of an older one: of each row of the older one
// the graph says by what it was superseded, the same row of the new release or,
// when that has none, the release. Records and claims of both stay. What goes
// are the plain edges that only superseded claims speak of, since they stand
// for what sources say today, and names of events that tell their old date.

const propSuperseded rdf.IRI = claim.NS + "supersededBy"

// supersede marks what the file takes the place of. It is done when all rows
// are there, and again after an interruption.
func (im *importer) supersede(ctx context.Context) error {
	snap, err := im.graph.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snap.Close()
	s := &supersession{ctx: ctx, snap: snap, im: im, graph: graph.DefaultGraph}
	if im.o.Graph != nil {
		id, ok, err := snap.Lookup(im.o.Graph)
		if err != nil || !ok {
			return err
		}
		s.graph = id
	}
	for _, p := range []struct {
		iri rdf.IRI
		id  *graph.ID
	}{
		{propIsPartOf, &s.partOf}, {propSuperseded, &s.superseded}, {claim.PropDocument, &s.document}, {rdf.RDFReifies, &s.reifies},
		{claim.PropProposition, &s.says}, {claim.PropEvent, &s.event}, {rdf.RDFSLabel, &s.label}, {claim.PropTime, &s.time},
	} {
		if *p.id, _, err = snap.Lookup(p.iri); err != nil {
			return err
		}
	}
	pairs, err := s.pairs()
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if err := s.replace(p); err != nil {
			return err
		}
	}
	return s.commit()
}

type supersession struct {
	ctx  context.Context
	snap graph.Snapshot
	im   *importer

	graph                                                           graph.ID
	partOf, superseded, document, reifies, says, event, label, time graph.ID

	add, remove []rdf.Quad
}

// scan calls f for the values of one column of what matches, in the graph of
// the file.
func (s *supersession) scan(p graph.Pattern, column graph.Columns, at graph.Column, f func(graph.ID) error) error {
	if p.P == 0 {
		return nil // the property is not in the graph
	}
	p.G = s.graph
	order, ok := graph.BestOrder(p)
	if !ok {
		p.G, column = graph.Any, column|graph.ColG
	}
	cursor, err := s.snap.Scan(s.ctx, p, order, column)
	if err != nil {
		return err
	}
	defer cursor.Close()
	var ids []graph.ID
	for b := cursor.Next(); b != nil; b = cursor.Next() {
		for i, id := range b.Cols[at][:b.N] {
			if ok || b.Cols[graph.G][i] == s.graph {
				ids = append(ids, id)
			}
		}
	}
	if err := cursor.Err(); err != nil {
		return err
	}
	for _, id := range ids {
		if err := f(id); err != nil {
			return err
		}
	}
	return nil
}

func (s *supersession) subjects(p, o graph.ID, f func(graph.ID) error) error {
	return s.scan(graph.Pattern{P: p, O: o}, graph.ColS, graph.S, f)
}

func (s *supersession) objects(subject, p graph.ID, f func(graph.ID) error) error {
	return s.scan(graph.Pattern{S: subject, P: p}, graph.ColO, graph.O, f)
}

// succession is a file that takes the place of another. Whole is whether rows
// that it lacks are gone.
type succession struct {
	old, by rdf.Term
	whole   bool
}

// pairs returns in which places files of the dataset come: this one takes that of
// lower releases, and of those that were there before where neither release is
// known; a higher release that is there already takes its.
func (s *supersession) pairs() ([]succession, error) {
	file := s.im.result.File
	self := rdf.Term(rdf.IRI(file.IRI))
	publisher, ok, err := s.snap.Lookup(rdf.IRI(file.publisher))
	if err != nil || !ok {
		return nil, err
	}
	property, ok, err := s.snap.Lookup(claim.PropPublisher)
	if err != nil || !ok {
		return nil, err
	}
	revision, _, err := s.snap.Lookup(claim.PropRevision)
	if err != nil {
		return nil, err
	}
	var out []succession
	err = s.subjects(property, publisher, func(id graph.ID) error {
		other, err := s.snap.Term(id)
		if err != nil || other == self {
			return err
		}
		version := ""
		if err := s.objects(id, revision, func(v graph.ID) (err error) { version, err = s.lexical(v); return err }); err != nil {
			return err
		}
		p := succession{old: other, by: self, whole: file.format.whole && wholeRelease(file.Version) && wholeRelease(version)}
		switch {
		case takesPlace(version, file.Version) && version != "" && file.Version != "":
			p.old, p.by = self, other
		case !takesPlace(file.Version, version), version == "" && s.im.result.Already: // which came first is not known any more
			return nil
		}
		// Done by an earlier import, in this or the other direction.
		done := false
		for _, x := range []succession{p, {old: p.by, by: p.old}} {
			old, ok, err := s.snap.Lookup(x.old)
			if err != nil || !ok {
				return err
			}
			if err := s.objects(old, s.superseded, func(by graph.ID) error {
				t, err := s.snap.Term(by)
				done = done || t == x.by
				return err
			}); err != nil {
				return err
			}
		}
		if !done {
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// wholeRelease reports whether a release holds all rows: those of three numbers
// are of a month.
func wholeRelease(version string) bool { return version != "" && strings.Count(version, ".") < 2 }

// takesPlace reports whether a release takes the place of another. Of two without
// a number the one that is read now does; one without says nothing to one with.
// Monthly releases, of three numbers, are of a month each.
func takesPlace(latest, old string) bool {
	a, b := strings.Split(latest, "."), strings.Split(old, ".")
	if latest == "" || old == "" {
		return latest == old
	}
	if len(a) > 2 || len(b) > 2 {
		return len(a) < len(b) && later(a, b)
	}
	return later(a, b)
}

// later compares numbers part by part, and other parts as words.
func later(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		x, errX := strconv.Atoi(a[i])
		y, errY := strconv.Atoi(b[i])
		switch {
		case errX == nil && errY == nil && x != y:
			return x > y
		case (errX != nil || errY != nil) && a[i] != b[i]:
			return a[i] > b[i]
		}
	}
	return false
}

// record is one row of a release: its node and the hash of what it holds.
type record struct {
	id   graph.ID
	term rdf.Term
	hash string
}

// records returns the rows of a file by the identifier that the dataset gives
// them, which is the last part but one of their names.
func (s *supersession) records(file rdf.Term) (map[string]record, error) {
	id, ok, err := s.snap.Lookup(file)
	if err != nil || !ok {
		return nil, err
	}
	out := make(map[string]record)
	err = s.subjects(s.partOf, id, func(row graph.ID) error {
		t, err := s.snap.Term(row)
		if err != nil {
			return err
		}
		iri, _ := t.(rdf.IRI)
		rest, hash, _ := cutLast(string(iri))
		_, key, ok := cutLast(rest)
		if ok {
			out[key] = record{row, t, hash}
		}
		return nil
	})
	return out, err
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// replace marks the rows of a file that another takes the place of, and at last
// the file.
func (s *supersession) replace(p succession) error {
	old, err := s.records(p.old)
	if err != nil {
		return err
	}
	latest, err := s.records(p.by)
	if err != nil {
		return err
	}
	type changed struct{ old, by record }
	var changes []changed
	gone := make(map[graph.ID]bool)
	n := 0
	for key, row := range old {
		if n++; n%256 == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		by, there := latest[key]
		if there && by.id == row.id || !there && !p.whole {
			continue // the very same record, or one that the other file may well leave out
		}
		if !there {
			by.term = p.by
		} else if backwards, err := s.backwards(row, by); err != nil {
			return err
		} else if backwards {
			row, by = by, row
		}
		s.quad(row.term, propSuperseded, by.term)
		gone[row.id] = true
		if !there || by.hash != row.hash {
			changes = append(changes, changed{row, by})
		}
		if err := s.flush(); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if err := s.withdraw(c.old, gone); err != nil {
			return err
		}
		if c.by.id != 0 {
			if err := s.rename(c.by); err != nil {
				return err
			}
		}
		if err := s.flush(); err != nil {
			return err
		}
	}
	if p.whole { // an extract takes the place of rows, not of another extract
		s.quad(p.old, propSuperseded, p.by)
	}
	return nil
}

// backwards reports whether records that have revisions of their own, as those of
// Wikidata, come the other way round.
func (s *supersession) backwards(old, by record) (bool, error) {
	property, ok, err := s.snap.Lookup(claim.PropRevision)
	if err != nil || !ok {
		return false, err
	}
	var revisions [2]int
	for i, r := range []record{old, by} {
		err := s.objects(r.id, property, func(v graph.ID) error {
			text, err := s.lexical(v)
			revisions[i], _ = strconv.Atoi(text) // what is no number comes first
			return err
		})
		if err != nil {
			return false, err
		}
	}
	return revisions[0] > revisions[1], nil
}

// withdraw takes away the plain edges of a row that no other record speaks of.
func (s *supersession) withdraw(row record, gone map[graph.ID]bool) error {
	return s.subjects(s.document, row.id, func(c graph.ID) error {
		return s.objects(c, s.reifies, func(edge graph.ID) error {
			stays := false
			err := s.subjects(s.reifies, edge, func(other graph.ID) error {
				return s.objects(other, s.document, func(d graph.ID) error {
					if gone[d] || stays {
						return nil
					}
					superseded := false
					err := s.objects(d, s.superseded, func(graph.ID) error { superseded = true; return nil })
					stays = !superseded
					return err
				})
			})
			if err != nil || stays {
				return err
			}
			t, err := s.snap.Term(edge)
			if triple, ok := t.(rdf.Triple); ok {
				s.remove = append(s.remove, triple.In(s.im.o.Graph))
			}
			return err
		})
	})
}

// rename takes away names of the event of a row that do not end in the time that
// the row gives, when one does.
func (s *supersession) rename(row record) error {
	return s.subjects(s.document, row.id, func(c graph.ID) error {
		return s.objects(c, s.says, func(p graph.ID) error {
			var when string
			err := s.objects(p, s.time, func(t graph.ID) error {
				return s.objects(t, s.label, func(l graph.ID) (err error) { when, err = s.lexical(l); return err })
			})
			if err != nil || when == "" {
				return err
			}
			return s.objects(p, s.event, func(e graph.ID) error {
				var old []rdf.Term
				current := false
				err := s.objects(e, s.label, func(l graph.ID) error {
					name, err := s.lexical(l)
					if strings.HasSuffix(name, ", "+when) {
						current = true
					} else {
						old = append(old, rdf.NewString(name))
					}
					return err
				})
				if err != nil || !current {
					return err
				}
				event, err := s.snap.Term(e)
				for _, name := range old {
					s.remove = append(s.remove, rdf.Quad{Subject: event, Predicate: rdf.RDFSLabel, Object: name, Graph: s.im.o.Graph})
				}
				return err
			})
		})
	})
}

func (s *supersession) lexical(id graph.ID) (string, error) {
	t, err := s.snap.Term(id)
	if l, ok := t.(rdf.Literal); ok {
		return l.Lexical, err
	}
	return "", err
}

func (s *supersession) quad(subject rdf.Term, p rdf.IRI, o rdf.Term) {
	s.add = append(s.add, rdf.Quad{Subject: subject, Predicate: p, Object: o, Graph: s.im.o.Graph})
}

func (s *supersession) flush() error {
	if len(s.add)+len(s.remove) < s.im.o.CommitQuads {
		return nil
	}
	return s.commit()
}

func (s *supersession) commit() error {
	if len(s.add)+len(s.remove) == 0 {
		return nil
	}
	err := s.im.graph.Update(s.ctx, func(tx graph.Tx) error {
		if _, err := tx.Delete(s.remove...); err != nil {
			return err
		}
		n, err := tx.Insert(s.add...)
		s.im.result.New += n
		s.im.result.Superseded += n
		return err
	})
	s.add, s.remove = s.add[:0], s.remove[:0]
	return err
}
