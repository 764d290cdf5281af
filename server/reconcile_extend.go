package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/link"
	"github.com/belligraph/belligraph/graph/rdf"
)

// property is what a column of a spreadsheet may be filled with.
type property struct {
	id, name, says string
	iri            rdf.IRI
	kinds          []claim.EntityKind // that have it; all when empty
	filter         string             // begin of the values that count
}

const nsWGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"

var actorsOnly = []claim.EntityKind{claim.ArmedGroup, claim.StateForce, claim.Government, claim.Organisation, claim.Media, claim.Person}

// extendable are the properties, in the order in which they are proposed.
var extendable = []property{
	{id: "label", name: "name", says: "What it is called", iri: rdf.RDFSLabel},
	{id: "altLabel", name: "other name", says: "What else it is called", iri: claim.PropAltLabel},
	{id: "type", name: "type", says: "What it is", iri: rdf.RDFType, filter: claim.NS},
	{id: "within", name: "within", says: "The place that contains it", iri: claim.PropWithin, kinds: []claim.EntityKind{claim.Place, claim.Installation}},
	{id: "of", name: "of", says: "The state or whole that it belongs to", iri: claim.PropOf},
	{id: "latitude", name: "latitude", says: "Degrees north", iri: nsWGS84 + "lat", kinds: []claim.EntityKind{claim.Place, claim.Country, claim.Installation}},
	{id: "longitude", name: "longitude", says: "Degrees east", iri: nsWGS84 + "long", kinds: []claim.EntityKind{claim.Place, claim.Country, claim.Installation}},
	{id: "wikidata", name: "Wikidata item", says: "The same in Wikidata", iri: claim.PropSameAs, filter: "http://www.wikidata.org/entity/"},
	{id: "geonames", name: "GeoNames feature", says: "The same in GeoNames", iri: claim.PropSameAs, filter: "https://sws.geonames.org/",
		kinds: []claim.EntityKind{claim.Place, claim.Country, claim.Installation}},
	{id: "correspondsTo", name: "corresponds to", says: "What other sources call it", iri: claim.NS + claim.KindCorrespondsTo},
	{id: "succeededBy", name: "succeeded by", says: "What it went on as", iri: claim.NS + claim.KindSucceededBy, kinds: actorsOnly},
	{id: "validFrom", name: "valid from", says: "The first day on which the name meant it", iri: claim.NS + "validFrom", kinds: actorsOnly},
	{id: "validTo", name: "valid to", says: "The last day on which the name meant it", iri: claim.NS + "validTo", kinds: actorsOnly},
	{id: "partOf", name: "part of", says: "The conflict that it is part of", iri: claim.NS + claim.KindPartOf,
		kinds: []claim.EntityKind{claim.Battle, claim.Conflict, claim.Operation}},
	{id: "place", name: "place", says: "Where it took place", iri: claim.NS + "tookPlaceAt", kinds: []claim.EntityKind{claim.Battle, claim.Conflict, claim.Operation}},
}

// of reports whether entities of the type have the property.
func (p *property) of(kind string) bool {
	return kind == "" || len(p.kinds) == 0 || slices.Contains(p.kinds, claim.EntityKind(kind))
}

func extendableBy(id string) *property {
	for i := range extendable {
		if extendable[i].id == id || string(extendable[i].iri) == id {
			return &extendable[i]
		}
	}
	return nil
}

// propertyReader reads values of entities in a snapshot, which it closes.
type propertyReader struct {
	ctx   context.Context
	snap  graph.Snapshot
	names *link.Names
}

func (s *Server) namesAndValues(c *gin.Context) (*link.Names, *propertyReader, error) {
	names, err := s.names(c)
	if err != nil {
		return nil, nil, err
	}
	ctx := c.Request.Context()
	snap, err := s.cfg.Graph.Snapshot(ctx)
	if err != nil {
		return nil, nil, err
	}
	return names, &propertyReader{ctx, snap, names}, nil
}

