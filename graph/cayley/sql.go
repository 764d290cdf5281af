package cayley

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	cgraph "github.com/cayleygraph/cayley/graph"
	csql "github.com/cayleygraph/cayley/graph/sql"
	"github.com/cayleygraph/quad"
	"github.com/cayleygraph/quad/pquads"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// sqlStore asks Cayley's tables in PostgreSQL or CockroachDB without Cayley's
// iterators in between, which read a quad and then a value at a time. The
// tables are
//
//	quads  subject_hash, predicate_hash, object_hash, label_hash (NULL: default graph)
//	nodes  hash, and the value in the columns of its kind
//
// and a hash is that of the value's N-Quads form. Statements run on the store's
// own connections.
type sqlStore struct {
	qs   *csql.QuadStore
	dict *foreignTerms

	aliased aliasCheck
}

// statement is a text with $1, $2, … for its arguments.
type statement struct {
	text strings.Builder
	args []csql.Value
}

// SQL, Args and Columns implement Cayley's Shape. Both dialects number their
// placeholders.
func (s *statement) SQL(*csql.Builder) string { return s.text.String() }
func (s *statement) Args() []csql.Value       { return s.args }
func (s *statement) Columns() []string        { return nil }

func (s *statement) add(parts ...string) *statement {
	for _, p := range parts {
		s.text.WriteString(p)
	}
	return s
}

// arg returns the placeholder of a new argument.
func (s *statement) arg(v csql.Value) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

func newStatement(text string) *statement { return new(statement).add(text) }

// hashList is an argument of type bytea[].
type hashList []cgraph.ValueHash

// SQLValue implements Cayley's Value.
func (l hashList) SQLValue() any {
	b := make([]byte, 0, 2+len(l)*(quad.HashSize*2+6))
	b = append(b, '{')
	for i, h := range l {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `"\\x`...)
		b = hex.AppendEncode(b, h[:])
		b = append(b, '"')
	}
	return string(append(b, '}'))
}

// float is an argument of type double precision.
type float float64

// SQLValue implements Cayley's Value.
func (f float) SQLValue() any { return float64(f) }

// query runs a statement.
func (s *sqlStore) query(ctx context.Context, st *statement) (*sql.Rows, error) {
	rows, err := s.qs.Query(ctx, st)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err() // the driver has its own words for it
		}
		return nil, fmt.Errorf("cayley: %w", err)
	}
	return rows, nil
}

// scalar runs a statement that gives one row.
func (s *sqlStore) scalar(ctx context.Context, st *statement, into ...any) error {
	if err := s.qs.QueryRow(ctx, st).Scan(into...); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("cayley: %w", err)
	}
	return nil
}

// hashColumns are the columns of quads by graph.Column.
var hashColumns = [4]string{"subject_hash", "predicate_hash", "object_hash", "label_hash"}

// hashes returns the hashes by which the store has a term; of a number there
// may be two.
func (g *Graph) hashes(id graph.ID) (hashList, error) {
	t, err := g.dict.term(id)
	if err != nil {
		return nil, err
	}
	refs, err := g.refsOf(t)
	if err != nil {
		return nil, err
	}
	list := make(hashList, 0, len(refs))
	for _, r := range refs {
		h, ok := r.(csql.NodeHash)
		if !ok {
			return nil, fmt.Errorf("cayley: a reference of an SQL store is a %T", r)
		}
		list = append(list, h.ValueHash)
	}
	return list, nil
}

// where adds the conditions of a pattern's bound components to a statement,
// whose FROM names quads as table.
func (g *Graph) where(st *statement, table string, p graph.Pattern) error {
	word := " WHERE "
	for c := graph.S; c <= graph.G; c++ {
		id := p.Get(c)
		if id == graph.Any {
			continue
		}
		st.add(word, table, ".", hashColumns[c])
		word = " AND "
		if id == graph.DefaultGraph {
			st.add(" IS NULL")
			continue
		}
		list, err := g.hashes(id)
		if err != nil {
			return err
		}
		st.equal(list)
	}
	return nil
}

