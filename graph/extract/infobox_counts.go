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
		if e.side == side && !e.whole {
			if out != nil {
				return nil
			}
			out = e
		}
	}
	return out
}

func isUnknown(s string) bool {
	switch strings.Trim(fold(s), ". ") {
	case "unknown", "not known", "unclear", "unknown number", "n/a", "uncertain", "undisclosed", "unspecified", "unconfirmed", "no information":
		return true
	}
	return false
}

// source is who gives a number of the infobox.
type source struct {
	ents    []*entity
	claimed bool
	party   *entity // whom a bracket says the number is of
}

// counted is an item of a field with its source.
type counted struct {
	item
	toks   []token
	source *source
}

// countedItems cuts a field into items and finds the source of each: a bracket
// after a run of items holds for the whole run; "X estimate:" before a run holds
// until the next source or rule.
func (r *reader) countedItems(f field) []counted {
	text := r.doc.text
	var out []counted
	runStart := 0
	var ahead *source
	prevEnd := f.value.start
	for _, it := range items(text, f.value) {
		if strings.Contains(text[prevEnd:it.start], "----") || strings.Contains(text[prevEnd:it.start], "<hr") {
			runStart, ahead = len(out), nil
		}
		prevEnd = it.end
		c := counted{item: it, toks: tokenize(text, it.span, r.x.lex, nil)}
		v := it.in(text)
		// A heading such as "Polish estimate:" or "Per Reuters:".
		if i := headingColon(v); i > 0 {
			head := strings.TrimSpace(v[:i])
			if s := r.sourceOf(head); s != nil {
				ahead = s
				runStart = len(out)
			}
			rest := cleanItem(text, span{it.start + i + 1, it.end})
			if rest.start >= rest.end {
				if s := r.sourceOf(head); s != nil {
					continue
				}
				c.toks = tokenize(text, span{it.start, it.start + i}, r.x.lex, nil)
			} else {
				c.toks = tokenize(text, rest, r.x.lex, nil)
				if e := r.byName(head); e != nil && e.fights() {
					c.source = &source{party: e}
				}
			}
		} else if s := r.sourceOf(v); s != nil && !strings.ContainsAny(v, "0123456789") {
			ahead = s
			runStart = len(out)
			continue
		}
		if ahead != nil && c.source == nil {
			c.source = ahead
		}
		if s := r.bracketSource(v); s != nil {
			for k := runStart; k < len(out); k++ {
				if out[k].source == nil {
					out[k].source = &source{ents: s.ents, claimed: s.claimed}
				}
			}
			if c.source != nil && c.source.party != nil && s.party == nil {
				s.party = c.source.party
			}
			c.source = s
			out = append(out, c)
			if len(s.ents) > 0 {
				runStart = len(out)
			}
			continue
		}
		if strings.HasPrefix(v, "(") && strings.HasSuffix(v, ")") {
			continue // a breakdown of the item before
		}
		out = append(out, c)
	}
	return out
}

// headingColon returns where the colon of a heading stands that closes words
// without figures.
func headingColon(v string) int {
	i := strings.IndexByte(v, ':')
	if i <= 0 || strings.ContainsAny(v[:i], "0123456789(") {
		return -1
	}
	return i
}

// bracketSource reads the source in the last brackets of an item.
func (r *reader) bracketSource(v string) *source {
	i := strings.LastIndexByte(v, '(')
	if i < 0 {
		return nil
	}
	inner := strings.TrimSuffix(strings.TrimSpace(v[i+1:]), ")")
	var out *source
	if !strings.Contains(inner, ";") && r.sourceOf(inner) == nil {
		inner = strings.ReplaceAll(inner, ",", ";")
	}
	for part := range strings.SplitSeq(inner, ";") {
		part = strings.TrimSpace(part)
		if s := r.sourceOf(part); s != nil {
			if out != nil {
				s.party = out.party
			}
			out = s
			continue
		}
		if e := r.partyOf(part); e != nil {
			if out == nil {
				out = &source{}
			}
			out.party = e
		}
	}
	return out
}

