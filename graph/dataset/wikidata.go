package dataset

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// An entity of Wikidata is a record of a revision, and each of its statements a
// claim of Wikidata, with its rank, its qualifiers and the references that it
// rests on. Only the best statements of a property are said as facts; those that
// lost to a preferred one, are deprecated or hedged are reported.

const (
	nsWikidata             = "http://www.wikidata.org/entity/"
	nsGeoNames             = "https://sws.geonames.org/"
	nsSchema               = "https://schema.org/"
	propAbout      rdf.IRI = nsSchema + "about"
	propInLanguage rdf.IRI = nsSchema + "inLanguage"
	propModified   rdf.IRI = claim.NSDcterms + "modified"
	propIssued     rdf.IRI = claim.NSDcterms + "issued"
	columnRank     rdf.IRI = nsColumn + "rank"
	columnRetrieve rdf.IRI = nsColumn + "retrieved"
)

type wdEntity struct {
	ID        string                 `json:"id"`
	Type      string                 `json:"type"`
	Revision  int64                  `json:"lastrevid"`
	Modified  string                 `json:"modified"`
	Missing   *string                `json:"missing"`
	Labels    wdMap[wdText]          `json:"labels"`
	Aliases   wdMap[[]wdText]        `json:"aliases"`
	Claims    wdMap[[]wdStatement]   `json:"claims"`
	Sitelinks wdMap[json.RawMessage] `json:"sitelinks"`
}

type wdText struct {
	Language string `json:"language"`
	Value    string `json:"value"`
}

// wdMap is an object that is written as an empty array when it has no keys.
type wdMap[T any] map[string]T

func (m *wdMap[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		*m = nil
		return nil
	}
	return json.Unmarshal(b, (*map[string]T)(m))
}

type wdStatement struct {
	ID         string          `json:"id"`
	Rank       string          `json:"rank"`
	Main       wdSnak          `json:"mainsnak"`
	Qualifiers wdMap[[]wdSnak] `json:"qualifiers"`
	References []wdReference   `json:"references"`
}

type wdReference struct {
	Hash  string          `json:"hash"`
	Snaks wdMap[[]wdSnak] `json:"snaks"`
}

type wdSnak struct {
	Type  string `json:"snaktype"` // value, somevalue, novalue
	Value struct {
		Type  string          `json:"type"`
		Value json.RawMessage `json:"value"`
	} `json:"datavalue"`
}

// item returns the Q number of the value, empty when it is none.
func (s *wdSnak) item() string {
	var v struct {
		ID      string `json:"id"`
		Type    string `json:"entity-type"`
		Numeric int64  `json:"numeric-id"`
	}
	if s.Type != "value" || s.Value.Type != "wikibase-entityid" || json.Unmarshal(s.Value.Value, &v) != nil {
		return ""
	}
	if v.ID == "" && v.Type == "item" && v.Numeric > 0 { // dumps before 2017
		return "Q" + strconv.FormatInt(v.Numeric, 10)
	}
	return v.ID
}

// text returns a string, a URL, an external identifier or a text in a language.
func (s *wdSnak) text() string {
	if s.Type != "value" {
		return ""
	}
	var plain string
	if json.Unmarshal(s.Value.Value, &plain) == nil {
		return plain
	}
	var t struct {
		Text string `json:"text"`
	}
	_ = json.Unmarshal(s.Value.Value, &t) // what is no text is empty
	return t.Text
}

