// Package replica keeps a copy of another server's store: it fetches a backup
// and then follows the log of commits over HTTP. It writes nothing else into the
// copy, so that the two hold the same quads under the same ids or the copy is
// made anew.
package replica

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/store"
)

// MediaType is that of log records on their way: each behind its length in four
// bytes, big endian.
const MediaType = "application/vnd.belligraph.log"

// PositionHeader tells the position of the server that answers.
const PositionHeader = "Belligraph-Position"

// maxRecord bounds a record that is read: a commit of some ten million quads.
const maxRecord = 1 << 30

// FormatPosition writes a position: the number of the commit and the checksum in
// hexadecimal, as in 17-00ab34cd98765432.
func FormatPosition(p store.Position) string { return fmt.Sprintf("%d-%016x", p.Commit, p.Sum) }

// ParsePosition reads what [FormatPosition] writes.
func ParsePosition(s string) (p store.Position, err error) {
	commit, sum, _ := strings.Cut(s, "-")
	if p.Commit, err = strconv.ParseUint(commit, 10, 64); err == nil {
		p.Sum, err = strconv.ParseUint(sum, 16, 64)
	}
	if err != nil {
		return p, fmt.Errorf("%q is no position in a log, such as 17-00ab34cd98765432: %w", s, graph.ErrBadRequest)
	}
	return p, nil
}

// WriteRecords writes log records.
func WriteRecords(w io.Writer, records [][]byte) error {
	for _, r := range records {
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(r)))
		if _, err := w.Write(length[:]); err != nil {
			return err
		}
		if _, err := w.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// readRecords reads log records up to the end. Of a stream that breaks off, it
// returns what came whole with the error.
func readRecords(r io.Reader) (records [][]byte, err error) {
	b := bufio.NewReader(r)
	for {
		var length [4]byte
		if _, err := io.ReadFull(b, length[:]); err == io.EOF {
			return records, nil
		} else if err != nil {
			return records, err
		}
		n := binary.BigEndian.Uint32(length[:])
		if n > maxRecord {
			return records, fmt.Errorf("replica: a log record of %d bytes", n)
		}
		// The buffer grows with what comes, not with what is announced.
		record, err := io.ReadAll(io.LimitReader(b, int64(n)))
		if err == nil && len(record) < int(n) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return records, err
		}
		records = append(records, record)
	}
}
