package question

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	rdfiri "github.com/belligraph/belligraph/graph/rdf/iri"
)

// Value is the value of a parameter: the terms it is bound to and what people
// call it.
type Value struct {
	Label string     `json:"label"`
	Terms []rdf.Term `json:"-"`
	IRIs  []string   `json:"iris,omitempty"` // the terms as text
}

func newValue(label string, terms ...rdf.Term) Value {
	v := Value{Label: label, Terms: terms}
	for _, t := range terms {
		v.IRIs = append(v.IRIs, text(t))
	}
	return v
}

// maxNumber bounds numbers: of days, about 2,700 years.
const maxNumber = 1_000_000

// UnknownValueError says that a parameter's words mean nothing to the graph,
// with what comes near. It wraps [graph.ErrBadRequest].
type UnknownValueError struct {
	Param       string
	Type        ParamType
	Words       string
	Suggestions []string
}

func (e *UnknownValueError) Error() string {
	var s string
	switch e.Type {
	case EntityParam:
		s = fmt.Sprintf("nothing in the graph is called %q", e.Words)
	case DateParam:
		s = fmt.Sprintf("%q is not a date; write 2012-02-15 or 15 February 2012", e.Words)
	case NumberParam:
		s = fmt.Sprintf("%q is not a whole number from 0 to %d", e.Words, maxNumber)
	case MetricParam:
		s = fmt.Sprintf("%q is nothing that is counted", e.Words)
	default:
		s = fmt.Sprintf("%q is no edge", e.Words)
	}
	if len(e.Suggestions) > 0 {
		s += "; did you mean " + strings.Join(e.Suggestions, ", ") + "?"
	}
	return s
}

// Unwrap makes the error a bad request.
func (e *UnknownValueError) Unwrap() error { return graph.ErrBadRequest }

// resolve reads the words given for a parameter.
func (x *Index) resolve(p *Param, words string) (Value, error) {
	words = strings.TrimSpace(words)
	unknown := &UnknownValueError{Param: p.Name, Type: p.Type, Words: words}
	switch p.Type {
	case EntityParam:
		iri := rdf.IRI(strings.Trim(words, "<>"))
		if e := x.byIRI[iri]; e != nil {
			return newValue(e.label, e.iri), nil
		}
		es := x.find(words)
		if len(es) == 0 {
			// What has no name, such as the event of a row, is named by its IRI.
			if _, err := rdfiri.Parse(string(iri)); err == nil && strings.Contains(words, "://") {
				return newValue(string(iri), iri), nil
			}
			return Value{}, unknown
		}
		var terms []rdf.Term
		var labels []string
		for _, e := range es {
			terms = append(terms, e.iri)
			if !slices.Contains(labels, e.label) {
				labels = append(labels, e.label)
			}
		}
		return newValue(strings.Join(labels, " or "), terms...), nil
	case NumberParam:
		n, err := strconv.ParseUint(words, 10, 32)
		if err != nil || n > maxNumber {
			return Value{}, unknown
		}
		return newValue(words, rdf.NewTyped(strconv.FormatUint(n, 10), rdf.XSDInteger)), nil
	case DateParam:
		day, ok := parseDay(words)
		if !ok {
			return Value{}, unknown
		}
		return newValue(day, rdf.NewTyped(day, rdf.XSDDate)), nil
	case MetricParam:
		metrics, ok := metricsOf(words)
		if !ok {
			unknown.Suggestions = []string{"killed", "wounded", "captured", "defected", "fled"}
			return Value{}, unknown
		}
		var terms []rdf.Term
		for _, m := range metrics {
			terms = append(terms, rdf.IRI(claim.NSMetric+m))
		}
		return newValue(strings.Join(metrics, " or "), terms...), nil
	default:
		edges := edgesOf(words)
		if len(edges) == 0 {
			unknown.Suggestions = []string{"attacked", "captured", "withdrewTo", "defectedTo", "claimedControl"}
			return Value{}, unknown
		}
		var terms []rdf.Term
		for _, e := range edges {
			terms = append(terms, rdf.IRI(claim.NS+e))
		}
		return newValue(foldText(words), terms...), nil
	}
}

// suggest adds to an unknown entity those whose names come near. It is done
// once the error is final, as many readings of a question are tried.
func (e *UnknownValueError) suggest(x *Index) {
	if e.Type == EntityParam && e.Suggestions == nil {
		e.Suggestions = x.suggest(e.Words)
	}
}

// dayForms are the ways to write a day that questions use.
var dayForms = []string{
	"2006-01-02", "2 January 2006", "2 Jan 2006", "January 2 2006", "Jan 2 2006", "2006 January 2",
	"02-01-2006", // day first, as in most of the world
}

// parseDay reads a day; of a month alone it returns the last day.
func parseDay(words string) (string, bool) {
	s := foldText(words)
	s = strings.TrimPrefix(s, "the ")
	fields := strings.Fields(s)
	fields = slices.DeleteFunc(fields, func(f string) bool { return f == "of" })
	for i, f := range fields {
		for _, ordinal := range []string{"st", "nd", "rd", "th"} {
			if n := strings.TrimSuffix(f, ordinal); n != f && strings.Trim(n, "0123456789") == "" {
				fields[i] = n
			}
		}
	}
	s = strings.Join(fields, " ")
	for _, form := range dayForms {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	for _, form := range []string{"January 2006", "Jan 2006", "2006-01"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.AddDate(0, 1, -1).Format(time.DateOnly), true
		}
	}
	return "", false
}

