package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Record is one row as the model has it.
type Record struct {
	Extraction claim.Extraction
	// Quads describe what the extraction has no place for: columns that are no
	// claims, coordinates, identifiers.
	Quads []rdf.Triple
}

const (
	nsGeo                = "http://www.w3.org/2003/01/geo/wgs84_pos#"
	propLat      rdf.IRI = nsGeo + "lat"
	propLong     rdf.IRI = nsGeo + "long"
	propID       rdf.IRI = claim.NSDcterms + "identifier"
	propIsPartOf rdf.IRI = claim.NSDcterms + "isPartOf"
	propPrimary  rdf.IRI = claim.NSProv + "hadPrimarySource"

	// nsColumn holds the columns of records that are no claims, by name.
	nsColumn = "https://belligraph.org/ontology/column/"
)

// recordReader turns the cells of one row into a record. It notes the first
// cell that cannot be read; the row is then dropped whole.
type recordReader struct {
	layout *Layout
	file   *File
	row    *cells
	bad    *claim.Problem
	rec    *Record
	has    map[claim.Ref]bool // entities of the record

	// lean leaves out of a record the entities and triples that an earlier one
	// had: the reader serves an import, which needs them once.
	lean    bool
	memo    map[string]remembered
	key     []byte
	columns map[string]rdf.IRI // names of columns as properties
	days    map[string]time.Time
}

// remembered is a thing that rows share, with all that describes it.
type remembered struct {
	ref      claim.Ref
	entities []claim.Entity
	triples  []rdf.Triple
}

// maxRemembered bounds what a reader remembers.
const maxRemembered = 1 << 15

func newRecordReader(f *File) *recordReader {
	r := &recordReader{
		layout: &f.Layout, file: f, has: make(map[claim.Ref]bool), memo: make(map[string]remembered),
		columns: make(map[string]rdf.IRI), days: make(map[string]time.Time),
	}
	for _, name := range f.Layout.sorted() {
		r.columns[name] = rdf.IRI(nsColumn + name)
	}
	return r
}

// shared makes a thing that many rows speak of. What it is must follow from
// the cells alone, which tell it from others of its class.
func (r *recordReader) shared(make func() claim.Ref, class string, cells ...string) claim.Ref {
	r.key = append(r.key[:0], class...)
	for _, c := range cells {
		r.key = append(append(r.key, 0x1f), c...)
	}
	if known, ok := r.memo[string(r.key)]; ok {
		if !r.lean {
			for _, e := range known.entities {
				r.entity(e)
			}
			r.rec.Quads = append(r.rec.Quads, known.triples...)
		}
		return known.ref
	}
	key := string(r.key)
	// What is made is gathered apart from the row, so that nothing is missing
	// because the row had it before.
	ex, triples, has := r.rec.Extraction.Entities, r.rec.Quads, r.has
	r.rec.Extraction.Entities, r.rec.Quads, r.has = nil, nil, map[claim.Ref]bool{}
	known := remembered{ref: make()}
	known.entities, known.triples = r.rec.Extraction.Entities, r.rec.Quads
	r.rec.Extraction.Entities, r.rec.Quads, r.has = ex, triples, has
	for _, e := range known.entities {
		r.entity(e)
	}
	r.rec.Quads = append(r.rec.Quads, known.triples...)
	if r.bad == nil {
		if len(r.memo) >= maxRemembered {
			clear(r.memo)
		}
		r.memo[key] = known
	}
	return known.ref
}

func (r *recordReader) column(name string) (int, bool) {
	at, ok := r.layout.columns[name]
	return at, ok
}

// cell returns the value of a column, empty when there is none. Missing values
// are written NA, NULL or nothing by the tools that files pass through.
func (r *recordReader) cell(name string) string {
	at, ok := r.layout.columns[name]
	if !ok {
		return ""
	}
	return r.valueAt(at)
}

func (r *recordReader) valueAt(at int) string {
	if at >= len(r.row.value) {
		return ""
	}
	switch v := strings.TrimSpace(r.row.value[at]); v {
	case "NA", "NULL", "NaN", "nan":
		return ""
	default:
		return v
	}
}

// fail notes what is wrong with a cell, unless an earlier one is.
func (r *recordReader) fail(name, format string, args ...any) {
	if r.bad != nil {
		return
	}
	offset := 0
	if at, ok := r.layout.columns[name]; ok && at < len(r.row.start) {
		offset = r.row.start[at]
	}
	r.bad = r.row.problem(offset, name+": "+fmt.Sprintf(format, args...))
}

// text is a cell that must not be empty.
func (r *recordReader) text(name string) string {
	v := r.cell(name)
	if v == "" {
		r.fail(name, "the cell is empty")
	}
	return v
}

// number reads a whole number within bounds; R writes some as 1.0.
func (r *recordReader) number(name string, least, greatest int64) int64 {
	v := r.text(name)
	if v == "" {
		return least
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(v, ".0"), 10, 64)
	if err != nil {
		r.fail(name, "%q is not a whole number", v)
		return least
	}
	if n < least || n > greatest {
		r.fail(name, "%d is not between %d and %d", n, least, greatest)
		return least
	}
	return n
}

// decimalForm reports whether s is digits with at most one point between them.
func decimalForm(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, fraction, point := strings.Cut(s, ".")
	digits := func(s string) bool {
		for i := range len(s) {
			if s[i] < '0' || s[i] > '9' {
				return false
			}
		}
		return s != ""
	}
	return digits(whole) && (!point || digits(fraction))
}

