package rdfxml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
)

const (
	nsXML = "http://www.w3.org/XML/1998/namespace"
	nsITS = "http://www.w3.org/2005/11/its"
)

const rdfXMLLiteral rdf.IRI = rdf.NSRDF + "XMLLiteral"

// Options change how a document is read.
type Options struct {
	// Base is the IRI that relative IRIs are resolved against until the document
	// sets its own. Without one they are errors.
	Base string

	// MaxDepth is how deep elements may nest; 0 means 1,000 levels of nodes.
	MaxDepth int
}

// Decoder reads triples, as quads of the default graph. It is used by one
// goroutine.
type Decoder struct {
	in       *input
	xml      *xml.Decoder
	limit    int
	labels   rdf.Labels
	odd      map[string]rdf.BlankNode // labels that N-Triples cannot write
	ids      map[rdf.IRI]bool
	names    map[string]string // prefixes, for Prefixes
	scope    scope
	stack    []*frame
	queue    []rdf.Quad
	head     int
	captures []*capture
	at       position // of the current token
	done     bool     // the root element has ended
	err      error
}

// scope is what the prefixes in scope stand for, with what they stood for before
// each declaration, so that a look-up costs the same however many there are.
type scope struct {
	ns   map[string]string
	undo []binding
}

type binding struct{ prefix, before string }

func (s *scope) bind(prefix, ns string) {
	if s.ns == nil {
		s.ns = make(map[string]string)
	}
	s.undo = append(s.undo, binding{prefix, s.ns[prefix]})
	s.ns[prefix] = ns
}

// unbind takes back all but the first n declarations.
func (s *scope) unbind(n int) {
	for len(s.undo) > n {
		last := s.undo[len(s.undo)-1]
		s.ns[last.prefix] = last.before
		s.undo = s.undo[:len(s.undo)-1]
	}
}

// kind is what a frame expects of its content.
type kind uint8

const (
	kindDocument   kind = iota // the root element
	kindRDF                    // node elements
	kindNode                   // property elements of a subject
	kindProperty               // text or one node element
	kindResource               // property elements of the object (parseType="Resource")
	kindCollection             // node elements
	kindTriple                 // one node element with one triple (parseType="Triple")
	kindLiteral                // any XML (parseType="Literal")
	kindEmpty                  // nothing, as attributes have said all
	kindIgnored                // anything, which means nothing
)

// frame is an open element.
type frame struct {
	kind     kind
	name     xml.Name // prefix and local name, to match the end tag
	bindings int      // declarations outside the element

	base    iri.Base
	lang    string
	dir     rdf.Direction
	version bool // rdf:version is 1.2 or later

	subject   rdf.Term // of a node, or of the property
	li        int
	predicate rdf.IRI
	id        rdf.Term // rdf:ID of a property, reified the old way
	note      rdf.Term // rdf:annotation of a property
	datatype  rdf.IRI
	text      []byte
	object    rdf.Term // once known
	last      rdf.Term // cell of a collection
	literal   *xmlLiteral
}

// capture collects the triples of a parseType="Triple".
type capture struct {
	first rdf.Triple
	count int
}

// NewDecoder returns a decoder of the document that r holds.
func NewDecoder(r io.Reader, o Options) *Decoder {
	d := &Decoder{in: newInput(r), limit: o.MaxDepth, ids: make(map[rdf.IRI]bool), names: make(map[string]string)}
	if d.limit <= 0 {
		d.limit = 1000
	}
	d.limit *= 2 // a node and a property are two elements
	root := &frame{kind: kindDocument}
	if o.Base != "" {
		base, err := iri.Parse(o.Base)
		if err != nil {
			d.err = err
		}
		root.base = base
	}
	d.stack = []*frame{root}
	d.xml = xml.NewDecoder(d.in)
	d.xml.CharsetReader = charset
	d.xml.Entity = make(map[string]string)
	return d
}