// partyOf returns the party that a bracket names: "(separatists)".
func (r *reader) partyOf(s string) *entity {
	if e := r.byName(s); e != nil && e.fights() {
		return e
	}
	if d := r.describingWords(s); len(d) > 0 {
		if ents := r.byDescription(d); len(ents) == 1 {
			return ents[0]
		}
	}
	return nil
}

func (r *reader) describingWords(s string) []string {
	var out []string
	toks := tokenize(s, span{0, len(s)}, r.x.lex, nil)
	for i := range toks {
		if info := toks[i].info; info != nil && (info.noun == nounDescriptor || info.also == nounDescriptor) {
			out = append(out, info.single)
		}
	}
	return out
}

// sourceOf reads "acc. X", "per X", "X claim", "X estimate", "X sources".
func (r *reader) sourceOf(s string) *source {
	if strings.Contains(s, ",") {
		return nil
	}
	low := fold(s)
	out := &source{}
	name := ""
	for _, p := range []string{"according to ", "acc. to ", "acc. ", "acc to ", "per ", "as per ", "claimed by ", "estimated by ", "reported by ", "confirmed by ", "by "} {
		if strings.HasPrefix(low, p) {
			if len(low) != len(s) {
				return nil
			}
			name = s[len(p):]
			for _, q := range []string{" sources", " source", " officials", " official"} {
				name = strings.TrimSuffix(name, q)
			}
			out.claimed = p == "claimed by "
			break
		}
	}
	if name == "" {
		for _, p := range []string{" claims", " claim", " calim", " clam", " claimed", " estimates", " estimate", " estimation", " sources", " source", " figures", " figure", " report", " reports", " sources claim", " account", " version", " data", " statement"} {
			if strings.HasSuffix(low, p) && len(low) == len(s) {
				name = s[:len(s)-len(p)]
				out.claimed = strings.Contains(p, "claim") || p == " calim" || p == " clam"
				for _, q := range []string{" sources", " source", " official", " officials"} {
					name = strings.TrimSuffix(name, q)
				}
				break
			}
		}
	}
	name = strings.TrimSpace(name)
	if name == "" {
		return nil
	}
	for _, sep := range []string{"/", " & ", " and "} {
		if strings.Contains(name, sep) && r.claimant(name) == nil {
			for part := range strings.SplitSeq(name, sep) {
				part = strings.TrimSpace(part)
				e := r.claimant(part)
				if e == nil || !isUpperAt(part) {
					e = r.newClaimant(part)
				}
				if e == nil {
					return nil
				}
				out.ents = append(out.ents, e)
			}
			return out
		}
	}
	e := r.claimant(name)
	if e == nil {
		e = r.newClaimant(name)
	}
	if e == nil {
		return nil
	}
	out.ents = []*entity{e}
	return out
}

// claimant returns the known actor or medium of a name in a bracket.
func (r *reader) claimant(name string) *entity {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "the "), "The ")
	if e := r.byName(name); e != nil && e.Kind != claim.Place {
		return e
	}
	toks := tokenize(name, span{0, len(name)}, r.x.lex, nil)
	if g, _, _ := r.x.gaz.names.find(toks, 0, r.year); g != nil && g.Kind == claim.Media {
		return r.known(g)
	}
	if g, n, _ := r.x.gaz.adjectives.find(toks, 0, r.year); g != nil {
		if n == len(toks) {
			if p := r.peopleOf(g); len(p) == 1 {
				return p[0]
			}
			return nil
		}
		switch w := toks[len(toks)-1].lower; w {
		case "government", "authorities", "officials", "official", "ministry", "administration":
			return r.government(g)
		case "military", "army", "forces", "troops":
			return r.force(g, name[:toks[n-1].end], "army")
		}
		return nil
	}
	if d := r.describingWords(name); len(d) > 0 {
		if ents := r.byDescription(d); len(ents) == 1 {
			return ents[0]
		}
	}
	if strings.EqualFold(name, "government") || strings.EqualFold(name, "army") || strings.EqualFold(name, "military") {
		if s := r.stateSide(); len(s) == 1 {
			return s[0]
		}
	}
	return nil
}

