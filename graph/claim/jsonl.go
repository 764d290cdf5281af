package claim

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
)

// Line is a claim as one line of JSON, the exchange format of extractions. The
// keys up to confidence are the format; those after it may grow. Names are the
// labels of entities; the document as its own claimant is "Doc". A value that
// is not known is null.
type Line struct {
	Doc        string        `json:"doc"` // the source read, or the title when there is none
	Source     string        `json:"source"`
	Kind       string        `json:"kind"`
	Agent      []string      `json:"agent"`
	Patient    []string      `json:"patient"`
	Place      *string       `json:"place"`
	Date       *LineDate     `json:"date"`
	Quantity   *LineQuantity `json:"quantity"`
	Claimant   string        `json:"claimant"`
	OnBehalfOf *string       `json:"onBehalfOf"`
	Via        []string      `json:"via"`
	Stance     Stance        `json:"stance"`
	Modality   Modality      `json:"modality"`
	Negated    bool          `json:"negated"`
	Evidence   LineEvidence  `json:"evidence"`
	Rule       string        `json:"rule"`
	Confidence float64       `json:"confidence"`

	Event        *string           `json:"event"`
	Side         int               `json:"side,omitempty"`
	Text         string            `json:"text,omitempty"`
	Manner       map[string]string `json:"manner,omitempty"`
	Utterance    string            `json:"utterance,omitempty"`
	SaidOn       *LineDate         `json:"saidOn"`
	MoreEvidence []LineEvidence    `json:"moreEvidence,omitempty"`
	ID           Ref               `json:"id"`          // of the claim
	Proposition  Ref               `json:"proposition"` // equal for equal propositions
	IDs          map[string][]Ref  `json:"ids"`         // the entities behind the names, by key
}

// LineDate is the widest bounds of a time.
type LineDate struct {
	Start *Date `json:"start"`
	End   *Date `json:"end"`
}

// LineQuantity is a quantity of a [Line].
type LineQuantity struct {
	Metric     string         `json:"metric"`
	Party      *string        `json:"party"`
	Min        *int64         `json:"min"`
	Max        *int64         `json:"max"`
	Comparator Comparator     `json:"comparator"`
	Includes   []LineQuantity `json:"includes,omitempty"`
}

// LineEvidence is a span of a [Line], in code points.
type LineEvidence struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Quote string `json:"quote"`
}

// DocumentClaimant is how a [Line] names the document as its own claimant.
const DocumentClaimant = "Doc"

// Lines returns the claims of the extraction in their order.
func (ex *Extraction) Lines() []Line {
	es := ex.EntityMap()
	doc := ex.Document.Source
	if doc == "" {
		doc = ex.Document.Title
	}
	out := make([]Line, 0, len(ex.Claims))
	for i := range ex.Claims {
		parts := ex.Claims[i].Parts()
		id, proposition := ex.Claims[i].IRI(ex.Document.IRI), ex.Claims[i].Proposition.IRI()
		for k := range parts {
			l := line(&parts[k], &ex.Document, doc, es)
			l.ID, l.Proposition = id, proposition
			out = append(out, l)
		}
	}
	return out
}

func line(c *Claim, d *Document, doc string, es Entities) Line {
	p := &c.Proposition
	name := func(r Ref) *string {
		if r == "" {
			return nil
		}
		s := DocumentClaimant
		if r != d.IRI {
			s = es.Name(r)
		}
		return &s
	}
	l := Line{
		Doc: doc, Source: c.Source, Kind: p.Kind,
		Agent: es.Names(p.Agent), Patient: es.Names(p.Patient), Place: name(p.Place),
		Date: lineDate(p.Time), Claimant: es.Name(c.Claimant), OnBehalfOf: name(c.OnBehalfOf), Via: es.Names(c.Via),
		Stance: c.Stance, Modality: c.Modality, Negated: c.Negated, Rule: c.Rule, Confidence: c.Confidence,
		Event: name(p.Event), Side: p.Side, Text: p.Text, Manner: maps.Clone(p.Manner), Utterance: c.Utterance, SaidOn: lineDate(c.SaidOn),
		IDs: make(map[string][]Ref, 6),
	}
	if c.Claimant == d.IRI {
		l.Claimant = DocumentClaimant
	}
	if q := p.Quantity; q != nil {
		lq := lineQuantity(q, name)
		l.Quantity = &lq
		l.ids("party", q.Party)
	}
	for i, s := range c.Evidence {
		e := LineEvidence(s)
		if i == 0 {
			l.Evidence = e
		} else {
			l.MoreEvidence = append(l.MoreEvidence, e)
		}
	}
	l.ids("agent", p.Agent...)
	l.ids("patient", p.Patient...)
	l.ids("place", p.Place)
	l.ids("event", p.Event)
	l.ids("claimant", c.Claimant)
	l.ids("onBehalfOf", c.OnBehalfOf)
	l.ids("via", c.Via...)
	return l
}

func (l *Line) ids(key string, refs ...Ref) {
	if refs = slices.DeleteFunc(slices.Clone(refs), func(r Ref) bool { return r == "" }); len(refs) > 0 {
		l.IDs[key] = refs
	}
}

func lineDate(i Interval) *LineDate {
	if i.IsZero() {
		return nil
	}
	var d LineDate
	if s := i.Start(); s != "" {
		d.Start = &s
	}
	if e := i.End(); e != "" {
		d.End = &e
	}
	return &d
}

func lineQuantity(q *Quantity, name func(Ref) *string) LineQuantity {
	l := LineQuantity{Metric: q.Metric, Party: name(q.Party), Min: q.Min, Max: q.Max, Comparator: q.Comparator}
	for i := range q.Includes {
		l.Includes = append(l.Includes, lineQuantity(&q.Includes[i], name))
	}
	return l
}

// WriteLines writes one claim a line.
func WriteLines(w io.Writer, ex *Extraction) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	for _, l := range ex.Lines() {
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	_, err := w.Write(buf.Bytes())
	return err
}