// Decode returns the next triple, or io.EOF after the last one. Faults of the
// document are *rdf.SyntaxError. Once it has failed it goes on failing.
func (d *Decoder) Decode() (rdf.Quad, error) {
	for d.head == len(d.queue) {
		d.queue, d.head = d.queue[:0], 0
		if d.err == nil {
			d.err = d.step()
		}
		if d.err != nil {
			return rdf.Quad{}, d.err
		}
	}
	q := d.queue[d.head]
	d.head++
	return q, nil
}

// All returns the triples in order. An error is the last thing that it yields.
func (d *Decoder) All() iter.Seq2[rdf.Quad, error] {
	return func(yield func(rdf.Quad, error) bool) {
		for {
			q, err := d.Decode()
			if err == io.EOF {
				return
			}
			if !yield(q, err) || err != nil {
				return
			}
		}
	}
}

// Prefixes returns the namespace prefixes declared up to now.
func (d *Decoder) Prefixes() map[string]string { return maps.Clone(d.names) }

func (d *Decoder) fail(format string, args ...any) error {
	return d.in.errorAt(d.at, fmt.Sprintf(format, args...))
}

// step reads one XML token.
func (d *Decoder) step() error {
	d.at = d.in.here()
	if d.xml.InputOffset() == d.at.offset-1 {
		d.at.offset-- // the tokenizer has looked at the < that ended a text
	}
	token, err := d.xml.RawToken()
	if err != nil {
		return d.tokenError(err)
	}
	switch t := token.(type) {
	case xml.StartElement:
		return d.start(t)
	case xml.EndElement:
		return d.end(t.Name)
	case xml.CharData:
		return d.chars(t)
	case xml.Comment:
		if f := d.top(); f.kind == kindLiteral {
			f.literal.comment(t)
		}
	case xml.ProcInst:
		if f := d.top(); f.kind == kindLiteral {
			f.literal.instruction(t)
		}
	case xml.Directive:
		if err := declareEntities(t, d.xml.Entity); err != nil {
			return d.fail("%v", err)
		}
		for _, text := range d.xml.Entity {
			d.in.entity = max(d.in.entity, len(text))
		}
	}
	return nil
}

func (d *Decoder) tokenError(err error) error {
	switch {
	case d.in.err != nil:
		return d.in.err
	case err == io.EOF && d.done:
		return io.EOF
	case err == io.EOF:
		d.at = d.in.here()
		if len(d.stack) == 1 {
			return d.fail("the document has no element")
		}
		return d.fail("unexpected end of input; expected </%s>", qualified(d.top().name))
	}
	d.at = d.in.here()
	if e, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return d.fail("%s", e.Msg)
	}
	return d.fail("%s", strings.TrimPrefix(err.Error(), "xml: "))
}

func (d *Decoder) top() *frame { return d.stack[len(d.stack)-1] }

// lookup returns the namespace of a prefix, "" if there is none.
func (d *Decoder) lookup(prefix string) string {
	if prefix == "xml" {
		return nsXML
	}
	return d.scope.ns[prefix]
}

// attribute is an attribute with its namespace resolved.
type attribute struct{ ns, local, value string }

// attributes are what RDF/XML sees of the attributes of an element.
type attributes struct {
	about, id, nodeID, resource, datatype, parseType *string
	annotation, annotationNodeID                     *string
	properties                                       []attribute
}

