package main

import (
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/cayley/cayleytest"
)

// TestDatabases loads an article into a PostgreSQL, by the dialect of each
// database, and asks for it.
func TestDatabases(t *testing.T) {
	p := cayleytest.OpenPostgres(t)
	for _, backend := range []string{"postgres", "cockroach"} {
		t.Run(backend, func(t *testing.T) {
			at := []string{"--backend", backend, "--address", p.Address(t)}
			do := func(want string, args ...string) {
				t.Helper()
				code, out, errs := command(t, "", append(args, at...)...)
				if code != exitDone || !strings.Contains(out, want) {
					t.Fatalf("%v: exit code %d\n%s%s\nwant %q", args, code, out, errs, want)
				}
			}
			do("article, ", "load", sampleArticle)
			do("MNLA", "ask", "Who captured Tinzaouaten?")
			const join = `PREFIX bg: <https://belligraph.org/ontology#> SELECT ?a { ?c bg:proposition ?p ; bg:claimant ?w . ?p bg:agent ?a } LIMIT 3`
			do("GraphJoin", "query", "--explain", join)
			do("https://belligraph.org/id/actor/", "query", "--format", "tsv", join)
			do(`"Battle of Tinzaouaten (2012)"`, "dump")
		})
	}
}

func TestDatabaseFlags(t *testing.T) {
	for _, args := range [][]string{
		{"query", "--backend", "postgres", "ASK {}"},
		{"query", "--backend", "postgres", "--address", "postgres://127.0.0.1/x", "--store", "x.bg", "ASK {}"},
		{"query", "--backend", "oracle", "ASK {}"},
	} {
		if code, out, errs := command(t, "", args...); code != exitUsage {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}