// equal adds the condition that what stands before is one of list.
func (s *statement) equal(list hashList) {
	if len(list) == 1 {
		s.add(" = ", s.arg(csql.NodeHash{ValueHash: list[0]}))
		return
	}
	s.add(" = ANY(", s.arg(list), "::bytea[])")
}

// collectSQL is [Graph.collect] for an SQL store.
func (g *Graph) collectSQL(ctx context.Context, p graph.Pattern, hidden map[link]bool) ([]link, error) {
	st := newStatement("SELECT q.subject_hash, q.predicate_hash, q.object_hash, q.label_hash FROM quads q")
	if err := g.where(st, "q", p); err != nil {
		return nil, err
	}
	st.add(" LIMIT ", strconv.Itoa(g.max+len(hidden)+1))
	found, err := g.sql.query(ctx, st)
	if err != nil {
		return nil, err
	}
	it := newHashRows(ctx, g.sql, found, 4)
	defer it.Close()
	var rows []link
	for cols, n := it.Next(); n > 0; cols, n = it.Next() {
		for i := range n {
			l := link{cols[0][i], cols[1][i], cols[2][i], cols[3][i]}
			if _, changed := hidden[l]; changed {
				continue
			}
			if len(rows) == g.max {
				return nil, g.errRows()
			}
			rows = append(rows, l)
		}
	}
	return rows, it.Err()
}

// hashBatch is how many rows are read before their terms are looked up.
const hashBatch = 2048

// hashRows turns rows of hashes into rows of ids, which is what all statements
// about quads give. NULL is the default graph.
type hashRows struct {
	ctx    context.Context
	s      *sqlStore
	rows   *sql.Rows
	hashes []cgraph.ValueHash // of a batch, by row; a zero hash is NULL
	cols   [][]graph.ID
	scan   []any
	raw    []sql.RawBytes
	err    error
}

func newHashRows(ctx context.Context, s *sqlStore, rows *sql.Rows, width int) *hashRows {
	it := &hashRows{ctx: ctx, s: s, rows: rows, cols: make([][]graph.ID, width), raw: make([]sql.RawBytes, width), scan: make([]any, width)}
	for i := range it.raw {
		it.scan[i] = &it.raw[i]
	}
	return it
}

// Next implements [graph.Solutions].
func (it *hashRows) Next() (columns [][]graph.ID, n int) {
	if it.err != nil {
		return nil, 0
	}
	it.hashes = it.hashes[:0]
	var unknown []cgraph.ValueHash
	asked := make(map[cgraph.ValueHash]bool)
	width := len(it.raw)
	for n < hashBatch && it.rows.Next() {
		if it.err = it.rows.Scan(it.scan...); it.err != nil {
			return nil, 0
		}
		for _, raw := range it.raw {
			var h cgraph.ValueHash
			if len(raw) > 0 && copy(h[:], raw) != len(raw) {
				it.err = fmt.Errorf("cayley: %w: a hash of %d bytes", graph.ErrCorrupt, len(raw))
				return nil, 0
			}
			it.hashes = append(it.hashes, h)
			if !h.Valid() || asked[h] {
				continue
			}
			if _, ok := it.s.dict.ofHash(h); !ok {
				asked[h] = true
				unknown = append(unknown, h)
			}
		}
		n++
	}
	if it.err = it.rows.Err(); it.err == nil {
		it.err = it.s.learn(it.ctx, unknown)
	}
	if it.err != nil || n == 0 {
		if it.err != nil && it.ctx.Err() != nil {
			it.err = it.ctx.Err()
		}
		return nil, 0
	}
	for c := range width {
		col := it.cols[c][:0]
		for r := range n {
			h := it.hashes[r*width+c]
			if !h.Valid() {
				col = append(col, graph.DefaultGraph)
				continue
			}
			id, ok := it.s.dict.ofHash(h)
			if !ok {
				it.err = errNoValue
				return nil, 0
			}
			col = append(col, id)
		}
		it.cols[c] = col
	}
	return it.cols, n
}

