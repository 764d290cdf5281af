package link

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Input is what of a graph can be linked.
type Input struct {
	Events []Event
	Actors []Actor
	Given  Mappings // what others than this package say about links
}

// Properties that the reader looks for beyond those of package claim.
const (
	propLat        rdf.IRI = "http://www.w3.org/2003/01/geo/wgs84_pos#lat"
	propLong       rdf.IRI = "http://www.w3.org/2003/01/geo/wgs84_pos#long"
	propColumnLat  rdf.IRI = "https://belligraph.org/ontology/column/latitude"
	propColumnLong rdf.IRI = "https://belligraph.org/ontology/column/longitude"
	propSuperseded rdf.IRI = claim.NS + "supersededBy"
	propPrecision  rdf.IRI = claim.NSManner + "precision"
)

// Radii in km within which a place is known, by what a source calls its
// precision or, without that, by what the place is.
const (
	nearRadius     = 25.0
	districtRadius = 60.0
	divisionRadius = 150.0
	countryRadius  = 400.0
)

// reading gathers what is said of the events of a graph, by id: a graph has
// hundreds of thousands.
type reading struct {
	ctx   context.Context
	snap  graph.Snapshot
	words *graph.Words
	in    *Input
	t     *tables
}

// Read takes the events out of all graphs of a snapshot: those that a source
// gives a date. The caller decides which graphs the snapshot shows.
func Read(ctx context.Context, snap graph.Snapshot) (*Input, error) {
	r := &reading{ctx: ctx, snap: snap, words: graph.NewWords(snap), in: &Input{Given: make(Mappings)}}
	if err := r.events(); err != nil {
		return nil, err
	}
	return r.in, r.mappings()
}

// scan calls f for each quad of a property.
func (r *reading) scan(property rdf.IRI, f func(s, o, g graph.ID)) error {
	p, ok, err := r.snap.Lookup(property)
	if err != nil || !ok {
		return err
	}
	cur, err := r.snap.Scan(r.ctx, graph.Pattern{P: p}, graph.PSOG, graph.ColS|graph.ColO|graph.ColG)
	if err != nil {
		return err
	}
	defer cur.Close()
	for b := cur.Next(); b != nil; b = cur.Next() {
		for i := range b.N {
			f(b.Cols[graph.S][i], b.Cols[graph.O][i], b.Cols[graph.G][i])
		}
	}
	return cur.Err()
}

// values returns the objects of a property by subject.
func (r *reading) values(property rdf.IRI) (map[graph.ID][]graph.ID, error) {
	m := make(map[graph.ID][]graph.ID)
	return m, r.scan(property, func(s, o, _ graph.ID) {
		if !slices.Contains(m[s], o) {
			m[s] = append(m[s], o)
		}
	})
}

func (r *reading) first(ids []graph.ID) string {
	if len(ids) == 0 {
		return ""
	}
	return r.words.Of(ids[0])
}

func (r *reading) number(ids []graph.ID) (float64, bool) {
	if len(ids) == 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(r.words.Of(ids[0]), 64)
	return f, err == nil
}

func dayOf(date string) (int32, bool) {
	t, err := time.Parse(time.DateOnly, date)
	return int32(t.Unix() / 86400), err == nil
}

// tables are the properties that events are made of.
type tables struct {
	kind, event, at, agent, when, quantity       map[graph.ID][]graph.ID // of propositions
	says, precision, document, lat, long         map[graph.ID][]graph.ID // of claims and records
	begin, end, least, most, party, metric       map[graph.ID][]graph.ID
	label, alias, class, of, within, near, words map[graph.ID][]graph.ID
	placeLat, placeLong, from, to                map[graph.ID][]graph.ID
	superseded                                   map[graph.ID][]graph.ID // of records
}

// current reports whether some record that no newer release has taken the place
// of says the proposition.
func (t *tables) current(proposition graph.ID) bool {
	if len(t.superseded) == 0 {
		return true
	}
	for _, c := range t.says[proposition] {
		for _, d := range t.document[c] {
			if len(t.superseded[d]) == 0 {
				return true
			}
		}
	}
	return len(t.says[proposition]) == 0
}