// newClaimant makes an actor of an unknown name that begins with a capital.
func (r *reader) newClaimant(name string) *entity {
	if !isUpperAt(name) || len(strings.Fields(name)) > 6 || strings.ContainsAny(name, "0123456789(),") {
		return nil
	}
	toks := tokenize(name, span{0, len(name)}, r.x.lex, nil)
	if len(toks) > 0 && toks[0].info != nil && (toks[0].info.closed != tagNone && toks[0].info.closed != tagAdj || toks[0].info.isNum || toks[0].info.vague) {
		return nil
	}
	words := make([]string, 0, len(toks))
	for i := range toks {
		words = append(words, toks[i].lower)
	}
	kind := typeOf(words)
	switch kind {
	case "", claim.Place, claim.Installation, claim.Battle, claim.Conflict, claim.Operation, "-":
		kind = claim.Organisation
	}
	return r.unknown(kind, name)
}

// say makes a claim of the infobox for each of its sources.
func (r *reader) say(rule string, s *source, p claim.Proposition, at span, confidence float64) {
	if s == nil || len(s.ents) == 0 {
		r.box(rule, p, at, confidence)
		return
	}
	for _, e := range s.ents {
		c := r.box(rule, p, at, confidence-0.03)
		c.Claimant, c.Modality = e.IRI, claim.Reported
		if s.claimed {
			c.Modality = claim.ClaimedOnly
		}
		e.used = true
	}
}

// infoboxStrength reads the strength of a side: people first; vehicles and
// units under metrics of their own.
func (r *reader) infoboxStrength(f field, side int) {
	defer r.explainEnd(f.value)
	text := r.doc.text
	party := r.sideEntity(side)
	p := claim.Proposition{Kind: "strength", Side: side}
	if isUnknown(f.value.in(text)) {
		p.Quantity = &claim.Quantity{Metric: "strength", Party: refOf(party), Comparator: claim.Unknown}
		r.box("infobox-strength@1", p, f.value, 0.97)
		return
	}
	total := false
	for _, c := range r.countedItems(f) {
		toks := c.toks
		who := party
		if c.source != nil && c.source.party != nil {
			who = c.source.party
		}
		i := firstAmount(toks)
		if i < 0 {
			r.reject(c.span, "infobox-strength@1", "no number")
			continue
		}
		a := amountAt(toks, i)
		metric, named := r.strengthMetric(toks, i+a.length, total)
		if metric == "" {
			r.reject(c.span, "infobox-strength@1", "a number of something unknown")
			continue
		}
		if metric == "strength" {
			total = true
		}
		if named != nil {
			who = named
		}
		q := p
		q.Quantity = &claim.Quantity{Metric: metric, Party: refOf(who), Min: a.min, Max: a.max, Comparator: a.cmp}
		r.say("infobox-strength@1", c.source, q, c.span, 0.93)
	}
}

// firstAmount returns the token at which the first number begins, or -1.
func firstAmount(toks []token) int {
	for i := range toks {
		if toks[i].text == "(" {
			return -1
		}
		if amountAt(toks, i).length > 0 {
			return i
		}
	}
	return -1
}

