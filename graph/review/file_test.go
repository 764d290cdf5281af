package review_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/review"
)

// TestFiles holds that decisions come back from either format as they were, with
// what would break a table in their words.
func TestFiles(t *testing.T) {
	c := claim.Claim{Proposition: claim.Proposition{Kind: "captured", Agent: []claim.Ref{"e:red"}}, Claimant: "e:doc", Evidence: []claim.Span{{Start: 3, End: 9, Quote: "a \"b\"\tc\nd"}}}
	d := claim.Decision{Verdict: claim.Reject, By: "Ö. \"Q\" Reader", At: time.Date(2026, 11, 28, 9, 0, 0, 123000, time.UTC), Reason: "tab\there, and\na line", Document: "e:doc", Target: "e:claim",
		Anchors: []claim.Anchor{{Exact: "a \"b\"\tc\nd", Prefix: "<", Suffix: ">", Section: "S"}}, Found: &claim.Finding{Claim: &c, Rule: "r@1"}}
	d.Sign()
	for _, f := range []review.Format{review.JSONL, review.TSV} {
		var b bytes.Buffer
		if err := review.Write(&b, []claim.Decision{d}, f); err != nil {
			t.Fatal(err)
		}
		got, err := review.ReadFile(&b, func(p claim.Problem) { t.Errorf("%s: %+v", f, p) })
		if err != nil || len(got) != 1 || got[0].ID != d.ID || got[0].Reason != d.Reason || got[0].Anchors[0] != d.Anchors[0] || got[0].Found.Claim.Evidence[0] != c.Evidence[0] {
			t.Errorf("%s: %+v, %v", f, got, err)
		}
	}
}

// TestFaultyFiles holds that a fault is told with its line and the rest is read.
func TestFaultyFiles(t *testing.T) {
	const head = "verdict\tby\tat\tdocument\ttarget\n"
	for _, tc := range []struct {
		name, text, want string
		line, read       int
	}{
		{"a time that is none", head + "reject\tA\tyesterday\te:d\te:c\nundo\tA\t2026-11-28T09:00:00Z\te:d\te:x\n", "yesterday", 2, 1},
		{"JSON that is none", "{\"verdict\":\"reject\"}\n{\"verdict\":\n", "unexpected end", 2, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var faults []claim.Problem
			got, err := review.ReadFile(strings.NewReader(tc.text), func(p claim.Problem) { faults = append(faults, p) })
			if err != nil || len(got) != tc.read || len(faults) != 1 || faults[0].Line != tc.line || !strings.Contains(faults[0].Message, tc.want) {
				t.Errorf("%+v, %+v, %v", got, faults, err)
			}
		})
	}
	if _, err := review.ReadFile(strings.NewReader("a\tb\n"), nil); err == nil {
		t.Error("a table that holds no decisions was read")
	}
}
