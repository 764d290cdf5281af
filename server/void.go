package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/private"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

const (
	nsVoID = "http://rdfs.org/ns/void#"
	nsDCT  = "http://purl.org/dc/terms/"
	nsFOAF = "http://xmlns.com/foaf/0.1/"
)

// maxPartitions bounds the classes, the properties and the named graphs that a
// description counts one by one; the largest are kept.
const maxPartitions = 1000

// partition is the part of a dataset with one class or property, or one named
// graph.
type partition struct {
	term                                         rdf.Term
	triples, entities, distinctSubjects, objects uint64
}

// datasetStats is what a description says of a dataset in numbers. They are
// read from directories and statistics, not by scanning quads; what updates
// since the last fold make inexact is an estimate.
type datasetStats struct {
	version                    uint64
	triples, inDefault         uint64
	properties, classes, named []partition
	links                      []linkset
}

// voidCache keeps, for each kind of reader, the statistics of the last version
// that was asked for.
type voidCache struct {
	mu    sync.Mutex
	stats map[string]*datasetStats // by private.Rights.Key
}

// stats returns the statistics of a snapshot taken with ctx.
func (s *Server) stats(ctx context.Context, snap graph.Snapshot) (*datasetStats, error) {
	s.void.mu.Lock()
	defer s.void.mu.Unlock()
	key := private.Of(ctx).Key()
	if d := s.void.stats[key]; d != nil && d.version == snap.Version() {
		return d, nil
	}
	stats, err := newDatasetStats(ctx, snap)
	if err == nil {
		keep(&s.void.stats, key, stats)
	}
	return stats, err
}

func newDatasetStats(ctx context.Context, snap graph.Snapshot) (*datasetStats, error) {
	d := &datasetStats{version: snap.Version()}
	var err error
	if d.triples, err = snap.Len(); err != nil {
		return nil, err
	}
	if d.inDefault, _, err = snap.Estimate(graph.Pattern{G: graph.DefaultGraph}); err != nil {
		return nil, err
	}
	if err := d.readProperties(ctx, snap); err != nil {
		return nil, err
	}
	if err := d.readClasses(ctx, snap); err != nil {
		return nil, err
	}
	if err := d.readLinks(ctx, snap); err != nil {
		return nil, err
	}
	return d, d.readGraphs(ctx, snap)
}

func (d *datasetStats) readProperties(ctx context.Context, snap graph.Snapshot) error {
	var failed error
	err := snap.Predicates(ctx, func(id graph.ID) bool {
		var st graph.PredicateStats
		var p partition
		if st, _, failed = snap.PredicateStats(id); failed != nil {
			return false
		}
		if p.term, failed = snap.Term(id); failed != nil {
			return false
		}
		p.triples, p.distinctSubjects, p.objects = st.Quads, st.DistinctSubjects, st.DistinctObjects
		d.properties = append(d.properties, p)
		return true
	})
	d.properties = largest(d.properties)
	return cmp.Or(failed, err)
}

// readClasses skips from one object of rdf:type to the next, so the cost is
// that of the classes and not that of their instances.
func (d *datasetStats) readClasses(ctx context.Context, snap graph.Snapshot) error {
	typ, ok, err := snap.Lookup(rdf.RDFType)
	if !ok || err != nil {
		return err
	}
	cur, err := snap.Scan(ctx, graph.Pattern{P: typ}, graph.POSG, graph.ColO)
	if err != nil {
		return err
	}
	defer cur.Close()
	last := graph.Any
	for b := cur.Next(); b != nil && len(d.classes) < 10*maxPartitions; b = cur.Next() {
		for _, class := range b.Cols[graph.O][:b.N] {
			if class == last {
				continue
			}
			last = class
			n, _, err := snap.Estimate(graph.Pattern{P: typ, O: class})
			if err != nil {
				return err
			}
			t, err := snap.Term(class)
			if err != nil {
				return err
			}
			d.classes = append(d.classes, partition{term: t, entities: n})
		}
		cur.Seek(last + 1)
	}
	d.classes = largest(d.classes)
	return cur.Err()
}

