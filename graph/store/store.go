// Package store is the embedded quad store: a graph.Graph in one bbolt file, or
// in memory.
//
// Quads are rows of 64-bit ids, sorted in six orders and packed column by
// column in blocks of up to 4096 rows (see block.go). A directory of the
// blocks stays in memory. Blocks are immutable; what commits change since the
// blocks were written, the delta, is a short list of sorted runs in memory and
// one record per commit in the log. When the delta has grown, a fold merges it
// into new blocks in the background. A snapshot is a version (blocks, runs,
// dictionary) and a read transaction of the file, which keeps the blocks of
// that version from being overwritten. Bulk data comes in through [Store.Load],
// which sorts instead of inserting.
//
// The order of reading: version.go, block.go, index.go, delta.go, cursor.go for
// quads; entry.go, dict.go for terms; log.go, tx.go, fold.go, file.go for
// writing and the file.
package store

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/belligraph/belligraph/graph"
	bolt "go.etcd.io/bbolt"
)

// Options says how a store is opened. The zero value is right for most uses.
type Options struct {
	// ReadOnly opens an existing file for reading, beside other readers.
	ReadOnly bool
	// FoldRows is the number of changed rows after which a fold begins; 0
	// means 65,536. Tests make it small.
	FoldRows int
	// MaxSize bounds the size of the file in bytes; 0 means no bound.
	MaxSize int64
	// LockTimeout is how long to wait for another process to release the
	// file; 0 means a quarter of a second.
	LockTimeout time.Duration
	// Logf, when set, is told of folds and of failures in the background.
	Logf func(format string, args ...any)

	open openFunc // replaces os.OpenFile in tests
}

const defaultFoldRows = 65_536

// Store is a graph in a file or in memory. It implements [graph.Graph].
type Store struct {
	path string
	opts Options
	db   *bolt.DB // nil in memory

	// current is what readers see: the last durable version.
	current atomic.Pointer[version]
	// foldTx is the file transaction of the newest base, also while it is
	// being committed; see acquire.
	foldTx atomic.Int64
	open   atomic.Int64 // open snapshots
	// suffixes are those that pages have been asked for.
	suffixes suffixes
	closed   atomic.Bool

	mu       sync.Mutex // the writers' turn; guards what follows
	head     *version   // the last commit, durable or not
	opened   *version   // what the file held when it was opened
	nextPage uint64     // this and the next belong to the fold while there is one
	segments segments
	folding  bool
	foldDone *sync.Cond // on mu

	flushMu sync.Mutex // held while commits are written to the file
	lastSum uint64     // checksum of the last record in the log
	queueMu sync.Mutex
	queue   []*commit
	failure atomic.Pointer[failure]
	feed    feed

	background sync.WaitGroup
	ctx        context.Context // of background work
	stopMu     sync.Mutex
	cancel     context.CancelFunc // guarded by stopMu
}

type failure struct{ err error }

// commit is a change on its way to the file.
type commit struct {
	change  *change
	version *version
	done    bool // guarded by flushMu
	err     error
}

// Open opens the store at path and creates it when there is none. An empty
// path means a store in memory: the same blocks, runs and dictionary, kept in
// ordinary memory and written nowhere.
func Open(path string, opts Options) (*Store, error) {
	if opts.FoldRows <= 0 {
		opts.FoldRows = defaultFoldRows
	}
	if opts.LockTimeout <= 0 {
		opts.LockTimeout = 250 * time.Millisecond
	}
	s := &Store{path: path, opts: opts, nextPage: 1}
	s.foldDone = sync.NewCond(&s.mu)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	v := &version{base: emptyBase(), index: newTailIndex(), predicates: &predicateMemo{}}
	if path != "" {
		var err error
		if v, err = s.openFile(); err != nil {
			s.cancel()
			return nil, err
		}
	}
	s.head, s.opened = v, v
	s.current.Store(v)
	return s, nil
}

// Path returns the path the store was opened with.
func (s *Store) Path() string { return s.path }

func (s *Store) logf(format string, args ...any) {
	if s.opts.Logf != nil {
		s.opts.Logf(format, args...)
	}
}

// Close waits for background work and releases the file. It refuses while
// snapshots are open, because their memory is the file.
func (s *Store) Close() error {
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() {
		return nil
	}
	for s.folding {
		s.foldDone.Wait()
	}
	if n := s.open.Load(); n > 0 {
		s.stopMu.Lock()
		s.ctx, s.cancel = context.WithCancel(context.Background()) // it stays open
		s.stopMu.Unlock()
		return fmt.Errorf("store: %d snapshots are still open", n)
	}
	s.drain()
	s.closed.Store(true)
	s.background.Wait()
	if s.db == nil {
		return nil
	}
	// The file has two heads, and when the newer one is damaged bbolt falls back
	// to the older, as it must after a crash. One more, empty transaction makes
	// both tell the same, so that damage to a head cannot undo a commit.
	if !s.opts.ReadOnly && s.failure.Load() == nil && s.head != s.opened {
		if err := s.db.Update(func(*bolt.Tx) error { return nil }); err != nil {
			return fmt.Errorf("store: close %s: %w", s.path, err)
		}
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("store: close %s: %w", s.path, err)
	}
	return nil
}

// stop cancels background work. A fold or load may hold mu until it notices.
func (s *Store) stop() {
	s.stopMu.Lock()
	defer s.stopMu.Unlock()
	s.cancel()
}

func (s *Store) usable() error {
	if s.closed.Load() {
		return fmt.Errorf("store: %w", graph.ErrClosed)
	}
	return nil
}

