package extract

import (
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// sideParty returns the party of a side where it has one, and nil where it has
// several or none.
func (r *reader) sideParty(side int) *entity {
	var out *entity
	for _, e := range r.entities {
		if e.side == side {
			if out != nil {
				return nil
			}
			out = e
		}
	}
	return out
}

// count is a number in a field, with its unit and what limits it.
type count struct {
	num    amount
	metric string
	party  *entity
	at     span
	voice  *entity
}

func isUnknown(s string) bool {
	switch strings.Trim(fold(s), ". ") {
	case "unknown", "not known", "unclear", "unknown number", "n/a", "uncertain", "undisclosed", "unspecified":
		return true
	}
	return false
}

// infoboxStrength reads the strength of a side: people first; vehicles and
// units under metrics of their own.
func (r *reader) infoboxStrength(f field, side int) {
	defer r.explainEnd(f.value)
	text := r.doc.text
	party := r.sideParty(side)
	p := claim.Proposition{Kind: "strength", Side: side}
	if isUnknown(f.value.in(text)) {
		p.Quantity = &claim.Quantity{Metric: "strength", Party: refOf(party), Comparator: claim.Unknown}
		r.box("infobox-strength@1", p, f.value, 0.97)
		return
	}
	for _, it := range items(text, f.value) {
		toks := tokenize(text, it.span, r.x.lex, nil)
		i := 0
		for i < len(toks) && (toks[i].kind == markToken && toks[i].text != "~" && toks[i].text != "<" && toks[i].text != ">") {
			i++
		}
		who := party
		// "Mali: 500 soldiers"
		for k := 0; k+1 < len(toks); k++ {
			if toks[k].text == ":" {
				if e := r.byName(text[toks[0].start:toks[k-1+boolInt(k == 0)].end]); e != nil && e.fights() {
					who = e
				}
				i = k + 1
				break
			}
		}
		a := amountAt(toks, i)
		if a.length == 0 {
			r.reject(it.span, "infobox-strength@1", "no number")
			continue
		}
		metric := "strength"
		for k := i + a.length; k < len(toks); k++ {
			info := toks[k].info
			if toks[k].tag == tagOpen || toks[k].text == "(" {
				break
			}
			if info == nil {
				continue
			}
			if info.noun == nounEquipment {
				metric = strings.ReplaceAll(info.single, "-", "") + "s"
				if info.single == "aircraft" || info.single == "artillery" {
					metric = info.single
				}
			}
			if info.noun == nounGroup && info.single != "force" && info.single != "army" && info.single != "garrison" && info.single != "guard" && info.single != "cavalry" && info.single != "infantry" {
				metric = info.single + "s"
			}
		}
		q := p
		q.Quantity = &claim.Quantity{Metric: metric, Party: refOf(who), Min: a.min, Max: a.max, Comparator: a.cmp}
		r.box("infobox-strength@1", q, it.span, 0.93)
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// infoboxCasualties reads the losses of a side, one claim for each number.
func (r *reader) infoboxCasualties(f field, side int) {
	defer r.explainEnd(f.value)
	text := r.doc.text
	party := r.sideParty(side)
	if isUnknown(f.value.in(text)) {
		p := claim.Proposition{Kind: "casualties", Side: side, Quantity: &claim.Quantity{Metric: "casualties", Party: refOf(party), Comparator: claim.Unknown}}
		r.box("infobox-casualties@1", p, f.value, 0.95)
		return
	}
	for _, it := range items(text, f.value) {
		toks := tokenize(text, it.span, r.x.lex, nil)
		i := 0
		for i < len(toks) {
			a := amountAt(toks, i)
			if a.length == 0 {
				i++
				continue
			}
			metric := ""
			k := i + a.length
			noun := ""
			for ; k < len(toks); k++ {
				if m := r.x.rules.metrics[toks[k].lower]; m != "" {
					metric = m
					k++
					break
				}
				if b := amountAt(toks, k); b.length > 0 && toks[k].kind == numberToken {
					break
				}
				if info := toks[k].info; info != nil && info.noun != nounNone && noun == "" {
					noun = info.single
				}
				if toks[k].text == "(" {
					break
				}
			}
			if metric == "" {
				r.reject(it.span, "infobox-casualties@1", "a number without what became of them")
				i = max(k, i+1)
				continue
			}
			who := party
			if info := r.x.lex.look(noun); info != nil && info.noun == nounEquipment {
				metric = equipmentMetric(noun, strings.ToUpper(metric[:1])+metric[1:])
			} else if info != nil && info.noun == nounCivilian {
				who = r.newEntity(claim.Civilians, "civilians", "civilians")
			}
			p := claim.Proposition{Kind: "casualties", Side: side, Quantity: &claim.Quantity{Metric: metric, Party: refOf(who), Min: a.min, Max: a.max, Comparator: a.cmp}}
			r.box("infobox-casualties@1", p, it.span, 0.95)
			i = k
		}
	}
}
