package question

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/sparql"
)

// Runner runs SELECT queries over the graph that is asked.
type Runner interface {
	// Select returns the variables and the rows of a query; a nil term is
	// unbound.
	Select(ctx context.Context, query string) (vars []string, rows [][]rdf.Term, err error)
	// Version grows with every change of the graph.
	Version(ctx context.Context) (uint64, error)
}

// Service answers questions over one graph. It is safe for concurrent use.
type Service struct {
	questions []*Question
	run       Runner

	mu      sync.Mutex
	index   *Index
	version uint64
}

// NewService returns a service for the questions over the graph of run.
func NewService(questions []*Question, run Runner) *Service {
	return &Service{questions: questions, run: run}
}

// Questions returns the questions in their order.
func (s *Service) Questions() []*Question { return s.questions }

// Question returns the question of that name, nil if there is none.
func (s *Service) Question(name string) *Question {
	for _, q := range s.questions {
		if q.Name == name {
			return q
		}
	}
	return nil
}

// Index returns the entities of the graph as it is now. It is built anew when
// the graph has changed.
func (s *Service) Index(ctx context.Context) (*Index, error) {
	version, err := s.run.Version(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil || s.version != version {
		x, err := BuildIndex(ctx, s.run)
		if err != nil {
			return nil, err
		}
		s.index, s.version = x, version
	}
	return s.index, nil
}

// Run answers the question of that name. Parameters are given in words, as a
// user writes them; those left out take their defaults, and an empty one stays
// open.
func (s *Service) Run(ctx context.Context, name string, params map[string]string) (*Answer, error) {
	q, _, values, err := s.resolve(ctx, name, params)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, q, values)
}