func (d *datasetStats) readGraphs(ctx context.Context, snap graph.Snapshot) error {
	var failed error
	err := snap.Graphs(ctx, func(id graph.ID) bool {
		var p partition
		if p.triples, _, failed = snap.Estimate(graph.Pattern{G: id}); failed != nil {
			return false
		}
		if p.term, failed = snap.Term(id); failed != nil {
			return false
		}
		d.named = append(d.named, p)
		return len(d.named) < 10*maxPartitions
	})
	d.named = largest(d.named)
	return cmp.Or(failed, err)
}

// largest returns the largest partitions, in order.
func largest(ps []partition) []partition {
	slices.SortStableFunc(ps, func(a, b partition) int {
		return cmp.Or(cmp.Compare(b.triples+b.entities, a.triples+a.entities), cmp.Compare(a.term.String(), b.term.String()))
	})
	return ps[:min(len(ps), maxPartitions)]
}

// describeService registers the description of the dataset for crawlers.
func (s *Server) describeService(r gin.IRouter) {
	for _, path := range []string{"/.well-known/void", "/.well-known/sparql"} {
		r.GET(path, s.voidDescription)
		r.HEAD(path, s.voidDescription)
	}
}

// voidDescription answers with the VoID description of the dataset, which
// names the endpoint.
func (s *Server) voidDescription(c *gin.Context) {
	formats, types := graphTypes()
	i := negotiate(c.GetHeader("Accept"), types)
	if i < 0 {
		s.fail(c, http.StatusNotAcceptable, "the description is available as "+strings.Join(types, ", "), nil)
		return
	}
	format, mediaType := formats[i], contentType(types[i])
	if f, err := rdfio.Parse(c.Query("format")); err == nil && f.Writable() {
		format, mediaType = f, contentType(f.MediaType())
	}
	origin := s.origin(c)
	s.sendDescription(c, format, mediaType, func(d *description, stats *datasetStats) {
		document, dataset := rdf.IRI(origin+"/.well-known/void"), rdf.IRI(origin+"/.well-known/void#dataset")
		d.add(document, rdf.RDFType, rdf.IRI(nsVoID+"DatasetDescription"))
		d.add(document, nsFOAF+"primaryTopic", dataset)
		d.add(dataset, rdf.RDFType, rdf.IRI(nsVoID+"Dataset"))
		d.add(dataset, nsDCT+"title", rdf.NewString("Belligraph"))
		d.add(dataset, nsFOAF+"homepage", rdf.IRI(origin+"/"))
		d.add(dataset, nsVoID+"sparqlEndpoint", rdf.IRI(origin+"/sparql"))
		d.add(dataset, nsVoID+"dataDump", rdf.IRI(origin+graphStorePath))
		d.add(dataset, nsVoID+"uriSpace", rdf.NewString(claim.NSID))
		d.add(dataset, nsVoID+"vocabulary", rdf.IRI(claim.NS))
		for _, f := range formats {
			if name, ok := formatIRIs[f.MediaType()]; ok {
				d.once(dataset, nsVoID+"feature", name)
			}
		}
		d.add(dataset, nsVoID+"triples", count(stats.triples))
		d.add(dataset, nsVoID+"properties", count(uint64(len(stats.properties))))
		d.add(dataset, nsVoID+"classes", count(uint64(len(stats.classes))))
		d.describeLinks(origin+"/.well-known/void", dataset, stats.links)
		for i, p := range stats.classes {
			node := rdf.BlankNode("class" + strconv.Itoa(i))
			d.add(dataset, nsVoID+"classPartition", node)
			d.add(node, nsVoID+"class", p.term)
			d.add(node, nsVoID+"entities", count(p.entities))
		}
		for i, p := range stats.properties {
			node := rdf.BlankNode("property" + strconv.Itoa(i))
			d.add(dataset, nsVoID+"propertyPartition", node)
			d.add(node, nsVoID+"property", p.term)
			d.add(node, nsVoID+"triples", count(p.triples))
			d.add(node, nsVoID+"distinctSubjects", count(p.distinctSubjects))
			d.add(node, nsVoID+"distinctObjects", count(p.objects))
		}
	})
}

// count is a number as a literal.
func count(n uint64) rdf.Literal {
	return rdf.Literal{Lexical: strconv.FormatUint(n, 10), Datatype: rdf.XSDInteger}
}