// start opens an element.
func (d *Decoder) start(e xml.StartElement) error {
	if d.done {
		return d.fail("element <%s> after the end of the document", qualified(e.Name))
	}
	if len(d.stack) > d.limit {
		return d.fail("elements nest deeper than %d levels", d.limit)
	}
	outer := d.top()
	f := &frame{
		name: e.Name, bindings: len(d.scope.undo),
		base: outer.base, lang: outer.lang, dir: outer.dir, version: outer.version,
	}
	if outer.kind == kindIgnored {
		f.kind = kindIgnored
		d.stack = append(d.stack, f)
		return nil
	}
	if err := d.declare(e); err != nil {
		return err
	}
	if outer.kind == kindLiteral {
		if err := d.checkPrefixes(e); err != nil {
			return err
		}
		outer.literal.start(e, d.lookup)
		f.kind, f.literal = kindLiteral, outer.literal
		d.stack = append(d.stack, f)
		return nil
	}
	attrs, err := d.resolveAttributes(e, f)
	if err != nil {
		return err
	}
	name, err := d.elementName(e.Name)
	if err != nil {
		return err
	}
	switch outer.kind {
	case kindDocument:
		if name == rdf.NSRDF+"RDF" {
			f.kind = kindRDF
			if attrs.any() {
				return d.fail("rdf:RDF takes no attributes but declarations and those of XML")
			}
			break
		}
		fallthrough
	case kindRDF:
		err = d.node(f, name, attrs)
	case kindProperty, kindTriple:
		if outer.object != nil {
			return d.fail("a property holds more than one element")
		}
		if strings.TrimSpace(string(outer.text)) != "" {
			return d.fail("a property holds text and an element")
		}
		if outer.datatype != "" {
			return d.fail("a property with rdf:datatype holds an element")
		}
		if err = d.node(f, name, attrs); err == nil {
			outer.object = f.subject
		}
	case kindCollection:
		if err = d.node(f, name, attrs); err == nil {
			d.collect(outer, f.subject)
		}
	case kindNode, kindResource:
		err = d.property(outer, f, name, attrs)
	case kindEmpty:
		err = d.fail("a property whose object is told by an attribute holds an element")
	}
	d.stack = append(d.stack, f)
	return err
}

// declare puts the namespace declarations of an element in scope.
func (d *Decoder) declare(e xml.StartElement) error {
	for _, a := range e.Attr {
		if !isDeclaration(a.Name) {
			continue
		}
		prefix := ""
		if a.Name.Space == "xmlns" {
			prefix = a.Name.Local
			if a.Value == "" || prefix == "xmlns" || (prefix == "xml") != (a.Value == nsXML) {
				return d.fail("namespace %q cannot be declared for prefix %q", a.Value, prefix)
			}
			d.names[prefix] = a.Value
		}
		d.scope.bind(prefix, a.Value)
	}
	return nil
}

func (d *Decoder) checkPrefixes(e xml.StartElement) error {
	check := func(n xml.Name) error {
		if n.Space != "" && !isDeclaration(n) && d.lookup(n.Space) == "" {
			return d.fail("prefix %q is not declared", n.Space)
		}
		return nil
	}
	if err := check(e.Name); err != nil {
		return err
	}
	for _, a := range e.Attr {
		if err := check(a.Name); err != nil {
			return err
		}
	}
	return nil
}

func (d *Decoder) elementName(n xml.Name) (rdf.IRI, error) {
	ns := d.lookup(n.Space)
	if ns == "" {
		if n.Space != "" {
			return "", d.fail("prefix %q is not declared", n.Space)
		}
		return "", d.fail("element <%s> has no namespace", n.Local)
	}
	return d.expanded(ns, n.Local)
}

func (d *Decoder) expanded(ns, local string) (rdf.IRI, error) {
	s := ns + local
	if err := iri.CheckChars(s); err != nil {
		return "", d.fail("%v", err)
	}
	if !iri.IsAbsolute(s) {
		return "", d.fail("namespace %q is no absolute IRI", ns)
	}
	return rdf.IRI(s), nil
}

