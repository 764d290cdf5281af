package server

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/private"
)

// The Reconciliation Service API of the W3C community group: version 0.2, which
// OpenRefine speaks, and the match of the 1.0 draft. Names are looked up in what
// the reader may see.

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
	r.GET("/reconcile/preview", s.operation("reconciliation", requestURI, s.previewEntity))
	r.POST("/reconcile/match", s.operation("reconciliation", requestURI, s.matchEntities))
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
}

func (q *reconcileQuery) kind() claim.EntityKind {
	t := q.Type
	if list, ok := t.([]any); ok && len(list) > 0 {
		t = list[0]
	}
	kind, _ := t.(string)
	return claim.EntityKind(kind)
}

func candidates(n *link.Names, q reconcileQuery) []gin.H {
	if q.Limit <= 0 || q.Limit > reconcileLimit {
		q.Limit = 10
	}
	found := n.Find(q.Query, q.kind(), q.Limit)
	out := make([]gin.H, 0, len(found))
	for i, e := range found {
		// A match asks for no person: one name only, in the very spelling.
		sure := i == 0 && e.Score == 1 && (len(found) == 1 || found[1].Score < 1)
		out = append(out, gin.H{
			"id": string(e.IRI), "name": e.Label, "score": 100 * e.Score, "match": sure, "type": entityTypes(e.Kinds),
			"features": []gin.H{{"id": "name", "value": 100 * e.Score}},
		})
	}
	return out
}

func entityTypes(kinds []claim.EntityKind) []gin.H {
	out := make([]gin.H, 0, len(kinds))
	for _, k := range kinds {
		out = append(out, gin.H{"id": string(k), "name": spaced(string(k))})
	}
	return out
}

// reconcile answers with the manifest, or the candidates of a batch of queries.
func (s *Server) reconcile(c *gin.Context) {
	batch := c.Query("queries")
	if c.Request.Method == http.MethodPost {
		batch = c.PostForm("queries")
	}
	if batch == "" {
		if c.Request.Method == http.MethodPost {
			s.fail(c, http.StatusBadRequest, "send a batch as the form field queries", nil)
			return
		}
		c.JSON(http.StatusOK, manifest(c))
		return
	}
	var queries map[string]reconcileQuery
	if err := json.Unmarshal([]byte(batch), &queries); err != nil {
		s.fail(c, http.StatusBadRequest, "queries: "+err.Error(), nil)
		return
	}
	if len(queries) > reconcileBatch {
		s.fail(c, http.StatusRequestEntityTooLarge, fmt.Sprintf("a batch holds at most %d queries", reconcileBatch), nil)
		return
	}
	names, err := s.names(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	out := make(gin.H, len(queries))
	for id, q := range queries {
		out[id] = gin.H{"result": candidates(names, q)}
	}
	c.JSON(http.StatusOK, out)
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
	return gin.H{
		"versions": []string{"0.1", "0.2"}, "name": "Belligraph", "identifierSpace": claim.NSID, "schemaSpace": claim.NS,
		"defaultTypes": types, "batchSize": reconcileBatch,
		"view":    gin.H{"url": base + "/describe?iri={{id}}"},
		"preview": gin.H{"url": base + "/reconcile/preview?id={{id}}", "width": 400, "height": 120},
		"suggest": gin.H{"entity": gin.H{"service_url": base, "service_path": "/reconcile/suggest/entity"}},
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
	names, err := s.names(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	results := make([]gin.H, 0, len(request.Queries))
	for _, q := range request.Queries {
		text := ""
		for _, condition := range q.Conditions {
			if v, ok := condition.PropertyValue.(string); ok && condition.MatchType == "name" {
				text = v
			}
		}
		results = append(results, gin.H{"candidates": candidates(names, reconcileQuery{Query: text, Type: q.Type, Limit: q.Limit})})
	}
	c.JSON(http.StatusOK, gin.H{"results": results})
}

func (s *Server) suggestEntity(c *gin.Context) {
	names, err := s.names(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	result := make([]gin.H, 0, 10)
	for _, e := range names.Find(c.Query("prefix"), "", 10) {
		result = append(result, gin.H{"id": string(e.IRI), "name": e.Label, "notable": entityTypes(e.Kinds)})
	}
	c.JSON(http.StatusOK, gin.H{"result": result})
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