// degrees reads a coordinate, empty when there is none.
func (r *recordReader) degrees(name string, bound float64) string {
	v := r.cell(name)
	if v == "" {
		return ""
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || !decimalForm(v) {
		r.fail(name, "%q is not a coordinate in degrees", v)
		return ""
	}
	if f < -bound || f > bound {
		r.fail(name, "%s lies outside ±%g degrees", v, bound)
		return ""
	}
	if !strings.Contains(v, ".") {
		v += ".0"
	}
	return v
}

// entity describes an entity of the row once and returns its reference.
func (r *recordReader) entity(e claim.Entity) claim.Ref {
	if !r.has[e.IRI] {
		r.has[e.IRI] = true
		r.rec.Extraction.Entities = append(r.rec.Extraction.Entities, e)
	}
	return e.IRI
}

func (r *recordReader) triple(s claim.Ref, p rdf.IRI, o rdf.Term) {
	r.rec.Quads = append(r.rec.Quads, rdf.Triple{Subject: rdf.IRI(s), Predicate: p, Object: o})
}

// keep writes columns that are no claims to the record, when they hold
// anything.
func (r *recordReader) keep(names ...string) {
	doc := r.rec.Extraction.Document.IRI
	for _, name := range names {
		v := r.cell(name)
		if v == "" {
			continue
		}
		var term rdf.Term = rdf.NewString(v)
		if c := v[0]; (c >= '0' && c <= '9' || c == '-') && len(v) < 20 {
			if n, err := strconv.ParseInt(v, 10, 64); err == nil && strconv.FormatInt(n, 10) == v {
				term = rdf.NewTyped(v, rdf.XSDInteger)
			}
		}
		r.triple(doc, r.columns[name], term)
	}
}

// say adds a claim of the dataset in its own voice.
func (r *recordReader) say(p claim.Proposition) *claim.Claim {
	ex := &r.rec.Extraction
	ex.Claims = append(ex.Claims, claim.Claim{
		Proposition: p, Claimant: r.file.publisher, Stance: claim.Asserts, Modality: claim.StatedAsFact,
		Source: "record", Rule: r.file.rule(), Confidence: 1,
	})
	return &ex.Claims[len(ex.Claims)-1]
}

// begin starts the record of a row by the identifier that its dataset gives it.
func (r *recordReader) begin(id, title string) {
	f := r.file
	r.rec = &Record{}
	r.rec.Quads = make([]rdf.Triple, 0, 24)
	r.rec.Extraction.Claims = make([]claim.Claim, 0, 4)
	iri := claim.Ref(f.records + slug(id) + "/" + r.contentHash())
	r.rec.Extraction.Document = claim.Document{IRI: iri, Title: title, Revision: f.Version}
	r.triple(iri, propIsPartOf, f.term)
	if !r.lean {
		r.entity(f.claimant())
	}
}

// contentHash is of the values by column, so that the same row has the same
// name in files with and without a header, and another when it was changed.
func (r *recordReader) contentHash() string {
	b := r.key[:0]
	if r.layout.json != noJSON {
		b = append(b, strings.TrimSuffix(strings.TrimSpace(r.row.text), ",")...)
	}
	for i, name := range r.layout.sorted() {
		if v := r.valueAt(r.layout.places[i]); v != "" {
			b = append(append(b, name...), '=')
			b = binary.AppendUvarint(b, uint64(len(v))) // so that no value can pass for two
			b = append(b, v...)
		}
	}
	r.key = b
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// id returns the reference of a thing that the dataset numbers.
func (r *recordReader) id(parts ...string) claim.Ref {
	return claim.Ref(claim.NSID + r.file.format.scheme + "/" + strings.Join(parts, "/"))
}

// named returns the reference of a thing that the dataset only names: readable,
// and different for names that differ in anything.
func (r *recordReader) named(class string, names ...string) claim.Ref {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x1f")))
	last := slug(names[len(names)-1])
	return r.id(class, strings.TrimPrefix(last+"-"+hex.EncodeToString(sum[:5]), "-"))
}

// voice returns the entity of those whom a cell names as speakers or media.
// Several that the row does not tell apart are one voice: which of them said
// which number, the row does not say.
func (r *recordReader) voice(kind claim.EntityKind, class, scope string, names []string) claim.Ref {
	label := strings.Join(names, "; ")
	if label == "" {
		return ""
	}
	return r.shared(func() claim.Ref {
		return r.entity(claim.Entity{IRI: r.named(class, scope, label), Kind: kind, Label: label})
	}, class, scope, label)
}

// coordinates puts a place on the map.
func (r *recordReader) coordinates(place claim.Ref, lat, long string) {
	if lat != "" && long != "" {
		r.triple(place, propLat, rdf.NewTyped(lat, rdf.XSDDecimal))
		r.triple(place, propLong, rdf.NewTyped(long, rdf.XSDDecimal))
	}
}

// plainSlug reports whether the string is its own slug.
func plainSlug(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// slug makes a readable part of an IRI.
func slug(s string) string {
	if len(s) <= 48 && plainSlug(s) {
		return s
	}
	var b strings.Builder
	dash := false
	for _, c := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(c)
		default:
			dash = true
		}
		if b.Len() >= 48 {
			break
		}
	}
	return b.String()
}
