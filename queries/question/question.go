// Package question answers relationship questions: named SPARQL queries with
// typed parameters, and plain English mapped to them. A question is a file NAME.rq
// whose head is a block of comments:
//
//	# title: Who attacked a place?
//	# description: one line
//	# order: 1
//	# param: NAME TYPE DEFAULT | description
//	# pattern: who (attacked|raided) [the] {NAME}
//	# example: Who attacked Tinzaouaten?
//	# sentence: {subjectLabel} attacked {objectLabel}[ on {date}], according to {source*}.
//	# none: Nobody is said to have attacked {NAME}.
//	# compute: centrality
//
// The types are entity, date, number, metric and edge; a DEFAULT of "-" leaves the
// parameter open. A pattern is matched against the whole question, case,
// accents and punctuation aside: (a|b) is a choice, [a|b] may be left out, {p}
// stands for a parameter. In the query a parameter is a variable bound by a
// block VALUES ?NAME { UNDEF }, whose row is replaced in the syntax tree by the
// value: what a user types is never pasted into a query.
//
// A sentence is said once for each set of values that it names. {v*} gathers
// the values of v over otherwise equal rows, [ … ] is left out when a value in
// it is unbound, and a sentence with an unbound value outside of brackets is not
// said. A computation makes the rows of the answer from those of the query, where
// SPARQL cannot.
package question

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/sparql"
)

// ErrNotUnderstood is wrapped by the errors of questions that are not understood.
// It is a bad request.
var ErrNotUnderstood = fmt.Errorf("question not understood: %w", graph.ErrBadRequest)

// Question is a named question.
type Question struct {
	Name        string // of the file, without .rq
	Title       string
	Description string
	Order       int
	Params      []Param
	Examples    []string
	SPARQL      string // the query as written, parameters open

	patterns  []pattern
	sentences []template
	none      template
	disputed  string   // a variable: more than one value of it is a dispute
	dispute   template // said first in that case
	compute   computation
	group     []string // variables of which a paragraph is made for each set of values
}

// Param is a parameter of a question.
type Param struct {
	Name        string    `json:"name"`
	Type        ParamType `json:"type"`
	Default     string    `json:"default,omitempty"`
	Description string    `json:"description"`
}

// ParamType tells what values a parameter takes.
type ParamType string

// The types of parameters.
const (
	EntityParam ParamType = "entity" // an entity by label, alias or IRI
	NumberParam ParamType = "number" // a whole number, as in 60
	DateParam   ParamType = "date"   // a day, as in 2012-02-15 or 15 February 2012
	MetricParam ParamType = "metric" // what is counted, as in killed
	EdgeParam   ParamType = "edge"   // an edge, as in captured
)

// pattern is an English form of a question.
type pattern struct {
	text   string
	expr   *regexp.Regexp
	groups [][]string // for each group of the expression, its parameters: several when they stand side by side
	words  int        // literal words: more of them make a match more telling
}

// Load reads the questions of a folder, in their order.
func Load(files fs.FS) ([]*Question, error) {
	names, err := fs.Glob(files, "*.rq")
	if err != nil {
		return nil, err
	}
	var out []*Question
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		q, err := parse(strings.TrimSuffix(path.Base(name), ".rq"), string(text))
		if err != nil {
			return nil, fmt.Errorf("question: %s: %w", name, err)
		}
		out = append(out, q)
	}
	slices.SortStableFunc(out, func(a, b *Question) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name))
	})
	return out, nil
}

