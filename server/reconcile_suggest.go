package server

import (
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph/link"
)

// suggested is how many suggestions one answer holds.
const suggested = 10

func (s *Server) suggestEntity(c *gin.Context) {
	names, err := s.names(c)
	if err != nil {
		s.failWith(c, err)
		return
	}
	result := make([]gin.H, 0, suggested)
	for _, e := range names.Find(c.Query("prefix"), "", suggested) {
		result = append(result, gin.H{"id": string(e.IRI), "name": e.Label, "notable": entityTypes(e.Kinds)})
	}
	s.sendScriptable(c, gin.H{"result": result})
}

// beginsWord reports whether a word of the name begins so.
func beginsWord(name, prefix string) bool {
	name, prefix = strings.ToLower(name), strings.ToLower(strings.TrimSpace(prefix))
	return strings.HasPrefix(name, prefix) || strings.Contains(name, " "+prefix)
}

func (s *Server) suggestType(c *gin.Context) {
	result := make([]gin.H, 0, suggested)
	for _, k := range link.Kinds() {
		if name := spaced(string(k)); beginsWord(name, c.Query("prefix")) {
			result = append(result, gin.H{"id": string(k), "name": name})
		}
	}
	s.sendScriptable(c, gin.H{"result": result[:min(len(result), suggested)]})
}

func (s *Server) suggestProperty(c *gin.Context) {
	result := make([]gin.H, 0, suggested)
	for i := range extendable {
		if p := &extendable[i]; beginsWord(p.name, c.Query("prefix")) {
			result = append(result, gin.H{"id": p.id, "name": p.name, "description": p.says})
		}
	}
	s.sendScriptable(c, gin.H{"result": result[:min(len(result), suggested)]})
}

// proposeProperties names the properties by which entities of a type may be
// extended.
func (s *Server) proposeProperties(c *gin.Context) {
	limit := len(extendable)
	if n, ok := positive(c.Query("limit")); ok {
		limit = min(n, limit)
	}
	properties := make([]gin.H, 0, limit)
	for i := range extendable {
		if p := &extendable[i]; len(properties) < limit && p.of(c.Query("type")) {
			properties = append(properties, gin.H{"id": p.id, "name": p.name})
		}
	}
	out := gin.H{"type": c.Query("type"), "properties": properties}
	if limit < len(extendable) {
		out["limit"] = limit
	}
	s.sendScriptable(c, out)
}
