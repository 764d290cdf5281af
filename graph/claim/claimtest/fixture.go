package claimtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/data/articles"
	"github.com/belligraph/belligraph/graph/claim"
)

const (
	id     = claim.NSID
	seedID = id + "document/battle-of-tinzaouaten-2012"
	battle = id + "battle-of-tinzaouaten-2012"
)

// seedEntities are the entities of the seed as a reader lists them.
func seedEntities() []claim.Entity {
	e := func(slug string, kind claim.EntityKind, label string, aliases ...string) claim.Entity {
		return claim.Entity{IRI: claim.Ref(id + slug), Kind: kind, Label: label, Aliases: aliases, Known: true}
	}
	es := []claim.Entity{
		e("algeria", claim.Country, "Algeria"),
		e("algerian-authorities", claim.Government, "Algerian authorities"),
		e("ansar-dine", claim.ArmedGroup, "Ansar Dine", "Ansar Eddine"),
		e("battle-of-tinzaouaten-2012", claim.Battle, "Battle of Tinzaouaten (2012)", "Battle of Tinzaouaten"),
		e("garrison-of-tinzaouaten", claim.Installation, "garrison", "base", "military outpost"),
		e("government-of-mali", claim.Government, "Government of Mali", "Malian government"),
		e("hama-ag-sidahmed", claim.Person, "Hama Ag Sid'Ahmed"),
		e("mali", claim.Country, "Mali"),
		e("malian-army", claim.StateForce, "Malian Army", "Malian forces", "Malian soldiers"),
		e("mnla", claim.ArmedGroup, "MNLA", "National Movement for the Liberation of Azawad"),
		e("reuters", claim.Media, "Reuters"),
		e("tinzaouaten", claim.Place, "Tinzaouaten", "Tin Zaouatine"),
		e("tuareg-rebellion-2012", claim.Conflict, "Tuareg rebellion (2012)"),
		e("unnamed-official-malian-source", claim.Anonymous, "unnamed official Malian source"),
	}
	of := map[string]string{
		"algerian-authorities": "algeria", "government-of-mali": "mali", "malian-army": "mali",
		"hama-ag-sidahmed": "mnla", "unnamed-official-malian-source": "mali",
	}
	within := map[string]string{"tinzaouaten": "mali", "garrison-of-tinzaouaten": "tinzaouaten"}
	for i := range es {
		slug := strings.TrimPrefix(string(es[i].IRI), id)
		if of[slug] != "" {
			es[i].Of = claim.Ref(id + of[slug])
		}
		if within[slug] != "" {
			es[i].Within = claim.Ref(id + within[slug])
		}
		switch slug {
		case "mali":
			es[i].SameAs = []claim.Ref{"http://www.wikidata.org/entity/Q912"}
		case "tinzaouaten":
			es[i].Near = []claim.Ref{id + "algeria"}
			es[i].Mentions = []claim.Mention{{Span: claim.Span{Start: 54 + 10, End: 54 + 21, Quote: "Tinzaouaten"}, Rule: "gazetteer"}}
		}
	}
	return es
}

// Extraction returns the seed as its gold rows say it: what a perfect extractor
// would hand over, for tests of everything that comes after extraction.
func Extraction() (*claim.Extraction, error) {
	bytes, err := articles.Files.ReadFile("battle-of-tinzaouaten-2012.txt")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(bytes)
	ex := &claim.Extraction{
		Document: claim.Document{
			IRI: seedID, Title: "Battle of Tinzaouaten (2012)", Language: "en", Text: string(bytes),
			SHA256: hex.EncodeToString(sum[:]), Source: "battle-of-tinzaouaten-2012.txt",
		},
		Entities: seedEntities(),
	}
	f := fixture{names: newNames(ex), text: []rune(string(bytes))}
	for _, row := range Seed() {
		if row.Optional {
			continue
		}
		c, err := f.claim(row)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.ID, err)
		}
		ex.Claims = append(ex.Claims, c)
	}
	return ex, nil
}

