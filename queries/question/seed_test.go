package question

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/claim/claimtest"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/queries"
)

func service(t testing.TB, ex *claim.Extraction) *Service {
	t.Helper()
	g := memgraph.New(claim.Encode(ex, claim.EncodeOptions{})...)
	t.Cleanup(func() { g.Close() })
	return NewService(load(t), On(queries.New(g, queries.Options{}), g, queries.QueryOptions{}))
}

func goldSeed(t testing.TB) *claim.Extraction {
	t.Helper()
	ex, err := claimtest.Extraction()
	if err != nil {
		t.Fatal(err)
	}
	return ex
}

// seeds are the seed as its gold has it and as the extractor reads it.
func seeds(t *testing.T, f func(t *testing.T, s *Service, ex *claim.Extraction)) {
	for name, ex := range map[string]*claim.Extraction{"gold": goldSeed(t), "extracted": extracted(t)} {
		t.Run(name, func(t *testing.T) { f(t, service(t, ex), ex) })
	}
}

// golden are the eleven questions of the seed with the rows of its gold that
// their answers must rest on, no more and no fewer, and words that the answer
// must hold.
var golden = []struct {
	ask    string
	name   string
	params map[string]string
	rows   string
	says   []string
}{
	{
		"Who attacked Tinzaouaten, when, according to whom?", "who-attacked", map[string]string{"target": "Tinzaouaten"},
		"P1 P8", []string{"MNLA attacked Tinzaouaten on 2012-02-07", "MNLA attacked Tinzaouaten on 2012-02-08", "according to the article"},
	},
	{
		"Who held Tinzaouaten on 15 February 2012?", "who-held", map[string]string{"place": "Tinzaouaten", "date": "2012-02-15"},
		"B3? P2 P10", []string{"MNLA held Tinzaouaten on 2012-02-15 (derived from the capture of 2012-02-08, with no loss stated)."},
	},
	{
		"Who held Tinzaouaten on 21 March 2012?", "who-held", map[string]string{"place": "Tinzaouaten", "date": "21 March 2012"},
		"B3? P2 P10 P16", []string{"Control is disputed: MNLA and Ansar Dine", "Ansar Dine claimed to hold Tinzaouaten on 2012-03-21"},
	},
	{
		"What were the losses of the Malian soldiers, according to whom?", "losses", map[string]string{"party": "Malian soldiers"},
		"B6a B6b B6c P4 P5 P6 P17 P18 P19 P25 P26",
		[]string{"1 killed", "5 wounded, according to MNLA", "2 wounded, according to Government of Mali through Reuters", "37 defected", "≥ 35 fled"},
	},
	{
		"How many Malian soldiers were killed, according to whom?", "losses", map[string]string{"party": "Malian Army", "metric": "killed"},
		"B6a P4 P25", []string{"Malian Army: 1 killed, according to the article", "Government of Mali through Reuters"},
	},
	{
		"What did the Malian side deny, concede or re-label?", "denials", map[string]string{"side": "Government of Mali"},
		"P3 P14 P15 P23a P23b P24", []string{"Malian Army denies", "re-labels", "unnamed official Malian source concedes: Malian Army abandoned"},
	},
	{
		"Which statements of one organisation contradict each other?", "self-contradictions", nil,
		"P20 P22a P23b P25", []string{"MNLA contradicts itself", "Mali contradicts itself"},
	},
	{
		"Which claims reach us only through another outlet?", "second-hand", nil,
		"P25 P26", []string{"Through Reuters"},
	},
	{
		"What is the evidence that MNLA captured Tinzaouaten?", "evidence", map[string]string{"subject": "MNLA", "predicate": "captured", "object": "Tinzaouaten"},
		"B3 P2 P10", []string{"“The battle led to the capture of the commune by MNLA rebels”"},
	},
	{
		"What is the envelope of each casualty number, and who agrees?", "envelopes", nil,
		"B5c B6a B6b B6c B7 P4 P5 P6 P17 P18 P19 P20 P22a P22b P23b P25 P26",
		[]string{"Malian Army: 0–1 killed", "Malian Army: 2–5 wounded", "Malian Army: 10 captured", "Malian Army: 37 defected", "Malian Army: ≥ 35 fled", "MNLA: 0–1+ killed", "MNLA: 1+ wounded"},
	},
	{
		"Who claimed control of Tinzaouaten?", "claimed-control", map[string]string{"place": "Tinzaouaten"},
		"P16", []string{"Ansar Dine claimed control of Tinzaouaten on 2012-03-20."},
	},
	{
		"Whom did soldiers defect to?", "defected-to", nil,
		"B6c P6 P7b", []string{"receiving side not named", "37 defected to Algeria (inferred; nobody says so)"},
	},
	{
		"How are MNLA and Ansar Dine connected?", "connection", map[string]string{"a": "Ansar Dine", "b": "MNLA"},
		"B3 P1 P2 P8 P10 P16", []string{"Tinzaouaten", "2012-03-20", "captured", "claimed control of"},
	},
	{
		"What did Ansar Dine claim?", "claims-of", map[string]string{"speaker": "Ansar Dine"},
		"P16", []string{"Ansar Dine claims: Ansar Dine controlled Tinzaouaten, 2012-03-20."},
	},
}