func (r *propertyReader) close() { r.snap.Close() }

// terms returns the values of a property of an entity, in order.
func (r *propertyReader) terms(entity claim.Ref, p *property) ([]rdf.Term, error) {
	var pattern graph.Pattern
	for _, t := range []struct {
		term rdf.Term
		id   *graph.ID
	}{{rdf.IRI(entity), &pattern.S}, {p.iri, &pattern.P}} {
		id, ok, err := r.snap.Lookup(t.term)
		if err != nil || !ok {
			return nil, err
		}
		*t.id = id
	}
	order, _ := graph.BestOrder(pattern)
	cursor, err := r.snap.Scan(r.ctx, pattern, order, graph.ColO)
	if err != nil {
		return nil, err
	}
	defer cursor.Close()
	var out []rdf.Term
	for b := cursor.Next(); b != nil; b = cursor.Next() {
		for _, id := range b.Cols[graph.O][:b.N] {
			t, err := r.snap.Term(id)
			if err != nil {
				return nil, err
			}
			if iri, ok := t.(rdf.IRI); p.filter != "" && (!ok || !strings.HasPrefix(string(iri), p.filter)) {
				continue
			}
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out, cursor.Err()
}

// cell is a value as the API writes it.
func (r *propertyReader) cell(p *property, t rdf.Term) gin.H {
	switch t := t.(type) {
	case rdf.IRI:
		if p.id == "type" {
			kind := strings.TrimPrefix(string(t), claim.NS)
			return gin.H{"id": kind, "name": spaced(kind)}
		}
		if e, ok := r.names.Entity(claim.Ref(t)); ok {
			return gin.H{"id": string(e.IRI), "name": e.Label}
		}
		if id := strings.Trim(strings.TrimPrefix(string(t), p.filter), "/"); p.filter != "" {
			return gin.H{"str": id}
		}
		return gin.H{"str": string(t)}
	case rdf.Literal:
		switch t.Datatype {
		case rdf.XSDInteger:
			if n, err := strconv.ParseInt(t.Lexical, 10, 64); err == nil {
				return gin.H{"int": n}
			}
		case rdf.XSDDecimal, rdf.XSDDouble:
			if f, err := strconv.ParseFloat(t.Lexical, 64); err == nil {
				return gin.H{"float": f}
			}
		case rdf.XSDBoolean:
			return gin.H{"bool": t.Lexical == "true"}
		case rdf.XSDDate, rdf.XSDDateTime:
			return gin.H{"date": t.Lexical}
		}
		return gin.H{"str": t.Lexical}
	default:
		return gin.H{"str": t.String()}
	}
}

// similarity compares a value of a query with those of an entity: names by
// spelling, from 0 to 1. A property that nobody knows compares with nothing.
func (r *propertyReader) similarity(entity claim.Ref, id string, value any) (float64, error) {
	p := extendableBy(id)
	if p == nil {
		return 0, nil
	}
	terms, err := r.terms(entity, p)
	if err != nil {
		return 0, err
	}
	best := 0.0
	for _, wanted := range wantedValues(value) {
		for _, t := range terms {
			cell := r.cell(p, t)
			for _, key := range []string{"id", "name", "str", "date", "int", "float", "bool"} {
				got, ok := cell[key]
				if !ok {
					continue
				}
				if text := fmt.Sprint(got); text == wanted {
					best = 1
				} else if key == "name" || key == "str" {
					best = max(best, link.Similarity(text, wanted))
				}
			}
		}
	}
	return best, nil
}

// wantedValues are the texts and identifiers in a value of a query.
func wantedValues(v any) []string {
	switch v := v.(type) {
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, wantedValues(item)...)
		}
		return out
	case map[string]any:
		if id, ok := v["id"]; ok {
			return []string{fmt.Sprint(id)}
		}
		return nil
	case nil:
		return nil
	default:
		return []string{fmt.Sprint(v)}
	}
}

