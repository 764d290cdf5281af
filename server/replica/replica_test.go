package replica_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/store"
	"github.com/belligraph/belligraph/graph/storetest"
	"github.com/belligraph/belligraph/server"
	"github.com/belligraph/belligraph/server/replica"
)

const token = "an administrator's of tests"

// primary is a server whose store can be exchanged.
type primary struct {
	*httptest.Server
	t       *testing.T
	handler atomic.Pointer[http.Handler]
	store   *store.Store
	cut     atomic.Int64 // bytes after which the next answers break off; 0: none do
}

func newPrimary(t *testing.T) *primary {
	p := &primary{t: t}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := p.cut.Load(); n > 0 {
			w = &cutting{ResponseWriter: w, left: n}
		}
		(*p.handler.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	p.use(filepath.Join(t.TempDir(), "primary"))
	return p
}

func (p *primary) use(path string) {
	p.t.Helper()
	s, err := store.Open(path, store.Options{FoldRows: 200})
	if err != nil {
		p.t.Fatal(err)
	}
	h, err := server.New(server.Config{Graph: s, AdminToken: token})
	if err != nil {
		p.t.Fatal(err)
	}
	handler := h.Handler()
	p.store = s
	p.handler.Store(&handler)
}

func (p *primary) insert(quads ...rdf.Quad) {
	p.t.Helper()
	err := p.store.Update(p.t.Context(), func(tx graph.Tx) error { _, err := tx.Insert(quads...); return err })
	if err != nil {
		p.t.Fatal(err)
	}
}

// cutting breaks a response off.
type cutting struct {
	http.ResponseWriter
	left int64
}

func (c *cutting) Write(b []byte) (int, error) {
	if c.left -= int64(len(b)); c.left < 0 {
		panic(http.ErrAbortHandler)
	}
	return c.ResponseWriter.Write(b)
}

func (c *cutting) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func reached(t *testing.T, r *replica.Replica, p *primary) {
	t.Helper()
	for end := time.Now().Add(time.Minute); r.Position() != p.store.Position(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the copy stays at %v, the primary is at %v", r.Position(), p.store.Position())
		}
	}
}

// TestReplicaCopiesAnew follows a primary through a bulk load, whose records are
// not in the log, through answers that break off, and back to an older history.
func TestReplicaCopiesAnew(t *testing.T) {
	p := newPrimary(t)
	quads := storetest.Quads(600, 1)
	p.insert(quads[:100]...)
	p.cut.Store(3000)
	r, err := replica.New(replica.Options{Primary: p.URL, Token: token, Path: filepath.Join(t.TempDir(), "copy"), Store: store.Options{FoldRows: 100}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Snapshot(t.Context()); !errors.Is(err, graph.ErrLimit) {
		t.Errorf("reading before there is a copy: %v", err)
	}
	time.AfterFunc(300*time.Millisecond, func() { p.cut.Store(0) })
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	reached(t, r, p)

	held, err := r.Snapshot(t.Context()) // of a copy that is about to go
	if err != nil {
		t.Fatal(err)
	}
	before, err := held.Len()
	if err != nil {
		t.Fatal(err)
	}
	all := func(yield func(rdf.Quad, error) bool) {
		for _, q := range quads {
			if !yield(q, nil) {
				return
			}
		}
	}
	for range 3 {
		if _, err := p.store.Load(t.Context(), []store.Source{{Quads: all}}, store.LoadOptions{}); err != nil {
			t.Fatal(err)
		}
		p.insert(rdf.Quad{Subject: rdf.IRI("http://x/s"), Predicate: rdf.IRI("http://x/p"), Object: rdf.NewString(fmt.Sprint(time.Now()))})
		reached(t, r, p)
	}
	if n, err := held.Len(); err != nil || n != before {
		t.Errorf("a snapshot of the old copy has %d quads, not %d: %v", n, before, err)
	}
	if err := held.Close(); err != nil {
		t.Error(err)
	}

	p.cut.Store(200) // whole records get through, or none
	for i := range 30 {
		p.insert(quads[i*3 : i*3+3]...)
		p.insert(rdf.Quad{Subject: rdf.IRI("http://x/s"), Predicate: rdf.IRI("http://x/p"), Object: rdf.NewString(fmt.Sprint(i))})
	}
	p.cut.Store(0)
	reached(t, r, p)

	at := r.Position()
	p.use(filepath.Join(t.TempDir(), "another"))
	p.insert(quads[:10]...)
	if err := <-ended; !errors.Is(err, replica.ErrWentBack) {
		t.Fatalf("a primary that has gone back: %v", err)
	}
	if r.Position() != p.store.Position() || r.Position() == at {
		t.Errorf("the copy is at %v, the primary at %v", r.Position(), p.store.Position())
	}
	err = r.Update(t.Context(), func(graph.Tx) error { return nil })
	if !errors.Is(err, graph.ErrReadOnly) {
		t.Errorf("an update of the copy: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestPosition(t *testing.T) {
	for _, p := range []store.Position{{}, {Commit: 17, Sum: 0xab34cd98765432}, {Commit: 1<<64 - 1, Sum: 1<<64 - 1}} {
		if got, err := replica.ParsePosition(replica.FormatPosition(p)); err != nil || got != p {
			t.Errorf("%v becomes %v, %v", p, got, err)
		}
	}
	for _, s := range []string{"", "17", "17-", "-ab", "x-ab", "17-xyz"} {
		if _, err := replica.ParsePosition(s); !errors.Is(err, graph.ErrBadRequest) {
			t.Errorf("%q: %v", s, err)
		}
	}
}