// resolveAttributes sorts the attributes of an element by what they mean and
// applies those of XML to its frame.
func (d *Decoder) resolveAttributes(e xml.StartElement, f *frame) (*attributes, error) {
	var a attributes
	var rest []attribute
	seen := make(map[[2]string]bool, len(e.Attr))
	for _, at := range e.Attr {
		if seen[[2]string{at.Name.Space, at.Name.Local}] {
			return nil, d.fail("attribute %s stands twice", qualified(at.Name))
		}
		seen[[2]string{at.Name.Space, at.Name.Local}] = true
		if isDeclaration(at.Name) {
			continue
		}
		ns := ""
		if at.Name.Space != "" {
			if ns = d.lookup(at.Name.Space); ns == "" {
				return nil, d.fail("prefix %q is not declared", at.Name.Space)
			}
		}
		switch {
		case ns == nsXML:
			if err := d.xmlAttribute(f, at.Name.Local, at.Value); err != nil {
				return nil, err
			}
		case ns == nsITS:
			if err := d.itsAttribute(f, at.Name.Local, at.Value); err != nil {
				return nil, err
			}
		case ns == rdf.NSRDF && at.Name.Local == "version":
			f.version = at.Value != "1.0" && at.Value != "1.1"
		case ns == "" && strings.HasPrefix(strings.ToLower(at.Name.Local), "xml"):
		default:
			rest = append(rest, attribute{ns, at.Name.Local, at.Value})
		}
	}
	expandedNames := make(map[[2]string]bool, len(rest))
	for i := range rest {
		at := &rest[i]
		if at.ns == "" {
			switch at.local {
			case "ID", "about", "resource", "parseType", "type": // as before namespaces were required
				at.ns = rdf.NSRDF
			default:
				return nil, d.fail("attribute %s has no namespace", at.local)
			}
		}
		if expandedNames[[2]string{at.ns, at.local}] {
			return nil, d.fail("attribute %s stands twice", at.local)
		}
		expandedNames[[2]string{at.ns, at.local}] = true
		if at.ns != rdf.NSRDF {
			a.properties = append(a.properties, *at)
			continue
		}
		switch at.local {
		case "about":
			a.about = &at.value
		case "ID":
			a.id = &at.value
		case "nodeID":
			a.nodeID = &at.value
		case "resource":
			a.resource = &at.value
		case "datatype":
			a.datatype = &at.value
		case "parseType":
			a.parseType = &at.value
		case "annotation":
			a.annotation = &at.value
		case "annotationNodeID":
			a.annotationNodeID = &at.value
		case "RDF", "Description", "li", "aboutEach", "aboutEachPrefix", "bagID":
			return nil, d.fail("rdf:%s is not allowed as an attribute", at.local)
		default:
			a.properties = append(a.properties, *at)
		}
	}
	return &a, nil
}

func (a *attributes) any() bool {
	return a.about != nil || a.id != nil || a.nodeID != nil || a.resource != nil || a.datatype != nil ||
		a.parseType != nil || a.annotation != nil || a.annotationNodeID != nil || len(a.properties) > 0
}

func (d *Decoder) xmlAttribute(f *frame, local, value string) error {
	switch local {
	case "lang":
		if value != "" && !isLanguageTag(value) {
			return d.fail("%q is no language tag", value)
		}
		f.lang = value
	case "base":
		s, err := f.base.Resolve(value)
		if err != nil {
			return d.fail("%v", err)
		}
		base, err := iri.Parse(s)
		if err != nil {
			return d.fail("%v", err)
		}
		f.base = base
	}
	return nil
}

func (d *Decoder) itsAttribute(f *frame, local, value string) error {
	if local != "dir" {
		return nil
	}
	switch value {
	case "ltr", "rtl":
		f.dir = rdf.Direction(value)
	case "":
		f.dir = rdf.NoDirection
	default:
		return d.fail("its:dir is %q; expected ltr or rtl", value)
	}
	return nil
}

// isLanguageTag checks the shape of a tag: parts of 1 to 8 letters or digits.
func isLanguageTag(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if part == "" || len(part) > 8 {
			return false
		}
		for _, c := range []byte(part) {
			if !('a' <= c|0x20 && c|0x20 <= 'z' || i > 0 && '0' <= c && c <= '9') {
				return false
			}
		}
	}
	return true
}

