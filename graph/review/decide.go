package review

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Wish is a decision in the words of the person who makes it.
type Wish struct {
	Target  claim.Ref     `json:"target"`
	Verdict claim.Verdict `json:"verdict"`
	By      string        `json:"by"`
	Reason  string        `json:"reason,omitempty"`
	// Correction names the fields that are to be otherwise, by the names of
	// [Fields]; an empty value says that there is none.
	Correction map[string]string `json:"correction,omitempty"`
}

// Fields are what a claim can be corrected in. People, places and claimants are
// given by IRI, by a name that one entity of the graph bears, or as "new: Name";
// several are separated by semicolons.
var Fields = []string{
	"kind", "agent", "patient", "place", "from", "to", "metric", "party", "min", "max", "comparator",
	"claimant", "onBehalfOf", "stance", "modality", "negated", "text",
}

// Options say where and when decisions are made.
type Options struct {
	Graph rdf.Term  // nil is the default graph
	Now   time.Time // zero is the present
	Token string    // the name of the token that they came with
}

// Decide makes decisions of wishes and carries them out in one transaction.
func Decide(ctx context.Context, g graph.Graph, wishes []Wish, o Options) (made []claim.Decision, err error) {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	err = g.Update(ctx, func(tx graph.Tx) error {
		made = made[:0]
		for i := range wishes {
			at := o
			at.Now = o.Now.Add(time.Duration(i) * time.Microsecond) // the later counts
			d, err := wishes[i].decision(ctx, tx.Snapshot(), at)
			if err != nil {
				return err
			}
			// One by one, as each may be about what the one before made.
			if _, err := claim.Decide(ctx, tx, []claim.Decision{d}, o.Graph); err != nil {
				return err
			}
			made = append(made, d)
		}
		return nil
	})
	return made, err
}

func (w *Wish) decision(ctx context.Context, snap graph.Snapshot, o Options) (claim.Decision, error) {
	r, err := claim.NewReader(snap, claim.ReadOptions{Graph: o.Graph})
	if err != nil {
		return claim.Decision{}, err
	}
	d, err := r.NewDecision(ctx, w.Target, w.Verdict)
	if err != nil {
		return d, err
	}
	d.By, d.Reason, d.At, d.Token = strings.TrimSpace(w.By), strings.TrimSpace(w.Reason), o.Now, o.Token
	if w.Verdict == claim.Correct {
		e := &editing{ctx: ctx, reader: r, document: d.Document, finding: &claim.Finding{Rule: claim.RulePerson}}
		if err := e.correct(d.Found, w.Correction); err != nil {
			return d, err
		}
		d.Correction = e.finding
	}
	d.Sign()
	return d, nil
}

// editing makes a corrected claim.
type editing struct {
	ctx      context.Context
	reader   *claim.Reader
	document claim.Ref
	finding  *claim.Finding
	about    []claim.Entity // of the document, read when a name is looked up
}

