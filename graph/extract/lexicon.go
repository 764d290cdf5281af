package extract

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// tag is the part of speech of a token in its sentence.
type tag uint8

const (
	tagNone tag = iota
	tagDet
	tagPrep
	tagConj
	tagSub
	tagRel
	tagPron
	tagBe
	tagHave
	tagDo
	tagModal
	tagNeg
	tagAdv
	tagAdj
	tagNoun
	tagName
	tagNum
	tagTo    // before an infinitive
	tagVerb  // finite, in the past or the present
	tagBase  // infinitive
	tagPart  // participle of the past
	tagIng   // participle of the present
	tagPoss  // possessive 's
	tagComma // , and –
	tagStop  // ; : and the like
	tagOpen
	tagClose
	tagQuote
)

// form says how a word may be a form of a verb.
type form uint8

const (
	formBase form = 1 << iota
	formThird
	formPast
	formPart
	formIng
)

// wordInfo is what the lexicon knows of a word in all its readings.
type wordInfo struct {
	closed tag    // the closed class that the word belongs to, if any
	others []tag  // further closed classes
	forms  form   // forms of a verb
	lemma  string // of the verb
	noun   nounClass
	single string // singular of the noun
	plural bool
	also   nounClass // second class of the noun, such as descriptor
	number int64     // value of a number word, or 0
	vague  bool      // of an amount that gives only a least number
	isNum  bool
	month  int
	abbrev bool
	title  bool
	notVb  bool
}

func (w *wordInfo) is(t tag) bool {
	if w == nil {
		return false
	}
	if w.closed == t {
		return true
	}
	for _, o := range w.others {
		if o == t {
			return true
		}
	}
	return false
}

func (w *wordInfo) isNumber() bool { return w != nil && (w.isNum || w.vague) }

// nounClass groups nouns by what they may stand for.
type nounClass uint8

const (
	nounNone nounClass = iota
	nounFighter
	nounDescriptor
	nounCivilian
	nounGroup
	nounCaptive
	nounBody
	nounPlace
	nounInstallation
	nounEquipment
	nounEvent
	nounUtterance
	nounSpeaker
	nounMedia
	nounAuthority
	nounTime
	nounOther
)

var nounClasses = map[string]nounClass{
	"fighter": nounFighter, "descriptor": nounDescriptor, "civilian": nounCivilian, "group": nounGroup,
	"captive": nounCaptive, "body": nounBody, "place": nounPlace, "installation": nounInstallation,
	"equipment": nounEquipment, "event": nounEvent, "utterance": nounUtterance, "speaker": nounSpeaker,
	"media": nounMedia, "authority": nounAuthority, "time": nounTime, "other": nounOther,
}

var closedTags = map[string]tag{
	"determiner": tagDet, "preposition": tagPrep, "conjunction": tagConj, "subordinator": tagSub,
	"relative": tagRel, "pronoun": tagPron, "be": tagBe, "have": tagHave, "do": tagDo, "modal": tagModal,
	"negation": tagNeg, "adverb": tagAdv, "adjective": tagAdj,
}

// infinitiveKind says what an infinitive after a verb tells.
type infinitiveKind uint8

const (
	infinitiveNone infinitiveKind = iota
	infinitiveFact
	infinitivePlanned
	infinitiveResolved
	infinitiveFailed
)

// idiom is a fixed phrase that acts as a preposition or an adverb.
type idiom struct {
	words []string
	prep  bool
}

// lexicon holds the words that the rules need to know.
type lexicon struct {
	words      map[string]*wordInfo
	blocks     []string // phrases whose verb means something else
	infinitive map[string]infinitiveKind
	ordinals   map[string]int
	irregular  map[string][3]string
	doubling   map[string]bool
	says       map[string]bool // verbs of saying, from the rules of attribution
	ruled      map[string]bool // verbs that a rule fires on
	intent     map[string]bool // nouns after which an infinitive is no fact
	idioms     map[string][]idiom
}

type lexiconFile struct {
	Closed          map[string]string
	Abbreviations   string
	Numbers         map[string]int64
	Vague           map[string]int64
	Ordinals        string
	Months          string
	Weekdays        string
	Nouns           map[string]string
	Intent          string
	Idioms          map[string][]string
	NotVerbs        string `yaml:"not-verbs"`
	ParticipleNouns string `yaml:"participle-nouns"`
}

