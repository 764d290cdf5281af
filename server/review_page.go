package server

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/review"
	"github.com/belligraph/belligraph/server/web"
)

// Words of the review for people.
var (
	sortNames   = map[string]string{"claim": "claims unsure or disputed", "candidate": "candidates", "link": "links between sources", "decision": "decisions that lost their words"}
	sortName    = map[review.Sort]string{review.Claim: "claim", review.Candidate: "candidate", review.Link: "link between sources", review.Lost: "decision that lost its words"}
	statusNames = map[string]string{"open": "open", "accepted": "accepted", "rejected": "rejected", "corrected": "corrected", "withdrawn": "withdrawn"}
	pastNames   = map[claim.Verdict]string{claim.Accept: "accepted", claim.Reject: "rejected", claim.Correct: "corrected", claim.Undo: "took back"}
)

// renderQueue shows a page of the queue.
func (s *Server) renderQueue(r *reviewing, queue *review.Queue, f review.Filter, details []review.Detail, total, page, limit int) {
	p := web.Review{Total: total, By: reviewer(r.c), Graph: r.c.Query("graph"), Writable: s.access.writes != WritesClosed && s.access.writes != "",
		Back: r.link("/review"), From: (page-1)*limit + 1, To: (page-1)*limit + len(details)}
	if page > 1 {
		p.Previous = r.link("/review", "page", fmt.Sprint(page-1))
	}
	if page*limit < total {
		p.Next = r.link("/review", "page", fmt.Sprint(page+1))
	}
	t := &queue.Tally
	status := string(f.Status)
	if status == "" {
		status = "any"
	}
	p.Filters = []web.Select{
		choices("status", "Status", status, t.Statuses, statusNames, "any"),
		choices("sort", "What", string(f.Sort), t.Sorts, sortNames, ""),
		choices("kind", "Kind", f.Kind, t.Kinds, nil, ""),
		choices("rule", "Rule", f.Rule, t.Rules, nil, ""),
	}
	documents := make(map[string]int)
	titles := make(map[string]string)
	for d, n := range t.Documents {
		if len(documents) < maxPageClaims || d == f.Document { // a list to choose from has an end
			documents[string(d)] = n
			title, err := r.reader.Label(r.ctx, d)
			if err != nil {
				s.failWith(r.c, err)
				return
			}
			titles[string(d)] = cmp.Or(title, string(d))
		}
	}
	p.Filters = append(p.Filters, choices("document", "Document", string(f.Document), documents, titles, ""))
	for i := range details {
		it, err := r.webItem(&details[i])
		if err != nil {
			s.failWith(r.c, err)
			return
		}
		p.Items = append(p.Items, it)
	}
	if err := r.done(&p); err != nil {
		s.failWith(r.c, err)
		return
	}
	s.render(r.c, http.StatusOK, web.PageReview, p)
}

// done tells of the decision that was made just now, with the way back.
func (r *reviewing) done(p *web.Review) error {
	id := claim.Ref(r.c.Query("done"))
	if id == "" {
		return nil
	}
	d, ok, err := r.reader.Decision(r.ctx, id)
	if err != nil || !ok {
		return err
	}
	label, err := r.reader.Label(r.ctx, id)
	p.Done = &web.Decided{ID: string(id), Text: label, Undoable: d.Verdict != claim.Undo}
	return err
}

// choices makes a list to choose from of what there is.
func choices(name, label, chosen string, counts map[string]int, names map[string]string, all string) web.Select {
	sel := web.Select{Name: name, Label: label, Options: []web.Option{{Value: all, Text: "all", Chosen: chosen == all}}}
	for _, value := range slices.Sorted(maps.Keys(counts)) {
		text := cmp.Or(names[value], spaced(value))
		sel.Options = append(sel.Options, web.Option{Value: value, Text: fmt.Sprintf("%s (%d)", text, counts[value]), Chosen: value == chosen})
	}
	if chosen != all && counts[chosen] == 0 {
		sel.Options = append(sel.Options, web.Option{Value: chosen, Text: cmp.Or(names[chosen], chosen) + " (0)", Chosen: true})
	}
	return sel
}

