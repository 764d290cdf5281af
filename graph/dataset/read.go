package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/belligraph/belligraph/graph/claim"
)

// Read calls record for each row of a file that can be read, and problem for
// each that cannot. The record may be kept. An error ends the reading and is
// returned as it is.
func Read(ctx context.Context, r io.Reader, f *File, record func(*Record) error, problem func(claim.Problem)) error {
	reader := newRecordReader(f)
	rows := f.rows(r)
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, bad, err := rows.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case bad != nil:
			problem(*bad)
			continue
		}
		rec, bad := reader.read(row)
		if bad != nil {
			problem(*bad)
			continue
		}
		if rec == nil {
			continue
		}
		if err := record(rec); err != nil {
			return err
		}
	}
}

// rowSource hands out rows as they stand, or a problem in place of one, and
// io.EOF at the end.
type rowSource interface {
	next() (*cells, *claim.Problem, error)
}

// rows returns the rows of the file below its header.
func (f *File) rows(r io.Reader) rowSource {
	switch f.Layout.json {
	case jsonLines:
		return newObjectLines(r)
	case jsonDocument:
		return &document{r: r, below: f.format.below}
	}
	t := newTable(r, f.Layout.comma)
	t.bare = f.Layout.bare
	if f.Layout.Header {
		return &belowHeader{table: t}
	}
	return t
}

// belowHeader leaves out the first row that can be read.
type belowHeader struct {
	*table
	past bool
}

func (h *belowHeader) next() (*cells, *claim.Problem, error) {
	row, bad, err := h.table.next()
	if !h.past && row != nil {
		h.past = true
		return h.table.next()
	}
	return row, bad, err
}

// read turns a row into a record; a blank row is none, nor is one that the
// dataset does not keep.
func (r *recordReader) read(row *cells) (*Record, *claim.Problem) {
	r.row, r.bad, r.rec = row, nil, nil
	clear(r.has)
	if r.layout.json == noJSON {
		if bad := row.split(r.layout.comma, r.layout.width); bad != nil {
			return nil, bad
		}
		if row.blank() || r.layout.bare && row.text[0] == '#' {
			return nil, nil
		}
		if len(row.value) != r.layout.width {
			at := row.start[min(len(row.value), r.layout.width)-1]
			return nil, row.problem(at, fmt.Sprintf("the row has %d cells, not %d", len(row.value), r.layout.width))
		}
	}
	r.layout.format.read(r)
	if r.bad != nil {
		return nil, r.bad
	}
	return r.rec, nil
}
