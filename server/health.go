package server

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// health registers the checks of orchestrators. /health answers as Cayley's own
// does, so that its command line can ask; /health/live says that the process
// runs, /health/ready that it can read its graph.
func (s *Server) health(r gin.IRouter) {
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r.Handle(method, "/health", func(c *gin.Context) { c.Status(http.StatusNoContent) })
		r.Handle(method, "/health/live", func(c *gin.Context) { c.String(http.StatusOK, "live\n") })
		r.Handle(method, "/health/ready", s.ready)
		r.Handle(method, "/version", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"version": s.cfg.Version}) })
	}
}

func (s *Server) ready(c *gin.Context) {
	snap, err := s.cfg.Graph.Snapshot(c.Request.Context())
	if err != nil {
		s.log.Error("not ready", "error", err)
		c.String(http.StatusServiceUnavailable, "not ready\n")
		return
	}
	defer snap.Close()
	c.String(http.StatusOK, "ready\n")
}
