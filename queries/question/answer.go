package question

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Answer is the answer to a question: a paragraph for people, the rows, and
// the evidence they rest on.
type Answer struct {
	Asked    string `json:"asked,omitempty"` // in English, when it was
	Question string `json:"question"`        // name
	Title    string `json:"title"`
	// Parameters are the values in force; an open parameter is not among them.
	Parameters map[string]Value `json:"parameters"`
	Text       string           `json:"text"`
	Disputed   bool             `json:"disputed"`
	Vars       []string         `json:"vars"`
	Rows       [][]rdf.Term     `json:"-"` // in the order of Vars, nil for unbound
	Evidence   []Evidence       `json:"evidence"`
	SPARQL     string           `json:"sparql"` // as it was run
}

// Evidence is a claim that the answer rests on, with its words.
type Evidence struct {
	Claim         string `json:"claim"`
	Claimant      string `json:"claimant"`
	ClaimantLabel string `json:"claimantLabel"`
	OnBehalfOf    string `json:"onBehalfOf,omitempty"`
	Via           string `json:"via,omitempty"`
	Document      string `json:"document"`
	Quote         string `json:"quote,omitempty"`
	Start         int    `json:"start"`
	End           int    `json:"end"`
}

// maxSentences is how long a paragraph grows; the rows have everything.
const maxSentences = 25

// answer runs the question with its values.
func (s *Service) answer(ctx context.Context, q *Question, values map[string]Value) (*Answer, error) {
	ast, err := q.query(values)
	if err != nil {
		return nil, err
	}
	a := &Answer{Question: q.Name, Title: q.Title, Parameters: values, SPARQL: ast.String(), Evidence: []Evidence{}}
	if a.Vars, a.Rows, err = s.run.Select(ctx, a.SPARQL); err != nil {
		return nil, err
	}
	a.evidence(newRowText(a))
	if q.compute != nil {
		if a.Vars, a.Rows, err = q.compute(ctx, a.Vars, a.Rows); err != nil {
			return nil, err
		}
	}
	t := newRowText(a)
	sentences := q.paragraph(a, t)
	if n := len(sentences); n > maxSentences {
		sentences = append(sentences[:maxSentences], fmt.Sprintf("And %d more.", n-maxSentences))
	}
	a.Text = strings.Join(sentences, " ")
	a.Disputed = q.disputed != "" && len(t.distinct(q.disputed)) > 1
	return a, nil
}

// paragraph returns the sentences of the answer.
func (q *Question) paragraph(a *Answer, t *rowText) []string {
	if len(a.Rows) == 0 {
		sentence, _, _ := q.none.say(func(name string) (string, bool) {
			if v, ok := a.Parameters[name]; ok {
				return v.Label, true
			}
			return "anything", true
		})
		return []string{sentence}
	}
	var out []string
	if q.disputed != "" && len(t.distinct(q.disputed)) > 1 {
		out = append(out, q.dispute.sentences(len(a.Rows), t.value)...)
	}
	for _, s := range q.sentences {
		out = append(out, s.sentences(len(a.Rows), t.value)...)
	}
	return out
}

// rowText reads the rows of an answer as text.
type rowText struct {
	rows   [][]rdf.Term
	column map[string]int
}

func newRowText(a *Answer) *rowText {
	t := &rowText{rows: a.Rows, column: make(map[string]int, len(a.Vars))}
	for i, v := range a.Vars {
		t.column[v] = i
	}
	return t
}

// value returns a variable of a row. The variable source is made up: whoever
// says it, for whom and through whom.
func (t *rowText) value(row int, variable string) (string, bool) {
	if variable == "source" {
		return t.source(row)
	}
	i, ok := t.column[variable]
	if !ok || t.rows[row][i] == nil {
		return "", false
	}
	return text(t.rows[row][i]), true
}

func (t *rowText) source(row int) (string, bool) {
	s, ok := t.value(row, "claimantLabel")
	if !ok {
		return "", false
	}
	claimant, _ := t.value(row, "claimant")
	if document, _ := t.value(row, "document"); claimant == document {
		return "the article “" + s + "”", true
	}
	if b, ok := t.value(row, "behalfLabel"); ok && b != s {
		s += " (for " + b + ")"
	}
	if v, ok := t.value(row, "viaLabel"); ok {
		s += " through " + v
	}
	return s, true
}

// distinct returns the different values of a variable, in order.
func (t *rowText) distinct(variable string) []string {
	var out []string
	for i := range t.rows {
		if v, ok := t.value(i, variable); ok && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// evidence collects the claims of the rows, each once.
func (a *Answer) evidence(t *rowText) {
	seen := make(map[string]bool)
	collect := func(row int, prefix string) {
		get := func(name string) string {
			if prefix != "" {
				name = prefix + strings.ToUpper(name[:1]) + name[1:]
			}
			v, _ := t.value(row, name)
			return v
		}
		e := Evidence{
			Claim: get("claim"), Claimant: get("claimant"), ClaimantLabel: get("claimantLabel"), OnBehalfOf: get("behalfLabel"),
			Via: get("viaLabel"), Document: get("document"), Quote: get("quote"),
		}
		e.Start, _ = strconv.Atoi(get("from"))
		e.End, _ = strconv.Atoi(get("to"))
		key := e.Claim + " " + strconv.Itoa(e.Start) + " " + strconv.Itoa(e.End)
		if e.Claim == "" || seen[key] {
			return
		}
		seen[key] = true
		a.Evidence = append(a.Evidence, e)
	}
	for i := range t.rows {
		collect(i, "")
		collect(i, "other")
	}
}

// MarshalJSON writes the answer with its rows as objects from variables to
// values: numbers and booleans as such, everything else as text. Unbound
// variables are left out.
func (a *Answer) MarshalJSON() ([]byte, error) {
	rows := make([]map[string]any, len(a.Rows))
	for i, row := range a.Rows {
		rows[i] = make(map[string]any, len(row))
		for j, t := range row {
			if t != nil {
				rows[i][a.Vars[j]] = plainValue(t)
			}
		}
	}
	type plain Answer // without this method
	return json.Marshal(struct {
		*plain
		Rows []map[string]any `json:"rows"`
	}{(*plain)(a), rows})
}

func plainValue(t rdf.Term) any {
	l, ok := t.(rdf.Literal)
	if !ok {
		return text(t)
	}
	switch l.Datatype {
	case rdf.XSDInteger, rdf.XSDDecimal:
		if n := strings.TrimPrefix(l.Lexical, "+"); json.Valid([]byte(n)) {
			return json.Number(n)
		}
	case rdf.XSDBoolean:
		return l.Lexical == "true" || l.Lexical == "1"
	}
	return l.Lexical
}