// notNodes and notProperties are the names that elements must not have.
var notNodes = map[rdf.IRI]bool{
	rdf.NSRDF + "RDF": true, rdf.NSRDF + "ID": true, rdf.NSRDF + "about": true, rdf.NSRDF + "parseType": true,
	rdf.NSRDF + "resource": true, rdf.NSRDF + "nodeID": true, rdf.NSRDF + "datatype": true, rdf.NSRDF + "li": true,
	rdf.NSRDF + "aboutEach": true, rdf.NSRDF + "aboutEachPrefix": true, rdf.NSRDF + "bagID": true,
	rdf.NSRDF + "annotation": true, rdf.NSRDF + "annotationNodeID": true, rdf.NSRDF + "version": true,
}

func isNotProperty(name rdf.IRI) bool {
	return name == rdf.NSRDF+"Description" || name != rdf.NSRDF+"li" && notNodes[name]
}

// node opens a node element.
func (d *Decoder) node(f *frame, name rdf.IRI, a *attributes) error {
	f.kind = kindNode
	switch {
	case notNodes[name]:
		return d.fail("%s is not allowed as a node element", short(name))
	case a.resource != nil:
		return d.fail("rdf:resource is not allowed on a node element; did you mean rdf:about?")
	case a.datatype != nil, a.parseType != nil, a.annotation != nil, a.annotationNodeID != nil:
		return d.fail("rdf:datatype, rdf:parseType and rdf:annotation are not allowed on a node element")
	}
	var err error
	switch {
	case a.about != nil && a.id == nil && a.nodeID == nil:
		f.subject, err = d.resolve(f, *a.about)
	case a.id != nil && a.about == nil && a.nodeID == nil:
		f.subject, err = d.identifier(f, *a.id)
	case a.nodeID != nil && a.about == nil && a.id == nil:
		f.subject, err = d.named(*a.nodeID)
	case a.about == nil && a.id == nil && a.nodeID == nil:
		f.subject = d.labels.Fresh()
	default:
		err = d.fail("only one of rdf:about, rdf:ID and rdf:nodeID is allowed")
	}
	if err != nil {
		return err
	}
	if name != rdf.NSRDF+"Description" {
		d.emit(rdf.Triple{Subject: f.subject, Predicate: rdf.RDFType, Object: name})
	}
	return d.propertyAttributes(f, f.subject, a.properties)
}

func (d *Decoder) propertyAttributes(f *frame, s rdf.Term, attrs []attribute) error {
	for _, at := range attrs {
		p, err := d.expanded(at.ns, at.local)
		if err != nil {
			return err
		}
		var o rdf.Term = d.string(f, at.value)
		if p == rdf.RDFType {
			if o, err = d.resolve(f, at.value); err != nil {
				return err
			}
		}
		d.emit(rdf.Triple{Subject: s, Predicate: p, Object: o})
	}
	return nil
}

func (d *Decoder) string(f *frame, s string) rdf.Literal {
	if f.version {
		return rdf.NewDirLang(s, f.lang, f.dir)
	}
	return rdf.NewLang(s, f.lang)
}

