package cayleyapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
)

// The rules of namespaces are not in Cayley v0.7.7 but in what its newer UI asks
// for.

func (a *api) namespaces(c *gin.Context) {
	_, release, ok := a.admit(c)
	if !ok {
		return
	}
	defer release()
	rules, err := cayley.Namespaces(c.Request.Context(), a.Graph)
	if err != nil {
		failWith(c, err)
		return
	}
	c.JSON(http.StatusOK, rules)
}

// addNamespaces takes one rule or a list of them.
func (a *api) addNamespaces(c *gin.Context) {
	data, err := a.body(c, a.MaxQuery)
	if err != nil {
		failWith(c, err)
		return
	}
	if data = bytes.TrimSpace(data); bytes.HasPrefix(data, []byte("{")) {
		data = append(append([]byte("["), data...), ']')
	}
	var rules []cayley.Namespace
	if err := json.Unmarshal(data, &rules); err != nil {
		failWith(c, fmt.Errorf("%v: %w", err, graph.ErrBadRequest))
		return
	}
	if err := cayley.AddNamespaces(c.Request.Context(), a.Graph, rules); err != nil {
		failWith(c, err)
		return
	}
	c.Status(http.StatusCreated)
}
