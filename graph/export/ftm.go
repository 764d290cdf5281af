package export

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// ftmSchemata are the schemata of FollowTheMoney for the kinds of entities. It
// has none for a conflict apart from that of an event.
var ftmSchemata = map[claim.EntityKind]string{
	claim.Person: "Person", claim.Anonymous: "LegalEntity", claim.Government: "PublicBody", claim.Media: "Organization",
	claim.ArmedGroup: "Organization", claim.StateForce: "Organization", claim.Organisation: "Organization", claim.Civilians: "LegalEntity",
	claim.Place: "Address", claim.Country: "Address", claim.Installation: "Address",
}

// ftmEntity is one line. The keys of Properties are those of its schema.
type ftmEntity struct {
	ID         string              `json:"id"`
	Schema     string              `json:"schema"`
	Properties map[string][]string `json:"properties"`
}

// ftmID is what FollowTheMoney takes for an identifier.
var ftmID = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$`)

// ftmRef makes an identifier of an IRI: readable for those of this graph, a
// hash for others.
func ftmRef(r claim.Ref) string {
	s, ours := strings.CutPrefix(string(r), claim.NSID)
	s = strings.ReplaceAll(s, "/", "-")
	if ours && len(s) < 200 && ftmID.MatchString(s) {
		return s
	}
	sum := sha256.Sum256([]byte(r))
	return "iri-" + hex.EncodeToString(sum[:12])
}

// writeFTM writes actors and places, then events with whoever was involved. What
// an event has no property for, such as who counted how many dead, is told in
// its notes.
func writeFTM(w *writer) error {
	enc := json.NewEncoder(w.out)
	enc.SetEscapeHTML(false)
	put := func(e *ftmEntity) error {
		for name, values := range e.Properties {
			values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
			slices.Sort(values)
			if values = slices.Compact(values); len(values) == 0 {
				delete(e.Properties, name)
				continue
			}
			e.Properties[name] = values
		}
		if err := enc.Encode(e); err != nil {
			return err
		}
		return w.row()
	}
	err := w.reader.EachEntity(w.ctx, func(e *claim.Entity) error {
		schema := ftmSchemata[e.Kind]
		if schema == "" {
			return nil
		}
		f := &ftmEntity{ID: ftmRef(e.IRI), Schema: schema, Properties: map[string][]string{
			"name": {e.Label}, "alias": slices.Clone(e.Aliases), "sourceUrl": {string(e.IRI)},
		}}
		if schema == "Address" {
			f.Properties["full"] = []string{e.Label}
			at, err := w.point(e.IRI)
			if err != nil {
				return err
			}
			if at != nil {
				f.Properties["latitude"], f.Properties["longitude"] = []string{degrees(at.lat)}, []string{degrees(at.long)}
			}
		}
		if e.Of != "" {
			of, err := w.name(e.Of)
			if err != nil {
				return err
			}
			f.Properties["summary"] = []string{"of " + of}
		}
		return put(f)
	})
	if err != nil {
		return err
	}
	return w.eachHappening(func(h *happening) error {
		e, err := w.ftmEvent(h)
		if err != nil {
			return err
		}
		return put(e)
	})
}

func (w *writer) ftmEvent(h *happening) (*ftmEntity, error) {
	first, last := bounds(h.time)
	f := &ftmEntity{ID: ftmRef(h.iri), Schema: "Event", Properties: map[string][]string{
		"name": {h.label}, "startDate": {first}, "endDate": {last}, "sourceUrl": append(strs(h.sources), string(h.iri)),
	}}
	if h.place != "" {
		place, err := w.name(h.place)
		if err != nil {
			return nil, err
		}
		f.Properties["location"] = []string{place}
		f.Properties["addressEntity"] = []string{ftmRef(h.place)}
	}
	var notes []string
	for _, p := range h.parties {
		e, err := w.entity(p.actor)
		if err != nil {
			return nil, err
		}
		switch ftmSchemata[e.Kind] {
		case "", "Address": // involved are legal entities
		default:
			f.Properties["involved"] = append(f.Properties["involved"], ftmRef(p.actor))
		}
		notes = append(notes, fmt.Sprintf("%s: %s", p.role, e.Label))
	}
	for i := range h.counts {
		c := &h.counts[i]
		whose := c.of
		if c.party != "" {
			var err error
			if whose, err = w.name(c.party); err != nil {
				return nil, err
			}
		}
		if whose == "" {
			whose = "all"
		}
		note := fmt.Sprintf("%s %s: low %s", whose, c.metric, number(c.low))
		if c.best != nil {
			note += ", best " + number(c.best)
		}
		if c.high != nil {
			note += ", high " + number(c.high)
		}
		notes = append(notes, note+fmt.Sprintf(" (%d claims)", c.claims))
	}
	f.Properties["notes"] = notes
	return f, nil
}
