package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what /metrics shows. Each server has its own, so that several
// live in one process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "belligraph_http_requests_total", Help: "Requests answered, by route, method and status."},
			[]string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "belligraph_operation_seconds", Help: "Time of queries and updates, by kind and outcome.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2.5, 14)},
			[]string{"kind", "outcome"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "belligraph_operations_running", Help: "Queries and updates under way."}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.running,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "belligraph_queue_waiting", Help: "Operations that wait for a place."},
			func() float64 {
				_, n := s.queue.counts()
				return float64(n)
			}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "belligraph_queue_places", Help: "Operations that may run at once."},
			func() float64 { return float64(s.queue.places) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "belligraph_quads", Help: "Quads in the graph."},
			func() float64 { quads, _ := s.extent(); return quads }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "belligraph_version", Help: "Version of the graph."},
			func() float64 { _, version := s.extent(); return version }),
	)
	if r, ok := s.source.(interface{ Behind() time.Duration }); ok {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "belligraph_replica_behind_seconds",
			Help: "For how long this copy has not been seen to be up to date with its primary."},
			func() float64 { return r.Behind().Seconds() }))
	}
	return m
}

// extent returns the size and the version of the graph, -1 when it cannot be
// read.
func (s *Server) extent() (quads, version float64) {
	snap, err := s.cfg.Graph.Snapshot(context.Background())
	if err != nil {
		return -1, -1
	}
	defer snap.Close()
	n, err := snap.Len()
	if err != nil {
		return -1, float64(snap.Version())
	}
	return float64(n), float64(snap.Version())
}

// count counts requests. Unknown paths share one label, and unknown methods
// another: clients must not be able to make new ones.
func (m *metrics) count(c *gin.Context) {
	defer func() { // a handler may break its connection
		route, method := c.FullPath(), c.Request.Method
		if route == "" {
			route = "none"
		}
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		default:
			method = "other"
		}
		m.requests.WithLabelValues(route, method, strconv.Itoa(c.Writer.Status())).Inc()
	}()
	c.Next()
}

// handler serves the metrics. Compression is the server's own.
func (m *metrics) handler() gin.HandlerFunc {
	return gin.WrapH(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true}))
}
