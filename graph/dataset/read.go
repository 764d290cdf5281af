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
	l := f.Layout
	t := newTable(r, l.comma)
	reader := recordReader{layout: &l, file: f, rule: f.slug + "@1"}
	header := l.Header
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, bad, err := t.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case bad != nil:
			problem(*bad)
			continue
		case header:
			header = false
			continue
		case row.blank():
			continue
		case len(row.value) != l.width:
			at := row.start[min(len(row.value), l.width)-1]
			problem(*row.problem(at, fmt.Sprintf("the row has %d cells, not %d", len(row.value), l.width)))
			continue
		}
		rec, bad := reader.read(row)
		if bad != nil {
			problem(*bad)
			continue
		}
		if err := record(rec); err != nil {
			return err
		}
	}
}

// read turns a row into a record.
func (r *recordReader) read(row *cells) (*Record, *claim.Problem) {
	r.row, r.bad, r.rec = row, nil, nil
	if r.layout.Dataset == ACLED {
		r.acled()
	} else {
		r.ged()
	}
	if r.bad != nil {
		return nil, r.bad
	}
	return r.rec, nil
}
