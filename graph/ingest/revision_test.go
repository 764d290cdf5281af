package ingest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/store"
)

const dump = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><page><title>Battle of Kelm</title><ns>0</ns>
<revision><id>11</id><timestamp>2020-01-01T00:00:00Z</timestamp><text>The Free Front attacked Kelm on 3 May 1931. Twelve soldiers were killed. The Free Front captured the town.</text></revision>
<revision><id>12</id><timestamp>2021-01-01T00:00:00Z</timestamp><text>The Free Front attacked Kelm on 3 May 1931. Fifteen soldiers were killed. The Free Front captured the town.</text></revision>
<revision><id>13</id><timestamp>2022-01-01T00:00:00Z</timestamp><text>The Free Front attacked Kelm on 3 May 1931. Fifteen soldiers were killed.</text></revision>
</page></mediawiki>`

// TestLoadFolderAgain holds that a folder of articles, with a dump of several
// revisions of a page, is loaded once: a second run adds nothing. The dump has
// the last revision as the current one, and what changed between them.
func TestLoadFolderAgain(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"dump.xml": dump,
		"a.txt":    "= Battle of Ford =\n\nOn 3 May 1931 the Free Front attacked Ford. Ten rebels were killed, the army said.\n",
		"b/c.txt":  "= Raid on Mill =\n\nOn 5 May 1931 the Free Front attacked Mill.\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for run := range 3 {
		err := ingest.New(s, ingest.Options{}).Path(t.Context(), dir, func(r ingest.Report) {
			if (r.New > 0) != (run == 0) {
				t.Errorf("run %d: %s: %d quads new", run, r.Name, r.New)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	snap, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	r, err := claim.NewReader(snap, claim.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	document := claim.Ref(claim.NSID + "document/battle-of-kelm")
	revisions, err := r.Revisions(t.Context(), document)
	if err != nil || len(revisions) != 3 || revisions[0].Name != "11" || !revisions[2].Current || revisions[1].Modified != "2021-01-01T00:00:00Z" {
		t.Fatalf("%+v, %v", revisions, err)
	}
	var got []string
	for i := 1; i < len(revisions); i++ {
		before, err := r.At(t.Context(), document, revisions[i-1])
		if err != nil {
			t.Fatal(err)
		}
		after, err := r.At(t.Context(), document, revisions[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range claim.Changes(before, after) {
			got = append(got, fmt.Sprintf("%s %s %s", revisions[i].Name, c.Kind, strings.Join(c.Fields, " ")))
		}
	}
	if want := []string{"12 changed quantity", "13 withdrawn "}; !slices.Equal(got, want) {
		t.Errorf("changes %q, want %q", got, want)
	}
}