// Err implements [graph.Solutions].
func (it *hashRows) Err() error { return it.err }

// Close implements [graph.Solutions].
func (it *hashRows) Close() error { return it.rows.Close() }

// ofHash returns the id of a hash seen before.
func (d *foreignTerms) ofHash(h cgraph.ValueHash) (graph.ID, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	id, ok := d.refs[h]
	return id, ok
}

// learn gives ids to the terms of hashes.
func (s *sqlStore) learn(ctx context.Context, hashes hashList) error {
	if len(hashes) == 0 {
		return nil
	}
	st := newStatement("SELECT hash, " + valueColumns + " FROM nodes WHERE hash = ANY(")
	st.add(st.arg(hashes), "::bytea[])")
	rows, err := s.query(ctx, st)
	if err != nil {
		return err
	}
	defer rows.Close()
	var row nodeRow
	for rows.Next() {
		if err := rows.Scan(row.columns()...); err != nil {
			return fmt.Errorf("cayley: %w", err)
		}
		v, err := row.value()
		if err != nil {
			return err
		}
		t, err := ToTerm(v)
		if err != nil {
			return err
		}
		id := s.dict.id(t)
		s.dict.mu.Lock()
		s.dict.refs[row.hash.ValueHash] = id
		s.dict.mu.Unlock()
	}
	return rows.Err()
}

// valueColumns are the columns of nodes that hold a value.
const valueColumns = "value, value_string, datatype, language, iri, bnode, value_int, value_bool, value_float, value_time"

// nodeRow is a row of nodes.
type nodeRow struct {
	hash            csql.NodeHash
	data            []byte
	text, typ, lang sql.NullString
	iri, bnode      sql.NullBool
	integer         sql.NullInt64
	boolean         sql.NullBool
	double          sql.NullFloat64
	at              sql.NullTime
}

func (r *nodeRow) columns() []any {
	return []any{&r.hash, &r.data, &r.text, &r.typ, &r.lang, &r.iri, &r.bnode, &r.integer, &r.boolean, &r.double, &r.at}
}

// value reads the value as Cayley does.
func (r *nodeRow) value() (quad.Value, error) {
	text := quad.String(strings.ReplaceAll(r.text.String, `\x00`, "\x00"))
	switch {
	case r.text.Valid && r.iri.Bool:
		return quad.IRI(r.text.String), nil
	case r.text.Valid && r.bnode.Bool:
		return quad.BNode(r.text.String), nil
	case r.text.Valid && r.lang.Valid:
		return quad.LangString{Value: text, Lang: r.lang.String}, nil
	case r.text.Valid && r.typ.Valid:
		return quad.TypedString{Value: text, Type: quad.IRI(r.typ.String)}, nil
	case r.text.Valid:
		return text, nil
	case r.integer.Valid:
		return quad.Int(r.integer.Int64), nil
	case r.boolean.Valid:
		return quad.Bool(r.boolean.Bool), nil
	case r.double.Valid:
		return quad.Float(r.double.Float64), nil
	case r.at.Valid:
		return quad.Time(r.at.Time), nil
	}
	v, err := pquads.UnmarshalValue(r.data)
	if err != nil {
		return nil, fmt.Errorf("cayley: %w: a node's value: %w", graph.ErrCorrupt, err)
	}
	return v, nil
}

// aliasCheck tells whether two values of the store are the same RDF term; then
// comparing hashes is not comparing terms.
type aliasCheck struct {
	known bool
	found bool
	at    time.Time
	took  time.Duration
}

// aliasAge is how long at least the answer is taken for true although others
// may write to the database.
const aliasAge = time.Minute

// fresh reports whether the last answer still counts. Looking again costs at
// most a twentieth of the time.
func (a *aliasCheck) fresh(now time.Time) bool {
	return a.known && now.Sub(a.at) < max(aliasAge, 20*a.took)
}

