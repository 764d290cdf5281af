package results

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// xmlReader pulls elements from the document. Document type declarations are
// not looked at, so there are no entities to expand.
type xmlReader struct {
	d        *xml.Decoder
	o        ReaderOptions
	vars     []algebra.Var
	columns  columns
	boolean  *bool
	finished bool
}

func newXMLReader(r io.Reader, o ReaderOptions) (*xmlReader, error) {
	x := &xmlReader{d: xml.NewDecoder(r), o: o}
	root, err := x.start()
	if err != nil {
		return nil, err
	}
	if root == nil || root.Name.Local != "sparql" || root.Name.Space != nsResults {
		return nil, x.fault("expected the element sparql of %s", nsResults)
	}
	for {
		e, err := x.start()
		if err != nil {
			return nil, err
		}
		if e == nil {
			return nil, x.fault("neither results nor a boolean")
		}
		switch e.Name.Local {
		case "head":
			if err := x.head(); err != nil {
				return nil, err
			}
		case "boolean":
			text, err := x.text()
			if err != nil {
				return nil, err
			}
			value := strings.TrimSpace(text)
			if value != "true" && value != "false" {
				return nil, x.fault("a boolean is true or false, not %q", value)
			}
			x.boolean = new(bool)
			*x.boolean = value == "true"
			return x, x.end()
		case "results":
			x.columns = newColumns(x.vars)
			return x, nil
		default:
			if err := x.skip(); err != nil {
				return nil, err
			}
		}
	}
}

func (x *xmlReader) Vars() []algebra.Var { return x.vars }

func (x *xmlReader) Boolean() (value, ok bool) {
	if x.boolean == nil {
		return false, false
	}
	return *x.boolean, true
}

func (x *xmlReader) fault(format string, args ...any) error {
	line, column := x.d.InputPos()
	return faulty(XML, line, column, x.d.InputOffset(), format, args...)
}

func (x *xmlReader) wrap(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return x.fault("the document ends before the result does")
	case errors.As(err, &syntax):
		return x.fault("%s", syntax.Msg)
	}
	return err
}

// start returns the next element that starts inside the current one, nil when
// the current one ends. Text between elements must be white space.
func (x *xmlReader) start() (*xml.StartElement, error) {
	for {
		t, err := x.d.Token()
		if err != nil {
			return nil, x.wrap(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return &t, nil
		case xml.EndElement:
			return nil, nil
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return nil, x.fault("text where an element was expected")
			}
		}
	}
}

// text returns the text of the current element and leaves it.
func (x *xmlReader) text() (string, error) {
	var first string
	var b *strings.Builder
	for {
		t, err := x.d.Token()
		if err != nil {
			return "", x.wrap(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			switch {
			case b != nil:
				b.Write(t)
			case first == "":
				first = string(t)
			default:
				b = &strings.Builder{}
				b.WriteString(first)
				b.Write(t)
			}
			if len(first) > x.o.MaxToken || b != nil && b.Len() > x.o.MaxToken {
				return "", x.fault("a term is too long")
			}
		case xml.StartElement:
			return "", x.fault("element %s within text", t.Name.Local)
		case xml.EndElement:
			if b != nil {
				return b.String(), nil
			}
			return first, nil
		}
	}
}

func (x *xmlReader) skip() error {
	if err := x.d.Skip(); err != nil {
		return x.wrap(err)
	}
	return nil
}

func (x *xmlReader) head() error {
	for {
		e, err := x.start()
		if err != nil || e == nil {
			return err
		}
		if e.Name.Local == "variable" {
			x.vars = append(x.vars, algebra.Var(attribute(e, "", "name")))
		}
		if err := x.skip(); err != nil {
			return err
		}
	}
}

func attribute(e *xml.StartElement, space, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local && a.Name.Space == space {
			return a.Value
		}
	}
	return ""
}

// end reads what follows the results: the end of the root and of the document.
func (x *xmlReader) end() error {
	for {
		e, err := x.start()
		if err != nil {
			return err
		}
		if e == nil {
			break
		}
		if err := x.skip(); err != nil {
			return err
		}
	}
	for {
		t, err := x.d.Token()
		switch {
		case err == io.EOF:
			x.finished = true
			return nil
		case err != nil:
			return x.wrap(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return x.fault("an element after the end of the result")
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return x.fault("text after the end of the result")
			}
		}
	}
}

func (x *xmlReader) Next() ([]rdf.Term, error) {
	if x.finished {
		return nil, io.EOF
	}
	e, err := x.start()
	if err != nil {
		return nil, err
	}
	if e == nil {
		if err := x.end(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	if e.Name.Local != "result" {
		return nil, x.fault("expected the element result, not %s", e.Name.Local)
	}
	row := make([]rdf.Term, len(x.vars))
	for {
		e, err := x.start()
		if err != nil {
			return nil, err
		}
		if e == nil {
			return row, nil
		}
		name := attribute(e, "", "name")
		i, ok := x.columns[name]
		if e.Name.Local != "binding" || !ok {
			return nil, x.fault("expected a binding of a variable of the head, not %s %q", e.Name.Local, name)
		}
		t, err := x.only(0)
		if err != nil {
			return nil, err
		}
		row[i] = t
	}
}

// only reads the one term within the current element and leaves it. An empty
// element is an unbound value, as SPARQL 1.0 servers wrote it.
func (x *xmlReader) only(depth int) (rdf.Term, error) {
	e, err := x.start()
	if err != nil || e == nil {
		return nil, err
	}
	t, err := x.term(e, depth)
	if err != nil || t == nil {
		if err == nil && e.Name.Local == "unbound" {
			_, err = x.start()
		}
		return nil, err
	}
	rest, err := x.start()
	if err == nil && rest != nil {
		err = x.fault("more than one term where one was expected")
	}
	return t, err
}

func (x *xmlReader) term(e *xml.StartElement, depth int) (rdf.Term, error) {
	if depth > x.o.MaxDepth {
		return nil, x.fault("triple terms nest too deep")
	}
	switch e.Name.Local {
	case "uri":
		s, err := x.text()
		return rdf.IRI(s), err
	case "bnode":
		s, err := x.text()
		return rdf.BlankNode(s), err
	case "literal":
		s, err := x.text()
		if err != nil {
			return nil, err
		}
		t, err := literal(s, attribute(e, "", "datatype"), attribute(e, nsXML, "lang"), attribute(e, nsITS, "dir"))
		if err != nil {
			return nil, x.fault("%s", err)
		}
		return t, nil
	case "unbound":
		return nil, x.skip()
	case "triple":
		return x.triple(depth)
	}
	return nil, x.fault("unknown element %s", e.Name.Local)
}

func (x *xmlReader) triple(depth int) (rdf.Term, error) {
	var s, p, o rdf.Term
	for {
		e, err := x.start()
		if err != nil {
			return nil, err
		}
		if e == nil {
			break
		}
		t, err := x.only(depth + 1)
		if err != nil {
			return nil, err
		}
		switch e.Name.Local {
		case "subject":
			s = t
		case "predicate":
			p = t
		case "object":
			o = t
		default:
			return nil, x.fault("unknown element %s in a triple term", e.Name.Local)
		}
	}
	t, err := tripleOf(s, p, o)
	if err != nil {
		return nil, x.fault("%s", err)
	}
	return t, nil
}
