package cayleyapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/cayley"
)

// The first API answers as text/plain: the stock pages parse what they get
// themselves, and jQuery would parse JSON before them.
const textPlain = "text/plain; charset=utf-8"

const noHTTP = "HTTP interface is not supported for this query language."

// language checks a language's name and answers the request if it is none.
func language(c *gin.Context, lang string) bool {
	switch lang {
	case cayley.Gizmo, cayley.MQL, cayley.GraphQL:
		return true
	case "sexp": // Cayley has it, on its command line only
		fail(c, http.StatusBadRequest, noHTTP)
	default:
		fail(c, http.StatusBadRequest, "Unknown query language.")
	}
	return false
}

func (a *api) queryV1(c *gin.Context) {
	lang := c.Param("lang")
	if !language(c, lang) {
		return
	}
	// The stock pages send the text as if it were a form, so it is read before
	// anything can parse it.
	text, err := a.body(c, a.MaxQuery)
	if err != nil {
		failWith(c, err)
		return
	}
	limit, _ := strconv.Atoi(c.Query("limit"))
	if limit == 0 {
		limit = resultLimit
	}
	answer, err := a.run(c, lang, string(text), max(limit, 0), false)
	if c.IsAborted() {
		return
	}
	if err != nil {
		queryFailed(c, lang, err)
		return
	}
	reply(c, lang, answer, textPlain, true)
}

// run runs a query, or answers the request if it may not run.
func (a *api) run(c *gin.Context, lang, text string, limit int, linked bool) (*cayley.Answer, error) {
	memory, release, ok := a.admit(c)
	if !ok {
		c.Abort()
		return nil, nil
	}
	defer release()
	done := a.begin(c, lang, text)
	defer done(errFailed)
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.QueryTimeout)
	defer cancel()
	answer, err := cayley.Query(ctx, a.Graph, lang, text, cayley.QueryOptions{Limit: limit, Linked: linked, Memory: memory})
	return answer, done(err)
}

// reply writes an answer in the envelope of its language.
func reply(c *gin.Context, lang string, answer *cayley.Answer, contentType string, escapeHTML bool) {
	var envelope any = gin.H{"result": answer.Results}
	if lang == cayley.GraphQL {
		envelope = gin.H{"data": answer.Data}
	}
	data, err := encode(envelope, escapeHTML)
	if err != nil {
		fail(c, http.StatusInternalServerError, "the result cannot be written as JSON: "+err.Error())
		return
	}
	c.Data(http.StatusOK, contentType, data)
}

// queryFailed reports the error of a query; GraphQL has a form of its own, sent
// with status 200.
func queryFailed(c *gin.Context, lang string, err error) {
	if lang != cayley.GraphQL || errors.Is(err, context.Canceled) {
		failWith(c, err)
		return
	}
	message := err.Error()
	if errors.Is(err, context.DeadlineExceeded) {
		message = "the query took too long and was stopped"
	}
	data, err := encode(struct {
		Data   any     `json:"data"`
		Errors []gin.H `json:"errors"`
	}{nil, []gin.H{{"message": message, "locations": nil}}}, true)
	if err != nil {
		failWith(c, err)
		return
	}
	c.Data(http.StatusOK, textPlain, data)
	c.Abort()
}

func (a *api) shapeV1(c *gin.Context) {
	lang := c.Param("lang")
	if !language(c, lang) {
		return
	}
	if lang == cayley.GraphQL {
		fail(c, http.StatusBadRequest, noHTTP)
		return
	}
	text, err := a.body(c, a.MaxQuery)
	if err != nil {
		failWith(c, err)
		return
	}
	memory, release, ok := a.admit(c)
	if !ok {
		return
	}
	defer release()
	done := a.begin(c, lang+" shape", string(text))
	defer done(errFailed)
	ctx, cancel := context.WithTimeout(c.Request.Context(), a.QueryTimeout)
	defer cancel()
	shape, err := cayley.Shape(ctx, a.Graph, lang, string(text), cayley.QueryOptions{Memory: memory})
	err = done(err)
	if err != nil {
		failWith(c, err)
		return
	}
	data, err := encode(shape, true)
	if err != nil {
		failWith(c, err)
		return
	}
	c.Data(http.StatusOK, textPlain, data)
}

func (a *api) queryV2(c *gin.Context) {
	lang := c.Query("lang")
	if lang == "" {
		fail(c, http.StatusBadRequest, "query language not specified")
		return
	}
	if !language(c, lang) {
		return
	}
	text := c.Query("qu")
	if c.Request.Method == http.MethodPost {
		data, err := a.body(c, a.MaxQuery)
		if err != nil {
			failWith(c, err)
			return
		}
		text = string(data)
	} else if int64(len(text)) > a.MaxQuery {
		fail(c, http.StatusRequestEntityTooLarge, "request is too large")
		return
	}
	if text == "" {
		fail(c, http.StatusBadRequest, "query is empty")
		return
	}
	contentType, linked := "application/json", false
	if best(c.GetHeader("Accept"), "application/json", "application/ld+json") == "application/ld+json" {
		contentType, linked = "application/ld+json", lang == cayley.Gizmo
	}
	if lang != cayley.Gizmo {
		contentType = "application/json"
	}
	answer, err := a.run(c, lang, text, resultLimit, linked)
	if c.IsAborted() {
		return
	}
	if err != nil {
		queryFailed(c, lang, err)
		return
	}
	reply(c, lang, answer, contentType, false)
}

// best returns the media type of offers that an Accept header likes most, ""
// if it names none of them. Of equal ones the first offer wins; wildcards admit
// every offer.
func best(accept string, offers ...string) string {
	chosen, weight := "", 0.0
	for i, offer := range offers {
		if q := quality(accept, offer); q > weight || i == 0 && q > 0 {
			chosen, weight = offer, q
		}
	}
	return chosen
}

// quality returns the weight that an Accept or Accept-Encoding header gives to a
// value. The most specific range decides.
func quality(header, value string) float64 {
	major, _, isType := strings.Cut(value, "/")
	weight, specific := 0.0, -1
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		s := -1
		switch {
		case name == value:
			s = 2
		case isType && name == major+"/*":
			s = 1
		case isType && name == "*/*" || !isType && name == "*":
			s = 0
		}
		if s <= specific {
			continue
		}
		weight, specific = 1, s
		for p := range strings.SplitSeq(params, ";") {
			if k, v, ok := strings.Cut(strings.TrimSpace(p), "="); ok && strings.EqualFold(k, "q") {
				if q, err := strconv.ParseFloat(v, 64); err == nil {
					weight = q
				}
			}
		}
	}
	return weight
}