// property opens a property element of the node of outer.
func (d *Decoder) property(outer, f *frame, name rdf.IRI, a *attributes) error {
	if isNotProperty(name) {
		return d.fail("%s is not allowed as a property element", short(name))
	}
	if a.about != nil {
		return d.fail("rdf:about is not allowed on a property element; did you mean rdf:resource?")
	}
	if name == rdf.NSRDF+"li" {
		outer.li++
		name = rdf.IRI(rdf.NSRDF + "_" + strconv.Itoa(outer.li))
	}
	f.subject, f.predicate = outer.subject, name
	var err error
	if a.id != nil {
		if f.id, err = d.identifier(f, *a.id); err != nil {
			return err
		}
	}
	switch {
	case a.annotation != nil && a.annotationNodeID != nil:
		return d.fail("only one of rdf:annotation and rdf:annotationNodeID is allowed")
	case a.annotation != nil:
		f.note, err = d.resolve(f, *a.annotation)
	case a.annotationNodeID != nil:
		f.note, err = d.named(*a.annotationNodeID)
	}
	if err != nil {
		return err
	}
	if a.parseType != nil {
		return d.parseType(f, a)
	}
	switch {
	case a.resource != nil && a.nodeID != nil:
		return d.fail("only one of rdf:resource and rdf:nodeID is allowed")
	case a.datatype != nil && (a.resource != nil || a.nodeID != nil || len(a.properties) > 0):
		return d.fail("rdf:datatype is allowed only with text")
	case a.datatype != nil:
		dt, err := d.resolve(f, *a.datatype)
		f.kind = kindProperty
		f.datatype, _ = dt.(rdf.IRI)
		return err
	case a.resource != nil:
		f.object, err = d.resolve(f, *a.resource)
	case a.nodeID != nil:
		f.object, err = d.named(*a.nodeID)
	case len(a.properties) > 0:
		f.object = d.labels.Fresh()
	default:
		f.kind = kindProperty
		return nil
	}
	if err != nil {
		return err
	}
	f.kind = kindEmpty
	return d.propertyAttributes(f, f.object, a.properties)
}

func (d *Decoder) parseType(f *frame, a *attributes) error {
	if a.resource != nil || a.nodeID != nil || a.datatype != nil || len(a.properties) > 0 {
		return d.fail("rdf:parseType is allowed only with rdf:ID and rdf:annotation")
	}
	switch t := *a.parseType; {
	case t == "Resource":
		f.kind = kindResource
		f.object = d.labels.Fresh()
		d.finish(f)
		f.subject = f.object
	case t == "Collection":
		f.kind = kindCollection
	case t == "Triple" && f.version:
		f.kind = kindTriple
		d.captures = append(d.captures, &capture{})
	case t == "Triple":
		f.kind = kindIgnored
	default:
		f.kind = kindLiteral
		f.literal = &xmlLiteral{}
	}
	return nil
}

// collect adds a member to the list of a collection.
func (d *Decoder) collect(f *frame, member rdf.Term) {
	cell := d.labels.Fresh()
	if f.object == nil {
		f.object = cell
		d.finish(f)
	} else {
		d.emit(rdf.Triple{Subject: f.last, Predicate: rdf.RDFRest, Object: cell})
	}
	d.emit(rdf.Triple{Subject: cell, Predicate: rdf.RDFFirst, Object: member})
	f.last = cell
}

func (d *Decoder) chars(text xml.CharData) error {
	switch f := d.top(); f.kind {
	case kindLiteral:
		f.literal.text(text)
	case kindIgnored:
	case kindProperty:
		f.text = append(f.text, text...)
		if f.object != nil && strings.TrimSpace(string(text)) != "" {
			return d.fail("a property holds an element and text")
		}
	default:
		if s := strings.TrimSpace(string(text)); s != "" {
			if len(s) > 20 {
				s = strings.ToValidUTF8(s[:20], "") + "…"
			}
			return d.fail("text %q is not allowed here", s)
		}
	}
	return nil
}

