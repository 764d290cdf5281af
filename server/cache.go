package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/private"
)

// newEpoch returns a secret of this process that goes into entity tags: the
// versions of a graph in memory start anew with each process.
func newEpoch() (epoch [16]byte) {
	rand.Read(epoch[:]) // documented never to fail
	return epoch
}

// version returns the version of the graph as it is now. A response tagged
// with it may show a later one, never an earlier one, so the tag fails towards
// sending again.
func (s *Server) version(c *gin.Context) (uint64, error) {
	return graph.VersionOf(c.Request.Context(), s.cfg.Graph)
}

// entityTag returns the tag of what the parts stand for at a version, for a
// reader with the rights in ctx: what one kind of reader has kept is not good
// for another. It is weak, as the same response may be sent with several content codings and the
// rows of a result without ORDER BY may come in any order.
func (s *Server) entityTag(ctx context.Context, version uint64, parts ...string) string {
	var buf [512]byte
	b := append(buf[:0], s.epoch[:]...)
	b = strconv.AppendUint(b, version, 10)
	for _, p := range append(parts, private.Of(ctx).Key()) {
		b = binary.AppendUvarint(append(b, 0), uint64(len(p)))
		b = append(b, p...)
	}
	sum := sha256.Sum256(b)
	tag := append(make([]byte, 0, 24), `W/"`...)
	return string(append(base64.RawURLEncoding.AppendEncode(tag, sum[:15]), '"'))
}

// notModified sets the tag of a response and answers 304 when the client has
// it already; then it reports true.
func notModified(c *gin.Context, tag string) bool {
	c.Header("ETag", tag)
	c.Header("Cache-Control", "no-cache") // keep it, but ask each time
	if !matchesTag(c.GetHeader("If-None-Match"), tag) {
		return false
	}
	c.Writer.Header().Del("Content-Type")
	c.Status(http.StatusNotModified)
	c.Writer.WriteHeaderNow()
	return true
}

// matchesTag reports whether an If-None-Match header holds tag, by the weak
// comparison that RFC 9110 §13.1.2 prescribes for it.
func matchesTag(header, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}

// maxReaders bounds the kinds of readers that something is kept for.
const maxReaders = 64

// keep puts what was made for one kind of reader into a cache.
func keep[V any](cache *map[string]V, key string, v V) {
	if *cache == nil || len(*cache) >= maxReaders {
		*cache = make(map[string]V)
	}
	(*cache)[key] = v
}
