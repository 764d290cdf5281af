package export

import (
	"slices"
	"strconv"

	"github.com/belligraph/belligraph/graph/claim"
)

// partyMetrics are the numbers that have columns of their own. All others are
// in the table of claims.
var partyMetrics = []string{"killed", "wounded", "captured", "defected", "fled", "missing", "strength"}

func partyColumns() []string {
	columns := []string{
		"event", "event_label", "class", "kind", "part_of", "place", "place_label", "latitude", "longitude",
		"begin_earliest", "begin_latest", "end_earliest", "end_latest", "party", "party_label", "role",
	}
	for _, m := range partyMetrics {
		columns = append(columns, m+"_low", m+"_best", m+"_high")
	}
	return append(columns, "claims", "sources")
}

// writeParties writes a row for each party of each event in each of its roles. A
// row without a party has what is counted of all together, or of those whose
// side nobody knows.
func writeParties(w *writer) error {
	return w.table(partyColumns(), func(row func([]string) error) error {
		return w.eachHappening(func(h *happening) error {
			rows := slices.Clone(h.parties)
			of := make([]string, len(rows))
			for _, c := range h.counts {
				role := "all"
				if c.of != "" {
					role = c.of
				}
				if c.party == "" && !slices.Contains(rows, party{"", role}) {
					rows, of = append(rows, party{"", role}), append(of, c.of)
				}
			}
			if len(rows) == 0 {
				rows, of = append(rows, party{}), append(of, "")
			}
			for i, p := range rows {
				cells, err := w.partyCells(h, p, of[i])
				if err != nil {
					return err
				}
				if err := row(cells); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (w *writer) partyCells(h *happening, p party, of string) ([]string, error) {
	labels, err := w.names([]claim.Ref{h.place, p.actor})
	if err != nil {
		return nil, err
	}
	at, err := w.point(h.place)
	if err != nil {
		return nil, err
	}
	lat, long := "", ""
	if at != nil {
		lat, long = degrees(at.lat), degrees(at.long)
	}
	days := fourPoints(h.time)
	cells := []string{
		string(h.iri), h.label, h.class, h.kind, string(h.whole), string(h.place), labels[0], lat, long,
		days[0], days[1], days[2], days[3], string(p.actor), labels[1], p.role,
	}
	for _, m := range partyMetrics {
		if c := h.counted(p.actor, of, m); c != nil {
			cells = append(cells, number(c.low), number(c.best), number(c.high))
		} else {
			cells = append(cells, "", "", "")
		}
	}
	return append(cells, strconv.Itoa(len(h.claims)), joined(strs(h.sources))), nil
}
