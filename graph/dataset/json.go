package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// Bounds of files of JSON. The largest entities of Wikidata, countries, take
// some megabytes; an answer of its API holds fifty entities at most.
const (
	maxObject   = 16 << 20
	maxDocument = 256 << 20
)

// objectLines hands out the objects of a file with one in a line, as JSON Lines
// are written and the dumps of Wikidata, which are one array.
type objectLines struct{ *table }

func newObjectLines(r io.Reader) *objectLines {
	t := newTable(r, ',')
	t.bare, t.max = true, maxObject
	return &objectLines{t}
}

func (o *objectLines) next() (*cells, *claim.Problem, error) {
	for {
		row, bad, err := o.table.next()
		if row == nil {
			return nil, bad, err
		}
		switch text := strings.TrimSpace(row.text); text {
		case "", "[", "]", "[]", ",":
		default:
			return row, bad, err
		}
	}
}

// document hands out the objects of a file that is one JSON object with the
// others below it by name, as the API of Wikidata answers.
type document struct {
	r     io.Reader
	below string // the key under which they are
	read  bool
	rows  []*cells
}

func (d *document) next() (*cells, *claim.Problem, error) {
	if !d.read {
		d.read = true
		if bad, err := d.split(); bad != nil || err != nil {
			return nil, bad, err
		}
	}
	if len(d.rows) == 0 {
		return nil, nil, io.EOF
	}
	row := d.rows[0]
	d.rows = d.rows[1:]
	return row, nil, nil
}

func (d *document) split() (*claim.Problem, error) {
	content, err := io.ReadAll(io.LimitReader(d.r, maxDocument+1))
	if err != nil {
		return nil, err
	}
	whole := &cells{text: string(content), line: 1}
	if len(content) > maxDocument {
		return whole.problem(0, fmt.Sprintf("the file is one JSON document of more than %d bytes; write its objects a line each", maxDocument)), nil
	}
	dec := json.NewDecoder(bytes.NewReader(content))
	fault := func(err error) (*claim.Problem, error) {
		at := int(dec.InputOffset())
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = int(syntax.Offset) - 1
		}
		return whole.problem(max(at, 0), "not JSON: "+err.Error()), nil
	}
	// down goes into the object, calling f for each key before its value.
	down := func(f func(key string) error) error {
		if t, err := dec.Token(); err != nil {
			return err
		} else if t != json.Delim('{') {
			return errors.New("an object was expected")
		}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return err
			}
			name, _ := key.(string)
			if err := f(name); err != nil {
				return err
			}
		}
		_, err := dec.Token()
		return err
	}
	var skipped json.RawMessage
	err = down(func(key string) error {
		if key != d.below {
			return dec.Decode(&skipped)
		}
		return down(func(string) error {
			var object json.RawMessage
			if err := dec.Decode(&object); err != nil {
				return err
			}
			start := int(dec.InputOffset()) - len(object)
			line, column := whole.at(start)
			d.rows = append(d.rows, &cells{text: string(object), line: line, indent: column - 1})
			return nil
		})
	})
	if err != nil {
		return fault(err)
	}
	return nil, nil
}

// object reads the row as JSON into v. A comma after it belongs to the array
// that the file is.
func (r *recordReader) object(v any) bool {
	text := strings.TrimSuffix(strings.TrimSpace(strings.TrimLeft(r.row.text, "[")), ",")
	text = strings.TrimSpace(text)
	err := json.Unmarshal([]byte(text), v)
	if err == nil {
		return true
	}
	at := strings.Index(r.row.text, text)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at += int(syntax.Offset) - 1
	case errors.As(err, &kind):
		at += int(kind.Offset) - 1
		err = fmt.Errorf("%s: a %s where %s was expected", kind.Field, kind.Value, kind.Type)
	}
	r.bad = r.row.problem(max(0, min(at, len(r.row.text))), strings.TrimPrefix(err.Error(), "json: "))
	return false
}

// faulty notes what is wrong with a row of JSON.
func (r *recordReader) faulty(format string, args ...any) {
	if r.bad == nil {
		r.bad = r.row.problem(0, fmt.Sprintf(format, args...))
	}
}
