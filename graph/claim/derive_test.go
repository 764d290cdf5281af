package claim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/claim/claimtest"
)

// seed returns the seed's gold as an extraction and the row id of each claim.
func seed(t testing.TB) (*claim.Extraction, map[claim.Ref]string) {
	t.Helper()
	ex, err := claimtest.Extraction()
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[claim.Ref]string)
	for row, i := range claimtest.Measure(claimtest.Seed(), ex).Matched {
		ids[ex.Claims[i].IRI(ex.Document.IRI)] = row
	}
	return ex, ids
}

func rows(ids map[claim.Ref]string, refs []claim.Ref) string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = ids[r]
	}
	slices.SortFunc(out, func(a, b string) int {
		if a[0] != b[0] {
			return strings.Compare(a[:1], b[:1])
		}
		if len(strings.TrimRight(a, "abcd")) != len(strings.TrimRight(b, "abcd")) {
			return len(strings.TrimRight(a, "abcd")) - len(strings.TrimRight(b, "abcd"))
		}
		return strings.Compare(a, b)
	})
	return strings.Join(out, " ")
}

func TestDisagreementsOfSeed(t *testing.T) {
	ex, ids := seed(t)
	want := []string{
		"control control-contested@1: P16 | P2 P10",
		"numeric-disjoint numbers@1: P20 | B7 P22a",               // MNLA killed: none by the whole account, 1, at least 1
		"numeric-disjoint numbers@1: P26 | P18",                   // Malian wounded: 2, 5
		"numeric-overlap numbers@1: P17 | B6c P6",                 // Malians who left: 37 and more than 34
		"numeric-overlap numbers@1: P20 | P22b",                   // MNLA wounded: 1 and at least 1
		"outcome outcome-relabelled@1: B3 B4 P2 P10 | P3 P14 P15", //
		"polarity denied-fighting@1: P1 P8 P9 | P23a",             //
		"polarity denied-loss@1: B6a B7 P4 P22a P25 | P23b",       //
		"self-contradiction one-organisation@1: P20 | P22a",       // MNLA
		"self-contradiction one-organisation@1: P25 | P23b",       // Mali
		"temporal attack-date@1: P1 | B2a P8",                     //
		"temporal statement-date@1: P3 | P25 P26",                 //
	}
	var got []string
	for _, d := range claim.Derive(claim.View(ex)).Disagreements {
		got = append(got, string(d.Type)+" "+d.Rule+": "+rows(ids, d.A)+" | "+rows(ids, d.B))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestControlOfSeed(t *testing.T) {
	ex, ids := seed(t)
	spells := claim.ControlSpells(claim.View(ex))
	for day, want := range map[string]string{
		"2012-02-07": "",
		"2012-02-08": "mnla derived P2 P10",
		"2012-02-15": "mnla derived P2 P10",
		"2012-03-21": "mnla derived P2 P10; ansar-dine claimed P16",
	} {
		var got []string
		for _, s := range claim.HeldOn(spells, claim.NSID+"tinzaouaten", day) {
			got = append(got, strings.TrimPrefix(string(s.Holder), claim.NSID)+" "+s.Status+" "+rows(ids, s.Claims))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: got %q, want %q", day, strings.Join(got, "; "), want)
		}
	}
}

func TestEnvelopesOfSeed(t *testing.T) {
	ex, _ := seed(t)
	want := []string{
		"malian-army captured 10", "malian-army defected 37", "malian-army fled ≥ 35", "malian-army killed 0–1",
		"malian-army strength 50", "malian-army wounded 2–5", "mnla killed 0–1+", "mnla wounded 1+",
	}
	var got []string
	for _, e := range claim.Envelopes(claim.View(ex)) {
		got = append(got, strings.TrimPrefix(string(e.Party), claim.NSID)+" "+e.Metric+" "+e.Range())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestEventsOfSeed(t *testing.T) {
	ex, ids := seed(t)
	es := ex.EntityMap()
	want := []string{
		"stated: Algerian authorities retrieved Malian Army (37 retrieved): P7a",
		"inferred: Malian Army defected to Algeria (37 defected): P7b",
		"reported: MNLA captured 2 camps at Tinzaouaten: P11",
		"reported: MNLA captured ≥ 2 vehicles: P12 P21",
		"stated: Malian Army withdrew garrison to Algeria: P13",
		"reported: Malian Army abandoned: P24",
		"stated: MNLA attacked Tinzaouaten, 2012-02-07: P8",
		"stated: Malian Army repelled MNLA, 2012-02-07: P9",
		"stated: MNLA captured Tinzaouaten, 2012-02-08: B3 P2 P10",
		"stated: MNLA attacked garrison at Tinzaouaten, 2012-02-08: P1",
		"claimed: Ansar Dine controlled Tinzaouaten, 2012-03-20: P16",
	}
	var got []string
	for _, e := range claim.Events(claim.View(ex)) {
		got = append(got, e.Status+": "+e.Describe(es)+": "+rows(ids, e.Claims))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
