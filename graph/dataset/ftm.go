package dataset

import (
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// An entity of FollowTheMoney is a record. Those that are things (people,
// organisations, places, events) are described; those that are relations make
// claims between things. All of it is said by the dataset that the entity names.

type ftmEntity struct {
	ID         string              `json:"id"`
	Schema     string              `json:"schema"`
	Caption    string              `json:"caption"`
	Properties map[string][]string `json:"properties"`
	Datasets   []string            `json:"datasets"`
	FirstSeen  string              `json:"first_seen"`
	LastSeen   string              `json:"last_seen"`
}

// ftmThings are the schemata of things, and what they are here.
var ftmThings = map[string]claim.EntityKind{
	"Person": claim.Person, "Organization": claim.Organisation, "LegalEntity": claim.Organisation, "Company": claim.Organisation,
	"PublicBody": claim.Organisation, "Thing": claim.Organisation, "Event": claim.Incident, "Address": claim.Place,
	"RealEstate": claim.Installation, "Position": claim.Organisation,
}

// ftmRelation is a schema that links two things.
type ftmRelation struct{ from, to, kind string }

// ftmRelations are the schemata of relations that the model has a kind for.
var ftmRelations = map[string]ftmRelation{
	"Succession":       {"predecessor", "successor", claim.KindSucceededBy},
	"Membership":       {"member", "organization", "memberOf"},
	"Directorship":     {"director", "organization", "memberOf"},
	"Employment":       {"employee", "employer", "memberOf"},
	"Associate":        {"person", "associate", "associatedWith"},
	"UnknownLink":      {"subject", "object", "associatedWith"},
	"Representation":   {"agent", "client", "represented"},
	"Ownership":        {"owner", "asset", "owned"},
	"EventInvolvement": {"involved", "event", claim.KindParticipant},
}

func (e *ftmEntity) first(property string) string {
	for _, v := range e.Properties[property] {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

// ftm reads an entity. Schemata that say nothing here, such as documents and
// payments, are left out.
func (r *recordReader) ftm() {
	var e ftmEntity
	if !r.object(&e) {
		return
	}
	if e.ID == "" || e.Schema == "" {
		r.faulty("an entity has an id and a schema")
		return
	}
	relation, isRelation := ftmRelations[e.Schema]
	kind, isThing := ftmThings[e.Schema]
	if !isRelation && !isThing {
		return
	}
	r.begin(e.ID, "FollowTheMoney "+e.Schema+" "+e.ID)
	if isRelation {
		r.ftmRelation(&e, relation)
	} else {
		r.ftmThing(&e, kind)
	}
	if r.bad != nil {
		return
	}
	doc := r.rec.Extraction.Document.IRI
	for _, name := range sortedKeys(e.Properties) {
		for _, v := range e.Properties[name] {
			if !ftmTaken[name] && strings.TrimSpace(v) != "" {
				r.triple(doc, rdf.IRI(nsColumn+slug(name)), rdf.NewString(strings.TrimSpace(v)))
			}
		}
	}
	if e.FirstSeen != "" {
		r.triple(doc, nsColumn+"first_seen", rdf.NewString(e.FirstSeen))
	}
	if e.LastSeen != "" {
		r.triple(doc, nsColumn+"last_seen", rdf.NewString(e.LastSeen))
	}
	if len(e.Datasets) > 0 {
		speaker := r.voice(claim.Organisation, "dataset", "", e.Datasets)
		for i := range r.rec.Extraction.Claims {
			r.rec.Extraction.Claims[i].Claimant = speaker
		}
	}
}

// ftmTaken are the properties that become more than columns.
var ftmTaken = map[string]bool{
	"name": true, "alias": true, "weakAlias": true, "previousName": true, "abbreviation": true, "date": true, "startDate": true, "endDate": true,
	"latitude": true, "longitude": true, "incorporationDate": true, "dissolutionDate": true, "wikidataId": true,
}

func (r *recordReader) ftmRef(id string) claim.Ref {
	if s := slug(id); s == strings.ToLower(id) {
		return r.id("entity", s)
	}
	return r.named("entity", id)
}

// ftmOther names an entity that another one refers to; its own record describes
// it.
func (r *recordReader) ftmOther(id string, kind claim.EntityKind) claim.Ref {
	return r.shared(func() claim.Ref { return r.entity(claim.Entity{IRI: r.ftmRef(id), Kind: kind}) }, "ftm", id, string(kind))
}

func (r *recordReader) ftmThing(e *ftmEntity, kind claim.EntityKind) {
	label := e.first("name")
	if label == "" {
		label = e.Caption
	}
	if label == "" {
		label = e.first("full")
	}
	if label == "" {
		r.faulty("the %s has no name", e.Schema)
		return
	}
	if topics := e.Properties["topics"]; kind == claim.Organisation && contains(topics, "crime.terror", "mil") {
		kind = claim.ArmedGroup
	} else if kind == claim.Organisation && contains(topics, "gov") {
		kind = claim.Government
	}
	entity := claim.Entity{IRI: r.ftmRef(e.ID), Kind: kind, Label: label}
	for _, p := range []string{"name", "alias", "weakAlias", "previousName", "abbreviation"} {
		for _, v := range e.Properties[p] {
			if v = strings.TrimSpace(v); v != "" && v != label && !contains(entity.Aliases, v) {
				entity.Aliases = append(entity.Aliases, v)
			}
		}
	}
	if q := e.first("wikidataId"); strings.HasPrefix(q, "Q") {
		entity.SameAs = append(entity.SameAs, claim.Ref(nsWikidata+q))
	}
	self := r.entity(entity)
	r.triple(self, propID, rdf.NewString(e.ID))
	if lat, long := e.first("latitude"), e.first("longitude"); decimalForm(lat) && decimalForm(long) {
		r.coordinates(self, withPoint(lat), withPoint(long))
	}
	for _, v := range []struct {
		property string
		to       bool
	}{{"incorporationDate", false}, {"dissolutionDate", true}} {
		d := claim.Date(e.first(v.property))
		if d == "" {
			continue
		}
		first, last, err := d.Days()
		switch {
		case err != nil:
			r.faulty("%s: %q is not a date", v.property, string(d))
			return
		case v.to:
			r.triple(self, claim.PropTo, rdf.NewTyped(last, rdf.XSDDate))
		default:
			r.triple(self, claim.PropFrom, rdf.NewTyped(first, rdf.XSDDate))
		}
	}
	if kind == claim.Incident {
		r.ftmEvent(e, self)
		return
	}
	r.say(claim.Proposition{Kind: claim.KindCharacterisation, Agent: []claim.Ref{self}, Text: strings.ToLower(e.Schema), Manner: ftmTopics(e)})
}

func ftmTopics(e *ftmEntity) map[string]string {
	if len(e.Properties["topics"]) == 0 {
		return nil
	}
	return map[string]string{"topics": strings.Join(e.Properties["topics"], "; ")}
}

// ftmEvent says when an event was, who was involved and where.
func (r *recordReader) ftmEvent(e *ftmEntity, self claim.Ref) {
	parts := []claim.Proposition{{Kind: claim.KindEventType, Event: self, Text: "event"}}
	if when, ok := r.ftmTime(e); !ok {
		return
	} else if !when.IsZero() {
		parts = append(parts, claim.Proposition{Kind: claim.KindDate, Event: self, Time: when})
	}
	var involved []claim.Ref
	for _, p := range []string{"involved", "organizer"} {
		for _, id := range e.Properties[p] {
			involved = append(involved, r.ftmOther(id, claim.Organisation))
		}
	}
	if len(involved) > 0 {
		parts = append(parts, claim.Proposition{Kind: claim.KindParticipant, Event: self, Agent: involved, Manner: roleParty})
	}
	if at := e.first("location"); at != "" {
		place := r.entity(claim.Entity{IRI: r.named("place", e.first("country"), at), Kind: claim.Place, Label: at})
		parts = append(parts, claim.Proposition{Kind: claim.KindPlace, Event: self, Place: place})
	}
	r.say(claim.Compose(parts...))
}

// ftmTime returns the time of an event or a relation. A date may be a year, a
// month or a day, and is no more than that.
func (r *recordReader) ftmTime(e *ftmEntity) (claim.Interval, bool) {
	bounds := func(properties ...string) (claim.Date, claim.Date, bool) {
		for _, p := range properties {
			v := e.first(p)
			if v == "" {
				continue
			}
			first, last, err := claim.Date(v[:min(len(v), 10)]).Days()
			if err != nil {
				r.faulty("%s: %q is not a date", p, v)
				return "", "", false
			}
			return claim.Date(first), claim.Date(last), true
		}
		return "", "", true
	}
	a, b, ok := bounds("startDate", "date")
	if !ok {
		return claim.Interval{}, false
	}
	c, d, ok := bounds("endDate", "date")
	return claim.Interval{EarliestBegin: a, LatestBegin: b, EarliestEnd: c, LatestEnd: d, Rule: "explicit", Text: e.first("date")}, ok
}

// ftmRelation says what links things.
func (r *recordReader) ftmRelation(e *ftmEntity, relation ftmRelation) {
	when, ok := r.ftmTime(e)
	if !ok {
		return
	}
	refs := func(property string, kind claim.EntityKind) []claim.Ref {
		var out []claim.Ref
		for _, id := range e.Properties[property] {
			out = append(out, r.ftmOther(id, kind))
		}
		return out
	}
	from, to := refs(relation.from, claim.Organisation), refs(relation.to, claim.Organisation)
	if len(from) == 0 || len(to) == 0 {
		r.faulty("the %s lacks %s or %s", e.Schema, relation.from, relation.to)
		return
	}
	p := claim.Proposition{Kind: relation.kind, Agent: from, Patient: to, Time: when}
	if relation.kind == claim.KindParticipant {
		p.Event, p.Patient, p.Manner = to[0], nil, roleParty
	}
	if role := e.first("role"); role != "" && p.Manner == nil {
		p.Manner = map[string]string{"role": role}
	}
	r.say(p)
}

func contains(list []string, any ...string) bool {
	for _, v := range list {
		for _, w := range any {
			if v == w {
				return true
			}
		}
	}
	return false
}

func withPoint(s string) string {
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
