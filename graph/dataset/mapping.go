package dataset

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Mapping says which columns of a table become which claims, for datasets that
// this package does not know. It is written in YAML; docs/datasets.md describes
// it.
type Mapping struct {
	name    string // of the file, in errors
	format  *format
	release string
	comma   byte // 0 is found out

	missing []string // values that mean nothing
	id      []string
	event   *eventMapping
	claims  []claimMapping
	said    voiceMapping
	used    map[string]*yaml.Node // columns and where the mapping names them
}

// eventMapping says what a row says of an event.
type eventMapping struct {
	kind    claim.EntityKind
	typed   *valueMapping
	date    *dateMapping
	place   *placeMapping
	parties []actorMapping
	counts  []countMapping
	whole   string // the column of a conflict
}

// valueMapping is a column whose values may stand for others.
type valueMapping struct {
	column string
	values map[string]string
	fixed  string // in place of a column
}

// dateMapping is a time: within bounds, or from a begin to an end.
type dateMapping struct {
	from, to  string
	formats   []dateForm
	precision *valueMapping
	lasting   bool // from and to are the begin and the end, not bounds
}

// dateForm is a form of dates; its precision is that of its smallest part.
type dateForm struct {
	layout    string
	precision string // day, month or year
}

type placeMapping struct {
	name, country string
	within        []string // from the smallest
	lat, long     string
	precision     *valueMapping // to exact, near, or the column that is known
}

type actorMapping struct {
	column, split string
	kind          *valueMapping
}

type countMapping struct {
	metric          string
	party           string // a column of the parties
	low, best, high string
	unknown         []string
}

type voiceMapping struct {
	claimant, via string
}

// claimMapping is a claim of two actors, or of an actor and a place.
type claimMapping struct {
	kind           string
	agent, patient *actorMapping
	place          *placeMapping
	date           *dateMapping
	modality       claim.Modality
	stance         claim.Stance
}

// MappingError says what is wrong with a mapping, and where.
type MappingError struct {
	Name         string
	Line, Column int
	Message      string
}

func (e *MappingError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Message)
}

// Unwrap makes it bad input.
func (e *MappingError) Unwrap() error { return graph.ErrBadRequest }

// ParseMapping reads a mapping. The name appears in errors.
func ParseMapping(name string, content []byte) (*Mapping, error) {
	p := &mappingParser{m: &Mapping{name: name, used: make(map[string]*yaml.Node), missing: []string{"", "NA", "NULL", "NaN", "nan"}}}
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		line := 1
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			fmt.Sscan(m[1], &line)
		}
		return nil, &MappingError{Name: name, Line: line, Column: 1, Message: strings.TrimPrefix(err.Error(), "yaml: ")}
	}
	if len(doc.Content) == 0 {
		return nil, &MappingError{Name: name, Line: 1, Column: 1, Message: "the mapping is empty"}
	}
	p.mapping(doc.Content[0])
	if p.err != nil {
		return nil, p.err
	}
	return p.m, nil
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// mappingParser walks the nodes of a mapping and keeps the first error.
type mappingParser struct {
	m   *Mapping
	err error
}

func (p *mappingParser) fail(n *yaml.Node, format string, args ...any) {
	if p.err == nil {
		p.err = &MappingError{Name: p.m.name, Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...)}
	}
}

// keys calls what belongs to each key of an object. Unknown keys are errors:
// a misspelt one must not lose a column.
func (p *mappingParser) keys(n *yaml.Node, known map[string]func(*yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, "keys and values were expected here")
		return
	}
	seen := make(map[string]bool)
	for i := 0; i+1 < len(n.Content) && p.err == nil; i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		f := known[key.Value]
		switch {
		case f == nil:
			p.fail(key, "%q is no key here; there are %s", key.Value, strings.Join(sortedKeys(known), ", "))
		case seen[key.Value]:
			p.fail(key, "%q is here twice", key.Value)
		default:
			f(value)
		}
		seen[key.Value] = true
	}
}

func (p *mappingParser) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		p.fail(n, "a text was expected here")
	}
	return n.Value
}

// texts reads one text or a list of them.
func (p *mappingParser) texts(n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		return []string{p.text(n)}
	}
	var out []string
	for _, item := range n.Content {
		out = append(out, item.Value)
	}
	return out
}

func (p *mappingParser) list(n *yaml.Node, f func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		p.fail(n, "a list was expected here")
		return
	}
	for _, item := range n.Content {
		f(item)
	}
}

// oneOf reads a text that is one of some.
func (p *mappingParser) oneOf(n *yaml.Node, allowed ...string) string {
	s := p.text(n)
	if !slices.Contains(allowed, s) {
		p.fail(n, "%q is none of %s", s, strings.Join(allowed, ", "))
	}
	return s
}

