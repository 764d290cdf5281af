package claim

import (
	"fmt"
	"strconv"
	"strings"
)

// Describe returns the proposition as a short English sentence, for labels and
// tables. The words of the source are the evidence; this is a caption.
func (p *Proposition) Describe(es Entities) string {
	if p.composite() {
		parts := p.Parts()
		words := make([]string, len(parts))
		for i := range parts {
			words[i] = parts[i].Describe(es)
		}
		return strings.Join(words, "; ")
	}
	k := info(p.Kind)
	agents := strings.Join(es.Names(p.Agent), ", ")
	patients := strings.Join(es.Names(p.Patient), ", ")
	var b strings.Builder
	write := func(parts ...string) {
		for _, s := range parts {
			if s == "" {
				continue
			}
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(s)
		}
	}
	event := ""
	if p.Event != "" {
		event = es.Name(p.Event)
	}
	switch p.Kind {
	case KindCasualties, KindStrength:
		if p.Quantity != nil {
			write(es.Name(p.Quantity.Party) + ": " + p.Quantity.Describe())
		}
		if p.Place != "" {
			write("to", es.Name(p.Place))
		}
	case KindParticipant:
		write(agents, k.verb, event)
	case KindPlace:
		write(event, k.verb, es.Name(p.Place))
	case KindDate:
		write(event, k.verb, p.Time.Describe())
	case KindResult:
		write(event, k.verb, strconv.Quote(p.Text))
	case KindEventType:
		write(event, k.verb, strconv.Quote(p.Text))
	case KindOutcome:
		write("outcome", strconv.Quote(p.Text))
		if agents+patients != "" {
			write("for", agents, patients)
		}
	case KindCharacterisation:
		write("described as", strconv.Quote(p.Text))
	case KindFighting:
		write("there was fighting")
	case KindLossOfLife:
		write("there was loss of life")
	default:
		if patients != "" && patients == es.Name(p.Place) {
			patients = "" // what is done to a place is said once
		}
		if agents == "" && patients != "" {
			write(patients, "was", k.verb)
			patients = ""
		} else if verb, to := cutPreposition(k.verb); to != "" && patients != "" && p.Place != "" {
			write(agents, verb, patients, to)
			patients = "" // so that the place follows
		} else {
			write(agents, k.verb, patients)
		}
		q := p.Quantity
		if q != nil && patients == "" && k.verb != "" {
			if things, taken := strings.CutSuffix(words(q.Metric), " captured"); taken {
				write(q.Range(), things)
				q = nil
			}
		}
		switch {
		case p.Place == "":
		case patients == "" && (k.form == agentPlace || p.Quantity == nil):
			write(es.Name(p.Place))
		default:
			write("at", es.Name(p.Place))
		}
		if q != nil {
			write("(" + q.Describe() + ")")
		}
		if p.Text != "" {
			write(strconv.Quote(p.Text))
		}
	}
	if p.Kind != KindDate && !p.Time.IsZero() {
		b.WriteString(", " + p.Time.Describe())
	}
	if b.Len() == 0 {
		return words(p.Kind)
	}
	return b.String()
}

// cutPreposition splits "withdrew to" into the verb and its preposition.
func cutPreposition(verb string) (string, string) {
	for _, p := range []string{"to", "from"} {
		if v, ok := strings.CutSuffix(verb, " "+p); ok {
			return v, p
		}
	}
	return verb, ""
}

// Describe returns the quantity in words: "more than 34 fled", "10 captured
// including 1 officer".
func (q *Quantity) Describe() string {
	s := q.Range() + " " + words(q.Metric)
	if q.Metric == KindStrength {
		s = "strength " + q.Range()
	}
	for i := range q.Includes {
		part := &q.Includes[i]
		if i == 0 {
			s += " including "
		} else {
			s += ", "
		}
		s += part.Range() + " " + words(part.Metric)
	}
	return s
}

// Range returns the bounds: "5", "2–5", "≥ 35", "≤ 10", "unknown".
func (q *Quantity) Range() string { return rangeText(q.Min, q.Max) }

func rangeText(low, high *int64) string {
	switch {
	case low == nil && high == nil:
		return "unknown"
	case high == nil:
		return fmt.Sprintf("≥ %d", *low)
	case low == nil:
		return fmt.Sprintf("≤ %d", *high)
	case *low == *high:
		return strconv.FormatInt(*low, 10)
	default:
		return fmt.Sprintf("%d–%d", *low, *high)
	}
}

// Describe returns the interval in words: "2012-02-07", "2012-02-07 to
// 2012-02-08".
func (i Interval) Describe() string {
	switch {
	case i.IsZero():
		return ""
	case i.Start() == i.End():
		return string(i.Start())
	case i.Start() == "":
		return "until " + string(i.End())
	case i.End() == "":
		return "from " + string(i.Start())
	default:
		return string(i.Start()) + " to " + string(i.End())
	}
}

// stanceVerbs are the stances as a sentence says them.
var stanceVerbs = map[Stance]string{
	Asserts: "says", Denies: "denies", Concedes: "concedes", Characterises: "characterises",
}

// Describe returns the claim as a sentence: who says what, and how.
func (c *Claim) Describe(es Entities) string {
	var b strings.Builder
	b.WriteString(es.Name(c.Claimant))
	if c.OnBehalfOf != "" && c.OnBehalfOf != c.Claimant {
		b.WriteString(" (for " + es.Name(c.OnBehalfOf) + ")")
	}
	if len(c.Via) > 0 {
		b.WriteString(" through " + strings.Join(es.Names(c.Via), ", "))
	}
	verb := stanceVerbs[c.Stance]
	if c.Stance == Asserts && c.Modality == ClaimedOnly {
		verb = "claims"
	}
	b.WriteString(" " + verb)
	switch {
	case c.Modality == Inferred:
		b.WriteString(" (inferred)")
	case c.Modality == Planned:
		b.WriteString(" (planned)")
	}
	b.WriteString(": " + c.Proposition.Describe(es))
	return b.String()
}
