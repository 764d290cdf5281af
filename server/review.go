package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/review"
	"github.com/belligraph/belligraph/server/web"
)

// The review: what a person should look at, and what people decided.

// reviewQueues keeps the queue that each kind of reader sees of a graph, until
// the graph changes.
type reviewQueues struct {
	mu     sync.Mutex
	queues map[string]queueOf // by private.Rights.Key and the graph
}

type queueOf struct {
	version uint64
	queue   *review.Queue
}

// Bounds of the review: how many items a page has, and how many decisions a
// request may make in the words of a person.
const (
	reviewPage      = 20
	maxReviewPage   = 500
	maxReviewWishes = 1000
)

func (s *Server) reviewRoutes(r gin.IRouter) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r.Handle(method, "/review", reviewHeaders, s.admitted(s.review))
		r.Handle(method, "/review/item", reviewHeaders, s.admitted(s.reviewItem))
		r.Handle(method, "/review/decisions", reviewHeaders, s.admitted(s.exportDecisions))
	}
	r.POST("/review/decisions", reviewHeaders, s.admitted(s.decide))
}

// reviewSecurity is stricter than the policy of other pages: nothing of the
// texts that are shown here can load or run anything.
const reviewSecurity = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// reviewHeaders lets a browser tell, with the forms of these pages, where they
// come from: without that a form of this server's own looks like anybody's.
func reviewHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", reviewSecurity)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept")
}

// reviewGraph returns the graph that a request is about, the default graph
// unless it names another.
func reviewGraph(name string) (rdf.Term, error) {
	if name == "" {
		return nil, nil
	}
	if _, err := iri.Parse(name); err != nil {
		return nil, badRequest("graph: %v", err)
	}
	return rdf.IRI(name), nil
}

// reviewQueue returns the queue that the reader of a request sees.
func (s *Server) reviewQueue(ctx context.Context, snap graph.Snapshot, in rdf.Term) (*review.Queue, error) {
	q := &s.reviews
	q.mu.Lock()
	defer q.mu.Unlock()
	key := private.Of(ctx).Key()
	if in != nil {
		key += "\n" + in.String()
	}
	if kept := q.queues[key]; kept.queue != nil && kept.version == snap.Version() {
		return kept.queue, nil
	}
	made, err := review.Read(ctx, snap, in)
	if err == nil {
		keep(&q.queues, key, queueOf{snap.Version(), made})
	}
	return made, err
}

// reviewing is what a request for items is about.
type reviewing struct {
	server *Server
	c      *gin.Context
	ctx    context.Context
	snap   graph.Snapshot
	reader *claim.Reader
	graph  rdf.Term
	texts  map[claim.Ref][]rune
}

// newReviewing opens the graph of a request; the caller closes the snapshot.
func (s *Server) newReviewing(c *gin.Context) (*reviewing, error) {
	in, err := reviewGraph(c.Query("graph"))
	if err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	reader, err := claim.NewReader(snap, claim.ReadOptions{Graph: in})
	if err != nil {
		snap.Close()
		return nil, err
	}
	return &reviewing{s, c, ctx, snap, reader, in, make(map[claim.Ref][]rune)}, nil
}

