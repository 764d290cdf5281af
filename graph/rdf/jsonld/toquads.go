package jsonld

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

// plainKeywords are the keywords of documents that need no expansion.
var plainKeywords = map[string]bool{
	"@id": true, "@type": true, "@value": true, "@language": true, "@direction": true,
	"@list": true, "@set": true, "@graph": true, "@reverse": true, "@included": true,
}

// isPlain reports whether a document says what it says without contexts: all its
// keys are keywords or absolute IRIs, all its types absolute IRIs or blank nodes.
// Such documents are as good as expanded. Whatever is not quite in order is not
// plain, so that the expansion algorithm finds the fault.
func isPlain(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["@value"]; ok {
			return isPlainValue(v)
		}
		for _, only := range []string{"@list", "@set"} {
			if _, ok := v[only]; ok && len(v) > 1 {
				return false
			}
		}
		for key, value := range v {
			switch key {
			case "@language", "@direction":
				return false
			case "@id":
				if _, ok := value.(string); !ok {
					return false
				}
			case "@type":
				for _, t := range list(value) {
					if s, ok := t.(string); !ok || !isReference(s) {
						return false
					}
				}
			default:
				if !plainKeywords[key] && iri.Validate(key) != nil || !isPlain(value) {
					return false
				}
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(m any) bool { return !isPlain(m) })
	case nil:
		return false
	default:
		return true
	}
}

func isPlainValue(v map[string]any) bool {
	_, isString := v["@value"].(string)
	for key, value := range v {
		s, ok := value.(string)
		switch key {
		case "@value":
			switch value.(type) {
			case string, bool, json.Number:
			default:
				return false
			}
		case "@type":
			if !ok || iri.Validate(s) != nil {
				return false
			}
		case "@language", "@direction":
			if _, typed := v["@type"]; !ok || !isString || typed || s == "" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func isReference(s string) bool { return strings.HasPrefix(s, "_:") || iri.Validate(s) == nil }

// list returns the members of an array, or anything else as the one member.
func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// top queues the quads of an object at the top. One that only has @graph, and is
// not in an array, is the default graph.
func (d *Decoder) top(v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return nil // free-floating values mean nothing
	}
	if graph, ok := m["@graph"]; ok && len(m) == 1 && d.members == nil {
		for _, node := range list(graph) {
			if _, err := d.item(node, nil); err != nil {
				return err
			}
		}
		return nil
	}
	_, err := d.item(m, nil)
	return err
}

// item queues the quads of a node, value or list object, and returns the term
// that it is as an object, nil for what is dropped.
func (d *Decoder) item(v any, graph rdf.Term) (rdf.Term, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return d.literal(map[string]any{"@value": v})
	}
	if _, ok := m["@value"]; ok {
		return d.literal(m)
	}
	if members, ok := m["@list"]; ok {
		return d.list(list(members), graph)
	}
	return d.node(m, graph)
}

// object is item for the value of a property, where a node may stand for a
// triple term.
func (d *Decoder) object(v any, graph rdf.Term) (rdf.Term, error) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 4 {
		return d.item(v, graph)
	}
	types := list(m["@type"])
	if len(types) != 1 || types[0] != string(rdf.RDFTripleTerm) {
		return d.item(v, graph)
	}
	var parts [3]rdf.Term
	for i, key := range []rdf.IRI{rdf.RDFTTSubject, rdf.RDFTTPredicate, rdf.RDFTTObject} {
		values, ok := m[string(key)]
		if !ok || len(list(values)) != 1 {
			return d.item(v, graph)
		}
		var err error
		if parts[i], err = d.object(list(values)[0], graph); err != nil {
			return nil, err
		}
	}
	q := rdf.Quad{Subject: parts[0], Predicate: parts[1], Object: parts[2]}
	if err := turtle.Check(q); err != nil {
		return nil, fmt.Errorf("no triple term: %w", err)
	}
	return q.Triple(), nil
}