func TestGoldenAnswers(t *testing.T) {
	ctx := context.Background()
	seeds(t, func(t *testing.T, s *Service, ex *claim.Extraction) {
		rowOf := make(map[string]string)
		for row, i := range claimtest.Measure(claimtest.Seed(), ex).Matched {
			rowOf[string(ex.Claims[i].IRI(ex.Document.IRI))] = row
		}
		text := []rune(ex.Document.Text)
		for _, g := range golden {
			asked, err := s.Ask(ctx, g.ask)
			if err != nil {
				t.Errorf("%s: %v", g.ask, err)
				continue
			}
			named, err := s.Run(ctx, g.name, g.params)
			if err != nil {
				t.Errorf("%s: %v", g.name, err)
				continue
			}
			for how, a := range map[string]*Answer{"asked": asked, "named": named} {
				if a.Question != g.name {
					t.Errorf("%s: taken as %s", g.ask, a.Question)
				}
				var got []string
				for _, e := range a.Evidence {
					got = append(got, rowOf[e.Claim])
					if e.Quote != string(text[e.Start:e.End]) {
						t.Errorf("%s: %s: the text at %d-%d is not %q", g.ask, e.Claim, e.Start, e.End, e.Quote)
					}
				}
				if diff := compareRows(got, g.rows); diff != "" {
					t.Errorf("%s (%s): %s", g.ask, how, diff)
				}
				for _, w := range g.says {
					if !strings.Contains(a.Text, w) {
						t.Errorf("%s (%s): no %q in\n\t%s", g.ask, how, w, a.Text)
					}
				}
			}
			if named.Disputed != strings.Contains(named.Text, "disputed") {
				t.Errorf("%s: disputed is %t", g.ask, named.Disputed)
			}
		}
	})
}

// compareRows compares row ids with those wanted; one that ends in "?" may be
// missing.
func compareRows(got []string, want string) string {
	var missing, extra []string
	wanted := strings.Fields(want)
	for _, w := range wanted {
		id, optional := strings.CutSuffix(w, "?")
		if !optional && !slices.Contains(got, id) {
			missing = append(missing, id)
		}
	}
	for _, id := range got {
		if !slices.Contains(wanted, id) && !slices.Contains(wanted, id+"?") {
			extra = append(extra, id)
		}
	}
	if len(missing)+len(extra) == 0 {
		return ""
	}
	return "missing " + strings.Join(missing, " ") + "; not wanted " + strings.Join(extra, " ")
}

func TestExamplesAreUnderstood(t *testing.T) {
	s := manySources(t, false)
	for _, q := range s.Questions() {
		for _, e := range q.Examples {
			a, err := s.Ask(context.Background(), e)
			if err != nil {
				t.Errorf("%s: %v", e, err)
				continue
			}
			if a.Question != q.Name {
				t.Errorf("%s: taken as %s", e, a.Question)
			}
			if len(a.Rows) == 0 {
				t.Errorf("%s: no rows", e)
			}
		}
		if _, err := s.Run(context.Background(), q.Name, nil); err != nil {
			t.Errorf("%s with its defaults: %v", q.Name, err)
		}
	}
}

