package results

import (
	"fmt"
	"io"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Reader reads one result. It is used by one goroutine.
type Reader interface {
	// Vars returns the variables of a SELECT result.
	Vars() []algebra.Var
	// Boolean returns the value of an ASK result; ok is false for SELECT.
	Boolean() (value, ok bool)
	// Next returns the next row, nil standing for unbound, or io.EOF after the
	// last row of a complete result. A result that is cut short or otherwise
	// malformed gives another error. The row may be kept.
	Next() ([]rdf.Term, error)
}

// ReaderOptions bound what a reader takes. The zero value uses the defaults.
type ReaderOptions struct {
	// MaxToken bounds the bytes of one line or term; 0 means 16 MiB.
	MaxToken int
	// MaxDepth bounds the nesting of triple terms; 0 means 100.
	MaxDepth int
}

func (o ReaderOptions) withDefaults() ReaderOptions {
	if o.MaxToken <= 0 {
		o.MaxToken = 16 << 20
	}
	if o.MaxDepth <= 0 {
		o.MaxDepth = 100
	}
	return o
}

// NewReader returns a reader of a result. It reads the head of the document.
// HTML cannot be read. What CSV has lost stays lost: its cells are blank nodes
// if they start with "_:", otherwise plain strings.
func NewReader(r io.Reader, f Format, o ReaderOptions) (Reader, error) {
	o = o.withDefaults()
	switch f {
	case JSON:
		return newJSONReader(r, o)
	case XML:
		return newXMLReader(r, o)
	case CSV:
		return newCSVReader(r, o)
	case TSV:
		return newTSVReader(r, o)
	}
	return nil, fmt.Errorf("results: no reader for format %s", f)
}

// faulty returns a syntax error in a result document.
func faulty(f Format, line, column int, offset int64, format string, args ...any) error {
	return &rdf.SyntaxError{
		Format: "SPARQL results (" + f.String() + ")",
		Line:   line, Column: column, Offset: offset,
		Message: fmt.Sprintf(format, args...),
	}
}

// columns finds the column of a variable.
type columns map[string]int

func newColumns(vars []algebra.Var) columns {
	c := make(columns, len(vars))
	for i, v := range vars {
		c[string(v)] = i
	}
	return c
}

// literal puts a literal together from what a document says of it.
func literal(lexical, datatype, lang, dir string) (rdf.Term, error) {
	switch {
	case dir != "" && dir != string(rdf.LTR) && dir != string(rdf.RTL):
		return nil, fmt.Errorf("base direction %q is neither ltr nor rtl", dir)
	case dir != "" && lang == "":
		return nil, fmt.Errorf("a base direction needs a language tag")
	case lang != "":
		return rdf.NewDirLang(lexical, lang, rdf.Direction(dir)), nil
	case datatype == "":
		return rdf.NewString(lexical), nil
	}
	return rdf.NewTyped(lexical, rdf.IRI(datatype)), nil
}

// tripleOf checks the parts of a triple term.
func tripleOf(s, p, o rdf.Term) (rdf.Term, error) {
	if s == nil || p == nil || o == nil {
		return nil, fmt.Errorf("a triple term needs a subject, a predicate and an object")
	}
	if k := s.Kind(); k != rdf.KindIRI && k != rdf.KindBlankNode {
		return nil, fmt.Errorf("the subject of a triple term must be an IRI or a blank node")
	}
	if p.Kind() != rdf.KindIRI {
		return nil, fmt.Errorf("the predicate of a triple term must be an IRI")
	}
	return rdf.Triple{Subject: s, Predicate: p, Object: o}, nil
}