// strengthMetric tells what a number counts, and whose it is when a nation
// stands before the noun.
func (r *reader) strengthMetric(toks []token, i int, total bool) (string, *entity) {
	if i >= len(toks) || toks[i].text == "(" {
		return "strength", nil
	}
	var named *entity
	metric := ""
	foreign := false
	for k := i; k < len(toks) && toks[k].text != "("; k++ {
		if g, n, _ := r.x.gaz.adjectives.find(toks, k, r.year); g != nil {
			if ents := r.peopleOf(g); len(ents) == 1 && ents[0].side > 0 {
				named = ents[0]
			}
			k += n - 1
			continue
		}
		info := toks[k].info
		if info == nil {
			if isUpperAt(toks[k].text) {
				foreign = true
			}
			continue
		}
		switch {
		case info.noun == nounEquipment:
			metric = strings.ReplaceAll(info.single, "-", "") + "s"
			if info.single == "aircraft" || info.single == "artillery" {
				metric = info.single
			}
		case info.noun == nounGroup || info.also == nounGroup && info.noun == nounNone:
			switch info.single {
			case "militia":
				metric = "strength"
				if info.plural {
					metric = "militias"
				}
			case "force", "army", "guard", "garrison", "personnel", "police", "reinforcement":
				metric = "strength"
			case "infantry", "cavalry":
				metric = "strength"
				if total {
					metric = info.single
				}
			default:
				metric = info.single + "s"
			}
		case info.noun == nounFighter || info.noun == nounDescriptor || info.noun == nounCivilian:
			if metric == "" {
				metric = "strength"
			}
		}
	}
	if metric == "" {
		if foreign || toks[i].kind == markToken {
			return "", nil
		}
		if w := toks[i].lower; w == "total" || w == "strong" || w == "overall" || w == "estimated" || w == "in" {
			return "strength", named
		}
		if toks[i].info == nil {
			return "", nil
		}
		return "strength", named
	}
	return metric, named
}

// infoboxCasualties reads the losses of a side, one claim for each number.
func (r *reader) infoboxCasualties(f field, side int) {
	defer r.explainEnd(f.value)
	text := r.doc.text
	party := r.sideEntity(side)
	if isUnknown(f.value.in(text)) {
		p := claim.Proposition{Kind: "casualties", Side: side, Quantity: &claim.Quantity{Metric: "casualties", Party: refOf(party), Comparator: claim.Unknown}}
		r.box("infobox-casualties@1", p, f.value, 0.95)
		return
	}
	for _, c := range r.countedItems(f) {
		r.lossItem(c, side, party)
	}
}