// column reads the name of a column. Names are compared without regard to case.
func (p *mappingParser) column(n *yaml.Node) string {
	name := columnName(p.text(n))
	if p.m.used[name] == nil {
		p.m.used[name] = n
	}
	return name
}

func columnName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func (p *mappingParser) columns(n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		return []string{p.column(n)}
	}
	var out []string
	for _, item := range n.Content {
		out = append(out, p.column(item))
	}
	return out
}

func (p *mappingParser) mapping(n *yaml.Node) {
	m := p.m
	f := &format{}
	m.format = f
	private := false
	p.keys(n, map[string]func(*yaml.Node){
		"dataset": func(v *yaml.Node) { f.name = p.text(v) },
		"release": func(v *yaml.Node) { m.release = p.text(v) },
		"licence": func(v *yaml.Node) { f.licence = p.text(v) },
		"private": func(v *yaml.Node) { private = p.oneOf(v, "true", "false") == "true" },
		"separator": func(v *yaml.Node) {
			m.comma = map[string]byte{"comma": ',', ",": ',', "semicolon": ';', ";": ';', "tab": '\t', "\t": '\t'}[v.Value]
			if m.comma == 0 {
				p.fail(v, "%q is none of comma, semicolon, tab", v.Value)
			}
		},
		"missing":  func(v *yaml.Node) { m.missing = append(m.missing, p.texts(v)...) },
		"id":       func(v *yaml.Node) { m.id = p.columns(v) },
		"event":    func(v *yaml.Node) { m.event = p.event(v) },
		"claims":   func(v *yaml.Node) { p.list(v, func(c *yaml.Node) { m.claims = append(m.claims, p.claim(c)) }) },
		"claimant": func(v *yaml.Node) { m.said.claimant = p.column(v) },
		"via":      func(v *yaml.Node) { m.said.via = p.column(v) },
	})
	switch {
	case f.name == "":
		p.fail(n, "the mapping needs a dataset: its name, as the one who says what the rows say")
	case len(m.id) == 0:
		p.fail(n, "the mapping needs an id: the column, or columns, that tell rows apart")
	case m.event == nil && len(m.claims) == 0:
		p.fail(n, "the mapping needs an event or claims")
	}
	f.slug = slug(f.name)
	f.scheme, f.rule = f.slug, "mapping-"+f.slug+"@1"
	if private {
		f.private = rdf.IRI(claim.NSID + "graph/" + f.slug)
	}
	f.key, f.whole = m.id, true
	f.read = func(r *recordReader) { r.mapped(m) }
}

// eventKinds are what the event of a row may be.
var eventKinds = []string{string(claim.Incident), string(claim.Battle), string(claim.Operation), string(claim.Conflict)}

func (p *mappingParser) event(n *yaml.Node) *eventMapping {
	e := &eventMapping{kind: claim.Incident}
	var parties []*yaml.Node
	p.keys(n, map[string]func(*yaml.Node){
		"kind":    func(v *yaml.Node) { e.kind = claim.EntityKind(p.oneOf(v, eventKinds...)) },
		"type":    func(v *yaml.Node) { e.typed = p.value(v) },
		"date":    func(v *yaml.Node) { e.date = p.date(v) },
		"place":   func(v *yaml.Node) { e.place = p.place(v) },
		"part_of": func(v *yaml.Node) { e.whole = p.column(v) },
		"parties": func(v *yaml.Node) {
			p.list(v, func(a *yaml.Node) { e.parties = append(e.parties, *p.actor(a)) })
		},
		"counts": func(v *yaml.Node) {
			p.list(v, func(c *yaml.Node) {
				count, party := p.count(c)
				e.counts, parties = append(e.counts, count), append(parties, party)
			})
		},
	})
	for i, c := range e.counts {
		if c.party != "" && !slices.ContainsFunc(e.parties, func(a actorMapping) bool { return a.column == c.party }) {
			p.fail(parties[i], "%q is no column of the parties", c.party)
		}
		if c.party == "" && len(e.parties) == 0 && p.err == nil {
			p.fail(n, "a count needs parties, of whom it is")
		}
	}
	return e
}

// value reads a column, with what its values stand for, or a fixed value.
func (p *mappingParser) value(n *yaml.Node) *valueMapping {
	if n.Kind == yaml.ScalarNode {
		return &valueMapping{column: p.column(n)}
	}
	v := &valueMapping{}
	p.keys(n, map[string]func(*yaml.Node){
		"column": func(c *yaml.Node) { v.column = p.column(c) },
		"fixed":  func(c *yaml.Node) { v.fixed = p.text(c) },
		"values": func(c *yaml.Node) {
			if c.Kind != yaml.MappingNode {
				p.fail(c, "values and what they stand for were expected here")
				return
			}
			v.values = make(map[string]string)
			for i := 0; i+1 < len(c.Content); i += 2 {
				v.values[c.Content[i].Value] = p.text(c.Content[i+1])
			}
		},
	})
	if v.column == "" && v.fixed == "" {
		p.fail(n, "a column is missing here")
	}
	return v
}

