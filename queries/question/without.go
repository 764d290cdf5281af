package question

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Change tells what an answer would be without a source.
type Change struct {
	Source  Value   `json:"source"`
	Claims  int     `json:"claims"` // of the source, all left out
	With    *Answer `json:"with"`
	Without *Answer `json:"without"`
	// Gone are the sentences that are not said any more, New those that are said
	// only then, and Same how many are said either way.
	Gone []string `json:"gone"`
	New  []string `json:"new"`
	Same int      `json:"same"`
}

// Text returns the change for people.
func (c *Change) Text() string {
	var b strings.Builder
	claims := "claims"
	if c.Claims == 1 {
		claims = "claim"
	}
	fmt.Fprintf(&b, "Without %s (%d %s)", c.Source.Label, c.Claims, claims)
	if len(c.Gone)+len(c.New) == 0 {
		b.WriteString(" nothing changes: " + c.With.Text)
		return b.String()
	}
	b.WriteString(":")
	for _, s := range c.Gone {
		b.WriteString("\n- " + s)
	}
	for _, s := range c.New {
		b.WriteString("\n+ " + s)
	}
	return b.String()
}

// supposer is a runner that can suppose that somebody had said nothing.
type supposer interface {
	// without returns a runner over the graph as it would be without the claims
	// of the sources, and how many these are.
	without(ctx context.Context, sources []rdf.Term) (Runner, int, error)
}

// AskWithout answers a question in English with and without a source, given in
// words or by its IRI.
func (s *Service) AskWithout(ctx context.Context, text, source string) (*Change, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	q, values, err := s.understand(x, text)
	if err != nil {
		return nil, err
	}
	c, err := s.suppose(ctx, x, q, values, source)
	if err != nil {
		return nil, err
	}
	c.With.Asked = strings.TrimSpace(text)
	c.Without.Asked = c.With.Asked
	return c, nil
}

// RunWithout answers the question of that name with and without a source.
func (s *Service) RunWithout(ctx context.Context, name string, params map[string]string, source string) (*Change, error) {
	q, x, values, err := s.resolve(ctx, name, params)
	if err != nil {
		return nil, err
	}
	return s.suppose(ctx, x, q, values, source)
}

func (s *Service) suppose(ctx context.Context, x *Index, q *Question, values map[string]Value, source string) (*Change, error) {
	run, ok := s.run.(supposer)
	if !ok {
		return nil, fmt.Errorf("question: this graph supposes nothing: %w", graph.ErrBadRequest)
	}
	c := &Change{Gone: []string{}, New: []string{}}
	var err error
	if c.Source, err = x.source(ctx, s.run, source); err != nil {
		return nil, err
	}
	if c.With, err = s.answer(ctx, q, values); err != nil {
		return nil, err
	}
	var supposed Runner
	if supposed, c.Claims, err = run.without(ctx, c.Source.Terms); err != nil {
		return nil, err
	}
	if c.Without, err = NewService(s.questions, supposed).answer(ctx, q, values); err != nil {
		return nil, err
	}
	before, after := q.paragraph(c.With, newRowText(c.With)), q.paragraph(c.Without, newRowText(c.Without))
	for _, sentence := range before {
		if slices.Contains(after, sentence) {
			c.Same++
		} else {
			c.Gone = append(c.Gone, sentence)
		}
	}
	for _, sentence := range after {
		if !slices.Contains(before, sentence) {
			c.New = append(c.New, sentence)
		}
	}
	return c, nil
}

const documentsQuery = `PREFIX bg: <` + claim.NS + `>
PREFIX rdfs: <` + rdf.NSRDFS + `>
SELECT DISTINCT ?document ?label WHERE { ?document a bg:Document ; rdfs:label ?label }`

// source returns what a name means as a source: an entity, or else a document
// or dataset of that title.
func (x *Index) source(ctx context.Context, run Runner, words string) (Value, error) {
	p := &Param{Name: "without", Type: EntityParam}
	v, failed := x.resolve(p, words)
	if failed == nil && len(v.Terms) > 0 && !strings.Contains(v.Label, "://") {
		return v, nil
	}
	_, rows, err := run.Select(ctx, documentsQuery)
	if err != nil {
		return Value{}, err
	}
	named := Value{}
	for _, row := range rows {
		label := text(row[1])
		if foldText(label) == foldText(words) || text(row[0]) == strings.Trim(words, "<>") {
			named = newValue(label, append(named.Terms, row[0])...)
		}
	}
	if len(named.Terms) > 0 {
		return named, nil
	}
	if unknown, ok := failed.(*UnknownValueError); ok {
		unknown.suggest(x)
	}
	return v, failed
}

// maxSupposed bounds the quads of a graph that is copied for a supposition:
// about 150 MB, of which a question has one at a time.
const maxSupposed = 500_000

// without implements supposer: it copies what the reader sees into memory, takes
// the claims of the sources out and derives anew what rested on them.
func (r *engineRunner) without(ctx context.Context, sources []rdf.Term) (Runner, int, error) {
	snap, err := r.graph.Snapshot(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer snap.Close()
	if n, err := snap.Len(); err != nil {
		return nil, 0, err
	} else if n > maxSupposed {
		return nil, 0, fmt.Errorf("question: a graph of more than %d quads is too large to suppose it without a source: %w", maxSupposed, graph.ErrLimit)
	}
	quads, graphs, err := everything(ctx, snap)
	if err != nil {
		return nil, 0, err
	}
	supposed := memgraph.NewGeneralized()
	n := 0
	err = supposed.Update(ctx, func(tx graph.Tx) error {
		if _, err := tx.Insert(quads...); err != nil {
			return err
		}
		for _, in := range graphs {
			reader, err := claim.NewReader(tx.Snapshot(), claim.ReadOptions{Graph: in})
			if err != nil {
				return err
			}
			var claims []claim.Ref
			for _, s := range sources {
				iri, ok := s.(rdf.IRI)
				if !ok {
					continue
				}
				found, err := reader.ClaimsFrom(ctx, claim.Ref(iri))
				if err != nil {
					return err
				}
				claims = append(claims, found...)
			}
			slices.Sort(claims)
			claims = slices.Compact(claims)
			n += len(claims)
			if err := claim.Exclude(ctx, tx, claims, in); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return On(r.engine.Over(supposed), supposed, r.opts), n, nil
}

// everything reads the quads of a snapshot and the names of its graphs, nil being
// the default graph.
func everything(ctx context.Context, snap graph.Snapshot) (quads []rdf.Quad, graphs []rdf.Term, err error) {
	cur, err := snap.Scan(ctx, graph.Pattern{}, graph.GSPO, graph.AllCols)
	if err != nil {
		return nil, nil, err
	}
	defer cur.Close()
	graphs = []rdf.Term{nil}
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			var terms [4]rdf.Term
			for c := range terms {
				if id := b.Cols[c][i]; id != graph.DefaultGraph {
					if terms[c], err = snap.Term(id); err != nil {
						return nil, nil, err
					}
				}
			}
			quads = append(quads, rdf.Quad{Subject: terms[0], Predicate: terms[1], Object: terms[2], Graph: terms[3]})
			if last := graphs[len(graphs)-1]; terms[3] != nil && terms[3] != last {
				graphs = append(graphs, terms[3])
			}
		}
	}
	return quads, graphs, cur.Err()
}
