package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/belligraph/belligraph/graph"
	bolt "go.etcd.io/bbolt"
)

// Position names the last commit of a history: its number and the checksum of
// its log record, into which the checksum of the record before has gone, and so
// on. Two stores with the same position hold the same quads under the same ids.
// A load writes no record; it ends the history and begins another.
type Position struct {
	Commit, Sum uint64
}

// ErrNotInLog is the error of [Store.Follow] when the log does not go on from
// the position: it does not reach back so far, or it is that of another history.
// A copy of the store, see [Store.Backup], is the way to go on.
var ErrNotInLog = errors.New("store: the log does not go on from there")

// newHistory returns what stands in the place of a checksum where a history
// begins.
func newHistory() uint64 {
	var b [8]byte
	rand.Read(b[:]) // documented never to fail
	return binary.LittleEndian.Uint64(b[:])
}

// feed keeps the last records of the log for those who follow it, as a fold
// takes them out of the file. It begins with the first follower.
type feed struct {
	mu      sync.Mutex
	on      bool
	records [][]byte
	first   uint64 // the number of records[0]
	size    int
	wake    chan struct{} // closed when there is news; nil when nobody waits
}

// feedSize bounds the records kept. One who falls further behind and whom the
// fold overtakes begins anew.
const feedSize = 32 << 20

// add keeps a record.
func (f *feed) add(seq uint64, record []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.on {
		return
	}
	if len(f.records) == 0 || f.first+uint64(len(f.records)) != seq {
		f.records, f.first, f.size = nil, seq, 0
	}
	f.records = append(f.records, record)
	f.size += len(record)
	for f.size > feedSize {
		f.size -= len(f.records[0])
		f.records = f.records[1:]
		f.first++
	}
}

// after returns the records from commit seq on, up to a size but at least one;
// none when they are not kept.
func (f *feed) after(seq uint64, limit int) [][]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = true
	if len(f.records) == 0 || seq < f.first || seq >= f.first+uint64(len(f.records)) {
		return nil
	}
	list := f.records[seq-f.first:]
	for i := range list {
		if limit -= len(list[i]); limit < 0 && i > 0 {
			return list[:i:i]
		}
	}
	return list[:len(list):len(list)]
}

// wait returns a channel that is closed at the next news.
func (f *feed) wait() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wake == nil {
		f.wake = make(chan struct{})
	}
	return f.wake
}

// news wakes those who wait.
func (f *feed) news() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wake != nil {
		close(f.wake)
		f.wake = nil
	}
}

// Position returns the position of the last durable commit.
func (s *Store) Position() Position {
	s.flushMu.Lock()
	defer s.flushMu.Unlock()
	return Position{s.current.Load().seq, s.lastSum}
}

// Follow returns the log records of the commits after a position, in order, up
// to limit bytes but at least one. When there is none yet it waits for one,
// until the context is done. The records are durable here and read only.
func (s *Store) Follow(ctx context.Context, after Position, limit int) ([][]byte, error) {
	if s.db == nil {
		return nil, fmt.Errorf("store: %w: a store in memory keeps no log", graph.ErrBadRequest)
	}
	for {
		if err := s.usable(); err != nil {
			return nil, err
		}
		news := s.feed.wait() // before looking, so that nothing is missed
		now := s.Position()
		if now == after {
			select {
			case <-news:
				continue
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if after.Commit >= now.Commit {
			return nil, ErrNotInLog
		}
		records := s.feed.after(after.Commit+1, limit)
		if records == nil {
			var err error
			if records, err = s.logged(after.Commit+1, limit); err != nil {
				return nil, err
			}
		}
		if len(records) == 0 || binary.LittleEndian.Uint64(records[0][8:]) != after.Sum {
			return nil, ErrNotInLog
		}
		return records, nil
	}
}

// logged reads the records from commit seq on from the file.
func (s *Store) logged(seq uint64, limit int) (records [][]byte, err error) {
	defer recoverCorruption(&err)()
	err = s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketLog).Cursor()
		k, b := c.Seek(pageKey(seq))
		for ; k != nil && binary.BigEndian.Uint64(k) == seq; k, b = c.Next() {
			if len(b) < logHeader {
				return fmt.Errorf("%w: commit %d in the log is malformed", graph.ErrCorrupt, seq)
			}
			if limit -= len(b); limit < 0 && len(records) > 0 {
				return nil
			}
			records = append(records, append([]byte(nil), b...))
			seq++
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: read the log: %w", err)
	}
	return records, nil
}

// Apply makes the commits of another store's log records here, which must go on
// from this store's position; otherwise nothing is changed and the error is
// [ErrNotInLog]. They are durable when it returns.
func (s *Store) Apply(ctx context.Context, records [][]byte) error {
	c, err := s.applyRecords(ctx, records)
	if c == nil || err != nil {
		return err
	}
	return s.flush(c)
}

func (s *Store) applyRecords(ctx context.Context, records [][]byte) (last *commit, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.throttle(ctx); err != nil {
		return nil, err
	}
	s.drain()
	if err := s.writable(); err != nil {
		return nil, err
	}
	sum := s.Position().Sum
	changes := make([]*change, len(records))
	var numbered [numDictTags]uint64
	for k := range numbered {
		numbered[k] = s.head.tails[k].len()
	}
	for i, b := range records {
		if len(b) < logHeader {
			return nil, fmt.Errorf("store: %w: a log record of %d bytes", graph.ErrCorrupt, len(b))
		}
		seq := s.head.seq + 1 + uint64(i)
		if binary.LittleEndian.Uint64(b[16:]) != seq || binary.LittleEndian.Uint64(b[8:]) != sum {
			return nil, ErrNotInLog
		}
		ch, err := decodeChange(b, seq, sum)
		if err != nil {
			return nil, err
		}
		for k, terms := range ch.terms {
			if len(terms) > 0 && ch.first[k] != numbered[k] {
				return nil, fmt.Errorf("store: %w: commit %d numbers its terms from %d, not %d", graph.ErrCorrupt, seq, ch.first[k], numbered[k])
			}
			numbered[k] += uint64(len(terms))
		}
		changes[i], sum = ch, recordSum(b)
	}
	for _, ch := range changes {
		last = s.push(ch)
	}
	return last, nil
}