func (s *Store) writable() error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.opts.ReadOnly {
		return fmt.Errorf("store: %w", graph.ErrReadOnly)
	}
	if f := s.failure.Load(); f != nil {
		return fmt.Errorf("store: %w since a write failed: %w", graph.ErrReadOnly, f.err)
	}
	return nil
}

// Snapshot implements [graph.Graph].
func (s *Store) Snapshot(ctx context.Context) (graph.Snapshot, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n, err := s.acquire()
	if err != nil {
		return nil, err
	}
	return n, nil
}

// acquire returns the current version with a read transaction that protects
// its pages. The two are read one after the other, and a fold may come in
// between: then the pages of the version that we hold may already be free in
// the transaction that we hold. So the transaction must not be younger than the
// newest base unless the version has that base, and not older than the base of
// the version.
func (s *Store) acquire() (*snapshot, error) {
	s.open.Add(1)
	if err := s.usable(); err != nil {
		s.open.Add(-1)
		return nil, err
	}
	if s.db == nil {
		return &snapshot{s: s, v: s.current.Load()}, nil
	}
	for wait := time.Microsecond; ; wait = min(2*wait, time.Millisecond) {
		tx, err := s.db.Begin(false)
		if err != nil {
			s.open.Add(-1)
			return nil, fmt.Errorf("store: begin: %w", err)
		}
		v := s.current.Load()
		if newest := int(s.foldTx.Load()); v.base.tx <= tx.ID() && (tx.ID() < newest || v.base.tx == newest) {
			return &snapshot{s: s, v: v, pages: &filePages{tx: tx}}, nil
		}
		if err := tx.Rollback(); err != nil {
			s.open.Add(-1)
			return nil, fmt.Errorf("store: %w", err)
		}
		time.Sleep(wait)
	}
}

// Version implements [graph.Versioned].
func (s *Store) Version(ctx context.Context) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := s.usable(); err != nil {
		return 0, err
	}
	return s.current.Load().seq, nil
}

// Update implements [graph.Graph]. The change is in the graph for the next
// writer as soon as f returns, and for readers once it is durable; concurrent
// writers share one write of the file.
func (s *Store) Update(ctx context.Context, f func(graph.Tx) error) error {
	c, err := s.prepare(ctx, f)
	if c == nil || err != nil {
		return err
	}
	return s.flush(c)
}

// prepare runs f and puts its change in the queue.
func (s *Store) prepare(ctx context.Context, f func(graph.Tx) error) (*commit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.throttle(ctx); err != nil {
		return nil, err
	}
	t, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer t.end()
	if err := f(t); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.enqueue(t), nil
}

// enqueue makes the change of a transaction the head and puts it in the queue;
// it returns nil when there is none. It is called with mu held.
func (s *Store) enqueue(t *txn) *commit {
	change := t.finish()
	if change == nil {
		return nil
	}
	change.seq = s.head.seq + 1
	return s.push(change)
}

// push makes a change, which is the next commit, the head and puts it in the
// queue. It is called with mu held.
func (s *Store) push(change *change) *commit {
	for i, tag := range dictTags {
		for k, e := range change.terms[i] {
			s.head.index.add(tailHash(tag, identity(tag, []byte(e))), tag|graph.ID(change.first[i]+uint64(k)))
		}
	}
	c := &commit{change: change, version: s.head.next(change)}
	s.head = c.version
	s.queueMu.Lock()
	s.queue = append(s.queue, c)
	s.queueMu.Unlock()
	if s.head.delta() >= s.opts.FoldRows {
		s.startFold()
	}
	return c
}

// throttle makes writers wait for a fold that cannot keep up, so that the delta
// stays bounded. It is called with mu held.
func (s *Store) throttle(ctx context.Context) error {
	for {
		if err := s.writable(); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !s.folding || s.head.delta() < 16*s.opts.FoldRows {
			return nil
		}
		s.foldDone.Wait()
	}
}

// flush makes c durable, together with everything queued before and meanwhile,
// and shows it to readers.
func (s *Store) flush(c *commit) error {
	s.flushMu.Lock()
	defer s.flushMu.Unlock()
	if c.done {
		return c.err
	}
	s.flushQueue()
	return c.err
}

// drain makes everything queued durable. It is called with mu held, so that
// nothing is queued meanwhile.
func (s *Store) drain() {
	s.flushMu.Lock()
	defer s.flushMu.Unlock()
	s.flushQueue()
}

func (s *Store) flushQueue() {
	s.queueMu.Lock()
	queue := s.queue
	s.queue = nil
	s.queueMu.Unlock()
	if len(queue) == 0 {
		return
	}
	err := error(nil)
	if f := s.failure.Load(); f != nil {
		err = fmt.Errorf("store: %w since a write failed: %w", graph.ErrReadOnly, f.err)
	} else if s.db != nil {
		if err = s.writeLog(queue); err != nil {
			s.fail(err)
		}
	}
	for _, c := range queue {
		c.done, c.err = true, err
	}
	if err == nil {
		s.current.Store(queue[len(queue)-1].version)
		s.feed.news()
	}
}

// fail makes the store read-only. After a failed write nobody knows what the
// file system holds of it; what was acknowledged before is safe, and readers
// go on with it. Opening the file again reads what has truly been written.
func (s *Store) fail(err error) {
	if s.failure.CompareAndSwap(nil, &failure{err}) {
		s.logf("store: %s is read-only from now on: %v", s.path, err)
	}
}
