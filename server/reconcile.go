package server

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/private"
)

// The Reconciliation Service API of the W3C community group: versions 0.1 and
// 0.2, which OpenRefine speaks, and the 1.0 draft. Names are looked up in what the
// reader may see. Extension and suggestion are in files of their own.

// reconciler keeps the names that each kind of reader sees, until the graph
// changes.
type reconciler struct {
	mu      sync.Mutex
	readers map[string]namesOf // by private.Rights.Key
}

type namesOf struct {
	version uint64
	names   *link.Names
}

// Bounds of the service: how many queries one request may hold, and how many
// candidates a query may ask for.
const (
	reconcileBatch = 50
	reconcileLimit = 50
)

func (s *Server) reconcileRoutes(r gin.IRouter) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r.Handle(method, "/reconcile", s.operation("reconciliation", requestURI, s.reconcile))
	}
	r.GET("/reconcile/suggest/entity", s.operation("reconciliation", requestURI, s.suggestEntity))
	r.GET("/reconcile/suggest/type", s.suggestType)
	r.GET("/reconcile/suggest/property", s.suggestProperty)
	r.GET("/reconcile/preview", s.operation("reconciliation", requestURI, s.previewEntity))
	r.POST("/reconcile/match", s.operation("reconciliation", requestURI, s.matchEntities))
	r.POST("/reconcile/extend", s.operation("reconciliation", requestURI, s.extendEntities))
	r.GET("/reconcile/extend/propose", s.proposeProperties)
}

// names returns the names that the reader of a request sees.
func (s *Server) names(c *gin.Context) (*link.Names, error) {
	ctx := c.Request.Context()
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	q := &s.reconciler
	q.mu.Lock()
	defer q.mu.Unlock()
	key := private.Of(ctx).Key()
	if n := q.readers[key]; n.names != nil && n.version == snap.Version() {
		return n.names, nil
	}
	n, err := link.NewNames(ctx, snap)
	if err == nil {
		keep(&q.readers, key, namesOf{snap.Version(), n})
	}
	return n, err
}

type reconcileQuery struct {
	Query string `json:"query"`
	Type  any    `json:"type"` // an id, or a list of which the first counts
	Limit int    `json:"limit"`
	// Properties are further values of the row, by the property that they are of.
	Properties []struct {
		ID    string `json:"pid"`
		Value any    `json:"v"`
	} `json:"properties"`
}

func (q *reconcileQuery) kind() claim.EntityKind {
	t := q.Type
	if list, ok := t.([]any); ok && len(list) > 0 {
		t = list[0]
	}
	kind, _ := t.(string)
	return claim.EntityKind(kind)
}

// propertyShare is the part of a score that the properties of a query have.
const propertyShare = 0.3

func candidates(n *link.Names, values *propertyReader, q reconcileQuery) ([]gin.H, error) {
	if q.Limit <= 0 || q.Limit > reconcileLimit {
		q.Limit = 10
	}
	found := n.Find(q.Query, q.kind(), reconcileLimit)
	features := make([][]gin.H, len(found))
	for i := range found {
		e := &found[i]
		features[i] = []gin.H{{"id": "name", "value": 100 * e.Score}}
		if len(q.Properties) == 0 {
			continue
		}
		sum := 0.0
		for _, p := range q.Properties {
			s, err := values.similarity(e.IRI, p.ID, p.Value)
			if err != nil {
				return nil, err
			}
			sum += s
			features[i] = append(features[i], gin.H{"id": p.ID, "value": 100 * s})
		}
		e.Score = (1-propertyShare)*e.Score + propertyShare*sum/float64(len(q.Properties))
	}
	order := make([]int, len(found))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(found[b].Score, found[a].Score) })
	out := make([]gin.H, 0, min(len(found), q.Limit))
	for k, i := range order[:min(len(order), q.Limit)] {
		e := found[i]
		// A match asks for no person: one name only, in the very spelling.
		sure := k == 0 && e.Score == 1 && (len(order) == 1 || found[order[1]].Score < 1)
		out = append(out, gin.H{
			"id": string(e.IRI), "name": e.Label, "score": 100 * e.Score, "match": sure, "type": entityTypes(e.Kinds), "features": features[i],
		})
	}
	return out, nil
}

func entityTypes(kinds []claim.EntityKind) []gin.H {
	out := make([]gin.H, 0, len(kinds))
	for _, k := range kinds {
		out = append(out, gin.H{"id": string(k), "name": spaced(string(k))})
	}
	return out
}

// sendScriptable sends JSON, or a script that calls a function with it: clients of 0.1
// may read no other answer of a foreign server.
func (s *Server) sendScriptable(c *gin.Context, value any) {
	callback := c.Query("callback")
	if callback == "" || c.Request.Method != http.MethodGet {
		c.JSON(http.StatusOK, value)
		return
	}
	if len(callback) > 100 || !callbackName.MatchString(callback) {
		s.fail(c, http.StatusBadRequest, "callback: no name of a function", nil)
		return
	}
	body, err := json.Marshal(value)
	if err != nil {
		s.failWith(c, err)
		return
	}
	// The comment keeps the name from being the first bytes of another format.
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, "application/javascript; charset=utf-8", fmt.Appendf(nil, "/**/%s(%s);", callback, body))
}

var callbackName = regexp.MustCompile(`^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$`)

