package server

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/data/questions"
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries"
	"github.com/belligraph/belligraph/queries/question"
	"github.com/belligraph/belligraph/server/web"
)

// questionRoutes registers the questions: in English and by name.
func (s *Server) questionRoutes(r gin.IRouter) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r.Handle(method, "/ask", s.operation("question", func(c *gin.Context) string { return c.Query("q") }, s.ask))
		r.Handle(method, "/questions", s.listQuestions)
		r.Handle(method, "/questions/:name", s.operation("question", requestURI, s.namedQuestion))
	}
}

// questionServices answer the named questions: a service for each kind of
// reader, as each remembers the names in the part of the graph that it sees.
type questionServices struct {
	all    []*question.Question
	runner question.Runner

	mu      sync.Mutex
	readers map[string]*question.Service // by private.Rights.Key
}

// load reads the questions; the engine must be over g.
func (q *questionServices) load(engine *queries.Engine, g graph.Graph) (err error) {
	q.all, err = question.Load(questions.Files)
	q.runner = question.On(engine, g, queries.QueryOptions{})
	return err
}

// service returns the service for a reader with the rights in ctx.
func (q *questionServices) service(ctx context.Context) *question.Service {
	q.mu.Lock()
	defer q.mu.Unlock()
	key := private.Of(ctx).Key()
	s := q.readers[key]
	if s == nil {
		s = question.NewService(q.all, q.runner)
		keep(&q.readers, key, s)
	}
	return s
}

// answerTypes are the representations of an answer: JSON unless a person's
// browser asks.
var answerTypes = []string{"application/json", "text/html", "text/plain"}

func (s *Server) ask(c *gin.Context) {
	text := strings.TrimSpace(c.Query("q"))
	if text == "" {
		s.fail(c, http.StatusBadRequest, "ask with the parameter q, as in /ask?q=Who+attacked+Tinzaouaten%3F", nil)
		return
	}
	service := s.questions.service(c.Request.Context())
	if source := c.Query("without"); source != "" {
		change, err := service.AskWithout(c.Request.Context(), text, source)
		s.change(c, text, change, err)
		return
	}
	answer, err := service.Ask(c.Request.Context(), text)
	s.answer(c, text, answer, err)
}

// namedQuestion answers a question by name. Its parameters are those of the
// URL, in words.
func (s *Server) namedQuestion(c *gin.Context) {
	name := c.Param("name")
	service := s.questions.service(c.Request.Context())
	q := service.Question(name)
	if q == nil {
		s.fail(c, http.StatusNotFound, "there is no question "+name+"; /questions lists them", nil)
		return
	}
	params := make(map[string]string)
	for key, values := range c.Request.URL.Query() {
		if key == "format" || key == "without" {
			continue
		}
		if q.Param(key) == nil {
			s.fail(c, http.StatusBadRequest, "the question "+name+" has no parameter "+key, nil)
			return
		}
		params[key] = values[0]
	}
	if source := c.Query("without"); source != "" {
		change, err := service.RunWithout(c.Request.Context(), name, params, source)
		s.change(c, "", change, err)
		return
	}
	answer, err := service.Run(c.Request.Context(), name, params)
	s.answer(c, "", answer, err)
}

// answer writes an answer, or says why there is none.
func (s *Server) answer(c *gin.Context, asked string, a *question.Answer, err error) {
	kind := answerKind(c)
	if err != nil {
		s.unanswered(c, asked, kind, err)
		return
	}
	switch kind {
	case 0:
		c.JSON(http.StatusOK, a)
	case 1:
		page := answerPage(a)
		page.Sources, page.Address = sourcesOf(a), addressOf(c)
		s.render(c, http.StatusOK, web.PageAnswer, page)
	case 2:
		c.String(http.StatusOK, "%s\n", a.Text)
	default:
		s.fail(c, http.StatusNotAcceptable, "answers are available as "+strings.Join(answerTypes, ", "), nil)
	}
}

