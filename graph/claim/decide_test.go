package claim_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// report is a document of one sentence each line, and a claim for each that the
// caller names by its words.
func report(text string, claims ...claim.Claim) *claim.Extraction {
	ex := newWar().ex
	ex.Document = claim.Document{IRI: "e:doc", Title: "Report", Text: text, SHA256: text, Language: "en"}
	for _, c := range claims {
		c.Evidence = []claim.Span{spanOf(text, c.Evidence[0].Quote)}
		ex.Claims = append(ex.Claims, c)
	}
	return &ex
}

func spanOf(text, quote string) claim.Span {
	i := strings.Index(text, quote)
	start := len([]rune(text[:i]))
	return claim.Span{Start: start, End: start + len([]rune(quote)), Quote: quote}
}

// says is a claim in the document's own voice.
func says(quote, kind string, agent claim.Ref, opts ...option) claim.Claim {
	c := claim.Claim{
		Proposition: claim.Proposition{Kind: kind, Agent: []claim.Ref{agent}, Event: battle},
		Claimant:    "e:doc", Stance: claim.Asserts, Modality: claim.StatedAsFact, Source: "prose",
		Evidence: []claim.Span{{Quote: quote}}, Rule: "test@1", Confidence: 0.9,
	}
	for _, o := range opts {
		o(&c)
	}
	return c
}

const reportText = "Red attacked Ford on Monday.\nBlue repelled them.\nRed captured Ford.\n== Aftermath ==\nRed captured Ford.\n"

func reported() *claim.Extraction {
	ex := report(reportText,
		says("Red attacked Ford", claim.KindAttacked, red, to(ford)),
		says("Blue repelled them", "repelled", blue, to(red)),
		says("Red captured Ford", claim.KindCaptured, red, at(ford), on("2001-01-02")))
	maybe := says("Red attacked Ford", "shelled", red, to(ford))
	maybe.Evidence = ex.Claims[0].Evidence
	maybe.Confidence = 0.4
	ex.Rejected = []claim.Rejected{
		{Span: maybe.Evidence[0], Rule: "shell@1", Reason: "confidence 0.40 is below 0.50", Claim: &maybe},
		{Span: spanOf(reportText, "them"), Rule: "who@1", Reason: "who did it cannot be resolved"},
	}
	return ex
}

var clock = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)

