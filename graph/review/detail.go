package review

import (
	"context"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// Detail is an item in words.
type Detail struct {
	Item
	Title    string // of the document
	Sentence string // what it says, or why it says nothing
	Claimant string
	Reason   string // why it is no claim
	Evidence []claim.Span
	Decision *claim.Decision // by which it is what it is; of a lost decision, itself
	Finding  claim.Finding
	Names    claim.Entities
}

// Describe reads what an item is about.
func Describe(ctx context.Context, r *claim.Reader, it Item) (d Detail, err error) {
	d = Detail{Item: it, Names: make(claim.Entities)}
	if it.Sort == Lost {
		dec, ok, err := r.Decision(ctx, it.IRI)
		if err != nil || !ok {
			return d, err
		}
		d.Decision = &dec
		if dec.Found != nil {
			d.Finding = *dec.Found
		}
		for _, a := range dec.Anchors {
			d.Evidence = append(d.Evidence, claim.Span{Quote: a.Exact})
		}
		d.Reason = "the document does not have these words any more"
	} else {
		f, _, ok, err := r.Finding(ctx, it.IRI)
		if err != nil {
			return d, err
		}
		status, decision, reason, err := r.Aside(ctx, it.IRI)
		if err != nil {
			return d, err
		}
		d.Finding, d.Reason = f, reason
		if status != "" && d.Item.Status == "" {
			d.Item.Status = status
		}
		if f.Reason != "" {
			d.Reason = f.Reason
		}
		d.Evidence = f.Evidence()
		if decision == "" && it.Sort == Link && !ok {
			past, err := r.History(ctx, it.IRI)
			if err != nil {
				return d, err
			}
			standing := claim.Standing(past)
			for i := range past {
				if standing[past[i].ID] {
					d.Decision = &past[i]
				}
				if past[i].Found != nil {
					d.Finding = *past[i].Found
				}
			}
		} else if decision != "" {
			dec, ok, err := r.Decision(ctx, decision)
			if err != nil {
				return d, err
			}
			if ok {
				d.Decision = &dec
			}
		}
	}
	if err := d.learn(ctx, r); err != nil {
		return d, err
	}
	if c := d.Finding.Claim; c != nil {
		d.Sentence = c.Proposition.Describe(d.Names)
		if c.Stance == claim.Denies || c.Negated {
			d.Sentence = "Not: " + d.Sentence
		}
		d.Claimant = d.Names.Name(c.Claimant)
	} else {
		d.Sentence = "Something of the rule " + ruleName(d.Finding.Rule) + ", " + d.Reason
	}
	return d, nil
}

// learn reads the names that the finding speaks of.
func (d *Detail) learn(ctx context.Context, r *claim.Reader) error {
	for i := range d.Finding.Entities {
		d.Names[d.Finding.Entities[i].IRI] = &d.Finding.Entities[i]
	}
	refs := []claim.Ref{d.Document}
	if d.Finding.Claim != nil {
		refs = append(refs, d.Finding.Claim.Refers()...)
	}
	for _, ref := range refs {
		if d.Names[ref] != nil || ref == "" {
			continue
		}
		label, err := r.Label(ctx, ref)
		if err != nil {
			return err
		}
		if label != "" {
			d.Names[ref] = &claim.Entity{IRI: ref, Label: label}
		}
	}
	d.Title = d.Names.Name(d.Document)
	return nil
}

// Values returns what the finding says by the names of [Fields], as a person
// would write it: names where they are known, else IRIs.
func (d *Detail) Values() map[string]string {
	v := make(map[string]string, len(Fields))
	for _, f := range Fields {
		v[f] = ""
	}
	c := d.Finding.Claim
	if c == nil {
		v["claimant"], v["stance"], v["modality"] = claim.DocumentClaimant, string(claim.Asserts), string(claim.StatedAsFact)
		return v
	}
	names := func(refs ...claim.Ref) string {
		var out []string
		for _, ref := range refs {
			switch e := d.Names[ref]; {
			case ref == "":
			case e != nil && e.Label != "" && !strings.Contains(e.Label, ";"):
				out = append(out, e.Label)
			default:
				out = append(out, string(ref))
			}
		}
		return strings.Join(out, "; ")
	}
	p := &c.Proposition
	v["kind"], v["agent"], v["patient"], v["place"] = p.Kind, names(p.Agent...), names(p.Patient...), names(p.Place)
	v["from"], v["to"] = string(p.Time.Start()), string(p.Time.End())
	if q := p.Quantity; q != nil {
		v["metric"], v["party"], v["comparator"] = q.Metric, names(q.Party), string(q.Comparator)
		for name, n := range map[string]*int64{"min": q.Min, "max": q.Max} {
			if n != nil {
				v[name] = strconv.FormatInt(*n, 10)
			}
		}
	}
	v["claimant"] = names(c.Claimant)
	if c.Claimant == d.Document {
		v["claimant"] = claim.DocumentClaimant
	}
	v["onBehalfOf"], v["stance"], v["modality"], v["text"] = names(c.OnBehalfOf), string(c.Stance), string(c.Modality), p.Text
	if c.Negated {
		v["negated"] = "true"
	}
	return v
}

// Changed returns the fields of a form that differ from what the finding says.
func (d *Detail) Changed(form map[string]string) map[string]string {
	out := make(map[string]string)
	for name, was := range d.Values() {
		if now, sent := form[name]; sent && strings.TrimSpace(now) != was {
			out[name] = now
		}
	}
	return out
}
