package claim_test

import (
	"slices"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
)

// TestDecisionsFindTheirWords holds what becomes of decisions when a document is
// read by other rules, or when its text changes.
func TestDecisionsFindTheirWords(t *testing.T) {
	const (
		shifted = "A new first line about nothing.\n" + reportText
		without = "Blue repelled them.\n"
	)
	attack := func(quote string, agent claim.Ref) claim.Claim {
		return says(quote, claim.KindAttacked, agent, to(ford))
	}
	byHand := func(c *claim.Claim) { c.Proposition.Agent = []claim.Ref{"e:redman"} }
	for _, tc := range []struct {
		name    string
		verdict claim.Verdict
		then    *claim.Extraction
		claims  []string
		lost    bool
	}{
		{"the text shifts, rejected", claim.Reject, report(shifted, attack("Red attacked Ford", red)), nil, false},
		{"the text shifts, accepted", claim.Accept, report(shifted, attack("Red attacked Ford", red)), []string{"Red attacked Ford (decided)"}, false},
		{"the text shifts, corrected", claim.Correct, report(shifted, attack("Red attacked Ford", red)), []string{"Red spokesman attacked Ford (decided)"}, false},
		{"a rule quotes more, rejected", claim.Reject, report(reportText, attack("Red attacked Ford on Monday", red)), nil, false},
		{"a rule quotes more, corrected", claim.Correct, report(reportText, attack("Red attacked Ford on Monday", red)), []string{"Red spokesman attacked Ford (decided)"}, false},
		{"a rule finds another agent, rejected", claim.Reject, report(reportText, attack("Red attacked Ford", blue)), []string{"Blue attacked Ford"}, false},
		{"a rule finds another agent, corrected", claim.Correct, report(reportText, attack("Red attacked Ford", blue)), []string{"Red spokesman attacked Ford (decided)"}, false},
		{"a rule finds what the person said", claim.Correct, report(reportText, attack("Red attacked Ford", "e:redman")), []string{"Red spokesman attacked Ford (decided)"}, false},
		{"no rule finds it, rejected", claim.Reject, report(reportText), nil, false},
		{"no rule finds it, accepted", claim.Accept, report(reportText), []string{"Red attacked Ford (decided)"}, false},
		{"no rule finds it, corrected", claim.Correct, report(reportText), []string{"Red spokesman attacked Ford (decided)"}, false},
		{"the words are gone, rejected", claim.Reject, report(without), nil, true},
		{"the words are gone, accepted", claim.Accept, report(without), nil, true},
		{"the words are gone, corrected", claim.Correct, report(without), nil, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g := memgraph.New()
			defer g.Close()
			before := report(reportText, attack("Red attacked Ford", red))
			put(t, g, before, nil)
			var correct func(*claim.Claim)
			if tc.verdict == claim.Correct {
				correct = byHand
			}
			d := decide(t, g, before.Claims[0].IRI("e:doc"), tc.verdict, correct)
			put(t, g, tc.then, nil)
			claims, _ := state(t, g)
			if !slices.Equal(claims, tc.claims) {
				t.Errorf("claims %q, want %q", claims, tc.claims)
			}
			checkSpans(t, g)
			if got := slices.Contains(lost(t, g), d.ID); got != tc.lost {
				t.Errorf("the words are lost: %v", got)
			}
			// A later revision has the words again.
			restored := *before
			restored.Document.SHA256 = "restored"
			put(t, g, &restored, nil)
			if got := lost(t, g); len(got) > 0 {
				t.Errorf("still lost: %v", got)
			}
		})
	}
}

// TestDecisionsOnRepeatedWords holds that of two equal sentences the one stays
// rejected that was.
func TestDecisionsOnRepeatedWords(t *testing.T) {
	twice := func(text string) *claim.Extraction {
		ex := report(text, says("Red captured Ford", claim.KindCaptured, red, at(ford)))
		second := ex.Claims[0]
		second.Evidence = []claim.Span{spanOf(text, "==\nRed captured Ford")}
		second.Evidence[0].Start += 3
		second.Evidence[0].Quote = "Red captured Ford"
		ex.Claims = append(ex.Claims, second)
		return ex
	}
	g := memgraph.New()
	defer g.Close()
	before := twice(reportText)
	put(t, g, before, nil)
	decide(t, g, before.Claims[1].IRI("e:doc"), claim.Reject, nil)
	after := twice("A new first line about nothing.\n" + reportText)
	put(t, g, after, nil)
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	r, err := claim.NewReader(snap, claim.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ex, err := r.Extraction(t.Context(), "e:doc")
	if err != nil || len(ex.Claims) != 1 || ex.Claims[0].Evidence[0] != after.Claims[0].Evidence[0] {
		t.Errorf("%+v, %v", ex.Claims, err)
	}
}