// decide makes a decision about what stands in the graph and carries it out.
func decide(t *testing.T, g graph.Graph, target claim.Ref, v claim.Verdict, correct func(*claim.Claim)) claim.Decision {
	t.Helper()
	var d claim.Decision
	err := g.Update(t.Context(), func(tx graph.Tx) error {
		r, err := claim.NewReader(tx.Snapshot(), claim.ReadOptions{})
		if err != nil {
			return err
		}
		if d, err = r.NewDecision(t.Context(), target, v); err != nil {
			return err
		}
		clock = clock.Add(time.Minute)
		d.By, d.At, d.Reason = "A. Reader", clock, "because"
		if correct != nil {
			c := says("", claim.KindAttacked, red)
			if d.Found.Claim != nil {
				c = *d.Found.Claim
			}
			correct(&c)
			d.Correction = &claim.Finding{Claim: &c}
		}
		d.Sign()
		_, err = claim.Decide(t.Context(), tx, []claim.Decision{d}, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// state lists the claims and candidates of the document, one a line.
func state(t *testing.T, g graph.Graph) (claims, aside []string) {
	t.Helper()
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
	if err != nil {
		t.Fatal(err)
	}
	es := newWar().ex.EntityMap() // a candidate may speak of others than the claims do
	for i := range ex.Claims {
		c := &ex.Claims[i]
		line := c.Proposition.Describe(es)
		if c.Decision != "" {
			line += " (decided)"
		}
		claims = append(claims, line)
	}
	candidates, err := r.Candidates(t.Context(), "e:doc")
	if err != nil {
		t.Fatal(err)
	}
	for _, iri := range candidates {
		f, _, ok, err := r.Finding(t.Context(), iri)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		status, _, _, err := r.Aside(t.Context(), iri)
		if err != nil {
			t.Fatal(err)
		}
		aside = append(aside, string(status)+": "+strings.TrimPrefix(f.Describe(es), "e:doc says: "))
	}
	slices.Sort(claims)
	slices.Sort(aside)
	return claims, aside
}

func expect(t *testing.T, g graph.Graph, step string, claims, aside []string) {
	t.Helper()
	gotClaims, gotAside := state(t, g)
	slices.Sort(claims)
	slices.Sort(aside)
	if !slices.Equal(gotClaims, claims) {
		t.Errorf("%s: claims\n\t%s\nwant\n\t%s", step, strings.Join(gotClaims, "\n\t"), strings.Join(claims, "\n\t"))
	}
	if !slices.Equal(gotAside, aside) {
		t.Errorf("%s: aside\n\t%s\nwant\n\t%s", step, strings.Join(gotAside, "\n\t"), strings.Join(aside, "\n\t"))
	}
}

// TestDecisions holds what each verdict does to what is answered, that the
// original stays to be seen, and that each can be taken back.
func TestDecisions(t *testing.T) {
	const (
		attacked, repelled, captured = "Red attacked Ford", "Blue repelled Red", "Red captured Ford, 2001-01-02"
		open, unresolved             = "open: Red shelled Ford", "open: who did it cannot be resolved"
		decided                      = " (decided)"
	)
	ex := reported()
	first, second, candidate := ex.Claims[0].IRI("e:doc"), ex.Claims[1].IRI("e:doc"), ex.Rejected[0].Claim.IRI("e:doc")
	g := memgraph.New()
	defer g.Close()
	put(t, g, ex, nil)
	expect(t, g, "before", []string{attacked, repelled, captured}, []string{open, unresolved})
	loaded := lines(t, g)

	reject := decide(t, g, first, claim.Reject, nil)
	expect(t, g, "rejected", []string{repelled, captured}, []string{open, unresolved, "rejected: " + attacked})
	if l := lines(t, g); slices.ContainsFunc(l, func(s string) bool { return strings.HasPrefix(s, "<e:red> <"+claim.NS+"attacked>") }) {
		t.Error("the plain edge of a rejected claim still stands")
	}
	decide(t, g, candidate, claim.Accept, nil)
	expect(t, g, "accepted", []string{"Red shelled Ford" + decided, repelled, captured}, []string{unresolved, "rejected: " + attacked})

	correct := decide(t, g, second, claim.Correct, func(c *claim.Claim) { c.Proposition.Agent = []claim.Ref{"e:bluegov"} })
	expect(t, g, "corrected", []string{"Red shelled Ford" + decided, "Government of Blueland repelled Red" + decided, captured},
		[]string{"corrected: Blue repelled Red", unresolved, "rejected: " + attacked})
	// A second thought about the same claim goes before the first.
	again := decide(t, g, second, claim.Correct, func(c *claim.Claim) { c.Proposition.Patient = nil; c.Proposition.Place = ford })
	expect(t, g, "corrected again", []string{"Red shelled Ford" + decided, "Blue repelled Ford" + decided, captured},
		[]string{"corrected: Blue repelled Red", unresolved, "rejected: " + attacked})
	decide(t, g, again.ID, claim.Undo, nil)
	expect(t, g, "the first correction again", []string{"Red shelled Ford" + decided, "Government of Blueland repelled Red" + decided, captured},
		[]string{"corrected: Blue repelled Red", unresolved, "rejected: " + attacked})
	decide(t, g, correct.ID, claim.Undo, nil)
	decide(t, g, reject.ID, claim.Undo, nil)
	expect(t, g, "undone", []string{attacked, "Red shelled Ford" + decided, repelled, captured}, []string{unresolved})

	// With every decision taken back the graph is what it was, but for the record.
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := claim.NewReader(snap, claim.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	past, err := r.History(t.Context(), candidate)
	snap.Close()
	if err != nil || len(past) != 1 || past[0].By != "A. Reader" || past[0].Reason != "because" || !past[0].At.Before(clock.Add(time.Second)) {
		t.Fatalf("%+v, %v", past, err)
	}
	decide(t, g, past[0].ID, claim.Undo, nil)
	now := slices.DeleteFunc(lines(t, g), func(s string) bool {
		return strings.HasPrefix(s, "<"+claim.NSID+"decision/") || strings.Contains(s, "author/a-reader") || strings.Contains(s, "Claim>") && strings.Contains(s, "ontology/kind/") ||
			strings.Contains(s, "decision") || strings.Contains(s, "2026-11-28")
	})
	for _, l := range loaded {
		if !slices.Contains(now, l) {
			t.Errorf("lost: %s", l)
		}
	}
	// Said by hand, where the extractor did not know what the words say.
	ref := claim.Ref("")
	for _, l := range loaded {
		if strings.Contains(l, "who did it cannot") && strings.Contains(l, claim.NS+"reason>") {
			ref = claim.Ref(l[1:strings.Index(l, ">")])
		}
	}
	decide(t, g, ref, claim.Correct, func(c *claim.Claim) { c.Proposition.Patient = []claim.Ref{blue} })
	expect(t, g, "said by hand", []string{attacked, repelled, "Red attacked Blue" + decided, captured},
		[]string{"corrected: who did it cannot be resolved", open})
}

// TestDecisionsSurvive holds that decisions and readings come to the same graph
// in whatever order they come, and that reading again changes nothing.
func TestDecisionsSurvive(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	for round := range 30 {
		ex := reported()
		g := memgraph.New()
		put(t, g, ex, nil)
		var made []claim.Decision
		for range 1 + rnd.IntN(6) {
			var target claim.Ref
			switch n := rnd.IntN(5); {
			case n < 3:
				target = ex.Claims[n].IRI("e:doc")
			case n == 3:
				target = ex.Rejected[0].Claim.IRI("e:doc")
			default:
				if len(made) > 0 {
					made = append(made, decide(t, g, made[rnd.IntN(len(made))].ID, claim.Undo, nil))
				}
				continue
			}
			switch rnd.IntN(3) {
			case 0:
				made = append(made, decide(t, g, target, claim.Accept, nil))
			case 1:
				made = append(made, decide(t, g, target, claim.Reject, nil))
			default:
				who := []claim.Ref{red, blue, "e:bluegov"}[rnd.IntN(3)]
				made = append(made, decide(t, g, target, claim.Correct, func(c *claim.Claim) {
					c.Proposition.Agent = []claim.Ref{who}
					c.Proposition.Kind = []string{claim.KindAttacked, "shelled", "repelled"}[rnd.IntN(3)]
				}))
			}
		}
		got := lines(t, g)
		if _, added := putCounted(t, g, ex); added != 0 {
			t.Errorf("round %d: the same reading again adds %d quads", round, added)
		}
		// The decisions before the document.
		other := memgraph.New()
		rnd.Shuffle(len(made), func(i, j int) { made[i], made[j] = made[j], made[i] })
		if err := other.Update(t.Context(), func(tx graph.Tx) error {
			_, err := claim.Decide(t.Context(), tx, made, nil)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		put(t, other, ex, nil)
		// Names are known only once the document is there.
		if a, b := withoutLabels(got), withoutLabels(lines(t, other)); !slices.Equal(a, b) {
			t.Errorf("round %d: decisions first: %s", round, difference(a, b))
		}
		g.Close()
		other.Close()
	}
}

func withoutLabels(l []string) []string {
	return slices.DeleteFunc(l, func(s string) bool {
		return strings.HasPrefix(s, "<"+claim.NSID+"decision/") && strings.Contains(s, rdf.RDFSLabel.String())
	})
}

func putCounted(t *testing.T, g graph.Graph, ex *claim.Extraction) (quads, added int) {
	t.Helper()
	if err := g.Update(context.Background(), func(tx graph.Tx) (err error) {
		quads, added, err = claim.Put(context.Background(), tx, ex, claim.EncodeOptions{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return quads, added
}

// lost returns the decisions whose words the document does not have any more.
func lost(t *testing.T, g graph.Graph) []claim.Ref {
	t.Helper()
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	r, err := claim.NewReader(snap, claim.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	refs, err := r.Lost(t.Context(), "e:doc")
	if err != nil {
		t.Fatal(err)
	}
	return refs
}

// checkSpans holds that every quotation of the document stands where it says.
func checkSpans(t *testing.T, g graph.Graph) {
	t.Helper()
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
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range claim.Check(ex) {
		t.Error(v)
	}
}
