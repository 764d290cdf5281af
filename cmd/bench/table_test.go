package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTable prints three engines: one peer is slower, one faster but with
// another answer or late.
func TestTable(t *testing.T) {
	day := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	table := &table{
		shapes: map[string]shape{"loose": {name: "loose", loose: true}},
		reports: []*report{
			{Engine: "ours", Version: "1", Graph: "wiki", Triples: 1000, Seed: 1, Machine: "a machine", Date: day, LoadSeconds: 1.25, Disk: 2_400_000, Queries: []measured{
				{Name: "join", Cold: 0.02, Warm: 0.01, First: 0.001, Rows: 3, Answer: "a", Work: &effort{Seeks: 7, Bytes: 1_500_000}},
				{Name: "loose", Warm: 0.0004, Rows: 5, Answer: "b"},
				{Name: "late", Warm: 1, Rows: 1, Answer: "c"},
				{Name: "rate", Warm: 0.5},
			}},
			{Engine: "slow", Version: "2", Memory: 1_600_000, Queries: []measured{
				{Name: "join", Warm: 0.04, Rows: 3, Answer: "a"},
				{Name: "loose", Warm: 0.0002, Rows: 5, Answer: "other rows"},
				{Name: "late", Cold: 30, Error: errTimeout.Error()},
				{Name: "rate", Warm: 2},
			}},
			{Engine: "wrong", Version: "3", Queries: []measured{
				{Name: "join", Warm: 0.001, Rows: 3, Answer: "z"},
				{Name: "late", Error: "refused"},
			}},
		},
	}
	var out strings.Builder
	table.write(&out)
	require.Equal(t, `Graph wiki, 1000 triples, seed 1; 28 November 2026; a machine.
Warm medians in milliseconds. ≠: another answer than ours, which does not count.

|  | ours | slow | wrong | best / ours | rows | cold | first row | seeks | MB read |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| version | 1 | 2 | 3 |  |  |  |  |  |  |
| load, s | 1.2 | 0.0 | 0.0 |  |  |  |  |  |  |
| memory of the load, MB | – | – | – |  |  |  |  |  |  |
| disk, MB | 2 | – | – |  |  |  |  |  |  |
| memory of the server, MB | – | 2 | – |  |  |  |  |  |  |
| join | 10.0 | 40.0 | 1.00 ≠ | 4.00 | 3 | 20.0 | 1.00 | 7 | 1.5 |
| loose | 0.400 | 0.200 | – | 0.50 | 5 | – | – | – | – |
| late | 1000 | > 30000 | failed | – | 1 | – | – | – | – |
| rate | 500 | 2000 | – | 4.00 | 0 | – | – | – | – |

All queries with a peer (3): geometric mean of the ratios 2.00, 1 below 1, the least 0.50 (loose).
`, out.String())
}

// TestDigest compares what engines write for the same rows.
func TestDigest(t *testing.T) {
	csv := func(body string) reply { return reply{media: "text/csv; charset=utf-8", body: []byte(body)} }
	tsv := func(body string) reply { return reply{media: "text/tab-separated-values", body: []byte(body)} }
	rows, hash := digest(csv("a,b\r\nhttp://x/1,2.50\r\n\"two, words\",7\r\n"))
	require.Equal(t, 2, rows)
	for name, same := range map[string]reply{
		"other order":      csv("a,b\n\"two, words\",7\nhttp://x/1,2.5\n"),
		"terms as in TSV":  tsv("?a\t?b\n<http://x/1>\t\"2.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>\n\"two, words\"@en\t7\n"),
		"numbers by float": csv("a,b\nhttp://x/1,2.5e0\n\"two, words\",7.0\n"),
	} {
		t.Run(name, func(t *testing.T) {
			n, h := digest(same)
			require.Equal(t, rows, n)
			require.Equal(t, hash, h)
		})
	}
	_, other := digest(csv("a,b\nhttp://x/1,2.51\n\"two, words\",7\n"))
	require.NotEqual(t, hash, other)

	_, yes := digest(reply{media: "application/sparql-results+json", body: []byte(`{"head":{}, "boolean" : true}`)})
	_, no := digest(reply{media: "application/sparql-results+json", body: []byte(`{"head":{}, "boolean" : false}`)})
	require.NotEqual(t, yes, no)
	n, _ := digest(reply{media: "application/n-triples", body: []byte("<a> <b> <c> .\n# remark\n\n<a> <b> <d> .\n")})
	require.Equal(t, 2, n)
}

// TestSetMeasured replaces the older measurement of a query.
func TestSetMeasured(t *testing.T) {
	var r report
	r.set(measured{Name: "a", Warm: 1})
	r.set(measured{Name: "b", Warm: 2})
	r.set(measured{Name: "a", Warm: 3})
	require.Equal(t, []measured{{Name: "a", Warm: 3}, {Name: "b", Warm: 2}}, r.Queries)
	path := t.TempDir() + "/deep/er/r.json"
	require.NoError(t, r.write(path))
	again, err := readReport(path)
	require.NoError(t, err)
	require.Equal(t, r.Queries, again.Queries)
	none, err := readReport(path + ".missing")
	require.NoError(t, err)
	require.Empty(t, none.Engine)
}