// answerKind returns which of answerTypes a request wants, -1 for none.
func answerKind(c *gin.Context) int {
	c.Header("Vary", "Accept")
	switch c.Query("format") {
	case "json":
		return 0
	case "html":
		return 1
	case "text":
		return 2
	}
	return negotiate(c.GetHeader("Accept"), answerTypes)
}

// change writes what an answer would be without a source.
func (s *Server) change(c *gin.Context, asked string, change *question.Change, err error) {
	kind := answerKind(c)
	if err != nil {
		s.unanswered(c, asked, kind, err)
		return
	}
	switch kind {
	case 0:
		c.JSON(http.StatusOK, change)
	case 1:
		page := answerPage(change.Without)
		page.Without = &web.Without{Source: change.Source.Label, Claims: change.Claims, Gone: change.Gone, New: change.New, Same: change.Same}
		page.Sources, page.Address = sourcesOf(change.With), addressOf(c)
		s.render(c, http.StatusOK, web.PageAnswer, page)
	case 2:
		c.String(http.StatusOK, "%s\n", change.Text())
	default:
		s.fail(c, http.StatusNotAcceptable, "answers are available as "+strings.Join(answerTypes, ", "), nil)
	}
}

// maxSources is how many sources a page offers to leave out.
const maxSources = 12

// sourcesOf returns whoever the evidence of an answer comes from, each once.
func sourcesOf(a *question.Answer) []web.Source {
	var out []web.Source
	for _, e := range a.Evidence {
		source := web.Source{Name: e.ClaimantLabel, IRI: e.Claimant}
		if e.Claimant != "" && len(out) < maxSources && !slices.Contains(out, source) {
			out = append(out, source)
		}
	}
	return out
}

// addressOf is the address of an answer with the source to leave out to be put
// behind it.
func addressOf(c *gin.Context) string {
	params := c.Request.URL.Query()
	params.Del("without")
	u := url.URL{Path: c.Request.URL.Path, RawQuery: params.Encode()}
	if u.RawQuery != "" {
		return u.String() + "&without="
	}
	return u.String() + "?without="
}

// unanswered says why a question has no answer and which ones would.
func (s *Server) unanswered(c *gin.Context, asked string, kind int, err error) {
	var not *question.NotUnderstoodError
	var unknown *question.UnknownValueError
	var suggestions []string
	switch {
	case errors.As(err, &not):
		suggestions = not.Suggestions
	case errors.As(err, &unknown):
		for _, label := range unknown.Suggestions {
			if replaced := strings.Replace(asked, unknown.Words, label, 1); replaced != asked {
				suggestions = append(suggestions, replaced)
			}
		}
	default:
		s.failWith(c, err)
		return
	}
	switch kind {
	case 1:
		s.render(c, http.StatusBadRequest, web.PageAnswer, web.Answer{Question: asked, Text: err.Error(), Suggestions: suggestions})
	case 2:
		c.String(http.StatusBadRequest, "%s\n", err)
	default:
		c.JSON(http.StatusBadRequest, gin.H{"error": err.Error(), "suggestions": suggestions})
	}
}

