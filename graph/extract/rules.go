package extract

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// rule is a clause pattern; data/rules/events.yaml explains its fields.
type rule struct {
	ID       string
	Version  int
	Priority int
	Kind     string
	Verbs    []string
	Nouns    []string
	Agent    string
	Agents   string
	Patient  []string
	Target   []string
	To       []string
	From     []string
	ToKind   string `yaml:"toKind"`
	Inverse  []string
	Moves    bool
	Needs    bool
	Metric   string
	Party    string
	Counted  bool
	Null     []string
	Codes    map[string]string
	Tests    []ruleTest
}

// ruleTest is a sentence with the claims that the rules must make of it.
type ruleTest struct{ Text, Want string }

func (r *rule) name() string { return fmt.Sprintf("%s@%d", r.ID, r.Version) }

// phrase is a fixed phrase after a verb.
type phrase struct{ words []string }

// sayClass is what a verb of saying does.
type sayClass uint8

const (
	sayNone sayClass = iota
	sayReported
	sayClaimed
	sayDenies
	sayConcedes
)

// ruleSet holds every rule, compiled.
type ruleSet struct {
	all       []*rule
	verbs     map[string][]*rule // by lemma or phrase, by falling priority
	nouns     map[string][]*rule
	phrases   map[string][]phrase
	inverse   map[string]bool // verbs whose subject suffers
	says      map[string]sayClass
	nameAs    map[string]bool // refer to X as Y
	nameBare  map[string]bool // call X Y
	utters    map[string]bool
	carries   map[string]bool
	supports  map[string]bool
	performs  map[string]bool
	reporting map[string]bool
	metrics   map[string]string
}

// loadRules reads every rule file of a folder and adds their verbs to the
// lexicon.
func loadRules(files fs.FS, lex *lexicon) (*ruleSet, error) {
	rs := &ruleSet{
		verbs: make(map[string][]*rule), nouns: make(map[string][]*rule), phrases: make(map[string][]phrase),
		says: make(map[string]sayClass), nameAs: make(map[string]bool), nameBare: make(map[string]bool),
		utters: make(map[string]bool), carries: make(map[string]bool), supports: make(map[string]bool), performs: make(map[string]bool),
		inverse: make(map[string]bool), reporting: make(map[string]bool), metrics: make(map[string]string),
	}
	var events struct{ Rules []*rule }
	if err := decode(files, "events.yaml", &events); err != nil {
		return nil, err
	}
	var losses struct {
		Rules     []*rule
		Metrics   map[string]string
		Reporting string
	}
	if err := decode(files, "casualties.yaml", &losses); err != nil {
		return nil, err
	}
	var att struct {
		Says          map[string]string
		Characterises map[string]string
		Utters        string
		Carries       string
	}
	if err := decode(files, "attribution.yaml", &att); err != nil {
		return nil, err
	}
	var nom struct{ Supports, Performs string }
	if err := decode(files, "nominal.yaml", &nom); err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	for _, r := range append(events.Rules, losses.Rules...) {
		if r.ID == "" || r.Version == 0 || r.Kind == "" || len(r.Verbs) == 0 {
			return nil, fmt.Errorf("rule %q lacks id, version, kind or verbs", r.ID)
		}
		if seen[r.ID] {
			return nil, fmt.Errorf("rule %q is there twice", r.ID)
		}
		seen[r.ID] = true
		rs.all = append(rs.all, r)
		for _, v := range r.Verbs {
			lex.ruled[strings.Fields(v)[0]] = true
			rs.verbs[rs.verb(v, lex)] = append(rs.verbs[rs.verb(v, lex)], r)
			rs.inverse[rs.verb(v, lex)] = rs.inverse[rs.verb(v, lex)] || len(r.Inverse) > 0
		}
		for _, n := range r.Nouns {
			rs.nouns[n] = append(rs.nouns[n], r)
		}
	}
	for _, v := range lex.blocks {
		rs.verb(v, lex)
	}
	for _, list := range rs.verbs {
		slices.SortStableFunc(list, func(a, b *rule) int { return b.Priority - a.Priority })
	}
	for metric, words := range losses.Metrics {
		for w := range strings.FieldsSeq(words) {
			rs.metrics[strings.ReplaceAll(w, "-", " ")] = metric
		}
	}
	classes := map[string]sayClass{"reported": sayReported, "claimed": sayClaimed, "denies": sayDenies, "concedes": sayConcedes}
	for class, words := range att.Says {
		c, ok := classes[class]
		if !ok {
			return nil, fmt.Errorf("attribution.yaml: unknown class %q", class)
		}
		for w := range strings.FieldsSeq(words) {
			rs.says[rs.verb(w, lex)] = c
			lex.says[w] = true
		}
	}
	list := func(s string, into map[string]bool) {
		for w := range strings.FieldsSeq(s) {
			into[rs.verb(w, lex)] = true
		}
	}
	list(att.Characterises["as"], rs.nameAs)
	list(att.Characterises["bare"], rs.nameBare)
	list(att.Utters, rs.utters)
	list(nom.Supports, rs.supports)
	list(nom.Performs, rs.performs)
	list(losses.Reporting, rs.reporting)
	for w := range strings.FieldsSeq(att.Carries) {
		rs.carries[w] = true
	}
	for v := range rs.nameAs {
		lex.says[v] = true
	}
	return rs, nil
}

// verb registers a verb or a phrase, written with blanks or hyphens, and
// returns its lemma.
func (rs *ruleSet) verb(v string, lex *lexicon) string {
	words := strings.Fields(v)
	if first := words[0]; strings.HasPrefix(first, "counter-") || strings.HasPrefix(first, "re-") {
		words[0] = strings.ReplaceAll(first, "-", "\x00") // one word
	}
	words = strings.Fields(strings.ReplaceAll(strings.Join(words, " "), "-", " "))
	words[0] = strings.ReplaceAll(words[0], "\x00", "-")
	lex.verb(words[0])
	if len(words) > 1 {
		p := phrase{words[1:]}
		if !slices.ContainsFunc(rs.phrases[words[0]], func(q phrase) bool { return slices.Equal(p.words, q.words) }) {
			rs.phrases[words[0]] = append(rs.phrases[words[0]], p)
		}
	}
	return strings.Join(words, " ")
}
