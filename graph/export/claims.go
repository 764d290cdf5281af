package export

import (
	"strconv"

	"github.com/belligraph/belligraph/graph/claim"
)

var claimColumns = []string{
	"claim", "document", "document_title", "source", "kind",
	"agents", "agent_labels", "patients", "patient_labels", "event", "event_label",
	"place", "place_label", "latitude", "longitude",
	"begin_earliest", "begin_latest", "end_earliest", "end_latest",
	"metric", "party", "party_label", "low", "best", "high", "comparator", "text",
	"claimant", "claimant_label", "on_behalf_of", "on_behalf_of_label", "via", "via_labels", "said_from", "said_to",
	"stance", "modality", "negated", "quote", "start", "end", "rule", "confidence",
}

// writeClaims writes a row for each claim, and for each part of what a row of a
// dataset says in one breath.
func writeClaims(w *writer) error {
	return w.table(claimColumns, func(row func([]string) error) error {
		return w.reader.EachClaim(w.ctx, func(s claim.Stated) error {
			parts := s.Parts()
			for i := range parts {
				cells, err := w.claimCells(s, &parts[i])
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

// claimCells returns the cells of one row, in the order of claimColumns. Several
// values in a cell are joined by semicolons: IRIs have none within that the
// model makes, and labels stand beside them in the same order.
func (w *writer) claimCells(s claim.Stated, c *claim.Claim) ([]string, error) {
	p := &c.Proposition
	var failed error
	name := func(r claim.Ref) string {
		n, err := w.name(r)
		if err != nil {
			failed = err
		}
		return n
	}
	list := func(refs []claim.Ref) (string, string) {
		iris, labels := make([]string, len(refs)), make([]string, len(refs))
		for i, r := range refs {
			iris[i], labels[i] = string(r), name(r)
		}
		return joined(iris), joined(labels)
	}
	lat, long := "", ""
	at, err := w.point(p.Place)
	if err != nil {
		return nil, err
	}
	if at != nil {
		lat, long = degrees(at.lat), degrees(at.long)
	}
	agents, agentLabels := list(p.Agent)
	patients, patientLabels := list(p.Patient)
	via, viaLabels := list(c.Via)
	days := fourPoints(p.Time)
	cells := []string{
		string(s.IRI), string(s.Document), name(s.Document), c.Source, p.Kind,
		agents, agentLabels, patients, patientLabels, string(p.Event), name(p.Event),
		string(p.Place), name(p.Place), lat, long,
		days[0], days[1], days[2], days[3],
	}
	if q := p.Quantity; q != nil {
		cells = append(cells, q.Metric, string(q.Party), name(q.Party), number(q.Min), number(q.Best), number(q.Max), string(q.Comparator))
	} else {
		cells = append(cells, "", "", "", "", "", "", "")
	}
	saidFrom, saidTo := bounds(c.SaidOn)
	quote, start, end := "", "", ""
	if len(c.Evidence) > 0 {
		words := make([]string, len(c.Evidence))
		for i, e := range c.Evidence {
			words[i] = e.Quote
		}
		quote, start, end = joined(words), strconv.Itoa(c.Evidence[0].Start), strconv.Itoa(c.Evidence[len(c.Evidence)-1].End)
	}
	cells = append(cells, p.Text,
		string(c.Claimant), name(c.Claimant), string(c.OnBehalfOf), name(c.OnBehalfOf), via, viaLabels, saidFrom, saidTo,
		string(c.Stance), string(c.Modality), strconv.FormatBool(c.Negated), quote, start, end, c.Rule, strconv.FormatFloat(c.Confidence, 'f', -1, 64))
	return cells, failed
}