// time returns the days between which a point in time lies. Years before the
// common era and precisions beyond a century say nothing that this model holds.
func (s *wdSnak) time() (first, last claim.Date, words string, ok bool) {
	var v struct {
		Time      string `json:"time"`
		Precision int    `json:"precision"`
		Calendar  string `json:"calendarmodel"`
	}
	if s.Type != "value" || s.Value.Type != "time" || json.Unmarshal(s.Value.Value, &v) != nil {
		return "", "", "", false
	}
	stamp, positive := strings.CutPrefix(v.Time, "+")
	date, _, _ := strings.Cut(stamp, "T")
	parts := strings.Split(date, "-")
	if !positive || len(parts) != 3 {
		return "", "", "", false
	}
	year, err := strconv.Atoi(parts[0])
	if err != nil || year < 1 || year > 9999 {
		return "", "", "", false
	}
	span := func(from, to int) (claim.Date, claim.Date) {
		return claim.Date(fmt.Sprintf("%04d-01-01", max(from, 1))), claim.Date(fmt.Sprintf("%04d-12-31", to))
	}
	switch {
	case v.Precision >= 11:
		first = claim.Date(fmt.Sprintf("%04d-%s-%s", year, parts[1], parts[2]))
		last = first
	case v.Precision == 10:
		first = claim.Date(fmt.Sprintf("%04d-%s", year, parts[1]))
		a, b, err := first.Days()
		if err != nil {
			return "", "", "", false
		}
		first, last = claim.Date(a), claim.Date(b)
	case v.Precision == 9:
		first, last = span(year, year)
	case v.Precision == 8:
		first, last = span(year/10*10, year/10*10+9)
	case v.Precision == 7:
		first, last = span((year-1)/100*100+1, (year-1)/100*100+100)
	default:
		return "", "", "", false
	}
	if _, _, err := first.Days(); err != nil {
		return "", "", "", false
	}
	return first, last, v.Time + ", precision " + strconv.Itoa(v.Precision), true
}

// quantity returns a whole number with its bounds.
func (s *wdSnak) quantity() (low, best, high int64, ok bool) {
	var v struct {
		Amount string `json:"amount"`
		Lower  string `json:"lowerBound"`
		Upper  string `json:"upperBound"`
	}
	if s.Type != "value" || s.Value.Type != "quantity" || json.Unmarshal(s.Value.Value, &v) != nil {
		return 0, 0, 0, false
	}
	number := func(text string) (int64, bool) {
		f, err := strconv.ParseFloat(text, 64)
		return int64(math.Round(f)), err == nil && f >= 0 && f < 1e15
	}
	if best, ok = number(v.Amount); !ok {
		return 0, 0, 0, false
	}
	low, high = best, best
	if n, ok := number(v.Lower); ok {
		low = min(n, best)
	}
	if n, ok := number(v.Upper); ok {
		high = max(n, best)
	}
	return low, best, high, true
}

// wikidataClasses are the classes of which the kind of an entity is plain. Of
// others it follows from the properties.
var wikidataClasses = map[string]claim.EntityKind{
	"Q178561": claim.Battle, "Q188055": claim.Battle, // battle, siege
	"Q198": claim.Conflict, "Q180684": claim.Conflict, "Q8465": claim.Conflict, "Q124734": claim.Conflict, // war, conflict, civil war, rebellion
	"Q831663": claim.Conflict, "Q645883": claim.Operation, // campaign, operation
	"Q3199915": claim.Incident,                                                  // massacre
	"Q5":       claim.Person, "Q6256": claim.Country, "Q3624078": claim.Country, // human, country, sovereign state
}

// wikidataClassNames are what those classes are called as types of events.
var wikidataClassNames = map[string]string{
	"Q178561": "battle", "Q188055": "siege", "Q198": "war", "Q180684": "conflict", "Q8465": "civil war", "Q124734": "rebellion",
	"Q831663": "military campaign", "Q645883": "military operation", "Q3199915": "massacre",
}

// Properties that tell events, actors and places apart.
var (
	wikidataOfEvents = []string{"P710", "P1120", "P1339", "P1590", "P1446", "P585", "P580", "P582", "P1346", "P1132"}
	wikidataOfActors = []string{"P571", "P576", "P1365", "P1366", "P463", "P607", "P241", "P112", "P1387", "P945"}
	wikidataOfPlaces = []string{"P625", "P1566", "P131"}
)

// wikidataMetrics are the counts of people among the properties.
var wikidataMetrics = map[string]string{
	"P1120": "killed", "P1339": "wounded", "P1446": "missing", "P1590": "casualties", "P1132": "strength",
}