func TestParaphrases(t *testing.T) {
	s := service(t, extracted(t))
	x, err := s.Index(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]string{
		"who attacked tinzaouaten":                                                                   "who-attacked target=Tinzaouaten",
		"WHO ATTACKED TINZAOUATEN?!":                                                                 "who-attacked target=Tinzaouaten",
		"Who assaulted Tinzaouatén?":                                                                 "who-attacked target=Tinzaouaten",
		"Who was behind the attack on Tinzaouaten?":                                                  "who-attacked target=Tinzaouaten",
		"Please tell me who carried out the attack on Tinzaouaten":                                   "who-attacked target=Tinzaouaten",
		"By whom was Tinzaouaten attacked?":                                                          "who-attacked target=Tinzaouaten",
		"Which group attacked Tinzaouaten?":                                                          "who-attacked target=Tinzaouaten",
		"When was Tinzaouaten attacked?":                                                             "who-attacked target=Tinzaouaten",
		"Who attacked the military outpost?":                                                         "who-attacked target=military outpost",
		"Who controlled Tinzaouaten on 2012-03-21?":                                                  "who-held place=Tinzaouaten date=2012-03-21",
		"Who was in control of Tinzaouaten on March 21, 2012?":                                       "who-held place=Tinzaouaten date=2012-03-21",
		"Who held Tinzaouaten on the 21st of March 2012?":                                            "who-held place=Tinzaouaten date=2012-03-21",
		"Who occupied Tinzaouaten in February 2012?":                                                 "who-held place=Tinzaouaten date=2012-02-29",
		"How many Malian soldiers were wounded?":                                                     "losses party=Malian Army metric=wounded",
		"How many Malian troops died, according to whom?":                                            "losses party=Malian Army metric=killed",
		"How many MNLA fighters were killed?":                                                        "losses party=MNLA metric=killed",
		"How many soldiers of the Malian Army fled?":                                                 "losses party=Malian Army metric=fled",
		"How many Malian soldiers were taken prisoner?":                                              "losses party=Malian Army metric=captured",
		"How many Malian soldiers were killed or wounded?":                                           "losses party=Malian Army metric=killed or wounded",
		"What losses did the Malian Army suffer?":                                                    "losses party=Malian Army",
		"What did the Malian government deny?":                                                       "denials side=Government of Mali",
		"What did the Malian Army deny?":                                                             "denials side=Malian Army",
		"Did the MNLA contradict itself?":                                                            "self-contradictions organisation=MNLA",
		"Who contradicts itself?":                                                                    "self-contradictions",
		"Which claims came through Reuters?":                                                         "second-hand outlet=Reuters",
		"How do you know that the MNLA captured Tinzaouaten?":                                        "evidence subject=MNLA predicate=captured object=Tinzaouaten",
		"Who says that Ansar Dine claimed control of Tinzaouaten?":                                   "evidence subject=Ansar Dine predicate=claimed control of object=Tinzaouaten",
		"What is the proof that the Malian Army withdrew to Algeria?":                                "evidence subject=Malian Army predicate=withdrew to object=Algeria",
		"Did the MNLA attack Tinzaouaten?":                                                           "evidence subject=MNLA predicate=attack object=Tinzaouaten",
		"What is the evidence that National Movement for the Liberation of Azawad took Tinzaouaten?": "evidence subject=MNLA predicate=took object=Tinzaouaten",
		"What is the range of Malian Army losses?":                                                   "envelopes party=Malian Army",
		"Who claims control of Tinzaouaten?":                                                         "claimed-control place=Tinzaouaten",
		"Who claimed to control Tinzaouaten?":                                                        "claimed-control place=Tinzaouaten",
		"Who said they controlled Tinzaouaten?":                                                      "claimed-control place=Tinzaouaten",
		"Who did the Malian soldiers defect to?":                                                     "defected-to party=Malian Army",
		"To whom did the soldiers defect?":                                                           "defected-to",
		"How is Ansar Dine connected to the MNLA?":                                                   "connection a=Ansar Dine b=MNLA",
		"What connects Ansar Dine and the MNLA?":                                                     "connection a=Ansar Dine b=MNLA",
		"What is the relationship between the MNLA and Ansar Eddine?":                                "connection a=MNLA b=Ansar Dine",
		"What do MNLA and Ansar Dine have in common?":                                                "connection a=MNLA b=Ansar Dine",
		"What did the MNLA say?":                                                                     "claims-of speaker=MNLA",
		"What did Hama Ag Sid'Ahmed claim?":                                                          "claims-of speaker=Hama Ag Sid'Ahmed",
		"what did hama ag sidahmed state?":                                                           "claims-of speaker=Hama Ag Sid'Ahmed",
		"What did Ansâr Dîne claim?":                                                                 "claims-of speaker=Ansar Dine",
		"Who captured Tinzaouaten?":                                                                  "who-did predicate=captured object=Tinzaouaten",
		"Who took Tinzaouaten?":                                                                      "who-did predicate=took object=Tinzaouaten",
		"Who repelled the MNLA?":                                                                     "who-did predicate=repelled object=MNLA",
		"Who retrieved the Malian soldiers?":                                                         "who-did predicate=retrieved object=Malian Army",
		"What did Ansar Dine do?":                                                                    "did-what subject=Ansar Dine",
		"Where did the Malian Army withdraw?":                                                        "did-what subject=Malian Army predicate=withdraw",
		"What did the MNLA attack?":                                                                  "did-what subject=MNLA predicate=attack",
		"What is disputed?":                                                                          "disagreements",
		"Where do the sources disagree about the MNLA?":                                              "disagreements about=MNLA",
	} {
		q, values, err := s.understand(x, asked)
		if err != nil {
			t.Errorf("%s: %v", asked, err)
			continue
		}
		got := q.Name
		for _, p := range q.Params {
			if v, ok := values[p.Name]; ok {
				got += " " + p.Name + "=" + v.Label
			}
		}
		if got != want {
			t.Errorf("%s\n\tgot  %s\n\twant %s", asked, got, want)
		}
	}
}