// fixture makes claims of gold rows by taking the first accepted value of each
// key.
type fixture struct {
	names names
	text  []rune
}

func (f *fixture) claim(row Row) (claim.Claim, error) {
	var err error
	get := func(key string) string {
		if vs := row.Want[key]; len(vs) > 0 && vs[0] != "-" {
			return vs[0]
		}
		return ""
	}
	ref := func(key string) claim.Ref {
		name := get(key)
		if name == "" {
			return ""
		}
		for r, known := range f.names {
			if known[fold(name)] {
				return r
			}
		}
		err = fmt.Errorf("%s: nobody is called %q", key, name)
		return ""
	}
	refs := func(key string) []claim.Ref {
		if r := ref(key); r != "" {
			return []claim.Ref{r}
		}
		return nil
	}
	number := func(key string) *int64 {
		s := get(key)
		if s == "" {
			return nil
		}
		n, e := strconv.ParseInt(s, 10, 64)
		if e != nil {
			err = e
		}
		return &n
	}
	when := func(key string) claim.Interval {
		start, end, two := strings.Cut(get(key), "..")
		if !two {
			end = start
		}
		return claim.Interval{
			EarliestBegin: claim.Date(start), LatestBegin: claim.Date(start),
			EarliestEnd: claim.Date(end), LatestEnd: claim.Date(end),
		}
	}
	c := claim.Claim{
		Proposition: claim.Proposition{
			Kind: get("kind"), Agent: refs("agent"), Patient: refs("patient"), Place: ref("place"), Event: battle,
			Time: when("date"), Text: get("text"),
		},
		Claimant: ref("claimant"), OnBehalfOf: ref("behalf"), Via: refs("via"), SaidOn: when("said"),
		Stance: claim.Stance(get("stance")), Modality: claim.Modality(get("modality")), Source: row.Source,
		Evidence: []claim.Span{{Start: row.Start, End: row.End, Quote: string(f.text[row.Start:row.End])}},
		Rule:     "gold@1", Confidence: 1,
	}
	p := &c.Proposition
	if get("side") != "" {
		p.Side = int(*number("side"))
	}
	if m := get("metric"); m != "" || get("min") != "" {
		p.Quantity = &claim.Quantity{Metric: m, Party: ref("party"), Min: number("min"), Max: number("max"), Comparator: claim.Comparator(get("comparator"))}
		q := p.Quantity
		if m == "" {
			q.Metric = map[string]string{"retrieved": "retrieved", "defectedTo": "defected"}[p.Kind]
		}
		if q.Party == "" {
			q.Party = ref("agent")
		}
		if q.Comparator == "" {
			q.Comparator = claim.Exactly
			if q.Max == nil {
				q.Comparator = claim.AtLeast
			}
		}
		if get("includes") != "" {
			q.Includes = []claim.Quantity{{Metric: "officers", Party: q.Party, Min: number("includes"), Max: number("includes"), Comparator: claim.Exactly}}
		}
	}
	// What the columns of the gold do not say.
	switch {
	case p.Kind == claim.KindPartOf:
		p.Event = ""
	case p.Kind == claim.KindResult:
		p.Text = string(f.text[row.Start:row.End])
	case p.Kind == claim.KindOutcome:
		p.Patient = []claim.Ref{id + "malian-army"}
	case p.Kind == "defectedTo" || p.Kind == "withdrewTo":
		p.Place = id + "algeria"
		if p.Kind == "defectedTo" {
			p.Patient = nil
		}
	case p.Kind == claim.KindFighting || p.Kind == claim.KindLossOfLife:
		c.Negated = true
	}
	if c.Modality == "" {
		c.Modality = claim.Reported
		if c.Claimant == seedID {
			c.Modality = claim.StatedAsFact
		}
	}
	if c.Claimant == id+"mnla" && p.Kind == claim.KindCasualties {
		c.Utterance = "report"
	}
	if !c.SaidOn.IsZero() {
		c.Utterance = "statement"
	}
	return c, err
}
