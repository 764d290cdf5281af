package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestReviewCommands accepts, rejects, corrects and takes back, carries the
// decisions over to another store, and loads the article again.
func TestReviewCommands(t *testing.T) {
	dir := t.TempDir()
	store, other := filepath.Join(dir, "a.bg"), filepath.Join(dir, "b.bg")
	must := func(args ...string) string {
		t.Helper()
		code, out, errs := command(t, "", args...)
		if code != exitDone {
			t.Fatalf("%s: exit %d: %s", strings.Join(args, " "), code, errs)
		}
		return out
	}
	const who = "Who attacked Tinzaouaten?"
	must("load", "--store", store, sampleArticle)
	list := must("review", "list", "--store", store, "--kind", "attacked", "--status", "any")
	target := ""
	for line := range strings.Lines(list) {
		if target == "" && strings.HasPrefix(strings.TrimSpace(line), "https://") {
			target = strings.TrimSpace(line)
		}
	}
	decision := strings.TrimSpace(must("review", "reject", "--store", store, "--by", "A. Reader", "--why", "a plan", target))
	if out := must("review", "list", "--store", store, "--status", "rejected"); !strings.Contains(out, target) || !strings.Contains(out, "1 of 1") {
		t.Errorf("rejected: %s", out)
	}
	if out := must("load", "--store", store, sampleArticle); !strings.Contains(out, " 0 new") {
		t.Errorf("loading again after a decision: %s", out)
	}
	if out := must("review", "list", "--store", store, "--status", "rejected"); !strings.Contains(out, target) {
		t.Errorf("rejected no more after loading again: %s", out)
	}
	must("review", "undo", "--store", store, "--by", "A. Reader", decision)
	must("review", "correct", "--store", store, "--by", "A. Reader", "--set", "agent=Ansar Dine", "--set", "from=2012-02-06", target)
	if out := must("ask", "--store", store, who); !strings.Contains(out, "Ansar Dine attacked") {
		t.Errorf("the correction is not in the answer: %s", out)
	}
	if out := must("review", "history", "--store", store, target); strings.Count(out, "A. Reader") != 3 || strings.Count(out, "does not hold") != 2 {
		t.Errorf("history: %s", out)
	}
	file := write(t, dir, "decisions.tsv", must("review", "export", "--store", store, "--format", "tsv"))
	must("load", "--store", other, sampleArticle)
	if out := must("review", "import", "--store", other, file, file); !strings.Contains(out, "3 decisions, 3 new") || !strings.Contains(out, "3 decisions, 0 new") {
		t.Errorf("import: %s", out)
	}
	if out := must("ask", "--store", other, who); !strings.Contains(out, "Ansar Dine attacked") {
		t.Errorf("the correction is not in the other store's answer: %s", out)
	}
	for _, args := range [][]string{
		{"review", "accept", "--store", store, "--by", "A", "urn:nothing"},
		{"review", "correct", "--store", store, "--by", "A", "--set", "agent=Nobody at all", target},
		{"review", "list", "--store", filepath.Join(dir, "none.bg")},
	} {
		if code, out, errs := command(t, "", args...); code == exitDone || errs == "" {
			t.Errorf("%s: exit %d: %s%s", strings.Join(args, " "), code, out, errs)
		}
	}
}

// TestChanges loads two texts of one document and asks what changed.
func TestChanges(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "a.bg")
	for _, n := range []string{"Twelve", "Fifteen"} {
		file := write(t, dir, "kelm.txt", "= Battle of Kelm =\n\nOn 3 May 1931 the Free Front attacked Kelm. "+n+" soldiers were killed.\n")
		if code, _, errs := command(t, "", "load", "--store", store, file); code != exitDone {
			t.Fatal(errs)
		}
	}
	code, out, errs := command(t, "", "changes", "--store", store, "Battle of Kelm")
	if code != exitDone || !strings.Contains(out, "1 changes") || !strings.Contains(out, "12 killed") || !strings.Contains(out, "15 killed (quantity)") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if _, out, _ := command(t, "", "changes", "--store", store, "--list", "Battle of Kelm"); strings.Count(out, "\n") != 2 || strings.Count(out, "current") != 1 {
		t.Errorf("revisions: %s", out)
	}
	if _, out, errs := command(t, "", "ask", "--store", store, "What changed in the articles?"); !strings.Contains(out, "12 killed") {
		t.Errorf("the question: %s%s", out, errs)
	}
	for _, args := range [][]string{{"Battle of Nowhere"}, {"--from", "x", "Battle of Kelm"}} {
		if code, _, errs := command(t, "", append([]string{"changes", "--store", store}, args...)...); code == exitDone || errs == "" {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}
