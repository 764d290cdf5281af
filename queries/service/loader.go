package service

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

// Loader fetches RDF documents. It may be used concurrently.
type Loader struct{ guard *guard }

// NewLoader returns a loader of the documents that o allows.
func NewLoader(o Options) (*Loader, error) {
	g, err := newGuard(o.withDefaults(10*time.Minute, 1<<30), "--allow-load")
	if err != nil {
		return nil, err
	}
	return &Loader{g}, nil
}

// maxContext bounds a remote JSON-LD context.
const maxContext = 4 << 20

// Load yields the quads of a document while it arrives; its address, after
// redirects, is the base of its relative IRIs. It may be compressed. Contexts
// that a JSON-LD document names are fetched under the same rules. An error is
// the last thing that Load yields.
func (l *Loader) Load(ctx context.Context, source rdf.IRI) iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		if err := l.load(ctx, source, func(q rdf.Quad) bool { return yield(q, nil) }); err != nil {
			yield(rdf.Quad{}, err)
		}
	}
}

// load calls emit with each quad until it returns false.
func (l *Loader) load(ctx context.Context, source rdf.IRI, emit func(rdf.Quad) bool) error {
	resp, err := l.guard.fetch(ctx, http.MethodGet, source, acceptRDF(), "", "")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	at := resp.Request.URL
	content, err := rdfio.Decompress(resp.Body)
	if err != nil {
		return failed(resp, err)
	}
	defer content.Close()
	size := l.guard.opts.MaxBytes
	plain := bufio.NewReader(&limited{content, size, size})
	if twice, err := compressed(plain); err != nil || twice {
		if err == nil {
			err = errors.New("the document is compressed twice") // the inner size would not be bounded
		}
		return failed(resp, err)
	}
	d, err := rdfio.Open(plain, rdfio.Source{MediaType: mediaType(resp), Name: at.Path}, rdfio.Options{
		Base:        at.String(),
		MaxDocument: size,
		LoadContext: func(iri string) ([]byte, error) { return l.jsonContext(ctx, iri) },
	})
	if err != nil {
		return failed(resp, err)
	}
	defer d.Close()
	for n := 0; ; n++ {
		q, err := d.Decode()
		if err == io.EOF {
			return nil
		}
		if err == nil && n%1024 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return failed(resp, err)
		}
		if !emit(q) {
			return nil
		}
	}
}

func (l *Loader) jsonContext(ctx context.Context, iri string) ([]byte, error) {
	resp, err := l.guard.fetch(ctx, http.MethodGet, rdf.IRI(iri), "application/ld+json, application/json;q=0.9", "", "")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxContext+1))
	if err == nil && len(b) > maxContext {
		err = fmt.Errorf("%s: %w", iri, tooLong(maxContext))
	}
	return b, err
}

// limited fails once more was read than may be.
type limited struct {
	r         io.Reader
	left, max int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p[:min(int64(len(p)), l.left+1)])
	if l.left -= int64(n); l.left < 0 {
		return 0, tooLong(l.max)
	}
	return n, err
}

// compressed reports whether what comes starts as compressed data do.
func compressed(r *bufio.Reader) (bool, error) {
	head, err := r.Peek(4)
	if err != nil && err != io.EOF {
		return false, err
	}
	for _, magic := range []string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "\x2a\x4d\x18", "BZh"} {
		if bytes.HasPrefix(head, []byte(magic)) || len(head) == 4 && string(head[1:]) == magic {
			return true, nil
		}
	}
	return false, nil
}

// acceptRDF asks for the formats that can be read, those that stream first.
func acceptRDF() string {
	var b strings.Builder
	for _, f := range []rdfio.Format{rdfio.NQuads, rdfio.NTriples, rdfio.TriG, rdfio.Turtle} {
		b.WriteString(f.MediaType() + ", ")
	}
	b.WriteString(rdfio.RDFXML.MediaType() + ";q=0.8, " + rdfio.JSONLD.MediaType() + ";q=0.8, */*;q=0.1")
	return b.String()
}