// twoForms are the datatypes of which Cayley has both native values and typed
// strings.
var twoForms = []rdf.IRI{rdf.XSDInteger, rdf.XSDDouble, rdf.XSDBoolean, rdf.XSDDateTime}

// findAliases looks for values that are the same term as another: numbers in
// both forms, strings that say that they are strings, tags that differ in case,
// characters that Cayley escapes, triple terms with spaces. What is rare is
// taken for an alias without a closer look.
func (s *sqlStore) findAliases(ctx context.Context) (bool, error) {
	st := newStatement("SELECT COALESCE(bool_or(datatype IN ('', ")
	st.add(st.arg(csql.StringVal(rdf.XSDString)), `) OR position('\x00' in value_string) > 0 OR value IS NOT NULL`,
		" OR datatype = ", st.arg(csql.StringVal(TripleTermType)), " AND value_string ~ '@[a-z]*[A-Z]'), false), COALESCE(bool_or(language <> lower(language)), false) FROM nodes")
	var odd, capitals bool
	if err := s.scalar(ctx, st, &odd, &capitals); err != nil || odd {
		return odd, err
	}
	if capitals {
		st := newStatement(`SELECT EXISTS (SELECT 1 FROM nodes a JOIN nodes b ON a.value_string = b.value_string
			AND lower(a.language) = lower(b.language) AND a.hash <> b.hash WHERE a.language <> lower(a.language))`)
		var twice bool
		if err := s.scalar(ctx, st, &twice); err != nil || twice {
			return twice, err
		}
	}
	return s.findTypedAliases(ctx)
}

// findTypedAliases goes through the typed strings that may be something else as
// well.
func (s *sqlStore) findTypedAliases(ctx context.Context) (bool, error) {
	var last csql.NodeHash
	for {
		st := newStatement("SELECT hash, value_string, datatype FROM nodes WHERE datatype IN (")
		for _, t := range twoForms {
			st.add(st.arg(csql.StringVal(t)), ", ")
		}
		st.add(st.arg(csql.StringVal(TripleTermType)), ")")
		if last.Valid() {
			st.add(" AND hash > ", st.arg(last))
		}
		st.add(" ORDER BY hash LIMIT ", strconv.Itoa(hashBatch))
		natives, n, err := s.natives(ctx, st, &last)
		if err != nil {
			return false, err
		}
		if natives == nil {
			return true, nil
		}
		if len(natives) > 0 {
			st := newStatement("SELECT EXISTS (SELECT 1 FROM nodes WHERE hash = ANY(")
			st.add(st.arg(natives), "::bytea[]) AND datatype IS NULL)")
			var twice bool
			if err := s.scalar(ctx, st, &twice); err != nil || twice {
				return twice, err
			}
		}
		if n < hashBatch {
			return false, nil
		}
	}
}

// natives returns the hashes of the native forms of the typed strings that st
// lists, nil when one of them is no canonical triple term. A time with a
// fraction has the hash of its whole second and is left out: it is not that
// time.
func (s *sqlStore) natives(ctx context.Context, st *statement, last *csql.NodeHash) (found hashList, n int, err error) {
	rows, err := s.query(ctx, st)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	found = hashList{}
	for rows.Next() {
		var text, datatype string
		if err := rows.Scan(last, &text, &datatype); err != nil {
			return nil, 0, fmt.Errorf("cayley: %w", err)
		}
		n++
		if datatype == TripleTermType {
			t, err := parseTerm(text)
			if err != nil || t.String() != text || graph.FoldTerm(t) != t {
				return nil, n, nil
			}
			continue
		}
		v := nativeValue(rdf.NewTyped(text, rdf.IRI(datatype)))
		if at, ok := v.(quad.Time); v == nil || ok && time.Time(at).Nanosecond() != 0 {
			continue
		}
		found = append(found, csql.HashOf(v).ValueHash)
	}
	return found, n, rows.Err()
}