// wikidataLanguages are those whose labels are kept, the first of them as the
// name. Reports from Mali are written in French, Arabic and Tuareg languages.
var wikidataLanguages = []string{"en", "mul", "fr", "de", "es", "it", "pt", "ru", "uk", "ar", "fa", "tr", "he", "ps", "ber", "kab", "tzm", "zgh", "tmh", "taq"}

func (e *wdEntity) has(properties []string) bool {
	return slices.ContainsFunc(properties, func(p string) bool { return len(e.Claims[p]) > 0 })
}

// kind tells what the entity is, nothing when it is none that the model knows.
func (e *wdEntity) kind() claim.EntityKind {
	for _, s := range e.Claims["P31"] {
		if k := wikidataClasses[s.Main.item()]; k != "" && s.Rank != "deprecated" {
			return k
		}
	}
	switch {
	case len(e.Claims["P569"]) > 0: // date of birth
		return claim.Person
	case e.has(wikidataOfEvents):
		return claim.Incident
	case e.has(wikidataOfActors):
		if e.has([]string{"P607", "P945"}) && len(e.Claims["P241"]) == 0 {
			return claim.ArmedGroup
		}
		return claim.Organisation
	case e.has(wikidataOfPlaces):
		return claim.Place
	default:
		return ""
	}
}