// resolve finds the question of that name and the values of its parameters.
func (s *Service) resolve(ctx context.Context, name string, params map[string]string) (*Question, *Index, map[string]Value, error) {
	q := s.Question(name)
	if q == nil {
		return nil, nil, nil, fmt.Errorf("no question is called %q; there are %s: %w", name, strings.Join(s.names(), ", "), graph.ErrBadRequest)
	}
	for p := range params {
		if q.Param(p) == nil {
			return nil, nil, nil, fmt.Errorf("question %s has no parameter %q: %w", name, p, graph.ErrBadRequest)
		}
	}
	x, err := s.Index(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	values := make(map[string]Value)
	for i := range q.Params {
		p := &q.Params[i]
		words, given := params[p.Name]
		if !given {
			words = p.Default
		}
		if words == "" {
			continue
		}
		v, err := x.resolve(p, words)
		if err != nil {
			if unknown, ok := errors.AsType[*UnknownValueError](err); ok {
				unknown.suggest(x)
			}
			return nil, nil, nil, err
		}
		values[p.Name] = v
	}
	return q, x, values, nil
}

func (s *Service) names() []string {
	out := make([]string, len(s.questions))
	for i, q := range s.questions {
		out[i] = q.Name
	}
	return out
}

// Ask answers a question in English.
func (s *Service) Ask(ctx context.Context, text string) (*Answer, error) {
	x, err := s.Index(ctx)
	if err != nil {
		return nil, err
	}
	q, values, err := s.understand(x, text)
	if err != nil {
		return nil, err
	}
	a, err := s.answer(ctx, q, values)
	if err != nil {
		return nil, err
	}
	a.Asked = strings.TrimSpace(text)
	return a, nil
}

// NotUnderstoodError says that no question fits the words, and which are
// nearest. It wraps [ErrNotUnderstood].
type NotUnderstoodError struct {
	Asked       string
	Reason      string   // what was nearly understood; may be empty
	Suggestions []string // questions in English that are understood
}

func (e *NotUnderstoodError) Error() string {
	var b strings.Builder
	b.WriteString("the question is not understood")
	if e.Reason != "" {
		b.WriteString(": " + e.Reason)
	}
	if len(e.Suggestions) > 0 {
		b.WriteString(". Questions that are: " + strings.Join(e.Suggestions, " "))
	}
	return b.String()
}

// Unwrap makes the error an [ErrNotUnderstood], a bad request.
func (e *NotUnderstoodError) Unwrap() error { return ErrNotUnderstood }

// politeness is what people put before a question.
var politeness = []string{
	"please ", "can you tell me ", "could you tell me ", "tell me ", "do you know ", "i want to know ", "i would like to know ", "show me ", "so ", "and ", "ok ", "hello ", "hi ",
}

// afterthoughts are what people put behind a question whose answer tells it
// anyway.
var afterthoughts = []string{" please", " according to whom", " according to which source", " and when", " when", " and who says so", " and according to whom"}

// maxQuestion bounds the letters of a question: names are found by trying all
// ways to cut it.
const maxQuestion = 500

// understand finds the question and the values of its parameters. Of the
// patterns that fit and whose values are known, the one with the most words of
// its own wins, and then the earlier question.
func (s *Service) understand(x *Index, asked string) (*Question, map[string]Value, error) {
	words := foldText(asked)
	for again := true; again; {
		again = false
		for _, p := range politeness {
			if rest, ok := strings.CutPrefix(words, p); ok {
				words, again = rest, true
			}
		}
	}
	for again := true; again; {
		again = false
		for _, p := range afterthoughts {
			if rest, ok := strings.CutSuffix(words, p); ok {
				words, again = rest, true
			}
		}
	}
	if len(words) > maxQuestion {
		return nil, nil, &NotUnderstoodError{Asked: strings.ToValidUTF8(asked[:min(len(asked), maxQuestion)], ""), Reason: fmt.Sprintf("it is longer than %d letters", maxQuestion), Suggestions: s.nearest("")}
	}
	var best *Question
	var bestValues map[string]Value
	bestWords := -1
	var reason error
	for _, q := range s.questions {
		for i := range q.patterns {
			p := &q.patterns[i]
			if p.words <= bestWords {
				continue
			}
			groups := p.expr.FindStringSubmatch(words)
			if groups == nil {
				continue
			}
			values, err := x.resolveGroups(q, p.groups, groups[1:])
			if err != nil {
				if reason == nil {
					reason = err
				}
				continue
			}
			best, bestValues, bestWords = q, values, p.words
		}
	}
	if best != nil {
		return best, bestValues, x.complete(best, bestValues)
	}
	e := &NotUnderstoodError{Asked: asked, Suggestions: s.nearest(words)}
	if reason != nil {
		if unknown, ok := errors.AsType[*UnknownValueError](reason); ok {
			unknown.suggest(x)
			e.Suggestions = slices.Concat(corrected(words, unknown), e.Suggestions)
		}
		e.Reason = reason.Error()
	}
	return nil, nil, e
}

// complete adds the defaults of numbers and dates that a question in English
// does not name. What is not named otherwise stays open.
func (x *Index) complete(q *Question, values map[string]Value) error {
	for i := range q.Params {
		p := &q.Params[i]
		if _, named := values[p.Name]; named || p.Default == "" || p.Type != NumberParam && p.Type != DateParam {
			continue
		}
		v, err := x.resolve(p, p.Default)
		if err != nil {
			return err
		}
		values[p.Name] = v
	}
	return nil
}

// corrected returns the question with the unknown words replaced by names that
// come near.
func corrected(words string, unknown *UnknownValueError) []string {
	var out []string
	for _, name := range unknown.Suggestions {
		if q := strings.Replace(words, unknown.Words, name, 1); q != words && len(out) < 3 {
			first, size := utf8.DecodeRuneInString(q)
			out = append(out, string(unicode.ToUpper(first))+q[size:]+"?")
		}
	}
	return out
}

// resolveGroups reads the captured words as the values of the parameters.
func (x *Index) resolveGroups(q *Question, groups [][]string, captured []string) (map[string]Value, error) {
	values := make(map[string]Value)
	for i, names := range groups {
		if err := x.resolveAdjacent(q, names, strings.Fields(captured[i]), values); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// resolveAdjacent shares the words out among parameters that stand side by
// side, trying each cut; the earlier parameters get as many words as can be.
func (x *Index) resolveAdjacent(q *Question, names []string, words []string, values map[string]Value) error {
	p := q.Param(names[0])
	if len(names) == 1 {
		v, err := x.resolve(p, strings.Join(words, " "))
		if err == nil {
			values[p.Name] = v
		}
		return err
	}
	var first error
	for n := len(words) - len(names) + 1; n >= 1; n-- {
		v, err := x.resolve(p, strings.Join(words[:n], " "))
		if err == nil {
			if err = x.resolveAdjacent(q, names[1:], words[n:], values); err == nil {
				values[p.Name] = v
				return nil
			}
		}
		if first == nil || n == 1 {
			first = err
		}
	}
	if first == nil {
		first = &UnknownValueError{Param: p.Name, Type: p.Type, Words: strings.Join(words, " ")}
	}
	return first
}

// nearest returns examples of the questions that share most words with what was
// asked.
func (s *Service) nearest(words string) []string {
	asked := strings.Fields(words)
	type scored struct {
		example string
		score   int
	}
	var all []scored
	for _, q := range s.questions {
		for _, e := range q.Examples {
			score := 0
			for _, w := range strings.Fields(foldText(e)) {
				if slices.Contains(asked, w) && len(w) > 2 {
					score += len(w)
				}
			}
			all = append(all, scored{e, score})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return b.score - a.score })
	var out []string
	for _, a := range all[:min(len(all), 5)] {
		out = append(out, a.example)
	}
	return out
}

// query returns the bound query as text.
func (q *Question) query(values map[string]Value) (*sparql.Query, error) {
	terms := make(map[string][]rdf.Term, len(values))
	for name, v := range values {
		terms[name] = v.Terms
	}
	return q.Bind(terms)
}