type verbFile struct {
	Irregular  []string
	Blocks     []string
	Doubling   string
	Plain      string
	Infinitive map[string]string
}

func decode(files fs.FS, name string, into any) error {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// loadLexicon compiles lexicon.yaml and verbs.yaml.
func loadLexicon(files fs.FS) (*lexicon, error) {
	var lf lexiconFile
	if err := decode(files, "lexicon.yaml", &lf); err != nil {
		return nil, err
	}
	var vf verbFile
	if err := decode(files, "verbs.yaml", &vf); err != nil {
		return nil, err
	}
	lex := &lexicon{
		words:      make(map[string]*wordInfo),
		infinitive: make(map[string]infinitiveKind),
		ordinals:   make(map[string]int),
		irregular:  make(map[string][3]string),
		doubling:   make(map[string]bool),
		says:       make(map[string]bool),
		ruled:      make(map[string]bool),
		intent:     make(map[string]bool),
		idioms:     make(map[string][]idiom),
	}
	for _, class := range sortedKeys(lf.Closed) {
		t, ok := closedTags[class]
		if class == "title" {
			for _, w := range strings.Fields(lf.Closed[class]) {
				lex.word(w).title = true
			}
			continue
		}
		if !ok {
			return nil, fmt.Errorf("lexicon.yaml: unknown word class %q", class)
		}
		for _, w := range strings.Fields(lf.Closed[class]) {
			info := lex.word(fold(w))
			info.others = append(info.others, t)
			if info.closed == tagNone || rank(t) < rank(info.closed) {
				info.closed = t
			}
		}
	}
	for w := range strings.FieldsSeq(lf.Abbreviations) {
		lex.word(w).abbrev = true
	}
	for w, n := range lf.Numbers {
		info := lex.word(w)
		info.number, info.isNum = n, true
	}
	for w, n := range lf.Vague {
		info := lex.word(w)
		info.number, info.vague = n, true
	}
	for i, w := range strings.Fields(lf.Ordinals) {
		lex.ordinals[w] = i + 1
	}
	for i, w := range strings.Fields(lf.Months) {
		lex.word(w).month = i + 1
		if len(w) > 3 {
			lex.word(w[:3]).month = i + 1
		}
	}
	lex.word("sept").month = 9
	for _, class := range sortedKeys(lf.Nouns) {
		c, ok := nounClasses[class]
		if !ok {
			return nil, fmt.Errorf("lexicon.yaml: unknown noun class %q", class)
		}
		for w := range strings.FieldsSeq(lf.Nouns[class]) {
			single, plural, given := strings.Cut(fold(w), "/")
			if !given {
				plural = pluralOf(single)
			}
			lex.noun(single, c, single, false)
			if plural != single {
				lex.noun(plural, c, single, true)
			}
		}
	}
	for w := range strings.FieldsSeq(lf.Intent) {
		lex.intent[w] = true
	}
	for _, class := range sortedKeys(lf.Idioms) {
		for _, phrase := range lf.Idioms[class] {
			words := strings.Fields(phrase)
			lex.idioms[words[0]] = append(lex.idioms[words[0]], idiom{words, class == "preposition"})
		}
	}
	for _, list := range lex.idioms {
		slices.SortStableFunc(list, func(a, b idiom) int { return len(b.words) - len(a.words) })
	}
	for _, line := range vf.Irregular {
		f := strings.Fields(line)
		if len(f) != 3 {
			return nil, fmt.Errorf("verbs.yaml: irregular verb %q: want base, past, participle", line)
		}
		lex.irregular[f[0]] = [3]string(f)
	}
	for w := range strings.FieldsSeq(vf.Doubling) {
		lex.doubling[w] = true
	}
	for base := range lex.irregular {
		lex.verb(base)
	}
	for w := range strings.FieldsSeq(vf.Plain) {
		lex.verb(w)
	}
	kinds := map[string]infinitiveKind{"fact": infinitiveFact, "planned": infinitivePlanned, "resolved": infinitiveResolved, "failed": infinitiveFailed}
	for class, list := range vf.Infinitive {
		k, ok := kinds[class]
		if !ok {
			return nil, fmt.Errorf("verbs.yaml: unknown class of infinitives %q", class)
		}
		for w := range strings.FieldsSeq(list) {
			lex.verb(w)
			if lex.infinitive[w] < k {
				lex.infinitive[w] = k
			}
		}
	}
	lex.blocks = vf.Blocks
	for w := range strings.FieldsSeq(lf.NotVerbs) {
		lex.word(w).notVb = true
	}
	return lex, nil
}

// rank orders the closed classes: the lower, the more usual reading of a word
// that is in several.
func rank(t tag) int {
	switch t {
	case tagBe, tagHave, tagDo, tagModal, tagNeg:
		return 0
	case tagConj, tagPron:
		return 1
	case tagDet:
		return 2
	case tagRel:
		return 3
	case tagPrep:
		return 4
	case tagSub:
		return 5
	case tagAdj:
		return 6
	}
	return 7
}

func (l *lexicon) word(w string) *wordInfo {
	info := l.words[w]
	if info == nil {
		info = &wordInfo{}
		l.words[w] = info
	}
	return info
}

func (l *lexicon) noun(w string, c nounClass, single string, plural bool) {
	info := l.word(w)
	if info.noun != nounNone && info.noun != c {
		info.also = info.noun
		if c > info.noun && !(info.noun == nounFighter && c == nounDescriptor) {
			info.also = c
			return
		}
	}
	info.noun, info.single, info.plural = c, single, plural
}

// verb adds the forms of a verb, given by its base.
func (l *lexicon) verb(base string) {
	add := func(w string, f form) {
		info := l.word(w)
		if info.lemma != "" && info.lemma != base {
			// "found" is of find rather than of to found; first come wins
			// unless the new one is the base itself.
			if f != formBase && f != formThird {
				return
			}
			if info.forms&(formPast|formPart) != 0 {
				return
			}
		}
		info.forms |= f
		info.lemma = base
	}
	add(base, formBase)
	add(thirdOf(base), formThird)
	add(l.ingOf(base), formIng)
	if irr, ok := l.irregular[base]; ok {
		for p := range strings.SplitSeq(irr[1], "/") {
			add(p, formPast)
		}
		for p := range strings.SplitSeq(irr[2], "/") {
			add(p, formPart)
		}
		return
	}
	add(l.pastOf(base), formPast|formPart)
}

func vowel(b byte) bool { return strings.IndexByte("aeiou", b) >= 0 }

func thirdOf(base string) string {
	switch {
	case strings.HasSuffix(base, "s"), strings.HasSuffix(base, "x"), strings.HasSuffix(base, "z"),
		strings.HasSuffix(base, "ch"), strings.HasSuffix(base, "sh"), strings.HasSuffix(base, "o"):
		return base + "es"
	case strings.HasSuffix(base, "y") && len(base) > 1 && !vowel(base[len(base)-2]):
		return base[:len(base)-1] + "ies"
	}
	return base + "s"
}

func (l *lexicon) pastOf(base string) string {
	switch {
	case strings.HasSuffix(base, "e"):
		return base + "d"
	case strings.HasSuffix(base, "y") && len(base) > 1 && !vowel(base[len(base)-2]):
		return base[:len(base)-1] + "ied"
	case l.doubling[base]:
		return base + base[len(base)-1:] + "ed"
	}
	return base + "ed"
}

func (l *lexicon) ingOf(base string) string {
	switch {
	case strings.HasSuffix(base, "ie"):
		return base[:len(base)-2] + "ying"
	case strings.HasSuffix(base, "e") && !strings.HasSuffix(base, "ee") && base != "be":
		return base[:len(base)-1] + "ing"
	case l.doubling[base]:
		return base + base[len(base)-1:] + "ing"
	}
	return base + "ing"
}

func pluralOf(single string) string {
	switch {
	case strings.HasSuffix(single, "s"), strings.HasSuffix(single, "x"), strings.HasSuffix(single, "ch"), strings.HasSuffix(single, "sh"):
		return single + "es"
	case strings.HasSuffix(single, "y") && len(single) > 1 && !vowel(single[len(single)-2]):
		return single[:len(single)-1] + "ies"
	}
	return single + "s"
}

// look returns what is known of a folded word, nil for nothing.
func (l *lexicon) look(w string) *wordInfo { return l.words[w] }

func (l *lexicon) abbreviation(w string) bool {
	info := l.words[w]
	return info != nil && info.abbrev
}

// number returns the value of a number in figures.
func parseFigure(s string) (int64, bool) {
	if i := strings.IndexByte(s, '.'); i >= 0 {
		s = s[:i]
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(s, ",", ""), 10, 64)
	return n, err == nil
}