func (r *reviewing) webItem(d *review.Detail) (web.ReviewItem, error) {
	it := web.ReviewItem{
		ID: string(d.IRI), Sentence: d.Sentence, Sort: sortName[d.Sort], Status: string(d.Status), Kind: spaced(d.Kind), Rule: d.Rule,
		Title: d.Title, Claimant: d.Claimant, Reason: d.Reason, Href: r.itemHref(d.IRI),
		Confidence: fmt.Sprintf("%.2f", d.Confidence), Sources: d.Sources, Disagreements: d.Disagreements,
		Acceptable: d.Finding.Claim != nil && d.Sort != review.Lost, Decidable: d.Sort != review.Lost, Correctable: d.Sort != review.Lost,
	}
	if r.graph == nil {
		it.DocumentHref = href(rdf.IRI(d.Document))
	}
	if d.Sort == review.Lost && d.Decision != nil {
		it.Reason += ": " + d.Decision.Describe(d.Names)
	}
	if d.Decision != nil {
		it.Decided = pastNames[d.Decision.Verdict] + " by " + d.Decision.By + " on " + d.Decision.At.UTC().Format(time.DateOnly)
		it.DecisionID = string(d.Decision.ID)
		if d.Decision.Reason != "" {
			it.Decided += ": " + d.Decision.Reason
		}
	}
	for _, span := range d.Evidence {
		e, err := r.evidence(d.Document, span)
		if err != nil {
			return it, err
		}
		it.Evidence = append(it.Evidence, e)
	}
	if d.Sort == review.Link && d.Finding.Claim != nil {
		for _, name := range slices.Sorted(maps.Keys(d.Finding.Claim.Proposition.Manner)) {
			it.Reasons = append(it.Reasons, name+" "+d.Finding.Claim.Proposition.Manner[name])
		}
	}
	return it, nil
}

// renderItem shows one item with the form to correct it and its history.
func (s *Server) renderItem(r *reviewing, d *review.Detail, past []claim.Decision) {
	it, err := r.webItem(d)
	if err != nil {
		s.failWith(r.c, err)
		return
	}
	p := web.Review{Items: []web.ReviewItem{it}, By: reviewer(r.c), Graph: r.c.Query("graph"), Writable: s.access.writes != WritesClosed && s.access.writes != "",
		Back: r.itemHref(d.IRI)}
	values := d.Values()
	for _, name := range review.Fields {
		field := web.Field{Name: name, Label: fieldLabels[name], Value: values[name], Tick: name == "negated"}
		switch name {
		case "kind":
			for _, k := range claim.Kinds() {
				field.Options = append(field.Options, web.Option{Value: k.Name, Text: spaced(k.Name), Chosen: k.Name == values[name]})
			}
		case "stance":
			field.Options = optionsOf(values[name], claim.Asserts, claim.Denies, claim.Concedes, claim.Characterises)
		case "modality":
			field.Options = optionsOf(values[name], claim.StatedAsFact, claim.Reported, claim.ClaimedOnly, claim.Inferred, claim.Planned)
		case "comparator":
			field.Options = optionsOf(values[name], "", claim.Exactly, claim.MoreThan, claim.AtLeast, claim.LessThan, claim.AtMost, claim.About, claim.Unknown)
		}
		if chosen := slices.ContainsFunc(field.Options, func(o web.Option) bool { return o.Chosen }); len(field.Options) > 0 && !chosen {
			field.Options = append([]web.Option{{Value: values[name], Text: cmp.Or(spaced(values[name]), "–"), Chosen: true}}, field.Options...)
		}
		p.Fields = append(p.Fields, field)
	}
	if p.Names, err = r.namesIn(d.Document); err != nil {
		s.failWith(r.c, err)
		return
	}
	p.History = webHistory(past, d.Names)
	if err := r.done(&p); err != nil {
		s.failWith(r.c, err)
		return
	}
	s.render(r.c, http.StatusOK, web.PageReviewItem, p)
}

func optionsOf[T ~string](chosen string, all ...T) []web.Option {
	out := make([]web.Option, 0, len(all))
	for _, v := range all {
		out = append(out, web.Option{Value: string(v), Text: cmp.Or(spaced(string(v)), "–"), Chosen: string(v) == chosen})
	}
	return out
}

// fieldLabels are the fields of a claim as the form calls them.
var fieldLabels = map[string]string{
	"kind": "Kind", "agent": "Who did it", "patient": "To whom or what", "place": "Where", "from": "From (date)", "to": "To (date)",
	"metric": "What is counted", "party": "Whose", "min": "At least", "max": "At most", "comparator": "Comparator",
	"claimant": "Who says so", "onBehalfOf": "On behalf of", "stance": "Stance", "modality": "Modality", "negated": "Said in the negative", "text": "Words",
}

// namesIn returns the names that a document knows, to choose from.
func (r *reviewing) namesIn(document claim.Ref) ([]string, error) {
	if _, ok, err := r.reader.Document(r.ctx, document); err != nil || !ok {
		return nil, err
	}
	ex, err := r.reader.Extraction(r.ctx, document)
	if err != nil {
		return nil, err
	}
	names := []string{claim.DocumentClaimant}
	for i := range ex.Entities {
		names = append(names, ex.Entities[i].Label)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// webHistory puts decisions in words, the latest first.
func webHistory(past []claim.Decision, names claim.Entities) []web.Decided {
	standing := claim.Standing(past)
	var out []web.Decided
	for i := len(past) - 1; i >= 0; i-- {
		d := &past[i]
		out = append(out, web.Decided{ID: string(d.ID), Text: d.Describe(names), When: d.At.UTC().Format("2006-01-02 15:04"), Reason: d.Reason,
			Stands: standing[d.ID], Undoable: standing[d.ID]})
	}
	return out
}