func (r *reading) tables() (*tables, error) {
	t := &tables{}
	for _, x := range []struct {
		into     *map[graph.ID][]graph.ID
		property rdf.IRI
	}{
		{&t.kind, claim.PropKind}, {&t.event, claim.PropEvent}, {&t.at, claim.PropPlace}, {&t.agent, claim.PropAgent}, {&t.when, claim.PropTime},
		{&t.quantity, claim.PropQuantity}, {&t.precision, propPrecision}, {&t.document, claim.PropDocument},
		{&t.lat, propColumnLat}, {&t.long, propColumnLong}, {&t.begin, claim.PropEarliestBegin}, {&t.end, claim.PropLatestEnd},
		{&t.least, claim.PropMin}, {&t.most, claim.PropMax}, {&t.party, claim.PropParty}, {&t.metric, claim.PropMetric},
		{&t.label, rdf.RDFSLabel}, {&t.alias, claim.PropAltLabel}, {&t.class, rdf.RDFType}, {&t.of, claim.PropOf}, {&t.within, claim.PropWithin},
		{&t.near, claim.PropNear}, {&t.words, claim.PropContent}, {&t.placeLat, propLat}, {&t.placeLong, propLong}, {&t.from, claim.PropFrom}, {&t.to, claim.PropTo},
		{&t.superseded, propSuperseded},
	} {
		m, err := r.values(x.property)
		if err != nil {
			return nil, err
		}
		*x.into = m
	}
	t.says = make(map[graph.ID][]graph.ID) // claims by proposition
	return t, r.scan(claim.PropProposition, func(c, p, _ graph.ID) { t.says[p] = append(t.says[p], c) })
}