// answerPage lays an answer out for people: variables that come in pairs, ?x
// and ?xLabel, become one column with a link, the words of the source lead to
// their claim, and identifiers that only programs need are left out.
func answerPage(a *question.Answer) web.Answer {
	page := web.Answer{Question: a.Asked, Understood: true, Title: a.Title, Text: a.Text, SPARQL: a.SPARQL}
	for _, name := range slices.Sorted(maps.Keys(a.Parameters)) {
		v := a.Parameters[name]
		p := web.Parameter{Name: name, Label: v.Label}
		if len(v.Terms) == 1 {
			p.Href = href(v.Terms[0])
		}
		page.Parameters = append(page.Parameters, p)
	}
	index := make(map[string]int, len(a.Vars))
	for i, v := range a.Vars {
		index[v] = i
	}
	type column struct{ text, link int }
	var columns []column
	for i, v := range a.Vars {
		base, isLabel := strings.CutSuffix(v, "Label")
		switch {
		case v == "from" || v == "to" || v == "claim" || v == "document" || v == "evidence" || v == "predicate" || v == "account":
			continue
		case isLabel:
			link, ok := index[base]
			if !ok {
				link = -1
			}
			columns = append(columns, column{i, link})
			page.Columns = append(page.Columns, heading(base))
		case v == "quote":
			link, ok := index["claim"]
			if !ok {
				link = -1
			}
			columns = append(columns, column{i, link})
			page.Columns = append(page.Columns, "Words in the source")
		default:
			if _, paired := index[v+"Label"]; paired {
				continue
			}
			columns = append(columns, column{i, -1})
			page.Columns = append(page.Columns, heading(v))
		}
	}
	for _, row := range a.Rows {
		var cells []web.Link
		for _, col := range columns {
			var cell web.Link
			if t := row[col.text]; t != nil {
				cell = web.Link{Text: shownText(t), Quote: a.Vars[col.text] == "quote"}
				if a.Vars[col.text] == "modality" || a.Vars[col.text] == "stance" {
					cell.Text = spaced(cell.Text)
				}
				cell.Short = !cell.Quote && len(cell.Text) <= 16
				if col.link >= 0 && row[col.link] != nil {
					cell.Href = href(row[col.link])
				}
			}
			cells = append(cells, cell)
		}
		page.Rows = append(page.Rows, cells)
	}
	dropEmptyColumns(&page)
	return page
}

// dropEmptyColumns removes the columns in which no row has anything.
func dropEmptyColumns(page *web.Answer) {
	if len(page.Rows) == 0 {
		return
	}
	for i := len(page.Columns) - 1; i >= 0; i-- {
		used := slices.ContainsFunc(page.Rows, func(row []web.Link) bool { return row[i].Text != "" })
		if used {
			continue
		}
		page.Columns = slices.Delete(page.Columns, i, i+1)
		for r := range page.Rows {
			page.Rows[r] = slices.Delete(page.Rows[r], i, i+1)
		}
	}
}

func shownText(t rdf.Term) string {
	switch t := t.(type) {
	case rdf.Literal:
		return t.Lexical
	case rdf.IRI:
		short := shorten(t)
		if _, local, ok := strings.Cut(short, ":"); ok && short != string(t) {
			return local
		}
		return short
	default:
		return t.String()
	}
}

// heading makes a column title of a variable: "behalf" is for a person "Behalf".
func heading(variable string) string {
	if known, ok := headings[variable]; ok {
		return known
	}
	var b strings.Builder
	for i, r := range variable {
		switch {
		case i == 0:
			b.WriteString(strings.ToUpper(string(r)))
		case 'A' <= r && r <= 'Z':
			b.WriteByte(' ')
			b.WriteString(strings.ToLower(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// headings are the columns whose variable does not read well.
var headings = map[string]string{"agreesWith": "Agrees with", "behalf": "On behalf of", "via": "Through", "subject": "Who", "verb": "Did what", "object": "To whom or what"}

func (s *Server) listQuestions(c *gin.Context) {
	c.Header("Vary", "Accept")
	if negotiate(c.GetHeader("Accept"), answerTypes) == 1 {
		s.render(c, http.StatusOK, web.PageQuestions, struct{ Questions []web.Question }{s.webQuestions()})
		return
	}
	type listed struct {
		Name        string           `json:"name"`
		Title       string           `json:"title"`
		Description string           `json:"description"`
		Parameters  []question.Param `json:"parameters"`
		Examples    []string         `json:"examples"`
		SPARQL      string           `json:"sparql"`
		URL         string           `json:"url"`
	}
	var all []listed
	for _, q := range s.questions.all {
		all = append(all, listed{q.Name, q.Title, q.Description, q.Params, q.Examples, q.SPARQL, "/questions/" + q.Name})
	}
	c.JSON(http.StatusOK, gin.H{"questions": all})
}

func (s *Server) webQuestions() []web.Question {
	var all []web.Question
	for _, q := range s.questions.all {
		all = append(all, web.Question{Name: q.Name, Title: q.Title, Description: q.Description, Examples: q.Examples})
	}
	return all
}