func (s *Server) review(c *gin.Context) {
	r, err := s.newReviewing(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer r.snap.Close()
	queue, err := s.reviewQueue(r.ctx, r.snap, r.graph)
	if err != nil {
		s.failWith(c, err)
		return
	}
	f := review.Filter{Sort: review.Sort(c.Query("sort")), Status: claim.Status(c.DefaultQuery("status", string(claim.Open))),
		Kind: c.Query("kind"), Document: claim.Ref(c.Query("document")), Rule: c.Query("rule")}
	if f.Status == "any" {
		f.Status = ""
	}
	page, err := pageNumber(c.Query("page"), 1)
	if err != nil {
		s.failWith(c, err)
		return
	}
	limit, err := pageNumber(c.Query("limit"), reviewPage)
	if err != nil {
		s.failWith(c, err)
		return
	}
	limit = min(limit, maxReviewPage)
	found := queue.Select(f)
	from := min(len(found), (page-1)*limit)
	shown := found[from:min(len(found), from+limit)]
	details := make([]review.Detail, 0, len(shown))
	for _, it := range shown {
		d, err := review.Describe(r.ctx, r.reader, it)
		if err != nil {
			s.failWith(c, err)
			return
		}
		details = append(details, d)
	}
	switch negotiate(c.GetHeader("Accept"), []string{inJSON, inHTML}) {
	case 1:
		s.renderQueue(r, queue, f, details, len(found), page, limit)
	case 0:
		items := make([]gin.H, 0, len(details))
		for i := range details {
			items = append(items, r.jsonItem(&details[i]))
		}
		out := gin.H{"total": len(found), "page": page, "limit": limit, "items": items}
		if from+limit < len(found) {
			out["next"] = r.link("/review", "page", strconv.Itoa(page+1))
		}
		c.JSON(http.StatusOK, out)
	default:
		s.fail(c, http.StatusNotAcceptable, "the queue is available as "+inJSON+" and "+inHTML, nil)
	}
}

// pageNumber reads a number of a query part.
func pageNumber(text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1<<30 {
		return 0, badRequest("%q is not a number from 1", text)
	}
	return n, nil
}

// link returns the address of a request with one parameter changed.
func (r *reviewing) link(path string, changed ...string) string {
	q := r.c.Request.URL.Query()
	q.Del("done")
	for i := 0; i+1 < len(changed); i += 2 {
		q.Del(changed[i])
		if changed[i+1] != "" {
			q.Set(changed[i], changed[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// itemHref returns the page of an item.
func (r *reviewing) itemHref(id claim.Ref) string {
	q := url.Values{"id": {string(id)}}
	if r.graph != nil {
		q.Set("graph", r.c.Query("graph"))
	}
	return "/review/item?" + q.Encode()
}

func (r *reviewing) jsonItem(d *review.Detail) gin.H {
	evidence := make([]claim.Span, 0, len(d.Evidence))
	evidence = append(evidence, d.Evidence...)
	out := gin.H{
		"id": d.IRI, "sort": d.Sort, "status": d.Status, "kind": d.Kind, "document": d.Document, "title": d.Title, "rule": d.Rule,
		"confidence": d.Confidence, "sources": d.Sources, "disagreements": d.Disagreements, "value": d.Value,
		"sentence": d.Sentence, "claimant": d.Claimant, "reason": d.Reason, "evidence": evidence, "fields": d.Values(), "page": r.itemHref(d.IRI),
	}
	if d.Decision != nil {
		out["decision"] = jsonDecision(d.Decision)
	}
	return out
}

func jsonDecision(d *claim.Decision) gin.H {
	return gin.H{"id": d.ID, "verdict": d.Verdict, "by": d.By, "at": d.At.UTC().Format(time.RFC3339), "reason": d.Reason, "target": d.Target}
}

func (s *Server) reviewItem(c *gin.Context) {
	r, err := s.newReviewing(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer r.snap.Close()
	id := claim.Ref(c.Query("id"))
	queue, err := s.reviewQueue(r.ctx, r.snap, r.graph)
	if err != nil {
		s.failWith(c, err)
		return
	}
	it := review.Item{IRI: id, Sort: review.Claim}
	if i := slices.IndexFunc(queue.Items, func(it review.Item) bool { return it.IRI == id }); i >= 0 {
		it = queue.Items[i]
	} else {
		f, document, ok, err := r.reader.Finding(r.ctx, id)
		if err != nil {
			s.failWith(c, err)
			return
		}
		if !ok {
			s.fail(c, http.StatusNotFound, "there is no claim, candidate or link by this identifier", nil)
			return
		}
		it.Document, it.Rule, it.Status = document, f.Rule, claim.Open
		if f.Claim != nil {
			it.Kind, it.Confidence = f.Claim.Proposition.Kind, f.Claim.Confidence
		}
	}
	d, err := review.Describe(r.ctx, r.reader, it)
	if err != nil {
		s.failWith(c, err)
		return
	}
	past, err := r.reader.History(r.ctx, id)
	if err != nil {
		s.failWith(c, err)
		return
	}
	switch negotiate(c.GetHeader("Accept"), []string{inJSON, inHTML}) {
	case 1:
		s.renderItem(r, &d, past)
	case 0:
		out := r.jsonItem(&d)
		history := make([]gin.H, 0, len(past))
		standing := claim.Standing(past)
		for i := range past {
			h := jsonDecision(&past[i])
			h["stands"] = standing[past[i].ID]
			history = append(history, h)
		}
		out["history"] = history
		c.JSON(http.StatusOK, out)
	default:
		s.fail(c, http.StatusNotAcceptable, "an item is available as "+inJSON+" and "+inHTML, nil)
	}
}

// Media types of decisions in files.
const (
	typeLines = "application/x-ndjson"
	typeTSV   = "text/tab-separated-values"
)

// exportDecisions answers with all decisions of a graph.
func (s *Server) exportDecisions(c *gin.Context) {
	r, err := s.newReviewing(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer r.snap.Close()
	format, mediaType := review.JSONL, typeLines
	kind := negotiate(c.GetHeader("Accept"), []string{typeLines, typeTSV})
	switch name := c.Query("format"); {
	case name == "tsv" || name == "" && kind == 1:
		format, mediaType = review.TSV, typeTSV
	case name != "" && name != "jsonl":
		s.fail(c, http.StatusNotAcceptable, "decisions are available as jsonl and tsv", nil)
		return
	}
	c.Header("Content-Type", contentType(mediaType))
	c.Header("Content-Disposition", `attachment; filename="decisions.`+string(format)+`"`)
	if c.Request.Method == http.MethodHead {
		c.Status(http.StatusOK)
		return
	}
	if _, err := review.Export(r.ctx, c.Writer, r.snap, r.graph, format); err != nil {
		if c.Writer.Written() {
			s.abortStream(c, err)
		}
		s.failWith(c, err)
	}
}

// decide carries out decisions: one of a form, several as JSON in the words of a
// person, or a file of decisions that were made elsewhere.
func (s *Server) decide(c *gin.Context) {
	if !s.mayWrite(c) {
		return
	}
	in, err := reviewGraph(c.Query("graph"))
	if err != nil {
		s.failWith(c, err)
		return
	}
	body, err := content(c.Writer, c.Request, s.cfg.MaxBody)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer body.Close()
	mediaType, _, _ := strings.Cut(c.ContentType(), ";")
	switch mediaType {
	case typeForm:
		s.decideByForm(c, body)
	case inJSON:
		s.decideAsJSON(c, body, in)
	case typeLines, typeTSV:
		s.importDecisions(c, body, in)
	default:
		s.fail(c, http.StatusUnsupportedMediaType, "decisions come as "+strings.Join([]string{typeForm, inJSON, typeLines, typeTSV}, ", "), nil)
	}
}

// reviewOptions say by which token decisions came.
func reviewOptions(c *gin.Context, in rdf.Term) review.Options {
	o := review.Options{Graph: in}
	if t := tokenOf(c); t != nil {
		o.Token = t.Name
	}
	return o
}

func (s *Server) decideAsJSON(c *gin.Context, body io.Reader, in rdf.Term) {
	var request struct {
		Decisions []review.Wish `json:"decisions"`
	}
	dec := json.NewDecoder(body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&request); err != nil {
		s.failWith(c, badRequest("the body is no list of decisions: %v", err))
		return
	}
	if n := len(request.Decisions); n == 0 || n > maxReviewWishes {
		s.failWith(c, badRequest("a request makes 1 to %d decisions, not %d", maxReviewWishes, n))
		return
	}
	o := reviewOptions(c, in)
	for i := range request.Decisions {
		if w := &request.Decisions[i]; w.By == "" {
			w.By = o.Token
		}
	}
	made, err := review.Decide(c.Request.Context(), s.cfg.Graph, request.Decisions, o)
	if err != nil {
		s.failWith(c, err)
		return
	}
	out := make([]gin.H, 0, len(made))
	for i := range made {
		out = append(out, jsonDecision(&made[i]))
	}
	c.JSON(http.StatusOK, gin.H{"decisions": out})
}

func (s *Server) importDecisions(c *gin.Context, body io.Reader, in rdf.Term) {
	var faults []string
	all, err := review.ReadFile(body, func(p claim.Problem) { faults = append(faults, fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Message)) })
	if err == nil && len(faults) > 0 {
		err = badRequest("%s", strings.Join(faults[:min(20, len(faults))], "\n"))
	}
	if err != nil {
		s.failWith(c, err)
		return
	}
	added, err := review.Import(c.Request.Context(), s.cfg.Graph, all, in)
	if err != nil {
		s.failWith(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"read": len(all), "new": added})
}

// reviewerCookie remembers the name of the person who decides, so that it need
// not be written again for each decision.
const reviewerCookie = "reviewer"

func (s *Server) decideByForm(c *gin.Context, body io.Reader) {
	text, err := io.ReadAll(body)
	if err != nil {
		s.failWith(c, err)
		return
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		s.failWith(c, badRequest("the form cannot be read: %v", err))
		return
	}
	in, err := reviewGraph(form.Get("graph"))
	if err != nil {
		s.failWith(c, err)
		return
	}
	w := review.Wish{Target: claim.Ref(form.Get("target")), Verdict: claim.Verdict(form.Get("verdict")), By: form.Get("by"), Reason: form.Get("reason")}
	if w.Verdict == claim.Correct {
		if w.Correction, err = s.changedFields(c, w.Target, in, form); err != nil {
			s.failWith(c, err)
			return
		}
	}
	made, err := review.Decide(c.Request.Context(), s.cfg.Graph, []review.Wish{w}, reviewOptions(c, in))
	if err != nil {
		s.failWith(c, err)
		return
	}
	http.SetCookie(c.Writer, &http.Cookie{Name: reviewerCookie, Value: url.QueryEscape(w.By), Path: "/review", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: c.Request.TLS != nil, MaxAge: 30 * 24 * 3600})
	back, err := url.Parse(form.Get("back"))
	if err != nil || back.Host != "" || back.Scheme != "" || back.Path != "/review" && back.Path != "/review/item" {
		back = &url.URL{Path: "/review"}
	}
	q := back.Query()
	q.Set("done", string(made[0].ID))
	if back.Path == "/review/item" && w.Verdict != claim.Undo {
		q.Set("id", string(w.Target))
	}
	back.RawQuery = q.Encode()
	c.Redirect(http.StatusSeeOther, back.String())
}

// changedFields returns what a form says otherwise than what was found.
func (s *Server) changedFields(c *gin.Context, target claim.Ref, in rdf.Term, form url.Values) (map[string]string, error) {
	snap, err := s.cfg.Graph.Snapshot(c.Request.Context())
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	reader, err := claim.NewReader(snap, claim.ReadOptions{Graph: in})
	if err != nil {
		return nil, err
	}
	_, document, _, err := reader.Finding(c.Request.Context(), target)
	if err != nil {
		return nil, err
	}
	d, err := review.Describe(c.Request.Context(), reader, review.Item{IRI: target, Document: document})
	if err != nil {
		return nil, err
	}
	sent := map[string]string{"negated": ""} // what is not ticked is not sent
	for _, name := range review.Fields {
		if form.Has(name) {
			sent[name] = form.Get(name)
		}
	}
	return d.Changed(sent), nil
}

// reviewer returns the name that was given last.
func reviewer(c *gin.Context) string {
	cookie, err := c.Request.Cookie(reviewerCookie)
	if err != nil {
		if t := tokenOf(c); t != nil {
			return t.Name
		}
		return ""
	}
	name, _ := url.QueryUnescape(cookie.Value)
	return name
}

// evidence shows a quotation within its sentence.
func (r *reviewing) evidence(document claim.Ref, span claim.Span) (web.Evidence, error) {
	e := web.Evidence{Quote: span.Quote}
	text, ok := r.texts[document]
	if !ok {
		d, _, err := r.reader.Document(r.ctx, document)
		if err != nil {
			return e, err
		}
		text = []rune(d.Text)
		r.texts[document] = text
	}
	if span.Start < 0 || span.Start >= span.End || span.End > len(text) || string(text[span.Start:span.End]) != span.Quote {
		return e, nil
	}
	e.Before, e.After = around(text, span.Start, span.End)
	if r.graph == nil {
		e.Href = href(rdf.IRI(document)) + "#" + spanID(span.Start)
	}
	return e, nil
}
