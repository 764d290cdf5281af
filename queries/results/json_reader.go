package results

import (
	"io"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// jsonReader reads the JSON format. Rows stream when the head comes first, as
// servers send it; rows that come before the head have to be kept.
type jsonReader struct {
	s        *jsonScanner
	o        ReaderOptions
	vars     []algebra.Var
	columns  columns
	boolean  *bool
	early    []map[string]rdf.Term // rows seen before the head
	state    jsonState
	hasHead  bool
	hasRows  bool
	firstRow bool
}

type jsonState uint8

const (
	inDocument jsonState = iota // between members of the outermost object
	inRows                      // within the array of rows
	afterEnd
)

func newJSONReader(r io.Reader, o ReaderOptions) (*jsonReader, error) {
	j := &jsonReader{s: newJSONScanner(r, o.MaxToken), o: o}
	if err := j.s.expect('{'); err != nil {
		return nil, err
	}
	if err := j.document(true); err != nil {
		return nil, err
	}
	if j.boolean == nil && !j.hasRows {
		return nil, j.s.fault("neither results nor a boolean")
	}
	return j, nil
}

func (j *jsonReader) Vars() []algebra.Var { return j.vars }

func (j *jsonReader) Boolean() (value, ok bool) {
	if j.boolean == nil {
		return false, false
	}
	return *j.boolean, true
}

// document reads members of the outermost object until the rows start, with
// their variables known, or the document ends.
func (j *jsonReader) document(first bool) error {
	err := j.s.moreMembers(first, func(key []byte) (bool, error) {
		switch string(key) {
		case "head":
			return false, j.head()
		case "boolean":
			word, err := j.s.word()
			if err == nil && word != "true" && word != "false" {
				err = j.s.fault("boolean is true or false, not %s", word)
			}
			value := word == "true"
			j.boolean = &value
			return false, err
		case "results":
			if j.hasRows {
				return false, j.s.fault("results come twice")
			}
			err := j.s.members(j.results)
			return j.state == inRows, err
		}
		return false, j.s.skip(0)
	})
	if err != nil || j.state == inRows {
		return err
	}
	j.state = afterEnd
	if j.hasRows && !j.hasHead {
		return j.s.fault("results without a head")
	}
	if end, err := j.s.atEnd(); err != nil || !end {
		if err == nil {
			err = j.s.fault("text after the end of the result")
		}
		return err
	}
	return nil
}

func (j *jsonReader) head() error {
	if j.hasHead {
		return j.s.fault("the head comes twice")
	}
	j.hasHead = true
	err := j.s.members(func(key []byte) (bool, error) {
		if string(key) != "vars" {
			return false, j.s.skip(0)
		}
		return false, j.s.elements(func() error {
			name, err := j.s.text()
			j.vars = append(j.vars, algebra.Var(name))
			return err
		})
	})
	j.columns = newColumns(j.vars)
	return err
}

// results reads a member of "results"; it stops within the rows if they can be
// streamed.
func (j *jsonReader) results(key []byte) (stop bool, err error) {
	if string(key) != "bindings" {
		return false, j.s.skip(0)
	}
	if j.hasRows {
		return false, j.s.fault("bindings come twice")
	}
	j.hasRows = true
	if j.hasHead {
		j.state, j.firstRow = inRows, true
		return true, j.s.expect('[')
	}
	return false, j.s.elements(func() error {
		row := map[string]rdf.Term{}
		err := j.s.members(func(key []byte) (bool, error) {
			name := string(key)
			t, err := j.term(0)
			row[name] = t
			return false, err
		})
		j.early = append(j.early, row)
		return err
	})
}

func (j *jsonReader) Next() ([]rdf.Term, error) {
	if len(j.early) > 0 {
		row := make([]rdf.Term, len(j.vars))
		for name, t := range j.early[0] {
			i, ok := j.columns[name]
			if !ok {
				return nil, j.s.fault("variable %s is not in the head", name)
			}
			row[i] = t
		}
		j.early = j.early[1:]
		return row, nil
	}
	if j.state != inRows {
		return nil, io.EOF
	}
	more, err := j.s.more(']', j.firstRow)
	if err != nil {
		return nil, err
	}
	j.firstRow = false
	if !more {
		// The rest of "results" and of the document.
		j.state = inDocument
		if err := j.s.moreMembers(false, j.results); err != nil {
			return nil, err
		}
		if err := j.document(false); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	row := make([]rdf.Term, len(j.vars))
	err = j.s.members(func(key []byte) (bool, error) {
		i, ok := j.columns[string(key)]
		if !ok {
			return false, j.s.fault("variable %s is not in the head", printable(string(key)))
		}
		var err error
		row[i], err = j.term(0)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	return row, nil
}

// term reads a term, whose members may come in any order. "typed-literal" is
// what SPARQL 1.0 said; servers still do. A null is unbound.
func (j *jsonReader) term(depth int) (rdf.Term, error) {
	if depth > j.o.MaxDepth {
		return nil, j.s.fault("triple terms nest too deep")
	}
	if c, err := j.s.peek(); err != nil || c == 'n' {
		if err == nil {
			_, err = j.s.word()
		}
		return nil, err
	}
	var kind, value, datatype, lang, dir string
	var nested rdf.Term
	hasValue := false
	err := j.s.members(func(key []byte) (bool, error) {
		var to *string
		switch string(key) {
		case "type":
			to = &kind
		case "datatype":
			to = &datatype
		case "xml:lang":
			to = &lang
		case "its:dir":
			to = &dir
		case "value":
			c, err := j.s.peek()
			if err != nil {
				return false, err
			}
			hasValue = true
			if c == '{' {
				nested, err = j.triple(depth)
				return false, err
			}
			text, err := j.s.text()
			value = string(text)
			return false, err
		default:
			return false, j.s.skip(0)
		}
		text, err := j.s.text()
		*to = j.s.intern(text)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	switch {
	case !hasValue || (kind == "triple") != (nested != nil):
		return nil, j.s.fault("a term without a value of its kind")
	case kind == "triple":
		return nested, nil
	}
	switch kind {
	case "uri", "iri":
		return rdf.IRI(value), nil
	case "bnode":
		return rdf.BlankNode(value), nil
	case "literal", "typed-literal":
		t, err := literal(value, datatype, lang, dir)
		if err != nil {
			return nil, j.s.fault("%s", err)
		}
		return t, nil
	}
	return nil, j.s.fault("unknown type of term %q", printable(kind))
}

func (j *jsonReader) triple(depth int) (rdf.Term, error) {
	var s, p, o rdf.Term
	err := j.s.members(func(key []byte) (bool, error) {
		var to *rdf.Term
		switch string(key) {
		case "subject":
			to = &s
		case "predicate":
			to = &p
		case "object":
			to = &o
		default:
			return false, j.s.skip(0)
		}
		var err error
		*to, err = j.term(depth + 1)
		return false, err
	})
	if err != nil {
		return nil, err
	}
	t, err := tripleOf(s, p, o)
	if err != nil {
		return nil, j.s.fault("%s", err)
	}
	return t, nil
}