func TestNotUnderstood(t *testing.T) {
	s := service(t, extracted(t))
	for asked, want := range map[string]string{
		"":                                       "Who attacked Tinzaouaten?",
		"What is the weather in Tinzaouaten?":    "Questions that are",
		"Who attacked Timbuktu?":                 `nothing in the graph is called "timbuktu"`,
		"Who attacked Tinzaouatan?":              "did you mean Tinzaouaten?. Questions that are: Who attacked Tinzaouaten?",
		"Who held Tinzaouaten on the other day?": "is not a date",
		"Who attacked Tinzaouaten> } DROP ALL #": "Questions that are",
		strings.Repeat("who attacked ", 5000):    "longer than 500 letters",
	} {
		_, err := s.Ask(context.Background(), asked)
		if !errors.Is(err, ErrNotUnderstood) || !errors.Is(err, graph.ErrBadRequest) {
			t.Errorf("%.40q: error %v", asked, err)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %.300q does not say %q", asked, err.Error(), want)
		}
	}
	for _, bad := range []struct{ name, param, value, want string }{
		{"no-such-question", "", "", "no question is called"},
		{"who-attacked", "colour", "red", "no parameter"},
		{"who-attacked", "target", "Nowhere", "nothing in the graph is called"},
		{"who-held", "date", "2012-02-30", "is not a date"},
		{"losses", "metric", "colour", "nothing that is counted"},
		{"evidence", "predicate", "painted", "is no edge"},
	} {
		params := map[string]string{}
		if bad.param != "" {
			params[bad.param] = bad.value
		}
		_, err := s.Run(context.Background(), bad.name, params)
		if !errors.Is(err, graph.ErrBadRequest) || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s %s=%s: error %v", bad.name, bad.param, bad.value, err)
		}
	}
}
