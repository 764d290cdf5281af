package link_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// sources returns a graph with the fixtures of two datasets.
func sources(t *testing.T) graph.Graph {
	t.Helper()
	g := memgraph.New()
	t.Cleanup(func() { g.Close() })
	for _, name := range []string{"GEDEvent_v25_1.csv", "acled-2023.csv", "ucdp-prio-acd-251.csv"} {
		content, err := os.ReadFile(filepath.Join("..", "dataset", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dataset.Import(t.Context(), g, name, bytes.NewReader(content), dataset.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func find(t *testing.T, g graph.Graph) (*link.Input, *link.Result) {
	t.Helper()
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	in, err := link.Read(t.Context(), snap)
	if err != nil {
		t.Fatal(err)
	}
	r, err := link.Match(t.Context(), in.Events, in.Actors, link.Options{Given: in.Given})
	if err != nil {
		t.Fatal(err)
	}
	return in, r
}

// decide puts the mappings of the fixture into the graph.
func decide(t *testing.T, g graph.Graph) {
	t.Helper()
	content, err := os.ReadFile("testdata/mali.sssom.tsv")
	if err != nil {
		t.Fatal(err)
	}
	claims, err := link.ReadSSSOM(bytes.NewReader(content), "mali", func(p claim.Problem) { t.Errorf("%d: %s", p.Line, p.Message) })
	if err != nil || len(claims) != 3 {
		t.Fatal(claims, err)
	}
	err = g.Update(t.Context(), func(tx graph.Tx) error {
		_, _, err := claim.Put(t.Context(), tx, link.Decisions("mali", "00", claims), claim.EncodeOptions{NoDerived: true})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDatasets holds what rows of two datasets become for the linker, and that
// links of a private source stay in its graph.
func TestDatasets(t *testing.T) {
	g := sources(t)
	in, r := find(t, g)
	bySource := map[string]int{}
	for _, e := range in.Events {
		bySource[e.Source]++
		if e.Country != link.CountryKey("Mali") || len(e.Actors) == 0 || !e.HasDeaths || e.To < e.From {
			t.Errorf("%+v", e)
		}
		if (e.Source == "acled") != (e.Graph == rdf.Term(dataset.GraphACLED)) {
			t.Errorf("%s is in the graph %v", e.IRI, e.Graph)
		}
	}
	if bySource["ucdp"] != 5 || bySource["acled"] != 3 {
		t.Errorf("%v", bySource)
	}
	for in := range link.Claims(r, in.Events) {
		if in == nil {
			t.Error("a link of private rows is public")
		}
	}
	var public bytes.Buffer
	if n, err := link.WriteSSSOM(&public, r, link.SSSOM{}); err != nil || strings.Contains(public.String(), "acled/") {
		t.Errorf("%d, %v: private links are published:\n%s", n, err, public.String())
	}
}

// TestPutAgain holds that links replace those of an earlier run, that a run that
// finds the same changes nothing, and that decisions survive it.
func TestPutAgain(t *testing.T) {
	g := sources(t)
	put := func() (added, removed int, r *link.Result) {
		in, r := find(t, g)
		added, removed, err := link.Put(context.Background(), g, link.Claims(r, in.Events))
		if err != nil {
			t.Fatal(err)
		}
		return added, removed, r
	}
	if added, removed, _ := put(); added == 0 || removed != 0 {
		t.Fatalf("%d added, %d removed", added, removed)
	}
	if added, removed, _ := put(); added != 0 || removed != 0 {
		t.Errorf("the same links again: %d added, %d removed", added, removed)
	}
	decide(t, g)
	_, removed, r := put()
	if removed == 0 {
		t.Error("what the decisions change is still there")
	}
	linked := false
	for _, p := range r.Pairs {
		linked = linked || p.Verdict == link.Accepted && strings.HasPrefix(string(p.B.IRI), claim.NSID+"ucdp/event/90000")
	}
	if !linked {
		t.Error("the alliance named before its time still keeps the rows apart")
	}
	if added, removed, _ := put(); added != 0 || removed != 0 {
		t.Errorf("decisions again: %d added, %d removed", added, removed)
	}
}

// TestSSSOM holds that what is written is read back as the same decisions.
func TestSSSOM(t *testing.T) {
	g := sources(t)
	decide(t, g)
	_, r := find(t, g)
	var out bytes.Buffer
	n, err := link.WriteSSSOM(&out, r, link.SSSOM{Private: true})
	if err != nil || n == 0 {
		t.Fatal(n, err)
	}
	claims, err := link.ReadSSSOM(bytes.NewReader(out.Bytes()), "again", func(p claim.Problem) { t.Errorf("%d: %s", p.Line, p.Message) })
	if err != nil || len(claims) != n {
		t.Fatalf("%d of %d rows read: %v\n%s", len(claims), n, err, out.String())
	}
}

func TestFaultySSSOM(t *testing.T) {
	const head = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\n"
	for _, tc := range []struct{ name, text, want string }{
		{"no IRI", head + "mnla\tskos:closeMatch\tbg:x\tj\t\n", "must be IRIs"},
		{"another predicate", head + "bg:a\trdfs:seeAlso\tbg:b\tj\t\n", "is no link"},
		{"a confidence of two", head + "bg:a\tskos:closeMatch\tbg:b\tj\t2\n", "confidence"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []claim.Problem
			claims, err := link.ReadSSSOM(strings.NewReader(tc.text), "x", func(p claim.Problem) { got = append(got, p) })
			if err != nil || len(claims) != 0 || len(got) != 1 || got[0].Line != 2 || !strings.Contains(got[0].Message, tc.want) {
				t.Errorf("%v %v %v", claims, got, err)
			}
		})
	}
	if _, err := link.ReadSSSOM(strings.NewReader("a\tb\n"), "x", nil); err == nil {
		t.Error("a file without the columns of SSSOM was read")
	}
}

// TestDecisionsOnLinks holds that a person's decision takes the place of the
// link finder's claim at once and in every later run, whatever it is, and that
// the finder's own view is back when the decision is taken back.
func TestDecisionsOnLinks(t *testing.T) {
	for _, verdict := range []claim.Verdict{claim.Reject, claim.Accept, claim.Correct} {
		t.Run(string(verdict), func(t *testing.T) {
			g := sources(t)
			decide(t, g) // without the mappings nothing of these rows goes together
			run := func() {
				in, r := find(t, g)
				if _, _, err := link.Put(t.Context(), g, link.Claims(r, in.Events)); err != nil {
					t.Fatal(err)
				}
			}
			run()
			target, proposition := aLink(t, g)
			made := review(t, g, target, verdict)
			check := func(step string, by claim.Ref, stance claim.Stance, kind string) {
				t.Helper()
				var got []string
				for _, c := range claimsOn(t, g, proposition.Agent[0], proposition.Patient[0]) {
					got = append(got, string(c.Claimant)+" "+string(c.Stance)+" "+c.Proposition.Kind)
				}
				if want := string(by) + " " + string(stance) + " " + kind; len(got) != 1 || got[0] != want {
					t.Errorf("%s: %q, want %q", step, got, want)
				}
			}
			stance, kind := claim.Asserts, proposition.Kind
			switch verdict {
			case claim.Reject:
				stance = claim.Denies
			case claim.Correct:
				kind = link.KindPartOf
			}
			check("decided", claim.Author("A. Reader"), stance, kind)
			run()
			check("found again", claim.Author("A. Reader"), stance, kind)
			undo(t, g, made)
			check("taken back", link.Linker, claim.Asserts, proposition.Kind)
			run()
			check("found again after that", link.Linker, claim.Asserts, proposition.Kind)
		})
	}
}

// aLink returns an accepted link of two events that the finder made.
func aLink(t *testing.T, g graph.Graph) (claim.Ref, claim.Proposition) {
	t.Helper()
	for c, iri := range linkClaims(t, g) {
		if c.Claimant == link.Linker && c.Proposition.Kind == link.KindSameEvent && c.Stance == claim.Asserts && c.Modality == claim.StatedAsFact {
			return iri, c.Proposition
		}
	}
	t.Fatal("no link was found")
	return "", claim.Proposition{}
}

// linkClaims returns the claims of links between events, in the private graph of
// ACLED as its rows are private.
func linkClaims(t *testing.T, g graph.Graph) map[*claim.Claim]claim.Ref {
	t.Helper()
	snap, err := g.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	r, err := claim.NewReader(snap, claim.ReadOptions{Graph: dataset.GraphACLED})
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[*claim.Claim]claim.Ref)
	for _, kind := range []string{link.KindSameEvent, link.KindPartOf} {
		iris, err := r.OfKind(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, iri := range iris {
			c, _, ok, err := r.Claim(t.Context(), iri)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			out[&c] = iri
		}
	}
	return out
}

func claimsOn(t *testing.T, g graph.Graph, a, b claim.Ref) (out []*claim.Claim) {
	for c := range linkClaims(t, g) {
		if p := c.Proposition; p.Agent[0] == a && p.Patient[0] == b {
			out = append(out, c)
		}
	}
	return out
}

func review(t *testing.T, g graph.Graph, target claim.Ref, v claim.Verdict) claim.Decision {
	t.Helper()
	var d claim.Decision
	err := g.Update(t.Context(), func(tx graph.Tx) error {
		r, err := claim.NewReader(tx.Snapshot(), claim.ReadOptions{Graph: dataset.GraphACLED})
		if err != nil {
			return err
		}
		if d, err = r.NewDecision(t.Context(), target, v); err != nil {
			return err
		}
		d.By, d.At, d.Reason = "A. Reader", time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC), "looked"
		if v == claim.Correct {
			c := *d.Found.Claim
			c.Proposition.Kind = link.KindPartOf
			d.Correction = &claim.Finding{Claim: &c}
		}
		d.Sign()
		_, err = claim.Decide(t.Context(), tx, []claim.Decision{d}, dataset.GraphACLED)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func undo(t *testing.T, g graph.Graph, made claim.Decision) {
	t.Helper()
	d := claim.Decision{Verdict: claim.Undo, Target: made.ID, Document: made.Document, By: "A. Reader", At: made.At.Add(time.Minute)}
	d.Sign()
	err := g.Update(t.Context(), func(tx graph.Tx) error {
		_, err := claim.Decide(t.Context(), tx, []claim.Decision{d}, dataset.GraphACLED)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
