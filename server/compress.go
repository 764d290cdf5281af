package server

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// compressFrom is the size below which a response is sent as it is.
const compressFrom = 1 << 10

// encoder is a compressor of a content coding.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// coding is a content coding that responses may have.
type coding struct {
	name     string
	encoders *sync.Pool
}

// newCodings returns the codings on offer, the preferred one first. The fastest
// levels are used: a result is made faster than a better level compresses.
func newCodings() []coding {
	return []coding{
		{"zstd", &sync.Pool{New: func() any {
			z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
			if err != nil {
				return nil // the options are right, see TestCompress
			}
			return z
		}}},
		{"gzip", &sync.Pool{New: func() any {
			z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
			if err != nil {
				return nil
			}
			return z
		}}},
	}
}

// compress compresses responses as the client accepts it. What a handler
// flushes reaches the client at once, and a response that is cut stays
// recognisably cut: no end is written after a panic.
func compress() gin.HandlerFunc {
	codings := newCodings()
	names := make([]string, len(codings))
	for i, c := range codings {
		names[i] = c.name
	}
	return func(c *gin.Context) {
		w := &compressWriter{ResponseWriter: c.Writer}
		if i := negotiateCoding(c.GetHeader("Accept-Encoding"), names); i >= 0 && c.Request.Method != http.MethodHead && c.GetHeader("Range") == "" {
			w.coding = &codings[i]
		}
		c.Writer = w
		defer func() {
			c.Writer = w.ResponseWriter
			w.drop()
		}()
		c.Next()
		w.finish()
	}
}

// negotiateCoding returns the index of the coding that an Accept-Encoding
// header prefers (RFC 9110 §12.5.3), and -1 for none.
func negotiateCoding(header string, offers []string) int {
	best, bestQ := -1, 0.0
	for i, offer := range offers {
		q, exact := 0.0, false
		for element := range strings.SplitSeq(header, ",") {
			name, params, _ := strings.Cut(element, ";")
			name = strings.ToLower(strings.TrimSpace(name))
			name = strings.TrimPrefix(name, "x-")
			if name != offer && (name != "*" || exact) {
				continue
			}
			exact = name == offer
			q = 1
			if key, value, ok := strings.Cut(strings.TrimSpace(params), "="); ok && strings.EqualFold(strings.TrimSpace(key), "q") {
				v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
				if err != nil || v < 0 || v > 1 {
					v = 0
				}
				q = v
			}
		}
		if q > bestQ {
			best, bestQ = i, q
		}
	}
	return best
}

// compressWriter decides with the first bytes of a body whether to compress
// it. Up to then it holds them back, unless a handler flushes.
type compressWriter struct {
	gin.ResponseWriter
	coding  *coding // nil: the client accepts none
	encoder encoder
	pending []byte
	begun   bool // the decision is made
}

// Written reports whether the response can no longer be another. What is held
// back can still be replaced; see [Server.fail].
func (w *compressWriter) Written() bool { return w.ResponseWriter.Written() }

// discard forgets what was written and not sent.
func (w *compressWriter) discard() {
	if !w.begun {
		w.pending = w.pending[:0]
	}
}

func (w *compressWriter) Write(p []byte) (int, error) {
	if !w.begun {
		if len(w.pending)+len(p) < compressFrom && w.coding != nil {
			w.pending = append(w.pending, p...)
			return len(p), nil
		}
		if err := w.begin(true); err != nil {
			return 0, err
		}
	}
	if w.encoder != nil {
		return w.encoder.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

func (w *compressWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// begin decides and sends what was held back. long says that the response is
// worth the effort.
func (w *compressWriter) begin(long bool) error {
	w.begun = true
	h := w.Header()
	if compressible(h.Get("Content-Type")) {
		varyByCoding(h)
		if long && w.coding != nil && w.Status() == http.StatusOK && h.Get("Content-Encoding") == "" && h.Get("Content-Range") == "" {
			w.encoder, _ = w.coding.encoders.Get().(encoder)
		}
	}
	if w.encoder != nil {
		h.Set("Content-Encoding", w.coding.name)
		h.Del("Content-Length")
		h.Del("Accept-Ranges")
		w.encoder.Reset(w.ResponseWriter)
	}
	if len(w.pending) == 0 {
		return nil
	}
	var err error
	if w.encoder != nil {
		_, err = w.encoder.Write(w.pending)
	} else {
		_, err = w.ResponseWriter.Write(w.pending)
	}
	w.pending = nil
	return err
}

// varyByCoding tells caches that the response depends on Accept-Encoding.
func varyByCoding(h http.Header) {
	for _, v := range h.Values("Vary") {
		if strings.Contains(strings.ToLower(v), "accept-encoding") {
			return
		}
	}
	h.Add("Vary", "Accept-Encoding")
}

// Flush sends what there is. A handler that flushes has a stream, which is
// compressed however little has come yet.
func (w *compressWriter) Flush() {
	if !w.begun && w.begin(true) != nil {
		return
	}
	if w.encoder != nil && w.encoder.Flush() != nil {
		return
	}
	w.ResponseWriter.Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *compressWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// finish ends the response.
func (w *compressWriter) finish() {
	if !w.begun {
		if len(w.pending) == 0 {
			return
		}
		if w.begin(false) != nil {
			return
		}
	}
	if w.encoder == nil {
		return
	}
	if err := w.encoder.Close(); err == nil {
		w.encoder.Reset(nil)
		w.coding.encoders.Put(w.encoder)
	}
	w.encoder = nil
}

// drop forgets an encoder in use, whose end must not be written.
func (w *compressWriter) drop() { w.encoder = nil }

// compressible reports whether it pays to compress a media type.
func compressible(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	t = strings.ToLower(strings.TrimSpace(t))
	switch {
	case strings.HasPrefix(t, "text/"), strings.HasSuffix(t, "json"), strings.HasSuffix(t, "xml"), strings.HasSuffix(t, "javascript"):
		return true
	}
	switch t {
	case "application/n-triples", "application/n-quads", "application/trig", "application/x-turtle", "application/turtle",
		"application/x-trig", "application/x-ntriples", "application/x-nquads", "application/nquads", "application/n3",
		"application/x-sparqlstar-results+tsv":
		return true
	}
	return false
}