// name returns the label of the entity, and its other names.
func (e *wdEntity) name() (label string, others []string) {
	seen := map[string]bool{}
	add := func(s string) {
		switch {
		case s == "" || seen[s]:
		case label == "":
			label = s
		default:
			others = append(others, s)
		}
		seen[s] = true
	}
	for _, l := range wikidataLanguages {
		add(e.Labels[l].Value)
	}
	for _, l := range wikidataLanguages {
		for _, a := range e.Aliases[l] {
			add(a.Value)
		}
	}
	if label == "" {
		for _, l := range sortedKeys(e.Labels) {
			add(e.Labels[l].Value)
		}
	}
	return label, others
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// wikidata reads an entity. One that is no event, actor or place is left out.
func (r *recordReader) wikidata() {
	var e wdEntity
	if !r.object(&e) {
		return
	}
	if e.Missing != nil || e.Type != "" && e.Type != "item" {
		return
	}
	if !strings.HasPrefix(e.ID, "Q") || len(e.ID) < 2 {
		r.faulty("the entity has no id such as Q178561")
		return
	}
	kind := e.kind()
	if kind == "" {
		return
	}
	revision := ""
	title := "Wikidata " + e.ID
	if e.Revision > 0 {
		revision = strconv.FormatInt(e.Revision, 10)
		title += ", revision " + revision
	}
	r.begin(e.ID, title)
	doc := &r.rec.Extraction.Document
	doc.Revision = revision
	if revision != "" {
		r.triple(doc.IRI, claim.PropRevision, rdf.NewString(revision))
	}
	if e.Modified != "" {
		r.triple(doc.IRI, propModified, rdf.NewTyped(e.Modified, rdf.XSDDateTime))
	}
	w := &wikidataReader{recordReader: r, e: &e, self: wikidataRef(e.ID), kind: kind}
	w.read()
}

func wikidataRef(id string) claim.Ref { return claim.Ref(claim.NSID + "wikidata/" + id) }

// wikidataReader reads one entity.
type wikidataReader struct {
	*recordReader
	e    *wdEntity
	self claim.Ref
	kind claim.EntityKind
}

func (w *wikidataReader) read() {
	label, others := w.e.name()
	entity := claim.Entity{IRI: w.self, Kind: w.kind, Label: label, Aliases: others, SameAs: []claim.Ref{claim.Ref(nsWikidata + w.e.ID)}}
	isEvent := slices.Contains([]claim.EntityKind{claim.Battle, claim.Conflict, claim.Operation, claim.Incident}, w.kind)
	if !isEvent {
		w.each("P17", func(s *wdStatement) {
			if id := s.Main.item(); id != "" && entity.Of == "" && w.kind != claim.Country && wikidataRef(id) != w.self {
				if w.kind == claim.Place {
					entity.Within = w.other(id, claim.Country)
				} else {
					entity.Of = w.other(id, claim.Country)
				}
			}
		})
		w.each("P131", func(s *wdStatement) {
			if id := s.Main.item(); id != "" && w.kind == claim.Place {
				entity.Within = w.other(id, claim.Place)
			}
		})
		w.each("P1566", func(s *wdStatement) {
			if n := s.Main.text(); n != "" && strings.Trim(n, "0123456789") == "" {
				entity.SameAs = append(entity.SameAs, claim.Ref(nsGeoNames+n+"/"))
			}
		})
	}
	w.entity(entity)
	w.triple(w.self, propID, rdf.NewString(w.e.ID))
	w.sitelinks()
	w.coordinatesOf(isEvent)
	if isEvent {
		w.event()
	} else {
		w.actor()
	}
	if len(w.rec.Extraction.Claims) == 0 { // a record says something: what it is
		w.say(claim.Proposition{Kind: claim.KindCharacterisation, Agent: []claim.Ref{w.self}, Text: strings.ToLower(string(w.kind))})
	}
}

// each calls f for the statements of a property in their order, less those that
// lost to better ones.
func (w *wikidataReader) each(property string, f func(*wdStatement)) {
	statements := w.e.Claims[property]
	for i := range statements {
		if best(statements, &statements[i]) {
			f(&statements[i])
		}
	}
}

// best reports whether the statement is of the best rank of its property.
func best(all []wdStatement, s *wdStatement) bool {
	if s.Rank == "deprecated" {
		return false
	}
	return s.Rank == "preferred" || !slices.ContainsFunc(all, func(x wdStatement) bool { return x.Rank == "preferred" })
}

// other describes an entity that statements name. What it is called its own
// record says.
func (w *wikidataReader) other(id string, kind claim.EntityKind) claim.Ref {
	ref := wikidataRef(id)
	if ref == w.self {
		return ref
	}
	return w.shared(func() claim.Ref {
		w.entity(claim.Entity{IRI: ref, Kind: kind, SameAs: []claim.Ref{claim.Ref(nsWikidata + id)}})
		return ref
	}, "wikidata", id, string(kind))
}

// sitelinks names the articles about the entity.
func (w *wikidataReader) sitelinks() {
	for _, site := range sortedKeys(w.e.Sitelinks) {
		language, wiki := strings.CutSuffix(site, "wiki")
		if !wiki || !slices.Contains(wikidataLanguages, language) {
			continue
		}
		var link struct {
			Title string `json:"title"`
			URL   string `json:"url"`
		}
		if json.Unmarshal(w.e.Sitelinks[site], &link) != nil || link.Title == "" {
			continue
		}
		if link.URL == "" {
			link.URL = "https://" + language + ".wikipedia.org/wiki/" + (&url.URL{Path: strings.ReplaceAll(link.Title, " ", "_")}).EscapedPath()
		}
		article := claim.Ref(link.URL)
		w.triple(article, propAbout, rdf.IRI(w.self))
		w.triple(article, rdf.RDFSLabel, rdf.NewString(link.Title))
		w.triple(article, propInLanguage, rdf.NewString(language))
	}
}

// coordinatesOf puts places on the map. The point of an event stands on its
// record: it is where the event was put, not where a place is.
func (w *wikidataReader) coordinatesOf(event bool) {
	done := false
	w.each("P625", func(s *wdStatement) {
		var v struct {
			Latitude, Longitude, Precision *float64
		}
		if done || s.Main.Type != "value" || json.Unmarshal(s.Main.Value.Value, &v) != nil || v.Latitude == nil || v.Longitude == nil {
			return
		}
		done = true
		degrees := func(f float64) rdf.Term {
			t := strconv.FormatFloat(f, 'f', -1, 64)
			if !strings.Contains(t, ".") {
				t += ".0"
			}
			return rdf.NewTyped(t, rdf.XSDDecimal)
		}
		doc := w.rec.Extraction.Document.IRI
		if !event {
			w.triple(w.self, propLat, degrees(*v.Latitude))
			w.triple(w.self, propLong, degrees(*v.Longitude))
		}
		w.triple(doc, nsColumn+"latitude", degrees(*v.Latitude))
		w.triple(doc, nsColumn+"longitude", degrees(*v.Longitude))
		if v.Precision != nil {
			w.triple(doc, nsColumn+"coordinate_precision", degrees(*v.Precision))
		}
	})
}

// event says what the statements say of an event.
func (w *wikidataReader) event() {
	var sides []claim.Ref
	for i := range w.e.Claims["P710"] {
		s := &w.e.Claims["P710"][i]
		if id := s.Main.item(); id != "" {
			side := w.other(id, claim.Organisation)
			if best(w.e.Claims["P710"], s) {
				sides = append(sides, side)
			}
			p := claim.Proposition{Kind: claim.KindParticipant, Event: w.self, Agent: []claim.Ref{side}, Manner: roleParty}
			w.statement("P710", s, p)
			w.counts(s, side)
		}
	}
	if len(sides) == 0 {
		sides = []claim.Ref{w.self}
	}
	items := func(property string, kind claim.EntityKind, make func(claim.Ref, *wdStatement) claim.Proposition) {
		for i := range w.e.Claims[property] {
			s := &w.e.Claims[property][i]
			if id := s.Main.item(); id != "" && wikidataRef(id) != w.self {
				w.statement(property, s, make(w.other(id, kind), s))
			}
		}
	}
	for i := range w.e.Claims["P31"] {
		s := &w.e.Claims["P31"][i]
		if id := s.Main.item(); id != "" {
			name := wikidataClassNames[id]
			if name == "" {
				name = id
			}
			w.statement("P31", s, claim.Proposition{Kind: claim.KindEventType, Event: w.self, Text: name, Manner: map[string]string{"subtype": id}})
		}
	}
	items("P361", claim.Conflict, func(whole claim.Ref, _ *wdStatement) claim.Proposition {
		return claim.Proposition{Kind: claim.KindPartOf, Agent: []claim.Ref{w.self}, Patient: []claim.Ref{whole}}
	})
	items("P1346", claim.Organisation, func(winner claim.Ref, _ *wdStatement) claim.Proposition {
		return claim.Proposition{Kind: claim.KindResult, Event: w.self, Agent: []claim.Ref{winner}, Text: "victory"}
	})
	place := func(precision string) func(claim.Ref, *wdStatement) claim.Proposition {
		return func(at claim.Ref, _ *wdStatement) claim.Proposition {
			p := claim.Proposition{Kind: claim.KindPlace, Event: w.self, Place: at}
			if precision != "" {
				p.Manner = map[string]string{"precision": precision}
			}
			return p
		}
	}
	items("P276", claim.Place, place(""))
	items("P131", claim.Place, place("somewhere in the division"))
	items("P17", claim.Country, place("somewhere in the country"))
	for _, property := range []string{"P585", "P580", "P582"} {
		for i := range w.e.Claims[property] {
			w.when(property, &w.e.Claims[property][i])
		}
	}
	for _, property := range sortedKeys(wikidataMetrics) {
		for i := range w.e.Claims[property] {
			w.count(property, &w.e.Claims[property][i], sides)
		}
	}
}

// when says when the event was, or began, or ended. P1319 and P1326, the earliest
// and the latest possible date, widen a value; without a value they are all that
// is known.
func (w *wikidataReader) when(property string, s *wdStatement) {
	first, last, words, ok := s.Main.time()
	for i := range s.Qualifiers["P1319"] {
		if a, _, text, okA := s.Qualifiers["P1319"][i].time(); okA && (!ok || a < first) {
			first, words = a, strings.TrimPrefix(words+"; not before "+text, "; ")
			if !ok {
				last, ok = "", true
			}
		}
	}
	for i := range s.Qualifiers["P1326"] {
		if _, b, text, okB := s.Qualifiers["P1326"][i].time(); okB && (!ok || b > last) {
			last, words, ok = b, strings.TrimPrefix(words+"; not after "+text, "; "), true
		}
	}
	if !ok {
		return
	}
	time := claim.Interval{Rule: "wikidata", Text: property + " " + words}
	if property != "P582" {
		time.EarliestBegin, time.LatestBegin = first, last
	}
	if property != "P580" {
		time.EarliestEnd, time.LatestEnd = first, last
	}
	w.statement(property, s, claim.Proposition{Kind: claim.KindDate, Event: w.self, Time: time})
}

// count says how many, and of whom: P642 and P518 name the side.
func (w *wikidataReader) count(property string, s *wdStatement, sides []claim.Ref) {
	q := claim.Quantity{Metric: wikidataMetrics[property], Comparator: claim.Exactly}
	low, most, high, ok := s.Main.quantity()
	switch {
	case s.Main.Type == "somevalue": // said to be unknown
		q.Comparator = claim.Unknown
	case !ok:
		return
	default:
		q.Min, q.Max = &low, &high
		if low != high {
			q.Best, q.Comparator = &most, claim.About
		}
	}
	for _, of := range []string{"P642", "P518"} {
		for i := range s.Qualifiers[of] {
			if id := s.Qualifiers[of][i].item(); id != "" && q.Party == "" {
				q.Party = w.other(id, claim.Organisation)
			}
		}
	}
	w.statement(property, s, w.counted(q, sides))
}

func (w *wikidataReader) counted(q claim.Quantity, sides []claim.Ref) claim.Proposition {
	p := claim.Proposition{Kind: claim.KindCasualties, Event: w.self, Quantity: &q}
	if q.Metric == "strength" {
		p.Kind = claim.KindStrength
	}
	if q.Party == "" {
		p.Agent = sides
	}
	return p
}

// counts says what the qualifiers of a participant count.
func (w *wikidataReader) counts(s *wdStatement, side claim.Ref) {
	for _, property := range sortedKeys(wikidataMetrics) {
		for i := range s.Qualifiers[property] {
			low, most, high, ok := s.Qualifiers[property][i].quantity()
			if !ok {
				continue
			}
			q := claim.Quantity{Metric: wikidataMetrics[property], Party: side, Min: &low, Max: &high, Comparator: claim.Exactly}
			if low != high {
				q.Best, q.Comparator = &most, claim.About
			}
			w.statement("P710", s, w.counted(q, nil))
		}
	}
}

// actor says who came before and after an actor, in which conflicts it took
// part, and how long it was there.
func (w *wikidataReader) actor() {
	items := func(property string, kind claim.EntityKind, make func(claim.Ref) claim.Proposition) {
		for i := range w.e.Claims[property] {
			s := &w.e.Claims[property][i]
			if id := s.Main.item(); id != "" && wikidataRef(id) != w.self {
				w.statement(property, s, make(w.other(id, kind)))
			}
		}
	}
	succeeded := func(a, b claim.Ref) claim.Proposition {
		return claim.Proposition{Kind: claim.KindSucceededBy, Agent: []claim.Ref{a}, Patient: []claim.Ref{b}}
	}
	items("P1365", w.kind, func(x claim.Ref) claim.Proposition { return succeeded(x, w.self) })
	items("P1366", w.kind, func(x claim.Ref) claim.Proposition { return succeeded(w.self, x) })
	items("P607", claim.Conflict, func(x claim.Ref) claim.Proposition {
		return claim.Proposition{Kind: claim.KindParticipant, Event: x, Agent: []claim.Ref{w.self}, Manner: roleParty}
	})
	if w.kind == claim.Place || w.kind == claim.Country {
		return
	}
	w.each("P571", func(s *wdStatement) {
		if first, _, _, ok := s.Main.time(); ok {
			w.triple(w.self, claim.PropFrom, rdf.NewTyped(string(first), rdf.XSDDate))
		}
	})
	w.each("P576", func(s *wdStatement) {
		if _, last, _, ok := s.Main.time(); ok {
			w.triple(w.self, claim.PropTo, rdf.NewTyped(string(last), rdf.XSDDate))
		}
	})
}

// statement makes a claim of a statement, with what stands beside it.
func (w *wikidataReader) statement(property string, s *wdStatement, p claim.Proposition) {
	hedged := len(s.Qualifiers["P5102"]) > 0 || len(s.Qualifiers["P1480"]) > 0
	c := *w.say(p)
	if hedged || !best(w.e.Claims[property], s) {
		c.Modality = claim.Reported
	}
	claims := &w.rec.Extraction.Claims
	(*claims)[len(*claims)-1] = c
	iri := c.IRI(w.rec.Extraction.Document.IRI)
	w.triple(iri, propID, rdf.NewString(s.ID))
	if s.Rank != "" && s.Rank != "normal" {
		w.triple(iri, columnRank, rdf.NewString(s.Rank))
	}
	for _, q := range sortedKeys(s.Qualifiers) {
		for i := range s.Qualifiers[q] {
			snak := &s.Qualifiers[q][i]
			if id := snak.item(); id != "" {
				w.triple(iri, rdf.IRI(nsColumn+q), rdf.IRI(nsWikidata+id))
			} else if text := snak.text(); text != "" {
				w.triple(iri, rdf.IRI(nsColumn+q), rdf.NewString(text))
			} else if _, _, words, ok := snak.time(); ok {
				w.triple(iri, rdf.IRI(nsColumn+q), rdf.NewString(words))
			} else if low, _, high, ok := snak.quantity(); ok && low == high {
				w.triple(iri, rdf.IRI(nsColumn+q), rdf.NewTyped(strconv.FormatInt(low, 10), rdf.XSDInteger))
			}
		}
	}
	for i := range s.References {
		w.triple(iri, propPrimary, rdf.IRI(w.reference(&s.References[i])))
	}
	w.voices(s, p)
}

// voices adds whom a statement names as holding the same or the contrary: P3680
// supports it, P1310 disputes it.
func (w *wikidataReader) voices(s *wdStatement, p claim.Proposition) {
	for _, v := range []struct {
		property string
		stance   claim.Stance
	}{{"P3680", claim.Asserts}, {"P1310", claim.Denies}} {
		for i := range s.Qualifiers[v.property] {
			if id := s.Qualifiers[v.property][i].item(); id != "" {
				c := w.say(p)
				c.Claimant, c.Stance, c.Modality = w.other(id, claim.Organisation), v.stance, claim.Reported
				c.Via = []claim.Ref{w.file.publisher}
			}
		}
	}
}

// reference describes what a statement rests on: P248 is the work that states
// it, P143 the wiki it was taken from, P854 the page, P1476 its title, P577 its
// date, P813 the day on which it was read.
func (w *wikidataReader) reference(ref *wdReference) claim.Ref {
	hash := ref.Hash
	if hash == "" {
		b, _ := json.Marshal(ref.Snaks) // what was read can be written
		sum := sha256.Sum256(b)
		hash = hex.EncodeToString(sum[:20])
	}
	return w.shared(func() claim.Ref {
		iri := claim.Ref(claim.NSID + "wikidata/reference/" + slug(hash))
		label := ""
		for _, property := range sortedKeys(ref.Snaks) {
			for i := range ref.Snaks[property] {
				s := &ref.Snaks[property][i]
				switch property {
				case "P248", "P143", "P123":
					if id := s.item(); id != "" {
						w.triple(iri, claim.PropPublisher, rdf.IRI(w.other(id, claim.Organisation)))
					}
				case "P854":
					if u := s.text(); strings.HasPrefix(u, "http") && !strings.ContainsAny(u, " <>\"{}|\\^`") {
						w.triple(iri, claim.PropOrigin, rdf.IRI(u))
						label = cmp.Or(label, u)
					}
				case "P1476":
					w.triple(iri, claim.PropTitle, rdf.NewString(s.text()))
					label = s.text()
				case "P577":
					if first, last, _, ok := s.time(); ok && first == last {
						w.triple(iri, propIssued, rdf.NewTyped(string(first), rdf.XSDDate))
					}
				case "P813":
					if first, last, _, ok := s.time(); ok && first == last {
						w.triple(iri, columnRetrieve, rdf.NewTyped(string(first), rdf.XSDDate))
					}
				}
			}
		}
		w.triple(iri, rdf.RDFType, rdf.IRI(claim.NSProv+"Entity"))
		w.triple(iri, rdf.RDFSLabel, rdf.NewString(cmp.Or(label, "reference "+hash[:min(8, len(hash))])))
		return iri
	}, "reference", hash)
}
