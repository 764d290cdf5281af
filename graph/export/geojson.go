package export

import (
	"encoding/json"
	"io"

	"github.com/belligraph/belligraph/graph/claim"
)

// feature is a Feature of GeoJSON (RFC 7946). Its members have a fixed order, so
// that readers that guess a table from the first features find every column.
type feature struct {
	Type       string    `json:"type"`
	ID         string    `json:"id"`
	Geometry   *geometry `json:"geometry"` // null where the place is not known to a point
	Properties any       `json:"properties"`
}

type geometry struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"` // longitude first
}

// eventProperties are those of events. A time stays an interval: of what
// happened on a day that nobody knows, the four points differ.
type eventProperties struct {
	Feature       string `json:"feature"` // event or control
	Label         string `json:"label"`
	Class         string `json:"class"`
	Kind          string `json:"kind"`
	PartOf        string `json:"part_of"`
	Place         string `json:"place"`
	PlaceLabel    string `json:"place_label"`
	BeginEarliest string `json:"begin_earliest"`
	BeginLatest   string `json:"begin_latest"`
	EndEarliest   string `json:"end_earliest"`
	EndLatest     string `json:"end_latest"`
	Parties       string `json:"parties"`
	KilledLow     *int64 `json:"killed_low"`
	KilledBest    *int64 `json:"killed_best"`
	KilledHigh    *int64 `json:"killed_high"`
	Holder        string `json:"holder"`
	HolderLabel   string `json:"holder_label"`
	Status        string `json:"status"`
	Until         string `json:"until"`
	Claims        int    `json:"claims"`
	Sources       string `json:"sources"`
}

// writeGeoJSON writes a FeatureCollection of the events and the spells of
// control.
func writeGeoJSON(w *writer) error {
	w.out.WriteString(`{"type":"FeatureCollection","name":"belligraph","features":[`)
	err := w.eachHappening(func(h *happening) error {
		labels, err := w.names([]claim.Ref{h.place})
		if err != nil {
			return err
		}
		actors := make([]claim.Ref, len(h.parties))
		for i, p := range h.parties {
			actors[i] = p.actor
		}
		parties, err := w.names(actors)
		if err != nil {
			return err
		}
		days := fourPoints(h.time)
		p := eventProperties{
			Feature: "event", Label: h.label, Class: h.class, Kind: h.kind, PartOf: string(h.whole), Place: string(h.place), PlaceLabel: labels[0],
			BeginEarliest: days[0], BeginLatest: days[1], EndEarliest: days[2], EndLatest: days[3],
			Parties: joined(parties), Claims: len(h.claims), Sources: joined(strs(h.sources)),
		}
		// What is counted of all is the number of the event. Where nobody counts
		// all, no sum is made: parts may overlap.
		if c := h.counted("", "", "killed"); c != nil {
			p.KilledLow, p.KilledBest, p.KilledHigh = c.low, c.best, c.high
		}
		return w.feature(h.iri, h.place, p)
	})
	if err != nil {
		return err
	}
	err = w.reader.EachSpell(w.ctx, func(s *claim.ControlSpell, iri claim.Ref) error {
		labels, err := w.names([]claim.Ref{s.Holder, s.Place})
		if err != nil {
			return err
		}
		days := fourPoints(s.Since)
		_, until, _ := s.Until.Days()
		return w.feature(iri, s.Place, eventProperties{
			Feature: "control", Label: labels[0] + " held " + labels[1] + " (" + s.Status + ")", Class: "ControlSpell", Kind: s.Rule,
			Place: string(s.Place), PlaceLabel: labels[1], Holder: string(s.Holder), HolderLabel: labels[0], Status: s.Status, Until: until,
			BeginEarliest: days[0], BeginLatest: days[1], EndEarliest: days[2], EndLatest: days[3], Claims: len(s.Claims),
		})
	})
	if err != nil {
		return err
	}
	_, err = w.out.WriteString("\n]}\n")
	return err
}

func (w *writer) feature(iri, place claim.Ref, properties any) error {
	f := feature{Type: "Feature", ID: string(iri), Properties: properties}
	at, err := w.point(place)
	if err != nil {
		return err
	}
	if at != nil {
		f.Geometry = &geometry{"Point", [2]float64{at.long, at.lat}}
	}
	if w.Rows > 0 {
		w.out.WriteByte(',')
	}
	w.out.WriteByte('\n')
	if err := writeJSON(w.out, f); err != nil {
		return err
	}
	return w.row()
}

// writeJSON writes a value without a line break after it.
func writeJSON(out io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = out.Write(b)
	return err
}