// events makes the events from what is claimed of them. Where claims differ, the
// event has the widest bounds.
func (r *reading) events() error {
	t, err := r.tables()
	if err != nil {
		return err
	}
	r.t = t
	in := make(map[graph.ID]graph.ID) // the graph of each event
	if err := r.scan(claim.PropEvent, func(_, e, g graph.ID) {
		if g != graph.DefaultGraph || in[e] == 0 {
			in[e] = g
		}
	}); err != nil {
		return err
	}
	byEvent := make(map[graph.ID][]graph.ID)
	for p, events := range t.event {
		for _, e := range events {
			byEvent[e] = append(byEvent[e], p)
		}
	}
	kinds := make(map[graph.ID]string)
	actors := make(map[graph.ID]bool)
	ids := slices.Sorted(maps.Keys(byEvent))
	for _, id := range ids {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		e := Event{IRI: claim.Ref(r.words.Of(id)), Label: r.first(t.label[id])}
		e.Source = sourceOf(e.IRI)
		if g := in[id]; g != graph.DefaultGraph {
			if e.Graph, err = r.snap.Term(g); err != nil {
				return err
			}
		}
		dated := false
		slices.Sort(byEvent[id])
		for _, p := range byEvent[id] {
			if !t.current(p) {
				continue
			}
			for _, k := range t.kind[p] {
				if _, ok := kinds[k]; !ok {
					kinds[k] = strings.TrimPrefix(r.words.Of(k), claim.NSKind)
				}
				switch kinds[k] {
				case claim.KindDate:
					dated = r.time(t, p, &e, dated) || dated
				case claim.KindPlace:
					r.place(t, p, &e)
				case claim.KindParticipant:
					for _, a := range t.agent[p] {
						actors[a] = true
						if ref := claim.Ref(r.words.Of(a)); !slices.Contains(e.Actors, ref) {
							e.Actors = append(e.Actors, ref)
						}
					}
				case claim.KindEventType:
					e.Type = max(e.Type, typeOf(r.first(t.words[p])))
				case claim.KindCasualties:
					r.deaths(t, p, &e)
				}
			}
		}
		if dated && !r.is(t, id, claim.Conflict) { // a year of a war is no battle
			r.in.Events = append(r.in.Events, e)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(actors)) {
		r.in.Actors = append(r.in.Actors, r.actor(t, id))
	}
	return nil
}

// sourceOf names the source of an event or actor by its identifier: the part
// before /event/ or /actor/ of those of datasets, "article" for what articles
// speak of.
func sourceOf(iri claim.Ref) string {
	name := strings.TrimPrefix(string(iri), claim.NSID)
	for _, class := range []string{"/event/", "/actor/", "/civilians/"} {
		if i := strings.Index(name, class); i > 0 {
			return name[:i]
		}
	}
	if scheme, _, ok := strings.Cut(name, "/"); ok && (scheme == "wikidata" || scheme == "ftm") {
		return scheme // their identifiers do not tell events from actors
	}
	return "article"
}

func (r *reading) time(t *tables, p graph.ID, e *Event, dated bool) bool {
	for _, w := range t.when[p] {
		from, ok := dayOf(r.first(t.begin[w]))
		to, okTo := dayOf(r.first(t.end[w]))
		switch {
		case !ok && !okTo:
			continue
		case !ok:
			from = to
		case !okTo:
			to = from
		}
		if dated {
			e.From, e.To = min(e.From, from), max(e.To, to)
		} else {
			e.From, e.To = from, to
		}
		dated = true
	}
	return dated
}

// place takes over where the event was, how precisely the claims say that it is
// known, and which country it is in.
func (r *reading) place(t *tables, p graph.ID, e *Event) {
	for _, at := range t.at[p] {
		named := at
		radius := 0.0
		if near := t.near[at]; len(near) > 0 && len(t.placeLat[at]) == 0 && len(t.placeLat[near[0]]) > 0 {
			named, radius = near[0], nearRadius
		}
		lat, okLat := r.number(t.placeLat[named])
		long, okLong := r.number(t.placeLong[named])
		for _, c := range t.says[p] {
			if okLat && okLong {
				break
			}
			for _, d := range t.document[c] { // the centre of an area stands on the record
				lat, okLat = r.number(t.lat[d])
				long, okLong = r.number(t.long[d])
			}
			switch r.first(t.precision[c]) {
			case "somewhere in the second-order division":
				radius = districtRadius
			case "somewhere in the country":
				radius = countryRadius
			case "":
				radius = districtRadius
			default:
				radius = divisionRadius
			}
		}
		if okLat && okLong && (!e.HasPoint || radius < e.Radius) {
			e.HasPoint, e.Lat, e.Long, e.Radius = true, lat, long, radius
		}
		if radius <= nearRadius {
			e.Place = Skeleton(r.first(t.label[named]))
			e.Place = strings.TrimSuffix(e.Place, Skeleton("town")) // UCDP says what a place is
		}
		country := named
		for range 8 {
			if r.is(t, country, claim.Country) {
				e.Country = CountryKey(r.first(t.label[country]))
				break
			}
			if len(t.within[country]) == 0 {
				break
			}
			country = t.within[country][0]
		}
		for _, n := range t.near[named] { // near another country
			e.Border = e.Border || r.is(t, n, claim.Country)
		}
	}
}

func (r *reading) is(t *tables, id graph.ID, kind claim.EntityKind) bool {
	return slices.ContainsFunc(t.class[id], func(c graph.ID) bool { return r.words.Of(c) == claim.NS+string(kind) })
}

// deaths takes the bounds of all that were killed: of a count without a party
// where there is one, else of the sides together.
func (r *reading) deaths(t *tables, p graph.ID, e *Event) {
	var low, high int64
	known := false
	for _, q := range t.quantity[p] {
		if strings.TrimPrefix(r.first(t.metric[q]), claim.NSMetric) != "killed" {
			continue
		}
		least, ok := r.number(t.least[q])
		most, okMost := r.number(t.most[q])
		if !ok || !okMost {
			continue
		}
		if len(t.party[q]) == 0 {
			e.HasDeaths, e.Low, e.High = true, int64(least), int64(most)
			return
		}
		low, high, known = low+int64(least), high+int64(most), true
	}
	if known && !e.HasDeaths && e.Source != "article" { // an article's numbers are of several voices
		e.HasDeaths, e.Low, e.High = true, low, high
	}
}

func (r *reading) actor(t *tables, id graph.ID) Actor {
	a := Actor{IRI: claim.Ref(r.words.Of(id)), Kind: claim.Organisation}
	a.Source = sourceOf(a.IRI)
	for _, c := range t.class[id] {
		switch k := claim.EntityKind(strings.TrimPrefix(r.words.Of(c), claim.NS)); k {
		case claim.ArmedGroup, claim.StateForce, claim.Government, claim.Civilians:
			a.Kind = k
		}
	}
	for _, n := range slices.Concat(t.label[id], t.alias[id]) {
		a.Names = append(a.Names, r.words.Of(n))
	}
	if of := t.of[id]; len(of) > 0 && r.is(t, of[0], claim.Country) {
		a.Country = CountryKey(r.first(t.label[of[0]]))
	}
	a.From, _ = dayOf(r.first(t.from[id]))
	a.To, _ = dayOf(r.first(t.to[id]))
	return a
}

// mappings reads claims about links that others made: people, imported sets.
func (r *reading) mappings() error {
	for _, kind := range []string{KindSameEvent, KindPartOf, KindCorresponds, KindSucceeded} {
		k, ok, err := r.snap.Lookup(rdf.IRI(claim.NSKind + kind))
		if err != nil {
			return err
		}
		p, okP, err := r.snap.Lookup(claim.PropKind)
		if err != nil {
			return err
		}
		if !ok || !okP {
			continue
		}
		cur, err := r.snap.Scan(r.ctx, graph.Pattern{P: p, O: k}, graph.POSG, graph.ColS)
		if err != nil {
			return err
		}
		var propositions []graph.ID
		for b := cur.Next(); b != nil; b = cur.Next() {
			propositions = append(propositions, b.Cols[graph.S]...)
		}
		err = cur.Err()
		if e := cur.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
		for _, id := range propositions {
			if err := r.mapping(kind, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// addActor adds an actor that is described but takes part in no event.
func (r *reading) addActor(ref claim.Ref) error {
	id, ok, err := r.snap.Lookup(rdf.IRI(ref))
	if err != nil || !ok || len(r.t.label[id]) == 0 || slices.ContainsFunc(r.in.Actors, func(a Actor) bool { return a.IRI == ref }) {
		return err
	}
	r.in.Actors = append(r.in.Actors, r.actor(r.t, id))
	return nil
}

func (r *reading) mapping(kind string, proposition graph.ID) error {
	reader, err := claim.NewReader(r.snap, claim.ReadOptions{AllGraphs: true})
	if err != nil {
		return err
	}
	claims, err := reader.ClaimsOf(r.ctx, claim.Ref(r.words.Of(proposition)))
	if err != nil {
		return err
	}
	// Of several the latest counts; a mapping set without a date says less than
	// somebody who looked at the pair.
	slices.SortStableFunc(claims, func(a, b claim.Claim) int { return cmp.Compare(a.SaidOn.Start(), b.SaidOn.Start()) })
	for _, c := range claims {
		p := &c.Proposition
		if c.Claimant == Linker || len(p.Agent) != 1 || len(p.Patient) != 1 || c.Modality == claim.Planned {
			continue
		}
		if kind == KindSucceeded { // those between may take part in no event
			for _, ref := range []claim.Ref{p.Agent[0], p.Patient[0]} {
				if err := r.addActor(ref); err != nil {
					return err
				}
			}
		}
		r.in.Given[[2]claim.Ref{p.Agent[0], p.Patient[0]}] = Mapping{Kind: kind, Denied: c.Stance == claim.Denies || c.Negated, By: string(c.Claimant)}
	}
	return nil
}