// metricWords are what people say for what is counted.
var metricWords = map[string][]string{
	"killed": {"killed"}, "dead": {"killed"}, "die": {"killed"}, "died": {"killed"}, "slain": {"killed"}, "kill": {"killed"}, "deaths": {"killed"}, "fatalities": {"killed"}, "lost their lives": {"killed"},
	"wounded": {"wounded"}, "injured": {"wounded"}, "hurt": {"wounded"},
	"captured": {"captured"}, "taken prisoner": {"captured"}, "taken captive": {"captured"}, "prisoners": {"captured"}, "captives": {"captured"}, "imprisoned": {"captured"},
	"defected": {"defected"}, "defect": {"defected"}, "deserted": {"defected", "fled"},
	"fled": {"fled"}, "flee": {"fled"}, "escaped": {"fled"}, "ran away": {"fled"}, "left": {"fled", "defected"},
	"missing": {"missing"}, "strength": {"strength"}, "strong": {"strength"}, "retrieved": {"retrieved"}, "surrendered": {"surrendered"}, "executed": {"executed"},
	"lost": {"killed", "wounded", "captured", "defected", "fled", "missing"},
}

// metricsOf reads metrics: one, or several joined by commas, "and" or "or".
func metricsOf(words string) ([]string, bool) {
	s := foldText(words)
	if ms := metricWords[s]; ms != nil {
		return ms, true
	}
	if local := strings.TrimSpace(strings.TrimPrefix(words, claim.NSMetric)); local != "" && strings.Trim(local, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		for _, c := range []string{"vehiclesCaptured", "campsCaptured", "weaponsCaptured", "officers", "displaced", "casualties", local} {
			if c == local && (local != words || strings.ToLower(local) != local) {
				return []string{local}, true
			}
		}
	}
	var out []string
	for _, f := range strings.Fields(s) {
		if f == "and" || f == "or" {
			continue
		}
		ms := metricWords[f]
		if ms == nil {
			return nil, false
		}
		for _, m := range ms {
			if !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out, len(out) > 0
}

// edgeWords are verbs beside the captions of the kinds.
var edgeWords = map[string][]string{
	"took": {"captured", "retook"}, "take": {"captured", "retook"}, "seized": {"captured"}, "seize": {"captured"}, "conquered": {"captured"}, "took control of": {"captured"}, "capture": {"captured"}, "taken": {"captured"},
	"assaulted": {"attacked"}, "struck": {"attacked"}, "raided": {"attacked"}, "attack": {"attacked"}, "hit": {"attacked", "shelled", "bombed"},
	"controlled": {"claimedControl", "controlled"}, "control": {"claimedControl", "controlled"}, "held": {"claimedControl", "controlled"}, "controls": {"claimedControl", "controlled"},
	"claimed control of": {"claimedControl"}, "claimed to control": {"claimedControl"}, "claim control of": {"claimedControl"}, "claims control of": {"claimedControl"}, "claimed to have control of": {"claimedControl"}, "claimed": {"claimedControl"},
	"fled to": {"fledTo"}, "flee to": {"fledTo"}, "withdrew to": {"withdrewTo", "retreatedTo"}, "withdraw to": {"withdrewTo", "retreatedTo"}, "retreat to": {"retreatedTo", "withdrewTo"}, "retreated to": {"retreatedTo", "withdrewTo"}, "withdraw": {"withdrewTo", "withdrewFrom", "retreatedTo", "retreatedFrom"},
	"defected to": {"defectedTo"}, "defect to": {"defectedTo"}, "defected": {"defectedTo"}, "joined": {"defectedTo", "alliedWith"},
	"repel": {"repelled"}, "repulsed": {"repelled"}, "drove back": {"repelled"}, "beat back": {"repelled"},
	"abandon": {"abandoned"}, "gave up": {"abandoned"}, "retrieve": {"retrieved"}, "took in": {"retrieved"}, "recovered": {"retrieved"},
	"shell": {"shelled"}, "bomb": {"bombed"}, "besiege": {"besieged"}, "ambush": {"ambushed"}, "enter": {"entered"}, "destroy": {"destroyed"}, "execute": {"executed"}, "surrender to": {"surrenderedTo"},
	"fought": {"clashedWith", "attacked"}, "fight": {"clashedWith", "attacked"}, "won": {"victor"}, "beat": {"defeated"}, "defeat": {"defeated"}, "ally with": {"alliedWith"}, "took part in": {"participant"}, "participated in": {"participant"},
}

// edgesOf reads an edge: its local name, the caption of its kind, a verb like
// it, or an IRI.
func edgesOf(words string) []string {
	words = strings.TrimPrefix(strings.Trim(words, "<>"), claim.NS)
	words = strings.TrimPrefix(words, "bg:")
	s := foldText(words)
	if es := edgeWords[s]; es != nil {
		return es
	}
	for _, v := range []string{strings.TrimPrefix(s, "was "), strings.TrimPrefix(s, "were "), strings.TrimPrefix(s, "have "), strings.TrimPrefix(s, "has "), strings.TrimSuffix(s, " by")} {
		if es := edgeWords[v]; v != s && es != nil {
			return es
		}
	}
	for _, k := range claim.Kinds() {
		if k.Edge != "" && (k.Edge == words || foldText(k.Edge) == s || k.Verb == s) && k.Verb != "controlled" {
			return []string{k.Edge}
		}
	}
	return nil
}
