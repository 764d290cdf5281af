package extract

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/belligraph/belligraph/graph/claim"
)

// gazEntry is an actor, a place or a medium that is known beforehand.
type gazEntry struct {
	ID      string
	Kind    claim.EntityKind
	Label   string
	Aliases []string
	Of      string
	Like    []string
	From    string
	To      string
	SameAs  []string `yaml:"sameAs"`
	// Dated names are common words too: they stand for the actor only in a text
	// whose year is known to be one of its own.
	Dated bool
}

// valid reports whether the name was in use in a year; 0 stands for any.
func (e *gazEntry) valid(year int) bool {
	if year == 0 {
		return !e.Dated
	}
	if y := yearOf(e.From); y != 0 && year < y {
		return false
	}
	if y := yearOf(e.To); y != 0 && year > y+1 {
		return false
	}
	return true
}

func yearOf(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 4 && isDigit(rune(s[i])); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// gazetteer finds known names in tokens.
type gazetteer struct {
	names      nameTrie
	adjectives nameTrie // of countries, also of several words
	entries    map[string]*gazEntry
	prefixes   map[string]*gazEntry // of compounds: franco-, anglo-
	nations    map[string][]string  // adjectives by label of the country
}

// nameTrie maps sequences of folded words to entries.
type nameTrie struct{ root trieNode }

type trieNode struct {
	next    map[string]*trieNode
	entries []*gazEntry
	acronym bool // only in capitals
	plural  bool // the name of the people of a country
}

// words cuts a name as the tokenizer does.
func nameWords(name string, lex *lexicon) []string {
	toks := tokenize(name, span{0, len(name)}, lex, nil)
	out := make([]string, 0, len(toks))
	for i := range toks {
		out = append(out, toks[i].lower)
	}
	return out
}

func (t *nameTrie) add(name string, e *gazEntry, lex *lexicon, plural bool) {
	words := nameWords(name, lex)
	if len(words) == 0 {
		return
	}
	n := &t.root
	for _, w := range words {
		if n.next == nil {
			n.next = make(map[string]*trieNode)
		}
		c := n.next[w]
		if c == nil {
			c = &trieNode{}
			n.next[w] = c
		}
		n = c
	}
	n.entries = append(n.entries, e)
	n.plural = n.plural || plural
	n.acronym = len(words) == 1 && len(name) <= 6 && strings.ToUpper(name) == name
}

// nameMatch is a name found in tokens.
type nameMatch struct {
	length    int // tokens
	entry     *gazEntry
	entity    *entity // of the document's own names
	adjective bool
	plural    bool // of a people: "the French"
	unknown   bool // recognised by its form alone
}

// actor reports whether a name is known to be one of somebody who fights.
func (m *nameMatch) actor() bool {
	if m.entity != nil {
		return m.entity.fights() && m.entity.Kind != claim.Country
	}
	return m.entry != nil && !m.unknown && (m.entry.Kind == claim.ArmedGroup || m.entry.Kind == claim.StateForce)
}

// find returns the longest name that starts at token i, nil for none.
func (t *nameTrie) find(toks []token, i, year int) (*gazEntry, int, bool) {
	n := &t.root
	var best *gazEntry
	length, plural := 0, false
	for j := i; j < len(toks); j++ {
		c := n.next[toks[j].lower]
		if c == nil {
			break
		}
		n = c
		if len(n.entries) == 0 || n.acronym && strings.ToUpper(toks[j].text) != toks[j].text {
			continue
		}
		for _, e := range n.entries {
			if e.valid(year) {
				best, length, plural = e, j-i+1, n.plural
				break
			}
		}
	}
	return best, length, plural
}

// loadGazetteer reads every table of a folder: countries.tsv, links.yaml and
// lists of entries.
func loadGazetteer(files fs.FS, lex *lexicon) (*gazetteer, error) {
	g := &gazetteer{entries: make(map[string]*gazEntry), nations: make(map[string][]string)}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	links := make(map[string][]string)
	prefixes := make(map[string]string)
	add := func(file string, e *gazEntry) error {
		if e.ID == "" || e.Label == "" || e.Kind == "" {
			return fmt.Errorf("%s: entry %q lacks id, kind or label", file, e.Label+e.ID)
		}
		if g.entries[string(e.Kind)+"/"+e.ID] != nil {
			return fmt.Errorf("%s: %s %q is there twice", file, e.Kind, e.ID)
		}
		g.entries[string(e.Kind)+"/"+e.ID] = e
		g.names.add(e.Label, e, lex, false)
		for _, a := range e.Aliases {
			g.names.add(a, e, lex, false)
		}
		for _, a := range append([]string{e.Label}, e.Aliases...) {
			// "al Shabaab" and "al-Shabaab" are one name.
			if open := strings.ReplaceAll(strings.ReplaceAll(a, "al-", "al "), "Al-", "Al "); open != a {
				g.names.add(open, e, lex, false)
			}
		}
		return nil
	}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if name == "links.yaml" {
			if err := yaml.Unmarshal(b, &links); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if name == "prefixes.yaml" {
			if err := yaml.Unmarshal(b, &prefixes); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		var list []*gazEntry
		if err := yaml.Unmarshal(b, &list); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, e := range list {
			if err := add(name, e); err != nil {
				return nil, err
			}
		}
	}
	b, err := fs.ReadFile(files, "countries.tsv")
	if err != nil {
		return nil, err
	}
	n := 0
	for row := range strings.Lines(string(b)) {
		n++
		row = strings.TrimRight(row, "\r\n")
		if row == "" || row[0] == '#' {
			continue
		}
		f := append(strings.Split(row, "\t"), make([]string, 7)...)
		e := &gazEntry{ID: slug(f[0]), Kind: claim.Country, Label: f[0], From: strings.TrimSuffix(f[5], "!"), To: f[6], Dated: strings.HasSuffix(f[5], "!"), SameAs: links[f[0]]}
		if f[4] != "" {
			e.Aliases = strings.Split(f[4], "/")
		}
		if err := add(fmt.Sprintf("countries.tsv:%d", n), e); err != nil {
			return nil, err
		}
		for adj := range strings.SplitSeq(f[1], "/") {
			if adj == "" {
				continue
			}
			g.adjectives.add(adj, e, lex, false)
			g.nations[e.Label] = append(g.nations[e.Label], adj)
			if f[2] == "" {
				g.adjectives.add(adj+"s", e, lex, true)
			}
		}
		for people := range strings.SplitSeq(f[2], "/") {
			if people != "" {
				g.adjectives.add(people, e, lex, true)
			}
		}
		if f[3] != "" {
			c := &gazEntry{ID: slug(f[3]), Kind: claim.Place, Label: f[3], Of: f[0]}
			if g.entries["Place/"+c.ID] == nil {
				if err := add("countries.tsv", c); err != nil {
					return nil, err
				}
			}
		}
	}
	g.prefixes = make(map[string]*gazEntry, len(prefixes))
	for p, label := range prefixes {
		c := g.country(label)
		if c == nil {
			return nil, fmt.Errorf("prefixes.yaml: %s: no country %q", p, label)
		}
		g.prefixes[p] = c
	}
	return g, nil
}

// sameNation reports whether two countries go by one adjective, as France and
// the French Empire do.
func (g *gazetteer) sameNation(a, b string) bool {
	if a == b {
		return true
	}
	for _, x := range g.nations[a] {
		if slices.Contains(g.nations[b], x) {
			return true
		}
	}
	return false
}

// country returns the entry of a country by its label.
func (g *gazetteer) country(label string) *gazEntry { return g.entries["Country/"+slug(label)] }

func isUpperAt(s string) bool {
	for _, r := range s {
		return unicode.IsUpper(r)
	}
	return false
}