// parse reads one file.
func parse(name, text string) (*Question, error) {
	q := &Question{Name: name}
	var body strings.Builder
	var patterns []string
	n := 0
	for line := range strings.Lines(text) {
		n++
		comment, isComment := strings.CutPrefix(line, "#")
		key, value, hasKey := strings.Cut(comment, ":")
		if !isComment || !hasKey || body.Len() > 0 {
			body.WriteString(line)
			continue
		}
		value = strings.TrimSpace(value)
		var err error
		switch strings.TrimSpace(key) {
		case "title":
			q.Title = value
		case "description":
			q.Description = value
		case "order":
			q.Order, err = strconv.Atoi(value)
		case "param":
			var p Param
			p, err = parseParam(value)
			q.Params = append(q.Params, p)
		case "pattern":
			patterns = append(patterns, value)
		case "example":
			q.Examples = append(q.Examples, value)
		case "sentence":
			var t template
			t, err = parseTemplate(value)
			q.sentences = append(q.sentences, t)
		case "none":
			q.none, err = parseTemplate(value)
		case "disputed":
			variable, text, _ := strings.Cut(value, "|")
			q.disputed = strings.TrimSpace(variable)
			q.dispute, err = parseTemplate(strings.TrimSpace(text))
		case "compute":
			if q.compute = computations[value]; q.compute == nil {
				err = fmt.Errorf("unknown computation %q", value)
			}
		case "group":
			q.group = strings.Fields(value)
		default:
			err = fmt.Errorf("unknown key %q", key)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	q.SPARQL = strings.TrimSpace(body.String()) + "\n"
	if q.Title == "" || len(q.sentences) == 0 {
		return nil, fmt.Errorf("no title or no sentence")
	}
	for _, p := range patterns {
		compiled, err := compilePattern(p, q.Params)
		if err != nil {
			return nil, err
		}
		q.patterns = append(q.patterns, compiled)
	}
	ast, err := sparql.ParseQuery(q.SPARQL, sparql.Options{})
	if err != nil {
		return nil, err
	}
	for _, p := range q.Params {
		if bind(ast.Where, p.Name, nil) == 0 {
			return nil, fmt.Errorf("the query has no VALUES ?%s { UNDEF }", p.Name)
		}
	}
	return q, nil
}

func parseParam(value string) (Param, error) {
	spec, description, ok := strings.Cut(value, "|")
	f := strings.Fields(spec)
	if !ok || len(f) < 3 {
		return Param{}, fmt.Errorf("want NAME TYPE DEFAULT | description, not %q", value)
	}
	p := Param{Name: f[0], Type: ParamType(f[1]), Default: strings.Join(f[2:], " "), Description: strings.TrimSpace(description)}
	if p.Default == "-" {
		p.Default = ""
	}
	switch p.Type {
	case EntityParam, DateParam, NumberParam, MetricParam, EdgeParam:
		return p, nil
	default:
		return Param{}, fmt.Errorf("unknown type %q", p.Type)
	}
}

// Param returns the parameter of that name, nil if there is none.
func (q *Question) Param(name string) *Param {
	for i := range q.Params {
		if q.Params[i].Name == name {
			return &q.Params[i]
		}
	}
	return nil
}

// compilePattern turns a pattern into a regular expression over folded words.
func compilePattern(text string, params []Param) (pattern, error) {
	p := pattern{text: text}
	var b strings.Builder
	b.WriteString("^")
	space := false // a word has been written, so the next needs a space before it
	sep := func() {
		if space {
			b.WriteString(" ")
		}
	}
	slot := false // the last thing written is a parameter
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		wasSlot := slot
		slot = false
		switch rest[0] {
		case '(', '[':
			closing := map[byte]string{'(': ")", '[': "]"}[rest[0]]
			end := matching(rest)
			if end < 0 {
				return p, fmt.Errorf("pattern %q: no %s", text, closing)
			}
			choice := choices(rest[1:end])
			switch {
			case rest[0] == '(':
				sep()
				b.WriteString("(?:" + choice + ")")
				space = true
				p.words++
			case space:
				b.WriteString("(?: (?:" + choice + "))?")
			default:
				b.WriteString("(?:(?:" + choice + ") )?")
			}
			rest = rest[end+1:]
		case '{':
			name, after, ok := strings.Cut(rest[1:], "}")
			if !ok || !slices.ContainsFunc(params, func(q Param) bool { return q.Name == name }) {
				return p, fmt.Errorf("pattern %q: {%s} is no parameter", text, name)
			}
			slot = true
			if wasSlot { // where one ends and the next begins, only their values tell
				p.groups[len(p.groups)-1] = append(p.groups[len(p.groups)-1], name)
			} else {
				sep()
				b.WriteString("(.+?)")
				p.groups = append(p.groups, []string{name})
			}
			space = true
			rest = after
		default:
			end := strings.IndexAny(rest, " ([{")
			if end < 0 {
				end = len(rest)
			}
			sep()
			b.WriteString(regexp.QuoteMeta(foldText(rest[:end])))
			space = true
			p.words++
			rest = rest[end:]
		}
	}
	b.WriteString("$")
	var err error
	p.expr, err = regexp.Compile(b.String())
	return p, err
}

// matching returns the index of the bracket that closes the one at the start.
func matching(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// choices turns "a|b (c|d)" into an expression. Round brackets nest.
func choices(s string) string {
	var b, word strings.Builder
	flush := func() {
		if closed := strings.HasSuffix(b.String(), ")"); closed && strings.HasPrefix(word.String(), " ") {
			b.WriteByte(' ')
		}
		b.WriteString(regexp.QuoteMeta(foldText(word.String())))
		word.Reset()
	}
	for _, r := range s {
		switch r {
		case '|':
			flush()
			b.WriteByte('|')
		case '(':
			lead := word.String()
			flush()
			if strings.HasSuffix(lead, " ") {
				b.WriteByte(' ')
			}
			b.WriteString("(?:")
		case ')':
			flush()
			b.WriteByte(')')
		default:
			word.WriteRune(r)
		}
	}
	flush()
	return b.String()
}