// coded reads a column whose values stand for some of the allowed words.
func (p *mappingParser) coded(n *yaml.Node, allowed ...string) *valueMapping {
	v := p.value(n)
	for code, word := range v.values {
		if !slices.Contains(allowed, word) {
			p.fail(n, "%q stands for %q, which is none of %s", code, word, strings.Join(allowed, ", "))
		}
	}
	return v
}

func (p *mappingParser) date(n *yaml.Node) *dateMapping {
	d := &dateMapping{}
	if n.Kind == yaml.ScalarNode {
		d.from = p.column(n)
	} else {
		p.keys(n, map[string]func(*yaml.Node){
			"column":    func(v *yaml.Node) { d.from = p.column(v) },
			"from":      func(v *yaml.Node) { d.from = p.column(v) },
			"to":        func(v *yaml.Node) { d.to = p.column(v) },
			"means":     func(v *yaml.Node) { d.lasting = p.oneOf(v, "bounds", "duration") == "duration" },
			"precision": func(v *yaml.Node) { d.precision = p.coded(v, "day", "week", "month", "year") },
			"format": func(v *yaml.Node) {
				for _, f := range p.texts(v) {
					form, ok := newDateForm(f)
					if !ok {
						p.fail(v, "%q is no form of dates: it is made of yyyy, mm or m or Month or Mon, dd or d", f)
					}
					d.formats = append(d.formats, form)
				}
			},
		})
	}
	if d.from == "" {
		p.fail(n, "a date needs a column")
	}
	if len(d.formats) == 0 {
		for _, f := range []string{"yyyy-mm-dd", "yyyy-mm", "yyyy"} {
			form, _ := newDateForm(f)
			d.formats = append(d.formats, form)
		}
	}
	return d
}

var dateParts = regexp.MustCompile(`yyyy|Month|Mon|mm|m|dd|d|[A-Za-z]+`)

// newDateForm turns a form such as dd/mm/yyyy into a layout of Go.
func newDateForm(s string) (dateForm, bool) {
	f, ok := dateForm{precision: "year"}, strings.Contains(s, "yyyy")
	f.layout = dateParts.ReplaceAllStringFunc(s, func(part string) string {
		switch part {
		case "yyyy":
			return "2006"
		case "Month", "Mon", "mm", "m":
			if f.precision == "year" {
				f.precision = "month"
			}
			return map[string]string{"Month": "January", "Mon": "Jan", "mm": "01", "m": "1"}[part]
		case "dd", "d":
			f.precision = "day"
			return map[string]string{"dd": "02", "d": "2"}[part]
		default:
			ok = false
			return part
		}
	})
	return f, ok
}

func (p *mappingParser) place(n *yaml.Node) *placeMapping {
	at := &placeMapping{}
	if n.Kind == yaml.ScalarNode {
		at.name = p.column(n)
		return at
	}
	var precision *yaml.Node
	p.keys(n, map[string]func(*yaml.Node){
		"name":      func(v *yaml.Node) { at.name = p.column(v) },
		"within":    func(v *yaml.Node) { at.within = p.columns(v) },
		"country":   func(v *yaml.Node) { at.country = p.column(v) },
		"latitude":  func(v *yaml.Node) { at.lat = p.column(v) },
		"longitude": func(v *yaml.Node) { at.long = p.column(v) },
		"precision": func(v *yaml.Node) { precision = v },
	})
	if precision != nil {
		allowed := []string{"exact", "near", "country"}
		at.precision = p.coded(precision, append(allowed, at.within...)...)
	}
	if at.name == "" && at.country == "" && len(at.within) == 0 {
		p.fail(n, "a place needs a name, a country or what it lies in")
	}
	return at
}

// actorKinds are what an actor may be.
var actorKinds = []string{
	string(claim.ArmedGroup), string(claim.StateForce), string(claim.Government), string(claim.Organisation), string(claim.Civilians),
	string(claim.Person), string(claim.Media),
}

