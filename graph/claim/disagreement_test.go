package claim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
)

const (
	red    claim.Ref = "e:red"
	blue   claim.Ref = "e:blue"
	ford   claim.Ref = "e:ford"
	battle claim.Ref = "e:battle"
	paper  claim.Ref = "e:paper"
)

// war is a small basis in which each test states its claims.
type war struct{ ex claim.Extraction }

func newWar() *war {
	return &war{claim.Extraction{
		Document: claim.Document{IRI: "e:doc", Text: "Lead.\n==Body==\n" + strings.Repeat("x", 1000)},
		Entities: []claim.Entity{
			{IRI: red, Kind: claim.ArmedGroup, Label: "Red"},
			{IRI: blue, Kind: claim.StateForce, Label: "Blue", Of: "e:blueland"},
			{IRI: "e:blueland", Kind: claim.Country, Label: "Blueland"},
			{IRI: "e:bluegov", Kind: claim.Government, Label: "Government of Blueland", Of: "e:blueland"},
			{IRI: "e:redman", Kind: claim.Person, Label: "Red spokesman", Of: red},
			{IRI: paper, Kind: claim.Media, Label: "Paper"},
			{IRI: ford, Kind: claim.Place, Label: "Ford"},
			{IRI: battle, Kind: claim.Battle, Label: "Battle of Ford"},
		},
	}}
}

type option func(*claim.Claim)

func by(r claim.Ref) option {
	return func(c *claim.Claim) { c.Claimant, c.Modality = r, claim.Reported }
}
func denies(c *claim.Claim)      { c.Stance = claim.Denies }
func inLead(c *claim.Claim)      { c.Evidence[0] = claim.Span{Start: 0, End: 4} }
func in(word string) option      { return func(c *claim.Claim) { c.Utterance = word } }
func to(r claim.Ref) option      { return func(c *claim.Claim) { c.Proposition.Patient = []claim.Ref{r} } }
func at(r claim.Ref) option      { return func(c *claim.Claim) { c.Proposition.Place = r } }
func infobox(c *claim.Claim)     { c.Source = "infobox" }
func planned(c *claim.Claim)     { c.Modality = claim.Planned }
func onlyClaimed(c *claim.Claim) { c.Modality = claim.ClaimedOnly }

func on(day claim.Date) option {
	return func(c *claim.Claim) { c.Proposition.Time = exactly(day) }
}

func said(day claim.Date) option {
	return func(c *claim.Claim) { c.SaidOn = exactly(day) }
}

func exactly(day claim.Date) claim.Interval {
	return claim.Interval{EarliestBegin: day, LatestBegin: day, EarliestEnd: day, LatestEnd: day}
}

func text(s string) option {
	return func(c *claim.Claim) { c.Proposition.Text = s }
}

// add states a claim in the body, in the document's own voice.
func (w *war) add(kind string, agent claim.Ref, opts ...option) *war {
	n := len(w.ex.Claims)
	c := claim.Claim{
		Proposition: claim.Proposition{Kind: kind, Event: battle},
		Claimant:    "e:doc", Stance: claim.Asserts, Modality: claim.StatedAsFact, Source: "prose",
		Evidence: []claim.Span{{Start: 100 + n, End: 101 + n, Quote: "x"}}, Rule: "test@1",
	}
	if agent != "" {
		c.Proposition.Agent = []claim.Ref{agent}
	}
	for _, o := range opts {
		o(&c)
	}
	w.ex.Claims = append(w.ex.Claims, c)
	return w
}

// lost states a number; a negative max is no upper bound.
func (w *war) lost(party claim.Ref, metric string, low, high int64, opts ...option) *war {
	return w.add(claim.KindCasualties, "", append([]option{func(c *claim.Claim) {
		q := &claim.Quantity{Metric: metric, Party: party, Min: &low, Comparator: claim.AtLeast}
		if high >= 0 {
			q.Max, q.Comparator = &high, claim.Exactly
		}
		c.Proposition.Quantity = q
	}}, opts...)...)
}