func (d *Decoder) node(m map[string]any, graph rdf.Term) (rdf.Term, error) {
	var subject rdf.Term
	if id, ok := m["@id"]; ok {
		s, ok := id.(string)
		if !ok {
			return nil, fmt.Errorf("invalid @id value: %v", id)
		}
		subject = d.reference(s)
	} else {
		subject = d.labels.Fresh()
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys) // so that the order of quads is always the same
	for _, key := range keys {
		var err error
		switch value := m[key]; {
		case key == "@type":
			err = d.types(subject, value, graph)
		case key == "@graph":
			err = d.each(value, func(v any) error {
				if subject == nil {
					return nil
				}
				_, err := d.item(v, subject)
				return err
			})
		case key == "@included":
			err = d.each(value, func(v any) error { _, err := d.item(v, graph); return err })
		case key == "@reverse":
			err = d.reverse(subject, value, graph)
		case key[:min(len(key), 1)] == "@":
		case iri.IsAbsolute(key) && iri.CheckChars(key) == nil:
			err = d.each(value, func(v any) error {
				o, err := d.object(v, graph)
				if err == nil {
					d.emit(subject, rdf.IRI(key), o, graph)
				}
				return err
			})
		}
		if err != nil {
			return nil, err
		}
	}
	return subject, nil
}