// extendRequest is a request for values of entities.
type extendRequest struct {
	IDs        []string `json:"ids"`
	Properties []struct {
		ID       string `json:"id"`
		Settings struct {
			Limit any `json:"limit"` // OpenRefine sends numbers as text
		} `json:"settings"`
	} `json:"properties"`
}

// extendBatch bounds how many entities one request may ask for.
const extendBatch = 200

// extend reads what was asked for: what the columns are, and the values of each
// entity by column.
func (s *Server) extend(c *gin.Context, x *extendRequest) (meta []gin.H, rows [][][]gin.H, ok bool) {
	if len(x.IDs) > extendBatch {
		s.fail(c, http.StatusRequestEntityTooLarge, fmt.Sprintf("a request holds at most %d entities", extendBatch), nil)
		return nil, nil, false
	}
	_, values, err := s.namesAndValues(c)
	if err != nil {
		s.failWith(c, err)
		return nil, nil, false
	}
	defer values.close()
	meta = make([]gin.H, 0, len(x.Properties))
	known := make([]*property, len(x.Properties))
	for i, p := range x.Properties {
		if known[i] = extendableBy(p.ID); known[i] == nil {
			s.fail(c, http.StatusBadRequest, fmt.Sprintf("%q is no property here", p.ID), nil)
			return nil, nil, false
		}
		meta = append(meta, gin.H{"id": p.ID, "name": known[i].name})
	}
	rows = make([][][]gin.H, 0, len(x.IDs))
	for _, id := range x.IDs {
		row := make([][]gin.H, len(known))
		for i, p := range known {
			terms, err := values.terms(claim.Ref(id), p)
			if err != nil {
				s.failWith(c, err)
				return nil, nil, false
			}
			if limit, ok := positive(fmt.Sprint(x.Properties[i].Settings.Limit)); ok {
				terms = terms[:min(limit, len(terms))]
			}
			row[i] = make([]gin.H, 0, len(terms))
			for _, t := range terms {
				row[i] = append(row[i], values.cell(p, t))
			}
		}
		rows = append(rows, row)
	}
	return meta, rows, true
}

func positive(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0
}

// extendForm answers as 0.2 has it: rows and columns by name.
func (s *Server) extendForm(c *gin.Context, request string) {
	var x extendRequest
	if err := json.Unmarshal([]byte(request), &x); err != nil {
		s.fail(c, http.StatusBadRequest, "extend: "+err.Error(), nil)
		return
	}
	meta, rows, ok := s.extend(c, &x)
	if !ok {
		return
	}
	byID := make(gin.H, len(rows))
	for i, row := range rows {
		columns := make(gin.H, len(row))
		for k, values := range row {
			columns[x.Properties[k].ID] = values
		}
		byID[x.IDs[i]] = columns
	}
	s.sendScriptable(c, gin.H{"meta": meta, "rows": byID})
}

// extendEntities answers as the 1.0 draft has it: rows and columns in lists.
func (s *Server) extendEntities(c *gin.Context) {
	var x extendRequest
	if err := json.NewDecoder(http.MaxBytesReader(c.Writer, c.Request.Body, 1<<20)).Decode(&x); err != nil {
		s.fail(c, http.StatusBadRequest, "the body asks for no extension: "+err.Error(), nil)
		return
	}
	meta, rows, ok := s.extend(c, &x)
	if !ok {
		return
	}
	list := make([]gin.H, 0, len(rows))
	for i, row := range rows {
		columns := make([]gin.H, 0, len(row))
		for k, values := range row {
			columns = append(columns, gin.H{"id": x.Properties[k].ID, "values": values})
		}
		list = append(list, gin.H{"id": x.IDs[i], "properties": columns})
	}
	s.sendScriptable(c, gin.H{"meta": meta, "rows": list})
}
