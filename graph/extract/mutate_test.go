package extract

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/claim/claimtest"
)

// mutation changes the seed so that nothing of its own remains to be known
// beforehand; the gold changes with it.
type mutation struct {
	name      string
	sentences map[string]string // whole sentences, before names are changed
	names     []string          // pairs of words in the text and in the gold
	text      []string          // further pairs in the text alone
	gold      []string          // further pairs in the values of the gold
	numbers   map[string]map[string]string
	swap      []string // two sections to change places
}

var otherNames = []string{
	"National Movement for the Liberation of Azawad", "People's Front for the Freedom of Gondal",
	"MNLA", "PFFG",
	"Tinzaouaten", "Zarrabad",
	"Government of Mali", "Government of Kenya",
	"Malian", "Kenyan", "Mali", "Kenya",
	"Government of Algeria", "Government of Uganda",
	"Algerian", "Ugandan", "Algeria", "Uganda",
	"Ansar Dine", "Nur Brigade",
	"Hama Ag Sid'Ahmed", "Rupert de la Tour",
	"Reuters", "AFP",
	"Tuareg rebellion", "Gondal rebellion",
}

var otherDates = mutation{
	text: []string{
		"7–8 February 2012", "30 September – 1 October 1998",
		"7 February 2012", "30 September 1998", "8 February 2012", "1 October 1998",
		"8 February", "1 October", "20 March", "12 November", "(2012)", "(1998)",
	},
	gold: []string{"2012-02-07", "1998-09-30", "2012-02-08", "1998-10-01", "2012-02-09", "1998-10-02", "2012-03-20", "1998-11-12", "(2012)", "(1998)"},
}

var otherNumbers = mutation{
	text: []string{
		"37 defected", "41 defected", "10 captured", "12 captured", "Ten were", "Twelve were", "1 killed, 12", "3 killed, 12", "A Malian soldier was", "Three Malian soldiers were",
		"Casualties2: 1", "Casualties2: 6", "more than 34", "at least 60", "5 were wounded", "seven were wounded", "10 taken", "15 taken", "including an officer", "including two officers",
		"a single wounded soldier", "4 wounded soldiers", "one soldier was", "nine soldiers were", "two others", "three others", "two military camps", "five military camps", "Strength1: 50", "Strength1: 1,250",
	},
	numbers: map[string]map[string]string{
		"B5c": {"min": "1250", "max": "1250"}, "B6a": {"min": "3", "max": "3"}, "B6b": {"min": "12", "max": "12"}, "B6c": {"min": "41", "max": "41"}, "B7": {"min": "6", "max": "6"},
		"P4": {"min": "3", "max": "3"}, "P5": {"min": "12", "max": "12"}, "P6": {"min": "41", "max": "41"}, "P7a": {"min": "41", "max": "41"}, "P7b": {"min": "41", "max": "41"},
		"P11": {"min": "5", "max": "5"}, "P17": {"min": "60", "comparator": ">="}, "P18": {"min": "7", "max": "7"}, "P19": {"min": "15", "max": "15"}, "P20": {"min": "4", "max": "4"},
		"P25": {"min": "9", "max": "9"}, "P26": {"min": "3", "max": "3"},
	},
}

var otherVoices = map[string]string{
	"On 8 February 2012, rebel forces from the separatist National Movement for the Liberation of Azawad (MNLA) attacked a military outpost in Tinzaouaten located near the Algeria–Mali border.": "On 8 February 2012, a military outpost in Tinzaouaten was attacked by rebel forces from the separatist National Movement for the Liberation of Azawad (MNLA).",
	"On 7 February 2012, the commune of Tinzaouaten was attacked by the rebels.":                                                                "On 7 February 2012, the rebels attacked the commune of Tinzaouaten.",
	"Malian forces managed to repel the initial attack after several hours of combat, but the commune was captured by the rebels the next day.": "The initial attack was repelled by Malian forces after several hours of combat, but the rebels captured the commune the next day.",
	"A Malian soldier was killed.": "One Malian soldier died.",
	"According to MNLA spokesman Hama Ag Sid'Ahmed, the separatists took control of two military camps in the commune and took several military vehicles.": "MNLA spokesman Hama Ag Sid'Ahmed said that two military camps in the commune were captured by the separatists and that several military vehicles were taken by them.",
	"However, according to Reuters, the Malian government indicates in a statement on 8 February that one soldier was killed and two others wounded.":      "However, the Malian government indicates in a statement on 8 February that one soldier was killed and two others wounded, according to Reuters.",
}

func join(a, b mutation) mutation {
	a.text = append(append([]string(nil), a.text...), b.text...)
	a.gold = append(append([]string(nil), a.gold...), b.gold...)
	if b.numbers != nil {
		a.numbers = b.numbers
	}
	return a
}