// reconcile answers with the manifest, the candidates of a batch of queries, or
// the values of a batch of entities.
func (s *Server) reconcile(c *gin.Context) {
	field := c.Query
	if c.Request.Method == http.MethodPost {
		field = c.PostForm
	}
	batch, extend, single := field("queries"), field("extend"), field("query")
	switch {
	case extend != "":
		s.extendForm(c, extend)
		return
	case batch == "" && single == "" && c.Request.Method == http.MethodPost:
		s.fail(c, http.StatusBadRequest, "send a batch as the form field queries, or extend", nil)
		return
	case batch == "" && single == "":
		s.sendScriptable(c, manifest(c))
		return
	}
	queries := make(map[string]reconcileQuery)
	if batch == "" { // of 0.1: one query, as text or as JSON
		q := reconcileQuery{Query: single}
		if single[0] == '{' {
			if err := json.Unmarshal([]byte(single), &q); err != nil {
				s.fail(c, http.StatusBadRequest, "query: "+err.Error(), nil)
				return
			}
		}
		queries[""] = q
	} else if err := json.Unmarshal([]byte(batch), &queries); err != nil {
		s.fail(c, http.StatusBadRequest, "queries: "+err.Error(), nil)
		return
	}
	if len(queries) > reconcileBatch {
		s.fail(c, http.StatusRequestEntityTooLarge, fmt.Sprintf("a batch holds at most %d queries", reconcileBatch), nil)
		return
	}
	names, values, err := s.namesAndValues(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer values.close()
	out := make(gin.H, len(queries))
	for id, q := range queries {
		found, err := candidates(names, values, q)
		if err != nil {
			s.failWith(c, err)
			return
		}
		out[id] = gin.H{"result": found}
	}
	if batch == "" {
		s.sendScriptable(c, out[""])
		return
	}
	s.sendScriptable(c, out)
}

func manifest(c *gin.Context) gin.H {
	scheme := "http"
	if c.Request.TLS != nil {
		scheme = "https"
	}
	base := scheme + "://" + c.Request.Host
	var types []gin.H
	for _, k := range []claim.EntityKind{claim.ArmedGroup, claim.Place, claim.Conflict, claim.Battle, claim.Person, claim.Country} {
		types = append(types, gin.H{"id": string(k), "name": spaced(string(k))})
	}
	suggest := make(gin.H)
	for _, what := range []string{"entity", "type", "property"} {
		suggest[what] = gin.H{"service_url": base, "service_path": "/reconcile/suggest/" + what}
	}
	return gin.H{
		"versions": []string{"0.1", "0.2", "1.0-draft"}, "name": "Belligraph", "identifierSpace": claim.NSID, "schemaSpace": claim.NS,
		"defaultTypes": types, "batchSize": reconcileBatch,
		"view":    gin.H{"url": base + "/describe?iri={{id}}"},
		"preview": gin.H{"url": base + "/reconcile/preview?id={{id}}", "width": 400, "height": 120},
		"suggest": suggest,
		"extend": gin.H{
			"propose_properties": gin.H{"service_url": base, "service_path": "/reconcile/extend/propose"},
			"property_settings": []gin.H{{
				"name": "limit", "label": "Values", "type": "number", "default": 0, "help_text": "How many values of a property at most; 0 is all.",
			}},
		},
	}
}

// matchEntities is the match of the 1.0 draft: queries in a list, the text among
// their conditions.
func (s *Server) matchEntities(c *gin.Context) {
	var request struct {
		Queries []struct {
			Type       string `json:"type"`
			Limit      int    `json:"limit"`
			Conditions []struct {
				MatchType     string `json:"matchType"`
				PropertyID    string `json:"propertyId"`
				PropertyValue any    `json:"propertyValue"`
			} `json:"conditions"`
		} `json:"queries"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(c.Writer, c.Request.Body, 1<<20)).Decode(&request); err != nil {
		s.fail(c, http.StatusBadRequest, "the body is no batch of queries: "+err.Error(), nil)
		return
	}
	if len(request.Queries) > reconcileBatch {
		s.fail(c, http.StatusRequestEntityTooLarge, fmt.Sprintf("a batch holds at most %d queries", reconcileBatch), nil)
		return
	}
	names, values, err := s.namesAndValues(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	defer values.close()
	results := make([]gin.H, 0, len(request.Queries))
	for _, q := range request.Queries {
		query := reconcileQuery{Type: q.Type, Limit: q.Limit}
		for _, condition := range q.Conditions {
			if v, ok := condition.PropertyValue.(string); ok && condition.MatchType == "name" {
				query.Query = v
			} else if condition.MatchType == "property" {
				query.Properties = append(query.Properties, struct {
					ID    string `json:"pid"`
					Value any    `json:"v"`
				}{condition.PropertyID, condition.PropertyValue})
			}
		}
		found, err := candidates(names, values, query)
		if err != nil {
			s.failWith(c, err)
			return
		}
		results = append(results, gin.H{"candidates": found})
	}
	c.JSON(http.StatusOK, gin.H{"results": results})
}

// previewEntity is a small page about an entity, shown in a frame.
func (s *Server) previewEntity(c *gin.Context) {
	names, err := s.names(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	id := claim.Ref(c.Query("id"))
	e, ok := names.Entity(id)
	if !ok {
		s.fail(c, http.StatusNotFound, "no entity has this identifier", nil)
		return
	}
	var kinds []string
	for _, k := range slices.Sorted(slices.Values(e.Kinds)) {
		kinds = append(kinds, spaced(string(k)))
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", fmt.Appendf(nil,
		"<!doctype html><meta charset=utf-8><title>%[1]s</title><p><strong>%[1]s</strong></p><p>%[2]s</p><p><code>%[3]s</code></p>",
		html.EscapeString(e.Label), html.EscapeString(fmt.Sprint(kinds)), html.EscapeString(string(id))))
}
