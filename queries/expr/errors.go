package expr

import (
	"errors"
	"fmt"

	"github.com/belligraph/belligraph/graph"
)

// ErrType is what every expression error is, in the sense of errors.Is.
var ErrType = errors.New("expression error")

// typeError is an expression error with its reason. The errors are constants:
// a FILTER over a million rows may fail on each, so none may cost anything.
type typeError string

func (e typeError) Error() string        { return string(e) }
func (e typeError) Is(target error) bool { return target == ErrType }

// The reasons of expression errors.
const (
	errUnbound      typeError = "unbound variable"
	errOperand      typeError = "operand of the wrong type"
	errIncomparable typeError = "values cannot be compared"
	errIllTyped     typeError = "literal is not of its datatype"
	errRange        typeError = "result out of range"
	errDivision     typeError = "division by zero"
	errNoEBV        typeError = "no effective boolean value"
	errLanguage     typeError = "language tags do not agree"
	errCast         typeError = "value cannot be cast"
	errIRI          typeError = "not a valid IRI"
	errPattern      typeError = "invalid regular expression"
	errFlags        typeError = "invalid regular expression flags"
	errReplacement  typeError = "invalid replacement string"
	errEmptyMatch   typeError = "pattern matches the empty string"
	errTriple       typeError = "not a possible triple term"
)

// These end the query: going on without the value would answer wrongly.
var (
	errTooLong   = fmt.Errorf("%w: a string grew too long", graph.ErrLimit)
	errMatchTime = fmt.Errorf("%w: a regular expression took too long", graph.ErrLimit)
)

// Fatal reports whether err must end the query, rather than make one expression
// of one solution an error.
func Fatal(err error) bool {
	if err == nil {
		return false
	}
	if _, ok := err.(typeError); ok {
		return false
	}
	return !errors.Is(err, ErrType)
}