func (e *editing) correct(found *claim.Finding, fields map[string]string) error {
	c := claim.Claim{Claimant: e.document, Stance: claim.Asserts, Modality: claim.StatedAsFact, Source: "prose", Rule: claim.RulePerson}
	if strings.HasPrefix(found.Rule, "infobox") {
		c.Source = "infobox"
	}
	if found.Claim != nil {
		c = *found.Claim
		c.Proposition.Agent, c.Proposition.Patient = slices.Clone(c.Proposition.Agent), slices.Clone(c.Proposition.Patient)
		if q := c.Proposition.Quantity; q != nil {
			own := *q
			c.Proposition.Quantity = &own
		}
	} else if err := e.inEvent(&c); err != nil {
		return err
	}
	e.finding.Claim = &c
	e.finding.Entities = slices.Clone(found.Entities)
	if len(fields) == 0 {
		return fmt.Errorf("review: a correction names what is to be otherwise: %w", graph.ErrBadRequest)
	}
	for _, name := range Fields {
		value, given := fields[name]
		if !given {
			continue
		}
		if err := e.set(&c, name, strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	for name := range fields {
		if !slices.Contains(Fields, name) {
			return fmt.Errorf("review: a claim has no field %q: it has %s: %w", name, strings.Join(Fields, ", "), graph.ErrBadRequest)
		}
	}
	return c.Proposition.Check()
}

// inEvent puts a claim that somebody makes by hand into the battle that the
// document is about, when it is about one.
func (e *editing) inEvent(c *claim.Claim) error {
	ex, err := e.extraction()
	if err != nil {
		return err
	}
	events := make(map[claim.Ref]int)
	for i := range ex.Claims {
		if ev := ex.Claims[i].Proposition.Event; ev != "" {
			events[ev]++
		}
	}
	for ev, n := range events {
		if n > events[c.Proposition.Event] || n == events[c.Proposition.Event] && ev < c.Proposition.Event {
			c.Proposition.Event = ev
		}
	}
	return nil
}

func (e *editing) extraction() (*claim.Extraction, error) {
	ex, err := e.reader.Extraction(e.ctx, e.document)
	if err == nil {
		e.about = ex.Entities
	}
	return ex, err
}

func (e *editing) set(c *claim.Claim, name, value string) (err error) {
	p := &c.Proposition
	quantity := func() *claim.Quantity {
		if p.Quantity == nil {
			p.Quantity = &claim.Quantity{Comparator: claim.Exactly}
		}
		return p.Quantity
	}
	one := func(into *claim.Ref, kind claim.EntityKind) error {
		refs, err := e.refs(value, kind)
		if err == nil && len(refs) > 1 {
			err = fmt.Errorf("review: %s: only one can be named: %w", name, graph.ErrBadRequest)
		}
		*into = ""
		if len(refs) > 0 {
			*into = refs[0]
		}
		return err
	}
	switch name {
	case "kind":
		if value == "" || !claim.IsKind(value) {
			return fmt.Errorf("review: kind: %q is not a kind of claim: %w", value, graph.ErrBadRequest)
		}
		p.Kind = value
	case "agent":
		p.Agent, err = e.refs(value, claim.Organisation)
	case "patient":
		p.Patient, err = e.refs(value, claim.Organisation)
	case "place":
		err = one(&p.Place, claim.Place)
	case "party":
		if value != "" || p.Quantity != nil {
			err = one(&quantity().Party, claim.Organisation)
		}
	case "claimant":
		if value == claim.DocumentClaimant || value == "" {
			c.Claimant = e.document
			return nil
		}
		err = one(&c.Claimant, claim.Organisation)
	case "onBehalfOf":
		err = one(&c.OnBehalfOf, claim.Organisation)
	case "from", "to":
		err = setDate(&p.Time, name == "from", claim.Date(value))
	case "metric":
		if value == "" {
			p.Quantity = nil
			return nil
		}
		quantity().Metric = value
	case "min", "max":
		err = setNumber(quantity, p.Quantity != nil, name == "min", value)
	case "comparator":
		if value != "" || p.Quantity != nil {
			quantity().Comparator = claim.Comparator(value)
		}
	case "stance":
		c.Stance, err = oneOf(name, value, claim.Asserts, claim.Denies, claim.Concedes, claim.Characterises)
	case "modality":
		c.Modality, err = oneOf(name, value, claim.StatedAsFact, claim.Reported, claim.ClaimedOnly, claim.Inferred, claim.Planned)
	case "negated":
		c.Negated = value == "true" || value == "on"
	case "text":
		p.Text = value
	}
	return err
}

func oneOf[T ~string](name, value string, all ...T) (T, error) {
	if slices.Contains(all, T(value)) {
		return T(value), nil
	}
	return "", fmt.Errorf("review: %s: %q is none of %v: %w", name, value, all, graph.ErrBadRequest)
}

func setDate(i *claim.Interval, from bool, d claim.Date) error {
	if d != "" {
		if _, _, err := d.Days(); err != nil {
			return fmt.Errorf("review: %w: %w", err, graph.ErrBadRequest)
		}
	}
	if from {
		if i.LatestEnd == "" || i.LatestEnd == i.EarliestBegin { // one day until told otherwise
			i.EarliestEnd, i.LatestEnd = d, d
		}
		i.EarliestBegin, i.LatestBegin = d, d
	} else {
		i.EarliestEnd, i.LatestEnd = d, d
	}
	i.Text, i.Rule = "", claim.RulePerson
	if i.IsZero() {
		i.Rule = ""
	}
	return nil
}

func setNumber(q func() *claim.Quantity, there, least bool, value string) error {
	if value == "" && !there {
		return nil
	}
	into := &q().Max
	if least {
		into = &q().Min
	}
	if value == "" {
		*into = nil
		return nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("review: %q is not a number of people or things: %w", value, graph.ErrBadRequest)
	}
	*into = &n
	return nil
}

// refs finds the entities of a list of names.
func (e *editing) refs(list string, kind claim.EntityKind) ([]claim.Ref, error) {
	var out []claim.Ref
	for name := range strings.SplitSeq(list, ";") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		ref, err := e.ref(name, kind)
		if err != nil {
			return nil, err
		}
		out = append(out, ref)
	}
	return out, nil
}

// ref finds an entity: by IRI, by a name that only one has in the document or,
// failing that, in the graph, or as a new one.
func (e *editing) ref(name string, kind claim.EntityKind) (claim.Ref, error) {
	if label, isNew := strings.CutPrefix(name, "new:"); isNew {
		label = strings.TrimSpace(label)
		class := "actor/"
		if kind == claim.Place {
			class = "place/"
		}
		ent := claim.Entity{IRI: claim.NSID + claim.Ref(class) + claim.Ref(strings.TrimPrefix(string(claim.Author(label)), claim.NSID+"author/")), Kind: kind, Label: label}
		if _, there, err := e.reader.Entity(e.ctx, ent.IRI); err != nil || there {
			return ent.IRI, err
		}
		e.finding.Entities = append(e.finding.Entities, ent)
		return ent.IRI, nil
	}
	if strings.Contains(name, "://") || strings.HasPrefix(name, "urn:") {
		ent, there, err := e.reader.Entity(e.ctx, claim.Ref(name))
		if err == nil && !there {
			err = fmt.Errorf("review: nothing is known of %s: %w", name, graph.ErrBadRequest)
		}
		return ent.IRI, err
	}
	if e.about == nil {
		if _, err := e.extraction(); err != nil {
			return "", err
		}
	}
	var found []claim.Ref
	for i := range e.about {
		if ent := &e.about[i]; strings.EqualFold(ent.Label, name) || slices.ContainsFunc(ent.Aliases, func(a string) bool { return strings.EqualFold(a, name) }) {
			found = append(found, ent.IRI)
		}
	}
	for i := range e.finding.Entities {
		if ent := &e.finding.Entities[i]; strings.EqualFold(ent.Label, name) && !slices.Contains(found, ent.IRI) {
			found = append(found, ent.IRI)
		}
	}
	if len(found) == 0 {
		var err error
		if found, err = e.reader.Named(e.ctx, name); err != nil {
			return "", err
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("review: nobody and nothing is called %q: give its IRI, or write \"new: %s\": %w", name, name, graph.ErrBadRequest)
	default:
		return "", fmt.Errorf("review: %q may be %v: give one of these: %w", name, found, graph.ErrBadRequest)
	}
}
