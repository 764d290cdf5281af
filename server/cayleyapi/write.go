package cayleyapi

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/cayley"
	"github.com/belligraph/belligraph/graph/rdf"
)

// All writes are read whole before the graph is touched and then made in one
// transaction: a slow or faulty upload neither holds up other writers nor
// leaves a part of itself behind. Cayley writes in blocks; its block_size is
// accepted and not needed.

// insert adds quads.
func (a *api) insert(ctx context.Context, quads []rdf.Quad) error {
	for i, q := range quads {
		if !a.Generalized && !isRDF(q) {
			return fmt.Errorf("quad %d is not RDF: %s: the subject and label must be IRIs or blank nodes and the predicate an IRI; IRIs stand in angle brackets, as in <name>: %w", i+1, q, graph.ErrBadRequest)
		}
	}
	return a.Graph.Update(ctx, func(tx graph.Tx) error {
		_, err := tx.Insert(quads...)
		return err
	})
}

func (a *api) remove(ctx context.Context, quads []rdf.Quad) error {
	return a.Graph.Update(ctx, func(tx graph.Tx) error {
		_, err := tx.Delete(quads...)
		return err
	})
}

// jsonQuads reads the quads of the first API.
func (a *api) jsonQuads(c *gin.Context) ([]rdf.Quad, error) {
	data, err := a.body(c, a.MaxQuery)
	if err != nil {
		return nil, err
	}
	var in []struct{ Subject, Predicate, Object, Label string }
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, fmt.Errorf("%v: %w", err, graph.ErrBadRequest)
	}
	quads := make([]rdf.Quad, len(in))
	for i, q := range in {
		out := &quads[i]
		for _, part := range []struct {
			to   *rdf.Term
			from string
		}{{&out.Subject, q.Subject}, {&out.Predicate, q.Predicate}, {&out.Object, q.Object}, {&out.Graph, q.Label}} {
			if *part.to, err = cayley.ParseValue(part.from); err != nil {
				return nil, fmt.Errorf("invalid quad at index %d: %w", i, err)
			}
		}
		if out.Subject == nil || out.Predicate == nil || out.Object == nil {
			return nil, fmt.Errorf("invalid quad at index %d: it needs a subject, a predicate and an object: %w", i, graph.ErrBadRequest)
		}
	}
	return quads, nil
}

func (a *api) writeV1(c *gin.Context) {
	quads, err := a.jsonQuads(c)
	if err == nil {
		err = a.insert(c.Request.Context(), quads)
	}
	if err != nil {
		failWith(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"result": fmt.Sprintf("Successfully wrote %d quads.", len(quads))})
}

func (a *api) deleteV1(c *gin.Context) {
	quads, err := a.jsonQuads(c)
	if err == nil {
		err = a.remove(c.Request.Context(), quads)
	}
	if err != nil {
		failWith(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"result": fmt.Sprintf("Successfully deleted %d quads.", len(quads))})
}

// isRDF reports whether RDF has the quad. Cayley has any value in any place.
func isRDF(q rdf.Quad) bool {
	if _, ok := q.Predicate.(rdf.IRI); !ok {
		return false
	}
	for _, t := range []rdf.Term{q.Subject, q.Graph} {
		switch t.(type) {
		case nil, rdf.IRI, rdf.BlankNode:
		default:
			return false
		}
	}
	return true
}

// uploadV1 takes the file of a form, compressed or not.
func (a *api) uploadV1(c *gin.Context) {
	parts, err := a.limited(c).MultipartReader()
	if err != nil {
		fail(c, http.StatusBadRequest, "Couldn't read file: "+err.Error())
		return
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			fail(c, http.StatusBadRequest, "Couldn't read file: there is no field NQuadFile")
			return
		}
		if err != nil {
			failWith(c, fmt.Errorf("%w: %w", err, graph.ErrBadRequest))
			return
		}
		if part.FormName() != "NQuadFile" {
			continue
		}
		in, err := decompressed(part)
		if err != nil {
			failWith(c, fmt.Errorf("%w: %w", err, graph.ErrBadRequest))
			return
		}
		format, _ := cayley.FormatByName(cayley.DefaultFormat)
		quads, err := a.collect(c.Request.Context(), format, in)
		if err == nil {
			err = a.insert(c.Request.Context(), quads)
		}
		if err != nil {
			failWith(c, err)
			return
		}
		c.JSON(http.StatusOK, gin.H{"result": fmt.Sprintf("Successfully wrote %d quads.", len(quads))})
		return
	}
}