// each calls f for the values of a property, sets in place of their members.
func (d *Decoder) each(v any, f func(any) error) error {
	for _, v := range list(v) {
		if m, ok := v.(map[string]any); ok {
			if set, ok := m["@set"]; ok {
				if err := d.each(set, f); err != nil {
					return err
				}
				continue
			}
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}

func (d *Decoder) types(subject rdf.Term, v any, graph rdf.Term) error {
	for _, t := range list(v) {
		s, ok := t.(string)
		if !ok {
			return fmt.Errorf("invalid type value: %v", t)
		}
		d.emit(subject, rdf.RDFType, d.reference(s), graph)
	}
	return nil
}

func (d *Decoder) reverse(subject rdf.Term, v any, graph rdf.Term) error {
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("invalid @reverse value: %v", v)
	}
	for key, value := range m {
		err := d.each(value, func(v any) error {
			s, err := d.item(v, graph)
			if err != nil {
				return err
			}
			if _, ok := s.(rdf.Literal); ok {
				return fmt.Errorf("invalid reverse property value: a literal is no subject")
			}
			if iri.IsAbsolute(key) && iri.CheckChars(key) == nil {
				d.emit(s, rdf.IRI(key), subject, graph)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// list queues the cells of a list and returns the first.
func (d *Decoder) list(members []any, graph rdf.Term) (rdf.Term, error) {
	var first rdf.Term = rdf.RDFNil
	var last rdf.Term
	for _, m := range members {
		o, err := d.item(m, graph)
		if err != nil {
			return nil, err
		}
		if o == nil {
			continue
		}
		cell := d.labels.Fresh()
		if last == nil {
			first = cell
		} else {
			d.emit(last, rdf.RDFRest, cell, graph)
		}
		d.emit(cell, rdf.RDFFirst, o, graph)
		last = cell
	}
	if last != nil {
		d.emit(last, rdf.RDFRest, rdf.RDFNil, graph)
	}
	return first, nil
}

// emit queues a quad unless a part of it was dropped.
func (d *Decoder) emit(s rdf.Term, p rdf.IRI, o, graph rdf.Term) {
	if s != nil && o != nil {
		d.queue = append(d.queue, rdf.Quad{Subject: s, Predicate: p, Object: o, Graph: graph})
	}
}

// reference returns the IRI or the blank node that s names, nil if it is no IRI
// or a relative one that stays so: what is not well-formed is dropped (JSON-LD
// 1.1 API §8.1).
func (d *Decoder) reference(s string) rdf.Term {
	if label, ok := strings.CutPrefix(s, "_:"); ok {
		return d.blank(label)
	}
	base := d.base
	if d.expanded { // what is relative still has to stay so
		base = iri.Base{}
	}
	abs, err := base.Resolve(s)
	if err != nil {
		return nil
	}
	return rdf.IRI(abs)
}

// blank returns the node of a label, which JSON-LD lets be any text.
func (d *Decoder) blank(label string) rdf.BlankNode {
	q := rdf.Quad{Subject: rdf.BlankNode(label), Predicate: rdf.RDFType, Object: rdf.RDFNil}
	if turtle.Check(q) == nil {
		return d.labels.Named(label)
	}
	b, ok := d.odd[label]
	if !ok {
		b = d.labels.Fresh()
		d.odd[label] = b
	}
	return b
}

// literal returns the literal of a value object.
func (d *Decoder) literal(m map[string]any) (rdf.Term, error) {
	datatype, _ := m["@type"].(string)
	if types, ok := m["@type"].([]any); ok && len(types) == 1 { // as some write it
		datatype, _ = types[0].(string)
	}
	lang, _ := m["@language"].(string)
	dir, _ := m["@direction"].(string)
	if datatype == "@json" {
		text, err := appendCanonical(nil, m["@value"])
		return rdf.NewTyped(string(text), rdf.NSRDF+"JSON"), err
	}
	if err := iri.CheckChars(datatype); err != nil {
		return nil, fmt.Errorf("invalid typed value: %w", err)
	}
	if datatype != "" && !iri.IsAbsolute(datatype) {
		return nil, nil
	}
	dt := rdf.IRI(datatype)
	switch v := m["@value"].(type) {
	case string:
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("a string is not UTF-8")
		}
		switch {
		case lang != "":
			l := rdf.NewDirLang(v, lang, rdf.Direction(dir))
			if turtle.Check(rdf.Quad{Subject: rdf.RDFNil, Predicate: rdf.RDFType, Object: l}) != nil {
				return nil, nil // not well-formed, as JSON-LD says of such tags
			}
			return l, nil
		case dt == rdf.RDFLangString || dt == rdf.RDFDirLangString:
			return nil, fmt.Errorf("a literal of type %s has no language tag", dt)
		case dt != "":
			return rdf.NewTyped(v, dt), nil
		default:
			return rdf.NewString(v), nil
		}
	case bool:
		return rdf.NewTyped(strconv.FormatBool(v), or(dt, rdf.XSDBoolean)), nil
	case json.Number:
		return number(v, dt)
	case float64:
		return number(json.Number(strconv.FormatFloat(v, 'g', -1, 64)), dt)
	case nil:
		return nil, nil
	default:
		return nil, fmt.Errorf("invalid value object value: %v", v)
	}
}

func or(dt, def rdf.IRI) rdf.IRI {
	if dt == "" {
		return def
	}
	return dt
}

// number is the rule for numbers of JSON-LD 1.1 API §8.6: integers below 10^21
// are written as such, all else as canonical xsd:double.
func number(n json.Number, dt rdf.IRI) (rdf.Term, error) {
	f, err := n.Float64()
	if err != nil {
		return nil, fmt.Errorf("number %s is out of range", n)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e21 && dt != rdf.XSDDouble {
		text := n.String()
		if strings.Trim(text, "0123456789") != "" && strings.Trim(text[1:], "0123456789") != "" || text == "-0" {
			text = strconv.FormatFloat(math.Abs(f)*sign(f), 'f', 0, 64)
		}
		return rdf.NewTyped(text, or(dt, rdf.XSDInteger)), nil
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', 15, 64), "E")
	mantissa = strings.TrimRight(mantissa, "0")
	if strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	e, _ := strconv.Atoi(exponent)
	return rdf.NewTyped(mantissa+"E"+strconv.Itoa(e), or(dt, rdf.XSDDouble)), nil
}

// sign is 1 for negative zero, so that it is written 0.
func sign(f float64) float64 {
	if f < 0 {
		return -1
	}
	return 1
}
