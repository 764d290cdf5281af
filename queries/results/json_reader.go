package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// jsonReader walks the document token by token, so that rows stream when the
// head comes first, as every server sends it. Rows that come before the head
// have to be kept.
type jsonReader struct {
	d        *json.Decoder
	o        ReaderOptions
	vars     []algebra.Var
	columns  columns
	boolean  *bool
	early    []map[string]json.RawMessage // rows seen before the head
	inRows   bool
	hasHead  bool
	hasRows  bool
	finished bool
}

func newJSONReader(r io.Reader, o ReaderOptions) (*jsonReader, error) {
	j := &jsonReader{d: json.NewDecoder(r), o: o}
	if err := j.delim('{'); err != nil {
		return nil, err
	}
	if err := j.members(); err != nil {
		return nil, err
	}
	if j.boolean == nil && !j.hasRows {
		return nil, j.fault("neither results nor a boolean")
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

func (j *jsonReader) fault(message string) error {
	return faulty(JSON, 0, 0, j.d.InputOffset(), "%s", message)
}

// wrap makes an error of the decoder one of ours; a document that ends early
// is malformed, errors of the underlying reader stay what they are.
func (j *jsonReader) wrap(err error) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return j.fault("the document ends before the result does")
	case errors.As(err, &syntax), errors.As(err, &typ):
		return j.fault(err.Error())
	}
	return err
}

func (j *jsonReader) token() (json.Token, error) {
	t, err := j.d.Token()
	if err != nil {
		return nil, j.wrap(err)
	}
	return t, nil
}

func (j *jsonReader) delim(want json.Delim) error {
	t, err := j.token()
	if err != nil {
		return err
	}
	if t != want {
		return j.fault("expected " + want.String())
	}
	return nil
}

func (j *jsonReader) decode(v any) error {
	if err := j.d.Decode(v); err != nil {
		return j.wrap(err)
	}
	return nil
}

// members reads members of the outermost object until the rows start, with
// their variables known, or the document ends.
func (j *jsonReader) members() error {
	for j.d.More() {
		key, err := j.token()
		if err != nil {
			return err
		}
		switch key {
		case "head":
			var head struct {
				Vars []algebra.Var `json:"vars"`
			}
			if err := j.decode(&head); err != nil {
				return err
			}
			j.vars, j.columns, j.hasHead = head.Vars, newColumns(head.Vars), true
		case "boolean":
			j.boolean = new(bool)
			if err := j.decode(j.boolean); err != nil {
				return err
			}
		case "results":
			if err := j.results(); err != nil || j.inRows {
				return err
			}
		default:
			var skip json.RawMessage
			if err := j.decode(&skip); err != nil {
				return err
			}
		}
	}
	if err := j.delim('}'); err != nil {
		return err
	}
	j.finished = true
	if j.hasRows && !j.hasHead {
		return j.fault("results without a head")
	}
	return nil
}

// results reads into the member "results" up to its rows.
func (j *jsonReader) results() error {
	if err := j.delim('{'); err != nil {
		return err
	}
	for j.d.More() {
		key, err := j.token()
		if err != nil {
			return err
		}
		if key != "bindings" {
			var skip json.RawMessage
			if err := j.decode(&skip); err != nil {
				return err
			}
			continue
		}
		j.hasRows = true
		if !j.hasHead {
			if err := j.decode(&j.early); err != nil {
				return err
			}
			continue
		}
		j.inRows = true
		return j.delim('[')
	}
	return j.delim('}')
}

func (j *jsonReader) Next() ([]rdf.Term, error) {
	if len(j.early) > 0 {
		row := j.early[0]
		j.early = j.early[1:]
		return j.row(row)
	}
	if !j.inRows {
		if !j.finished {
			return nil, j.fault("the document ends before the result does")
		}
		return nil, io.EOF
	}
	if j.d.More() {
		var row map[string]json.RawMessage
		if err := j.decode(&row); err != nil {
			return nil, err
		}
		return j.row(row)
	}
	// The rest of "results", of the document, and nothing after it.
	if err := j.delim(']'); err != nil {
		return nil, err
	}
	j.inRows = false
	for j.d.More() {
		var skip json.RawMessage
		if _, err := j.token(); err != nil {
			return nil, err
		}
		if err := j.decode(&skip); err != nil {
			return nil, err
		}
	}
	if err := j.delim('}'); err != nil {
		return nil, err
	}
	if err := j.members(); err != nil {
		return nil, err
	}
	if _, err := j.d.Token(); err != io.EOF {
		return nil, j.fault("text after the end of the result")
	}
	return nil, io.EOF
}

func (j *jsonReader) row(cells map[string]json.RawMessage) ([]rdf.Term, error) {
	row := make([]rdf.Term, len(j.vars))
	for name, raw := range cells {
		i, ok := j.columns[name]
		if !ok {
			return nil, j.fault("variable " + name + " is not in the head")
		}
		t, err := j.term(raw, 0)
		if err != nil {
			return nil, err
		}
		row[i] = t
	}
	return row, nil
}

type jsonTerm struct {
	Type      string          `json:"type"`
	Value     json.RawMessage `json:"value"`
	Datatype  string          `json:"datatype"`
	Lang      string          `json:"xml:lang"`
	Direction string          `json:"its:dir"`
}

// term reads a term. "typed-literal" is what SPARQL 1.0 said; servers still do.
func (j *jsonReader) term(raw json.RawMessage, depth int) (rdf.Term, error) {
	if bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	if depth > j.o.MaxDepth {
		return nil, j.fault("triple terms nest too deep")
	}
	if len(raw) > j.o.MaxToken {
		return nil, j.fault("a term is too long")
	}
	var x jsonTerm
	if err := json.Unmarshal(raw, &x); err != nil {
		return nil, j.wrap(err)
	}
	if x.Type == "triple" {
		return j.triple(x.Value, depth)
	}
	var value string
	if err := json.Unmarshal(x.Value, &value); err != nil {
		return nil, j.fault("a term without a value")
	}
	switch x.Type {
	case "uri", "iri":
		return rdf.IRI(value), nil
	case "bnode":
		return rdf.BlankNode(value), nil
	case "literal", "typed-literal":
		t, err := literal(value, x.Datatype, x.Lang, x.Direction)
		if err != nil {
			return nil, j.fault(err.Error())
		}
		return t, nil
	}
	return nil, j.fault("unknown type of term " + x.Type)
}

func (j *jsonReader) triple(raw json.RawMessage, depth int) (rdf.Term, error) {
	var parts struct {
		Subject   json.RawMessage `json:"subject"`
		Predicate json.RawMessage `json:"predicate"`
		Object    json.RawMessage `json:"object"`
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, j.wrap(err)
	}
	var terms [3]rdf.Term
	for i, p := range []json.RawMessage{parts.Subject, parts.Predicate, parts.Object} {
		if p == nil {
			continue
		}
		var err error
		if terms[i], err = j.term(p, depth+1); err != nil {
			return nil, err
		}
	}
	t, err := tripleOf(terms[0], terms[1], terms[2])
	if err != nil {
		return nil, j.fault(err.Error())
	}
	return t, nil
}