// TestDisagreementRules holds what each rule finds and, as much, what it leaves
// alone.
func TestDisagreementRules(t *testing.T) {
	for name, tc := range map[string]struct {
		w    *war
		want string // types in order
	}{
		"agreement":                           {newWar().lost(red, "killed", 5, 5).lost(red, "killed", 5, 5, by(paper)), ""},
		"numbers exclude each other":          {newWar().lost(red, "killed", 5, 5).lost(red, "killed", 7, 7, by(paper)), "numeric-disjoint"},
		"range holds the number":              {newWar().lost(red, "killed", 5, 8).lost(red, "killed", 7, 7, by(paper)), "numeric-overlap"},
		"at least holds the number":           {newWar().lost(red, "killed", 5, -1).lost(red, "killed", 7, 7, by(paper)), "numeric-overlap"},
		"at least is above the number":        {newWar().lost(red, "killed", 9, -1).lost(red, "killed", 7, 7, by(paper)), "numeric-disjoint"},
		"parts told by one voice":             {newWar().lost(red, "killed", 2, 2).lost(red, "killed", 3, 3), ""},
		"infobox against prose":               {newWar().lost(red, "killed", 2, 2, infobox).lost(red, "killed", 3, 3), "numeric-disjoint"},
		"numbers of different days":           {newWar().lost(red, "killed", 2, 2, on("2001-01-01")).lost(red, "killed", 3, 3, on("2001-01-02"), by(paper)), ""},
		"different parties":                   {newWar().lost(red, "killed", 2, 2).lost(blue, "killed", 3, 3, by(paper)), ""},
		"different metrics":                   {newWar().lost(red, "killed", 2, 2).lost(red, "wounded", 3, 3, by(paper)), ""},
		"fled and defected are one family":    {newWar().lost(red, "fled", 35, -1, by(paper)).lost(red, "defected", 37, 37), "numeric-overlap"},
		"planned losses are none":             {newWar().lost(red, "killed", 2, 2).lost(red, "killed", 30, 30, by(paper), planned), ""},
		"own loss told twice by one side":     {newWar().lost(red, "killed", 2, 2, by(red)).lost(red, "killed", 9, 9, by("e:redman")), "numeric-disjoint self-contradiction"},
		"a few wounded are no full account":   {newWar().lost(red, "wounded", 2, 2, by(red), in("report")).lost(red, "killed", 1, 1, by("e:redman")), ""},
		"an account of both sides is full":    {newWar().lost(blue, "killed", 9, 9, by(red), in("report")).lost(red, "wounded", 2, 2, by(red), in("report")).lost(red, "killed", 1, 1, by("e:redman")), "numeric-disjoint self-contradiction"},
		"denied and asserted":                 {newWar().add(claim.KindCaptured, red, to(ford)).add(claim.KindCaptured, red, to(ford), by(blue), denies), "polarity"},
		"denied by all":                       {newWar().add(claim.KindCaptured, red, to(ford), by(paper), denies).add(claim.KindCaptured, red, to(ford), by(blue), denies), ""},
		"no fighting against an attack":       {newWar().add(claim.KindAttacked, red, to(ford)).add(claim.KindFighting, "", by(blue), denies), "polarity"},
		"no fighting against a capture":       {newWar().add(claim.KindCaptured, red, to(ford)).add(claim.KindFighting, "", by(blue), denies), ""},
		"no loss against wounded":             {newWar().lost(blue, "wounded", 3, 3).add(claim.KindLossOfLife, "", by("e:bluegov"), denies), ""},
		"no loss against own dead":            {newWar().lost(blue, "killed", 3, 3, by("e:bluegov")).add(claim.KindLossOfLife, "", by(blue), denies), "polarity self-contradiction"},
		"no loss against a count of zero":     {newWar().lost(blue, "killed", 0, 0).add(claim.KindLossOfLife, "", by("e:bluegov"), denies), ""},
		"lead and body on another day":        {newWar().add(claim.KindAttacked, red, to(ford), on("2001-01-02"), inLead).add(claim.KindAttacked, red, to(ford), on("2001-01-01")), "temporal"},
		"two attacks in the body":             {newWar().add(claim.KindAttacked, red, to(ford), on("2001-01-02")).add(claim.KindAttacked, red, to(ford), on("2001-01-01")), ""},
		"lead names the first of two attacks": {newWar().add(claim.KindAttacked, red, to(ford), on("2001-01-01"), inLead).add(claim.KindAttacked, red, to(ford), on("2001-01-01")).add(claim.KindAttacked, red, to(ford), on("2001-01-03")), ""},
		"lead of a month, body of a day":      {newWar().add(claim.KindAttacked, red, to(ford), on("2001-01"), inLead).add(claim.KindAttacked, red, to(ford), on("2001-01-05")), ""},
		"attacks on different places":         {newWar().add(claim.KindAttacked, red, to(ford), on("2001-01-02"), inLead).add(claim.KindAttacked, red, to("e:mill"), on("2001-01-01")), ""},
		"one statement, two days":             {newWar().lost(blue, "killed", 1, 1, by("e:bluegov"), in("statement"), said("2001-01-02")).lost(blue, "wounded", 2, 2, by("e:bluegov"), in("statement"), said("2001-01-03")), "temporal"},
		"statement and report":                {newWar().lost(blue, "killed", 1, 1, by("e:bluegov"), in("statement"), said("2001-01-02")).lost(blue, "wounded", 2, 2, by("e:bluegov"), in("report"), said("2001-01-03")), ""},
		"loser calls it a retreat":            {newWar().add(claim.KindResult, red, infobox).add(claim.KindCharacterisation, "", text("tactical withdrawal"), by("e:bluegov"), func(c *claim.Claim) { c.Stance = claim.Characterises }), "outcome"},
		"loser calls it barbaric":             {newWar().add(claim.KindResult, red, infobox).add(claim.KindCharacterisation, "", text("barbaric"), by("e:bluegov"), func(c *claim.Claim) { c.Stance = claim.Characterises }), ""},
		"winner calls it a victory":           {newWar().add(claim.KindResult, red, infobox).add(claim.KindCharacterisation, "", text("a great victory"), by("e:redman"), func(c *claim.Claim) { c.Stance = claim.Characterises }), ""},
		"loser denies defeat":                 {newWar().add(claim.KindCaptured, red, to(ford)).add(claim.KindOutcome, "", text("defeat"), to(blue), by(blue), denies), "outcome"},
		"two victors":                         {newWar().add(claim.KindResult, red, infobox).add(claim.KindResult, blue, by("e:bluegov")), "outcome"},
		"held and claimed":                    {newWar().add(claim.KindCaptured, red, to(ford), on("2001-01-01")).add(claim.KindClaimedControl, blue, at(ford), on("2001-02-01"), by(blue), onlyClaimed), "control"},
		"claimed before it was taken":         {newWar().add(claim.KindCaptured, red, to(ford), on("2001-03-01")).add(claim.KindClaimedControl, blue, at(ford), on("2001-02-01"), by(blue), onlyClaimed), ""},
		"claimed by the holder":               {newWar().add(claim.KindCaptured, red, to(ford), on("2001-01-01")).add(claim.KindClaimedControl, red, at(ford), on("2001-02-01"), by(red), onlyClaimed), ""},
		"retaken in between":                  {newWar().add(claim.KindCaptured, red, to(ford), on("2001-01-01")).add("retook", blue, to(ford), on("2001-01-20")).add(claim.KindClaimedControl, blue, at(ford), on("2001-02-01"), by(blue), onlyClaimed), ""},
		"soldiers captured at the place": {newWar().add(claim.KindCaptured, red, at(ford), on("2001-01-01"), func(c *claim.Claim) {
			n := int64(3)
			c.Proposition.Quantity = &claim.Quantity{Metric: "captured", Party: blue, Min: &n, Max: &n}
		}).add(claim.KindClaimedControl, blue, at(ford), on("2001-02-01"), by(blue), onlyClaimed), ""},
		"each attacked the other":     {newWar().add(claim.KindAttacked, red, to(blue), by(blue)).add(claim.KindAttacked, blue, to(red), by(red)), "role"},
		"attack and counter-attack":   {newWar().add(claim.KindAttacked, red, to(blue)).add(claim.KindAttacked, blue, to(red)), ""},
		"claims of different battles": {newWar().lost(red, "killed", 5, 5).lost(red, "killed", 7, 7, by(paper), func(c *claim.Claim) { c.Proposition.Event = "e:other" }), ""},
	} {
		var got []string
		for _, d := range claim.Derive(claim.View(&tc.w.ex)).Disagreements {
			got = append(got, string(d.Type))
			if len(d.A) == 0 || len(d.B) == 0 || d.Rule == "" || d.Reason == "" || d.About == "" {
				t.Errorf("%s: incomplete: %+v", name, d)
			}
			if slices.ContainsFunc(d.A, func(r claim.Ref) bool { return slices.Contains(d.B, r) }) {
				t.Errorf("%s: a claim on both sides: %+v", name, d)
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: got %q, want %q", name, strings.Join(got, " "), tc.want)
		}
	}
}

func TestControlSpells(t *testing.T) {
	w := newWar().
		add(claim.KindCaptured, red, to(ford), on("2001-01-01")).
		add("retook", blue, to(ford), on("2001-01-20")).
		add(claim.KindCaptured, red, to(ford), on("2001-03-01")).
		add(claim.KindCaptured, blue, to(ford), on("2001-06-01"), onlyClaimed).
		add(claim.KindCaptured, blue, to(ford), on("2001-07-01"), planned)
	spells := claim.ControlSpells(claim.View(&w.ex))
	for day, want := range map[string]string{
		"2000-12-31": "", "2001-01-01": "e:red", "2001-01-19": "e:red", "2001-01-20": "e:blue",
		"2001-02-28": "e:blue", "2001-03-01": "e:red", "2001-12-31": "e:red",
	} {
		var got []string
		for _, s := range claim.HeldOn(spells, ford, day) {
			got = append(got, string(s.Holder))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %q", day, got, want)
		}
	}
}
