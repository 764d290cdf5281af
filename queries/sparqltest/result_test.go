package sparqltest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/canon"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/graph/rdf/xsd"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/results"
)

const nsResultSet = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"

// answer is the result of a query: a table, a truth value or a graph.
type answer struct {
	vars    []algebra.Var
	rows    [][]rdf.Term
	ordered bool
	boolean *bool
	quads   []rdf.Quad
	isGraph bool
	text    bool // read from CSV: cells are lexical forms
}

// readQuads reads an RDF document.
func readQuads(path, base string) ([]rdf.Quad, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, err := rdfio.Open(f, rdfio.Source{Name: path}, rdfio.Options{Base: base})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var quads []rdf.Quad
	for q, err := range d.All() {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		quads = append(quads, q)
	}
	return quads, nil
}

// readAnswer reads the expected result of a query.
func readAnswer(path, base string) (*answer, error) {
	if format, ok := results.ByFileName(path); ok {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r, err := results.NewReader(f, format, results.ReaderOptions{})
		if err != nil {
			return nil, err
		}
		if b, ok := r.Boolean(); ok {
			return &answer{boolean: &b}, nil
		}
		a := &answer{vars: r.Vars(), text: format == results.CSV}
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				return a, nil
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			a.rows = append(a.rows, slices.Clone(row))
		}
	}
	quads, err := readQuads(path, base)
	if err != nil {
		return nil, err
	}
	g := &rdftest.Graph{}
	for _, q := range quads {
		g.Add(q.Triple())
	}
	sets := g.Subjects(rdf.RDFType, rdf.IRI(nsResultSet+"ResultSet"))
	if len(sets) == 0 {
		return &answer{quads: quads, isGraph: true}, nil
	}
	return resultSet(g, sets[0]), nil
}

// resultSet reads a table in the vocabulary of the oldest suites.
func resultSet(g *rdftest.Graph, set rdf.Term) *answer {
	if b := g.Text(set, nsResultSet+"boolean"); b != "" {
		v := b == "true"
		return &answer{boolean: &v}
	}
	a := &answer{}
	for _, v := range g.Objects(set, nsResultSet+"resultVariable") {
		a.vars = append(a.vars, algebra.Var(v.(rdf.Literal).Lexical))
	}
	slices.Sort(a.vars)
	type numbered struct {
		index int
		row   []rdf.Term
	}
	var rows []numbered
	for _, s := range g.Objects(set, nsResultSet+"solution") {
		row := make([]rdf.Term, len(a.vars))
		for _, b := range g.Objects(s, nsResultSet+"binding") {
			v := algebra.Var(g.Text(b, nsResultSet+"variable"))
			row[slices.Index(a.vars, v)] = g.Object(b, nsResultSet+"value")
		}
		n := numbered{row: row}
		if i := g.Text(s, nsResultSet+"index"); i != "" {
			fmt.Sscan(i, &n.index)
			a.ordered = true
		}
		rows = append(rows, n)
	}
	slices.SortStableFunc(rows, func(x, y numbered) int { return x.index - y.index })
	for _, r := range rows {
		a.rows = append(a.rows, r.row)
	}
	return a
}

// compare returns nil when got is the expected result.
func compare(got, want *answer, lax bool) error {
	switch {
	case want.isGraph:
		if !got.isGraph || !canon.Isomorphic(got.quads, want.quads) {
			return fmt.Errorf("graphs differ:\n%s", canon.Difference(got.quads, want.quads))
		}
		return nil
	case want.boolean != nil:
		if got.boolean == nil || *got.boolean != *want.boolean {
			return fmt.Errorf("answer %v, want %v", got.boolean, *want.boolean)
		}
		return nil
	}
	g, w := align(got, want.vars, want.text), align(want, want.vars, want.text)
	if len(got.vars) != len(want.vars) && len(want.rows) > 0 {
		return fmt.Errorf("variables %v, want %v", got.vars, want.vars)
	}
	if lax {
		g, w = dedup(g), dedup(w)
	}
	if want.ordered || got.ordered {
		if same(g, w, true) {
			return nil
		}
		if want.ordered {
			return fmt.Errorf("rows in another order, or others:\ngot  %s\nwant %s", show(g), show(w))
		}
	}
	if same(g, w, false) {
		return nil
	}
	return fmt.Errorf("rows differ:\ngot  %s\nwant %s", show(g), show(w))
}

