package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/store"
)

// newGraphName returns a name that no graph has.
func newGraphName() string {
	var b [12]byte
	rand.Read(b[:]) // documented never to fail
	return hex.EncodeToString(b[:])
}

// precondition is what a request demands of its graph (RFC 9110 §13.1). Tags
// of If-Match cannot match, as ours are weak.
type precondition struct{ exists, absent, never bool }

func preconditions(c *gin.Context) precondition {
	match := strings.TrimSpace(c.GetHeader("If-Match"))
	return precondition{
		exists: match == "*",
		never:  match != "" && match != "*",
		absent: strings.TrimSpace(c.GetHeader("If-None-Match")) == "*",
	}
}

func (p precondition) check(exists bool) error {
	if p.never || p.exists && !exists || p.absent && exists {
		return &statusError{status: http.StatusPreconditionFailed, text: "the graph is not as the request demands"}
	}
	return nil
}

// graphWrite writes documents into a graph.
type graphWrite struct {
	server  *Server
	ctx     context.Context
	target  graphTarget
	docs    documents
	replace bool
	base    string
	onlyIf  precondition

	existed  bool
	inserted int
}

// bulkFrom is the size of an upload from which the store's loader, which sorts
// outside of its memory, is better than a transaction.
const bulkFrom = 32 << 20

// bulkLoader is a graph with a loader of its own.
type bulkLoader interface {
	Load(context.Context, []store.Source, store.LoadOptions) (store.LoadResult, error)
}

func (w *graphWrite) run() error {
	loader := w.server.bulk
	if loader != nil && !w.replace && !w.target.whole && !w.docs.graphs() && w.onlyIf == (precondition{}) && w.docs.size() >= bulkFrom {
		return w.load(loader)
	}
	return w.server.cfg.Graph.Update(w.ctx, w.transact)
}

// transact writes the documents in one transaction.
func (w *graphWrite) transact(tx graph.Tx) error {
	w.inserted, w.existed = 0, true // the graph may run us again
	name := w.target.term()
	if !w.target.whole {
		snap := tx.Snapshot()
		id, exists, err := graphExists(w.ctx, snap, name)
		if err == nil && name == nil {
			var empty bool
			empty, err = isEmpty(w.ctx, snap, id)
			exists = !empty
		}
		if err != nil {
			return err
		}
		if err := w.onlyIf.check(exists); err != nil {
			return err
		}
		w.existed = exists
	}
	if w.replace && w.existed {
		if err := tx.DropGraph(name); err != nil {
			return err
		}
	}
	if name != nil {
		if err := tx.CreateGraph(name); err != nil {
			return err
		}
	}
	for _, d := range w.docs {
		if err := w.insert(tx, d); err != nil {
			return err
		}
	}
	return nil
}

// insertBatch is how many quads go to a transaction at a time.
const insertBatch = 4096

func (w *graphWrite) insert(tx graph.Tx, d document) error {
	dec, err := rdfio.NewDecoder(d.text.Reader(), d.format, rdfio.Options{Base: w.base})
	if err != nil {
		return err
	}
	blank := graph.NewBlankNamer()
	batch := make([]rdf.Quad, 0, insertBatch)
	flush := func() error {
		n, err := tx.Insert(batch...)
		w.inserted += n
		batch = batch[:0]
		if err == nil {
			err = w.ctx.Err()
		}
		return err
	}
	for q, err := range dec.All() {
		if err != nil {
			return err
		}
		if !w.target.whole {
			if q.Graph != nil {
				return badRequest("the document names the graph %s, but is for %s alone", q.Graph, w.target)
			}
			q.Graph = w.target.term()
		}
		if batch = append(batch, blank.Quad(q)); len(batch) == insertBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// load writes the documents with the store's own loader, which knows of no
// private graphs.
func (w *graphWrite) load(loader bulkLoader) error {
	if p, ok := w.server.cfg.Graph.(*private.Graph); ok {
		if err := p.MayWrite(w.ctx, w.target.term()); err != nil {
			return err
		}
	}
	snap, err := w.server.cfg.Graph.Snapshot(w.ctx)
	if err != nil {
		return err
	}
	_, w.existed, err = graphExists(w.ctx, snap, w.target.term())
	snap.Close()
	if err != nil {
		return err
	}
	sources := make([]store.Source, len(w.docs))
	for i, d := range w.docs {
		sources[i] = store.Source{
			Name: "document " + strconv.Itoa(i+1), Reader: d.text.Reader(), Format: d.format,
			Options: rdfio.Options{Base: w.base}, Graph: w.target.term(),
		}
	}
	result, err := loader.Load(w.ctx, sources, store.LoadOptions{Memory: w.server.cfg.QueryMemory})
	w.inserted = int(result.Added)
	return err
}
