package dataset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
)

// Change is one row that two releases of a dataset do not share.
type Change struct {
	ID      string         `json:"id"`
	What    string         `json:"what"`              // "added", "removed" or "changed"
	OldLine int            `json:"oldLine,omitempty"` // where the row begins; 0 when it is not there
	NewLine int            `json:"newLine,omitempty"`
	Columns []ColumnChange `json:"columns,omitempty"` // of a changed row
}

// ColumnChange is a value that changed. A value that means nothing is empty.
type ColumnChange struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Comparison tells how two releases differ.
type Comparison struct {
	Old, New                      *File
	Added, Removed, Changed, Same int
	OnlyOld, OnlyNew              []string // columns that one of them lacks; their values are not compared
	Problems                      []claim.Problem
	Faulty                        int // rows of either that cannot be read
}

// oldRow is where a row of the old release is kept while the new one is read.
type oldRow struct {
	offset int64
	length int32
	line   int32
	hash   uint64
	seen   bool
}

// Diff compares two releases of a dataset row by row, by the identifier that the
// dataset gives its rows, and calls emit for each row that they do not share:
// first what is new or changed, in the order of the new release, then what is
// gone, in that of the old. Rows of the old release lie in a temporary file; in
// memory each of them takes about a hundred bytes.
func Diff(ctx context.Context, oldName string, old io.Reader, newName string, latest io.Reader, m *Mapping, emit func(Change) error) (Comparison, error) {
	d := &differ{seed: maphash.MakeSeed(), rows: make(map[string]*oldRow)}
	a, err := d.open(oldName, old, m)
	if err != nil {
		return d.result, fmt.Errorf("%s: %w", oldName, err)
	}
	defer a.Close()
	b, err := d.open(newName, latest, m)
	if err != nil {
		return d.result, fmt.Errorf("%s: %w", newName, err)
	}
	defer b.Close()
	d.result.Old, d.result.New = a.reader.file, b.reader.file
	if a.reader.file.format.name != b.reader.file.format.name {
		return d.result, fmt.Errorf("%w: %s and %s are different datasets", graph.ErrBadRequest, a.reader.file.format.name, b.reader.file.format.name)
	}
	d.compare(a.reader, b.reader)
	d.kept, err = os.CreateTemp("", "belligraph-diff-*")
	if err != nil {
		return d.result, err
	}
	defer func() {
		d.kept.Close()
		os.Remove(d.kept.Name())
	}()
	if err := d.keep(ctx, a); err != nil {
		return d.result, err
	}
	if err := d.match(ctx, a, b, emit); err != nil {
		return d.result, err
	}
	return d.result, d.gone(ctx, emit)
}

type differ struct {
	seed    maphash.Seed
	rows    map[string]*oldRow
	kept    *os.File
	end     int64
	columns []string // that both have
	result  Comparison
}

// release is a file that is read row by row.
type release struct {
	spooledFile
	reader *recordReader
	source rowSource
}

func (d *differ) open(name string, r io.Reader, m *Mapping) (*release, error) {
	spooled, sum, err := spool(r)
	if err != nil {
		return nil, err
	}
	head := make([]byte, headBytes)
	n, err := io.ReadFull(spooled, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, spooled.Close())
	}
	layout, ok := Recognise(head[:n], n < headBytes)
	if m != nil {
		layout, err = m.Layout(head[:n])
	} else if err = nil; !ok {
		err = ErrLayout
	}
	if err == nil && (layout.json != noJSON || len(layout.format.key) == 0) {
		err = fmt.Errorf("%w: rows of %s cannot be compared, only those of tables", graph.ErrBadRequest, layout.Dataset)
	}
	if err == nil {
		_, err = spooled.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, spooled.Close())
	}
	f := NewFile(name, "", sum, layout)
	return &release{spooled, newRecordReader(f), f.rows(spooled)}, nil
}

// compare finds the columns that both releases have.
func (d *differ) compare(a, b *recordReader) {
	for _, name := range a.layout.sorted() {
		if _, ok := b.column(name); ok {
			d.columns = append(d.columns, name)
		} else {
			d.result.OnlyOld = append(d.result.OnlyOld, name)
		}
	}
	for _, name := range b.layout.sorted() {
		if _, ok := a.column(name); !ok {
			d.result.OnlyNew = append(d.result.OnlyNew, name)
		}
	}
}

