package cayleytest

import (
	"database/sql"
	"fmt"
	"testing"

	csql "github.com/cayleygraph/cayley/graph/sql"
	"github.com/cayleygraph/quad"
	"github.com/lib/pq"
)

// FillFighters writes about n quads into Cayley's empty tables by COPY, as no writer of
// Cayley's could in the time of a test: fighters who belong to groups, which
// fought in battles, which took place somewhere, and labels of them all.
func FillFighters(t testing.TB, db *sql.DB, n int) {
	t.Helper()
	rebuild := withoutIndexes(t, db)
	defer rebuild()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	const ns = "https://example.org/"
	thing := func(kind string, i int) quad.Value { return quad.IRI(fmt.Sprintf("%s%s/%d", ns, kind, i)) }
	property := func(name string) quad.Value { return quad.IRI(ns + name) }
	nodes := make(map[csql.NodeHash]quad.Value)
	hash := func(v quad.Value) any {
		h := csql.HashOf(v)
		nodes[h] = v
		return h.SQLValue()
	}
	copyIn := func(table string, columns ...string) func(values ...any) {
		st, err := tx.Prepare(pq.CopyIn(table, columns...))
		if err != nil {
			t.Fatal(err)
		}
		return func(values ...any) {
			if _, err := st.Exec(values...); err != nil {
				t.Fatal(err)
			}
			if len(values) == 0 {
				if err := st.Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	type triple [3]quad.Value
	var quads []triple
	fighters := n / 2
	groups, battles, places := fighters/100+1, fighters/20+1, fighters/200+1
	for i := range fighters {
		quads = append(quads, triple{thing("fighter", i), property("memberOf"), thing("group", i*7%groups)},
			triple{thing("fighter", i), property("label"), quad.String(fmt.Sprint("fighter ", i))})
	}
	for i := range battles {
		quads = append(quads, triple{thing("group", i*13%groups), property("foughtIn"), thing("battle", i)},
			triple{thing("battle", i), property("place"), thing("place", i*17%places)})
	}
	for _, q := range quads {
		for _, v := range q {
			hash(v)
		}
	}
	add := copyIn("nodes", "hash", "refs", "value_string", "iri")
	for h, v := range nodes {
		text, isIRI := "", any(nil)
		switch v := v.(type) {
		case quad.IRI:
			text, isIRI = string(v), true
		case quad.String:
			text = string(v)
		}
		add(h.SQLValue(), 1, text, isIRI)
	}
	add()
	add = copyIn("quads", "subject_hash", "predicate_hash", "object_hash")
	for _, q := range quads {
		add(hash(q[0]), hash(q[1]), hash(q[2]))
	}
	add()
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// withoutIndexes drops the indexes and foreign keys of quads, which double the
// time of filling it, and returns what makes the indexes again.
func withoutIndexes(t testing.TB, db *sql.DB) (rebuild func()) {
	t.Helper()
	list := func(query string) (texts []string) {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return texts
	}
	do := func(statements []string) {
		for _, st := range statements {
			if _, err := db.Exec(st); err != nil {
				t.Fatalf("%s: %v", st, err)
			}
		}
	}
	const mine = " FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'quads' AND indexname <> 'quads_pkey'"
	indexes := list("SELECT indexdef" + mine)
	do(list("SELECT 'ALTER TABLE quads DROP CONSTRAINT ' || conname FROM pg_constraint WHERE conrelid = 'quads'::regclass AND contype = 'f'"))
	do(list("SELECT 'DROP INDEX ' || indexname" + mine))
	return func() { do(append(indexes, "ANALYZE nodes", "ANALYZE quads")) }
}