// limited returns the request with its body bounded.
func (a *api) limited(c *gin.Context) *http.Request {
	c.Request.Body = a.timed(c, http.MaxBytesReader(c.Writer, c.Request.Body, a.MaxUpload))
	return c.Request
}

// decompressed undoes gzip and bzip2, told by the first bytes.
func decompressed(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(3)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzip.NewReader(in)
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(in), nil
	default:
		return in, nil
	}
}

// collect reads quads up to the upload bound, which holds for what comes out of
// a decompressor too.
func (a *api) collect(ctx context.Context, f cayley.Format, r io.Reader) ([]rdf.Quad, error) {
	var quads []rdf.Quad
	err := f.Read(ctx, &boundedReader{r: r, left: a.MaxUpload}, func(run []rdf.Quad) error {
		quads = append(quads, run...)
		return nil
	})
	if errors.Is(err, graph.ErrLimit) {
		err = fmt.Errorf("%w: %v", errTooLarge, err)
	}
	return quads, err
}

// boundedReader fails where io.LimitReader would end.
type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// documentQuads reads the quads of the second API.
func (a *api) documentQuads(c *gin.Context) ([]rdf.Quad, error) {
	format, err := bodyFormat(c)
	if err != nil {
		return nil, err
	}
	if !format.CanRead() {
		return nil, fmt.Errorf("format is not supported for reading data: %w", graph.ErrBadRequest)
	}
	var in io.Reader = a.limited(c).Body
	switch encoding := strings.ToLower(c.GetHeader("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		if in, err = gzip.NewReader(in); err != nil {
			return nil, fmt.Errorf("the body is not gzip: %v: %w", err, graph.ErrBadRequest)
		}
	default:
		return nil, fmt.Errorf("content encoding %q is not supported: %w", encoding, graph.ErrBadRequest)
	}
	return a.collect(c.Request.Context(), format, in)
}

// bodyFormat returns the format of the body by its content type; what has no
// type that is known is N-Quads.
func bodyFormat(c *gin.Context) (cayley.Format, error) {
	if f, ok := cayley.FormatByMIME(c.GetHeader("Content-Type")); ok {
		return f, nil
	}
	f, ok := cayley.FormatByName(cayley.DefaultFormat)
	if !ok {
		return f, fmt.Errorf("there is no format %s", cayley.DefaultFormat)
	}
	return f, nil
}

func (a *api) writeV2(c *gin.Context) {
	quads, err := a.documentQuads(c)
	if err == nil {
		err = a.insert(c.Request.Context(), quads)
	}
	if err != nil {
		failWith(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"result": fmt.Sprintf("Successfully wrote %d quads.", len(quads)), "count": len(quads)})
}

// deleteV2 removes quads; those that are not there are ignored.
func (a *api) deleteV2(c *gin.Context) {
	quads, err := a.documentQuads(c)
	if err == nil {
		err = a.remove(c.Request.Context(), quads)
	}
	if err != nil {
		failWith(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"result": fmt.Sprintf("Successfully deleted %d quads.", len(quads)), "count": len(quads)})
}

// maxNode is the size of a value in a request to delete it, as in Cayley.
const maxNode = 128 << 10

func (a *api) deleteNode(c *gin.Context) {
	format, err := bodyFormat(c)
	if err != nil {
		failWith(c, err)
		return
	}
	if !format.HasNodes() {
		fail(c, http.StatusBadRequest, "format is not supported for reading nodes")
		return
	}
	data, err := a.body(c, maxNode)
	if err != nil {
		failWith(c, err)
		return
	}
	node, err := format.Node(data)
	if err != nil {
		failWith(c, err)
		return
	}
	if node == nil {
		fail(c, http.StatusBadRequest, "cannot remove nil value")
		return
	}
	n, err := cayley.RemoveNode(c.Request.Context(), a.Graph, node)
	if err != nil {
		failWith(c, err)
		return
	}
	if n == 0 {
		fail(c, http.StatusNotFound, "node does not exist")
		return
	}
	c.JSON(http.StatusOK, gin.H{"result": "Successfully deleted 1 nodes.", "count": 1})
}