// lossItem reads the numbers of one item: "10 killed", "1 killed and 2 wounded",
// "2 tanks destroyed", "400–600".
func (r *reader) lossItem(c counted, side int, party *entity) {
	toks := c.toks
	who := party
	if c.source != nil && c.source.party != nil {
		who = c.source.party
	}
	if v := c.span.in(r.doc.text); isUnknown(v) || strings.HasPrefix(fold(v), "unknown ") {
		metric := "casualties"
		for i := range toks {
			if m := r.x.rules.metrics[toks[i].lower]; m != "" {
				metric = m
			}
		}
		p := claim.Proposition{Kind: "casualties", Side: side, Quantity: &claim.Quantity{Metric: metric, Party: refOf(who), Comparator: claim.Unknown}}
		r.say("infobox-casualties@1", c.source, p, c.span, 0.93)
		return
	}
	// "5 soldiers and 6 tanks captured": what became of the first stands last.
	last := ""
	for i := range toks {
		if m := r.x.rules.metrics[toks[i].lower]; m != "" && toks[i].text != "(" {
			last = m
		}
	}
	for i := 0; i < len(toks); {
		if toks[i].text == "(" || toks[i].lower == "by" {
			return
		}
		a := amountAt(toks, i)
		if a.length == 0 {
			i++
			continue
		}
		if i+a.length < len(toks) && toks[i+a.length].text == ":" && len(toks) > i+a.length+1 {
			i += a.length + 1
			continue
		}
		k := i + a.length
		var metrics []string
		var noun *wordInfo
		owner := who
		for ; k < len(toks) && toks[k].text != "(" && toks[k].lower != "by"; k++ {
			w := toks[k].lower
			if b := amountAt(toks, k); b.length > 1 || b.length == 1 && (toks[k].kind == numberToken || toks[k-1].lower == "and") {
				break
			}
			if w == "total" || w == "overall" {
				continue
			}
			if m := r.x.rules.metrics[w]; m != "" {
				if len(metrics) == 1 && metrics[0] == "captured" && (m == "executed" || m == "killed") && toks[k-1].info != nil && toks[k-1].info.noun == nounCaptive {
					metrics[0], owner = m, nil // "3 prisoners executed"
					continue
				}
				if w == "captured" && len(metrics) == 0 || len(metrics) == 0 || toks[k-1].lower == "or" || toks[k-1].lower == "and" || toks[k-1].text == "/" {
					metrics = append(metrics, m)
				}
				continue
			}
			if w == "damaged" && len(metrics) == 0 {
				metrics = append(metrics, "damaged")
				continue
			}
			if (w == "shot" || w == "sunk" || w == "scuttled") && len(metrics) == 0 {
				m := "destroyed"
				if w == "sunk" {
					m = "sunk"
				}
				metrics = append(metrics, m)
				continue
			}
			if g, n, _ := r.x.gaz.adjectives.find(toks, k, r.year); g != nil {
				if ents := r.peopleOf(g); len(ents) == 1 {
					owner = ents[0]
				}
				k += n - 1
				continue
			}
			if info := toks[k].info; info != nil && info.noun != nounNone {
				noun = info
			} else if noun == nil && isUpperAt(toks[k].text) && info == nil {
				noun = &wordInfo{noun: nounEquipment, single: strings.TrimSuffix(slug(toks[k].text), "s")}
			}
		}
		if len(metrics) == 0 && last != "" && noun != nil && (noun.noun == nounEquipment || noun.noun == nounFighter || noun.noun == nounCivilian) && k < len(toks) && toks[k].text != "(" {
			metrics = append(metrics, last)
		}
		metric := lossMetric(metrics, noun)
		if noun != nil && noun.noun == nounCaptive && metric == "captured" {
			for k2 := i; k2 < len(toks) && k2 <= k; k2++ {
				if m := r.x.rules.metrics[toks[k2].lower]; m == "executed" || m == "killed" {
					metric, owner = m, nil
				}
			}
		}
		if metric == "" {
			r.reject(c.span, "infobox-casualties@1", "a number without what became of them")
			i = max(k, i+1)
			continue
		}
		if noun != nil && noun.noun == nounCivilian {
			owner = r.newEntity(claim.Civilians, "civilians", "civilians")
			if noun.single == "hostage" {
				owner = r.newEntity(claim.Civilians, "hostages", "hostages")
			}
		}
		p := claim.Proposition{Kind: "casualties", Side: side, Quantity: &claim.Quantity{Metric: metric, Party: refOf(owner), Min: a.min, Max: a.max, Comparator: a.cmp}}
		r.say("infobox-casualties@1", c.source, p, c.span, 0.95)
		i = max(k, i+1)
	}
}

// lossMetric names what became of the counted: of people by the participle, of
// things by noun and participle.
func lossMetric(metrics []string, noun *wordInfo) string {
	thing := noun != nil && noun.noun == nounEquipment
	if len(metrics) == 0 {
		switch {
		case thing:
			return ""
		case noun == nil || noun.noun == nounBody || noun.noun == nounFighter:
			return "casualties" // a bare number below Casualties
		case noun.noun == nounCaptive:
			return "captured"
		}
		return ""
	}
	m := metrics[0]
	if thing {
		return equipmentMetric(noun.single, strings.ToUpper(m[:1])+m[1:])
	}
	if len(metrics) > 1 && metrics[0] != metrics[1] {
		a, b := metrics[0], metrics[1]
		if a == "missing" && b == "captured" || a == "captured" && b == "missing" {
			return "missingOrCaptured"
		}
		return "casualties"
	}
	if m == "lost" {
		return "killed"
	}
	return m
}