// TestMutated extracts changed forms of the seed and compares with the gold
// changed in the same way: the rules know nothing of the article.
func TestMutated(t *testing.T) {
	x := newExtractor(t)
	for _, m := range []mutation{
		{name: "other names", names: otherNames},
		join(mutation{name: "other dates"}, otherDates),
		join(mutation{name: "other numbers"}, otherNumbers),
		{name: "active to passive and back", sentences: otherVoices},
		{name: "sections in another order", swap: []string{"==Battle==", "==Aftermath=="}},
		join(join(mutation{name: "names, dates and numbers", names: otherNames}, otherDates), otherNumbers),
		join(mutation{name: "names, dates and voices", names: otherNames, sentences: otherVoices}, otherDates),
	} {
		t.Run(m.name, func(t *testing.T) {
			text, gold := m.apply(t, x)
			ex, err := x.Extract(context.Background(), "mutated.txt", strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			claimtest.Compare(t, gold, ex)
			checkSpans(t, ex)
		})
	}
}

// apply returns the changed text and the changed gold. Evidence is widened to
// the sentence or the line that holds it.
func (m mutation) apply(t *testing.T, x *Extractor) (string, []claimtest.Row) {
	seed := seedText(t)
	change := strings.NewReplacer(append(append([]string(nil), m.names...), m.text...)...)
	changeGold := strings.NewReplacer(append(append([]string(nil), m.names...), m.gold...)...)
	doc := parse("seed", seed)
	var pieces []span
	for _, f := range doc.infobox {
		pieces = append(pieces, f.value)
	}
	for _, p := range doc.paras {
		pieces = append(pieces, sentencesOf(seed, p.span, x.lex)...)
	}
	var text strings.Builder
	type moved struct{ from, to span }
	var moves []moved
	pos := 0
	for _, p := range pieces {
		text.WriteString(change.Replace(seed[pos:p.start]))
		words := p.in(seed)
		if s, ok := m.sentences[words]; ok {
			words = s
		}
		start := text.Len()
		if p.start > 0 && strings.HasSuffix(seed[:p.start], "Casualties2: ") || strings.HasSuffix(seed[:p.start], "Strength1: ") {
			// A pair that holds the key changes the value after it.
			key := seed[strings.LastIndexByte(seed[:p.start], '-')+2 : p.start]
			words = strings.TrimPrefix(change.Replace(key+words), key)
		} else {
			words = change.Replace(change.Replace(words))
		}
		text.WriteString(words)
		moves = append(moves, moved{p, span{start, text.Len()}})
		pos = p.end
	}
	text.WriteString(seed[pos:])
	out := text.String()
	offset := func(at int) int { return at }
	if m.swap != nil {
		a, b := strings.Index(out, m.swap[0]), strings.Index(out, m.swap[1])
		first, second := out[a:b], out[b:]
		out = out[:a] + second + "\n" + first
		offset = func(at int) int {
			switch {
			case at >= b:
				return at - b + a
			case at >= a:
				return at - a + a + len(second) + 1
			}
			return at
		}
	}
	points := func(at int) int { return utf8.RuneCountInString(out[:offset(at)]) }
	var gold []claimtest.Row
	for _, row := range claimtest.Seed() {
		found := false
		for _, mv := range moves {
			from := span{doc.offsets.at(mv.from.start), doc.offsets.at(mv.from.end)}
			if row.Start <= from.end && row.End >= from.start && row.End <= from.end {
				row.Start, row.End, found = points(mv.to.start), points(mv.to.end-1)+1, true
				break
			}
		}
		if !found {
			t.Fatalf("gold row %s lies in no sentence", row.ID)
		}
		want := make(map[string][]string)
		for key, values := range row.Want {
			for _, v := range values {
				want[key] = append(want[key], changeGold.Replace(v))
			}
		}
		for key, v := range m.numbers[row.ID] {
			want[key] = []string{v}
		}
		row.Want = want
		gold = append(gold, row)
	}
	return out, gold
}

// TestNoBattle reads articles about other things: no claim comes of them.
func TestNoBattle(t *testing.T) {
	x := newExtractor(t)
	for name, text := range map[string]string{
		"a town":   "= Zarrabad =\n\nInfobox\n- Name: Zarrabad\n- Country: Kenya\n- Population: 12,300\n\nZarrabad is a town in Kenya. It lies on the river Tana and had 12,300 inhabitants in 2009. The town was founded in 1890 and is known for its market.\n\n==Economy==\nThe market takes place on Thursdays. Farmers sell millet, and a ferry links both banks.\n",
		"a singer": "= Ada Brock =\n\nAda Brock (born 4 May 1970) is a Kenyan singer. She released her first album in 1992. According to the newspaper The Guardian, her tour drew crowds in ten towns. She won two awards and lives in Nairobi.\n",
		"a match":  "= 1998 Gondal Cup =\n\nThe 1998 Gondal Cup was a football contest. Zarrabad United won the final on 3 May 1998. Two players were sent off. The club held a party for its supporters.\n",
		"a plan":   "= Zarrabad Plan =\n\nThe Kenyan Army planned to attack Zarrabad on 4 May 1998. The plan was never carried out. If the army had attacked, the rebels would have withdrawn to Uganda.\n",
	} {
		t.Run(name, func(t *testing.T) {
			ex, err := x.Extract(context.Background(), name, strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range ex.Claims {
				if c.Modality != "planned" {
					t.Errorf("%s from %q by %s", c.Proposition.Kind, c.Evidence[0].Quote, c.Rule)
				}
			}
		})
	}
}