// align brings the columns into the order of vars. Literals of numeric types
// become canonical, as the specification fixes the values of computed numbers
// and most, not all, expected results use canonical forms.
func align(a *answer, vars []algebra.Var, text bool) [][]rdf.Term {
	cols := make([]int, len(vars))
	for i, v := range vars {
		cols[i] = slices.Index(a.vars, v)
	}
	var out [][]rdf.Term
	for _, row := range a.rows {
		r := make([]rdf.Term, len(vars))
		for i, c := range cols {
			if c >= 0 && c < len(row) && row[c] != nil {
				r[i] = canonical(row[c], text)
			}
		}
		out = append(out, r)
	}
	return out
}

func canonical(t rdf.Term, text bool) rdf.Term {
	switch t := t.(type) {
	case rdf.Literal:
		t.Lang = strings.ToLower(t.Lang)
		if text {
			return rdf.NewString(t.Lexical)
		}
		if typ := xsd.TypeOf(t.Datatype); typ.IsNumeric() {
			if v, ok := xsd.Parse(typ, t.Lexical); ok {
				t.Lexical = v.String()
			}
		}
		return t
	case rdf.IRI:
		if text {
			return rdf.NewString(string(t))
		}
	case rdf.Triple:
		return rdf.Triple{Subject: canonical(t.Subject, text), Predicate: t.Predicate, Object: canonical(t.Object, text)}
	}
	return t
}

func dedup(rows [][]rdf.Term) [][]rdf.Term {
	seen := make(map[string]bool)
	var out [][]rdf.Term
	for _, r := range rows {
		if k := rowText(r); !seen[k] {
			seen[k] = true
			out = append(out, r)
		}
	}
	return out
}

func rowText(row []rdf.Term) string {
	var b strings.Builder
	for _, t := range row {
		if t != nil {
			b.WriteString(t.String())
		}
		b.WriteByte('\t')
	}
	return b.String()
}

func show(rows [][]rdf.Term) string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = rowText(r)
	}
	return fmt.Sprintf("%d:\n  %s", len(rows), strings.Join(lines, "\n  "))
}

// same compares tables by the isomorphism of graphs that say the same: a node
// per distinct row, with its number of times, or its places when order counts.
func same(a, b [][]rdf.Term, ordered bool) bool {
	return len(a) == len(b) && canon.Isomorphic(tableQuads(a, ordered), tableQuads(b, ordered))
}

func tableQuads(rows [][]rdf.Term, ordered bool) []rdf.Quad {
	type entry struct {
		node  rdf.BlankNode
		count int
		row   []rdf.Term
	}
	byText := make(map[string]*entry)
	var order []*entry
	var quads []rdf.Quad
	for i, r := range rows {
		k := rowText(r)
		e := byText[k]
		if e == nil {
			e = &entry{node: rdf.BlankNode(fmt.Sprintf("row%d", i)), row: r}
			byText[k] = e
			order = append(order, e)
		}
		e.count++
		if ordered {
			quads = append(quads, rdf.Quad{Subject: e.node, Predicate: rdf.IRI("at:at"), Object: rdf.NewString(fmt.Sprint(i))})
		}
	}
	for _, e := range order {
		quads = append(quads, rdf.Quad{Subject: e.node, Predicate: rdf.IRI("at:count"), Object: rdf.NewString(fmt.Sprint(e.count))})
		for c, t := range e.row {
			if t != nil {
				quads = append(quads, rdf.Quad{Subject: e.node, Predicate: rdf.IRI(fmt.Sprintf("at:col%d", c)), Object: t})
			}
		}
	}
	return quads
}

// skips reads skips.txt: a test per line, with the reason after it.
func skips() (map[string]string, error) {
	b, err := os.ReadFile(filepath.Join("skips.txt"))
	if err != nil {
		return nil, err
	}
	out := make(map[string]string)
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, reason, ok := strings.Cut(line, ": ")
		if !ok {
			return nil, fmt.Errorf("skips.txt: no reason in %q", line)
		}
		out[name] = reason
	}
	return out, nil
}