func (p *mappingParser) actor(n *yaml.Node) *actorMapping {
	a := &actorMapping{}
	if n.Kind == yaml.ScalarNode {
		a.column = p.column(n)
		return a
	}
	p.keys(n, map[string]func(*yaml.Node){
		"column": func(v *yaml.Node) { a.column = p.column(v) },
		"split":  func(v *yaml.Node) { a.split = p.text(v) },
		"kind": func(v *yaml.Node) {
			if v.Kind == yaml.ScalarNode {
				a.kind = &valueMapping{fixed: p.oneOf(v, actorKinds...)}
			} else {
				a.kind = p.coded(v, actorKinds...)
			}
		},
	})
	if a.column == "" {
		p.fail(n, "a party needs a column")
	}
	return a
}

// countMetrics are what may be counted.
var countMetrics = []string{
	"strength", "killed", "wounded", "captured", "defected", "fled", "missing", "surrendered", "executed", "displaced", "casualties", "evacuated",
	"vehiclesCaptured", "vehiclesDestroyed", "weaponsCaptured", "tanksDestroyed", "aircraftDestroyed",
}

func (p *mappingParser) count(n *yaml.Node) (c countMapping, party *yaml.Node) {
	p.keys(n, map[string]func(*yaml.Node){
		"metric":  func(v *yaml.Node) { c.metric = p.oneOf(v, countMetrics...) },
		"party":   func(v *yaml.Node) { c.party, party = p.column(v), v },
		"low":     func(v *yaml.Node) { c.low = p.column(v) },
		"best":    func(v *yaml.Node) { c.best = p.column(v) },
		"high":    func(v *yaml.Node) { c.high = p.column(v) },
		"unknown": func(v *yaml.Node) { c.unknown = p.texts(v) },
	})
	if c.metric == "" || c.low+c.best+c.high == "" {
		p.fail(n, "a count needs a metric and a column: low, best or high")
	}
	return c, party
}

func (p *mappingParser) claim(n *yaml.Node) claimMapping {
	c := claimMapping{modality: claim.StatedAsFact, stance: claim.Asserts}
	p.keys(n, map[string]func(*yaml.Node){
		"kind":    func(v *yaml.Node) { c.kind = p.oneOf(v, linkingKinds()...) },
		"agent":   func(v *yaml.Node) { c.agent = p.actor(v) },
		"patient": func(v *yaml.Node) { c.patient = p.actor(v) },
		"place":   func(v *yaml.Node) { c.place = p.place(v) },
		"date":    func(v *yaml.Node) { c.date = p.date(v) },
		"modality": func(v *yaml.Node) {
			c.modality = claim.Modality(p.oneOf(v, string(claim.StatedAsFact), string(claim.Reported), string(claim.ClaimedOnly)))
		},
		"stance": func(v *yaml.Node) { c.stance = claim.Stance(p.oneOf(v, string(claim.Asserts), string(claim.Denies))) },
	})
	if c.kind == "" || c.agent == nil || c.patient == nil && c.place == nil {
		p.fail(n, "a claim needs a kind, an agent, and a patient or a place")
	}
	return c
}

// linkingKinds are the kinds whose edge runs from an actor.
func linkingKinds() []string {
	var out []string
	for _, k := range claim.Kinds() {
		switch k.Name {
		case claim.KindPlace, claim.KindParticipant, claim.KindResult, claim.KindReportsSameEvent, claim.KindPartOfReported:
		default:
			if k.Edge != "" {
				out = append(out, k.Name)
			}
		}
	}
	return out
}

// Layout returns how the mapping reads a file that begins so, or what the file
// lacks.
func (m *Mapping) Layout(head []byte) (Layout, error) {
	commas := []byte{',', ';', '\t'}
	if m.comma != 0 {
		commas = []byte{m.comma}
	}
	var best []string
	for _, comma := range commas {
		first, bad, err := newTable(strings.NewReader(string(head)), comma).split()
		if err != nil || bad != nil {
			continue
		}
		columns := make(map[string]int, len(first.value))
		for i, name := range first.value {
			if name = columnName(name); name != "" {
				columns[name] = i
			}
		}
		if !slices.ContainsFunc(sortedKeys(m.used), func(c string) bool { _, ok := columns[c]; return !ok }) {
			return Layout{
				Dataset: m.format.name, format: m.format, Generation: "by " + m.name, Header: true, comma: comma, columns: columns, width: len(first.value),
			}, nil
		}
		if len(first.value) > len(best) {
			best = first.value
		}
	}
	for _, name := range sortedKeys(m.used) {
		if !slices.ContainsFunc(best, func(c string) bool { return columnName(c) == name }) {
			n := m.used[name]
			return Layout{}, &MappingError{Name: m.name, Line: n.Line, Column: n.Column,
				Message: fmt.Sprintf("the file has no column %q; it has %s", n.Value, strings.Join(best, ", "))}
		}
	}
	return Layout{}, ErrLayout
}