// each calls f for the rows of a release, with their identifiers. A row that
// cannot be read is a problem of the result.
func (d *differ) each(ctx context.Context, r *release, f func(id string, row *cells) error) error {
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, bad, err := r.source.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var id string
		if bad == nil {
			id, bad = r.reader.identify(row)
		}
		if bad != nil {
			d.result.Faulty++
			if len(d.result.Problems) < maxProblems {
				bad.Message = r.reader.file.Name + ": " + bad.Message
				d.result.Problems = append(d.result.Problems, *bad)
			}
			continue
		}
		if id == "" {
			continue
		}
		if err := f(id, row); err != nil {
			return err
		}
	}
}

// identify splits a row and returns its identifier, nothing for a blank row.
func (r *recordReader) identify(row *cells) (string, *claim.Problem) {
	r.row, r.bad = row, nil
	if bad := row.split(r.layout.comma, r.layout.width); bad != nil {
		return "", bad
	}
	if row.blank() || r.layout.bare && row.text[0] == '#' {
		return "", nil
	}
	if len(row.value) != r.layout.width {
		return "", row.problem(0, fmt.Sprintf("the row has %d cells, not %d", len(row.value), r.layout.width))
	}
	var parts []string
	for _, column := range r.file.format.key {
		if v := r.cell(column); v != "" {
			parts = append(parts, v)
		}
	}
	if len(parts) == 0 {
		return "", row.problem(0, "the row has no identifier")
	}
	return strings.Join(parts, " "), nil
}

// hash is of the values in the columns that both releases have.
func (d *differ) hash(r *recordReader) uint64 {
	var h maphash.Hash
	h.SetSeed(d.seed)
	for _, name := range d.columns {
		h.WriteString(plain(r.cell(name)))
		h.WriteByte(0)
	}
	return h.Sum64()
}

// plain returns a value without what tools add to it and take from it.
func plain(v string) string {
	v = strings.TrimSuffix(strings.TrimSuffix(v, ".000"), " 00:00:00")
	if decimalForm(v) && strings.Contains(v, ".") {
		v = strings.TrimSuffix(strings.TrimRight(v, "0"), ".")
	}
	return v
}

func (d *differ) keep(ctx context.Context, r *release) error {
	return d.each(ctx, r, func(id string, row *cells) error {
		n, err := d.kept.WriteAt([]byte(row.text), d.end)
		d.rows[id] = &oldRow{offset: d.end, length: int32(n), line: int32(row.line), hash: d.hash(r.reader)}
		d.end += int64(n)
		return err
	})
}

func (d *differ) match(ctx context.Context, old, latest *release, emit func(Change) error) error {
	return d.each(ctx, latest, func(id string, row *cells) error {
		before := d.rows[id]
		if before == nil {
			d.result.Added++
			return emit(Change{ID: id, What: "added", NewLine: row.line})
		}
		before.seen = true
		if before.hash == d.hash(latest.reader) {
			d.result.Same++
			return nil
		}
		text := make([]byte, before.length)
		if _, err := d.kept.ReadAt(text, before.offset); err != nil {
			return err
		}
		if _, bad := old.reader.identify(&cells{text: string(text), line: int(before.line), bare: row.bare}); bad != nil {
			return fmt.Errorf("dataset: a row that was kept reads otherwise: %s", bad.Message)
		}
		c := Change{ID: id, What: "changed", OldLine: int(before.line), NewLine: row.line}
		for _, name := range d.columns {
			if a, b := plain(old.reader.cell(name)), plain(latest.reader.cell(name)); a != b {
				c.Columns = append(c.Columns, ColumnChange{name, a, b})
			}
		}
		d.result.Changed++
		return emit(c)
	})
}

func (d *differ) gone(ctx context.Context, emit func(Change) error) error {
	var gone []Change
	for id, r := range d.rows {
		if !r.seen {
			gone = append(gone, Change{ID: id, What: "removed", OldLine: int(r.line)})
		}
	}
	slices.SortFunc(gone, func(a, b Change) int { return cmp.Compare(a.OldLine, b.OldLine) })
	d.result.Removed = len(gone)
	for _, c := range gone {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := emit(c); err != nil {
			return err
		}
	}
	return nil
}