// end closes an element.
func (d *Decoder) end(name xml.Name) error {
	f := d.top()
	if len(d.stack) == 1 {
		return d.fail("</%s> closes nothing", qualified(name))
	}
	if f.name != name {
		return d.fail("</%s> closes <%s>", qualified(name), qualified(f.name))
	}
	d.stack = d.stack[:len(d.stack)-1]
	d.scope.unbind(f.bindings)
	d.done = len(d.stack) == 1
	switch f.kind {
	case kindProperty:
		if f.object == nil {
			if f.datatype != "" {
				if f.datatype == rdf.RDFLangString || f.datatype == rdf.RDFDirLangString {
					return d.fail("a literal of type %s needs xml:lang instead", short(f.datatype))
				}
				f.object = rdf.NewTyped(string(f.text), f.datatype)
			} else {
				f.object = d.string(f, string(f.text))
			}
		}
		d.finish(f)
	case kindEmpty:
		d.finish(f)
	case kindCollection:
		if f.object == nil {
			f.object = rdf.RDFNil
			d.finish(f)
		} else {
			d.emit(rdf.Triple{Subject: f.last, Predicate: rdf.RDFRest, Object: rdf.RDFNil})
		}
	case kindLiteral:
		if len(f.literal.open) > 0 {
			f.literal.end()
			return nil
		}
		f.object = rdf.NewTyped(f.literal.b.String(), rdfXMLLiteral)
		d.finish(f)
	case kindTriple:
		c := d.captures[len(d.captures)-1]
		d.captures = d.captures[:len(d.captures)-1]
		if c.count != 1 {
			return d.fail(`rdf:parseType="Triple" needs exactly one triple, and here are %d`, c.count)
		}
		f.object = c.first
		d.finish(f)
	}
	return nil
}

// finish emits the triple of a property with what is said of it.
func (d *Decoder) finish(f *frame) {
	t := rdf.Triple{Subject: f.subject, Predicate: f.predicate, Object: f.object}
	d.emit(t)
	if f.note != nil {
		d.emit(rdf.Triple{Subject: f.note, Predicate: rdf.RDFReifies, Object: t})
	}
	if f.id != nil {
		d.emit(rdf.Triple{Subject: f.id, Predicate: rdf.RDFType, Object: rdf.RDFStatement})
		d.emit(rdf.Triple{Subject: f.id, Predicate: rdf.RDFSubject, Object: t.Subject})
		d.emit(rdf.Triple{Subject: f.id, Predicate: rdf.RDFPredicate, Object: t.Predicate})
		d.emit(rdf.Triple{Subject: f.id, Predicate: rdf.RDFObject, Object: t.Object})
	}
}

func (d *Decoder) emit(t rdf.Triple) {
	if n := len(d.captures); n > 0 {
		c := d.captures[n-1]
		if c.count++; c.count == 1 {
			c.first = t
		}
		return
	}
	d.queue = append(d.queue, t.In(nil))
}

func (d *Decoder) resolve(f *frame, ref string) (rdf.Term, error) {
	s, err := f.base.Resolve(ref)
	if err != nil {
		return nil, d.fail("%v", err)
	}
	return rdf.IRI(s), nil
}

// identifier returns the IRI of an rdf:ID, which must not stand twice.
func (d *Decoder) identifier(f *frame, id string) (rdf.Term, error) {
	if !isNCName(id) {
		return nil, d.fail("rdf:ID %q is no XML name", id)
	}
	t, err := d.resolve(f, "#"+id)
	if err != nil {
		return nil, err
	}
	i, _ := t.(rdf.IRI)
	if d.ids[i] {
		return nil, d.fail("rdf:ID %q stands twice", id)
	}
	d.ids[i] = true
	return t, nil
}

// named returns the blank node of an rdf:nodeID.
func (d *Decoder) named(id string) (rdf.Term, error) {
	if !isNCName(id) {
		return nil, d.fail("rdf:nodeID %q is no XML name", id)
	}
	if !strings.HasSuffix(id, ".") {
		return d.labels.Named(id), nil
	}
	b, ok := d.odd[id] // N-Triples has no label that ends in a dot
	if !ok {
		b = d.labels.Fresh()
		if d.odd == nil {
			d.odd = make(map[string]rdf.BlankNode)
		}
		d.odd[id] = b
	}
	return b, nil
}

func short(name rdf.IRI) string {
	if local, ok := strings.CutPrefix(string(name), rdf.NSRDF); ok {
		return "rdf:" + local
	}
	return name.String()
}
