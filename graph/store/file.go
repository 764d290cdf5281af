package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"os"
	"runtime/debug"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/zeebo/xxh3"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// The buckets of the file:
//
//	meta   root      the root record, see below
//	       its parts index.<order>, dict.<tag>, predicates, graphs, joins
//	       garbage   the segments that the last fold has emptied, 8 bytes each
//	log    commit number → log record; the bucket's sequence is the last number
//	pages  segments: buckets, each named by its first page id and with one key,
//	       "pages", whose value holds pages of ascending ids (see pageSink.blob);
//	       the sequence of a segment is the number of its pages
//
// Numbers in keys have 8 bytes and are big endian. A segment is written once
// and removed as a whole, when a fold has replaced its last page. So no other
// page of the bbolt tree ever moves a page, and its address in memory is good
// from the transaction that writes it to the one that removes it.
//
// The root record is replaced by folds and loads only:
//
//	0   8   xxh3-64 of everything after it
//	8   16  "belligraph store"
//	24  4   format version
//	28  4   flags: 1 the orders that begin with the graph are stored
//	32  8   the last commit that is in the pages
//	40  8   checksum of its log record, or a random number when it was a load,
//	        which has none: positions in the log tell histories apart by it
//	48  8   the next page id; pages from there on belong to an unfinished fold
//	56  8   quads in the pages
//	64      the parts: each the length of its name (1), its name, and the
//	        xxh3-64 of its value
const (
	fileMagic     = "belligraph store"
	formatVersion = 1
	flagNamed     = 1
	rootHeader    = 64
)

var (
	bucketMeta  = []byte("meta")
	bucketLog   = []byte("log")
	bucketPages = []byte("pages")
	keyRoot     = []byte("root")
	keyGarbage  = []byte("garbage")
)

const (
	partPredicates = "predicates"
	partGraphs     = "graphs"
	partJoins      = "joins"
)

func partIndex(o graph.Order) string { return "index." + o.String() }

func partDict(i int) string { return fmt.Sprintf("dict.%d", dictTags[i]>>60) }

type openFunc func(string, int, os.FileMode) (*os.File, error)

// allocBytes is by how much the file grows at a time. bbolt's own 16 MiB would
// be most of a small store.
const allocBytes = 4 << 20

// mapSizes are the sizes to map the file with. The largest that the system
// grants is also the largest the file may grow to: bbolt can map a file anew
// only when no reader is active, and remembered page addresses would be wrong.
var mapSizes = []int64{256 << 30, 64 << 30, 16 << 30, 4 << 30, 1 << 30}

// recoverCorruption turns a panic or a memory fault, which is how bbolt reports
// a damaged file and how the system reports a truncated one, into an error.
func recoverCorruption(err *error) func() {
	old := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(old)
		if r := recover(); r != nil {
			*err = fmt.Errorf("%w: %v", graph.ErrCorrupt, r)
		}
	}
}

func (s *Store) openFile() (v *version, err error) {
	defer func() {
		if err != nil && s.db != nil {
			_ = s.db.Close() // the first error tells more
			s.db = nil
		}
	}()
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !s.opts.ReadOnly:
	case err != nil:
		return nil, fmt.Errorf("store: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("store: %w: %s is a directory", graph.ErrBadRequest, s.path)
	case info.Size() > 0:
		if err := checkHead(s.path); err != nil {
			return nil, fmt.Errorf("store: open %s: %w", s.path, err)
		}
	case s.opts.ReadOnly:
		return nil, fmt.Errorf("store: open %s: %w: the file is empty", s.path, graph.ErrCorrupt)
	}
	if s.db, err = s.openBolt(); err != nil {
		if errors.Is(err, berrors.ErrTimeout) {
			return nil, fmt.Errorf("store: open %s: in use by %s", s.path, lockOwner(s.path))
		}
		return nil, fmt.Errorf("store: open %s: %w", s.path, err)
	}
	s.db.AllocSize = allocBytes
	adviseNormal(s.db)
	if err := s.initFile(); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", s.path, err)
	}
	if v, err = s.readFile(); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", s.path, err)
	}
	if !s.opts.ReadOnly {
		if err := s.cleanFile(v.base.folded); err != nil {
			return nil, fmt.Errorf("store: open %s: %w", s.path, err)
		}
	}
	return v, nil
}

func (s *Store) openBolt() (db *bolt.DB, err error) {
	defer recoverCorruption(&err)()
	for i, size := range mapSizes {
		limit := size
		if s.opts.MaxSize > 0 {
			limit = min(limit, s.opts.MaxSize)
		}
		db, err = bolt.Open(s.path, 0o644, &bolt.Options{
			Timeout:         s.opts.LockTimeout,
			ReadOnly:        s.opts.ReadOnly,
			InitialMmapSize: int(size),
			MaxSize:         int(limit),
			FreelistType:    bolt.FreelistMapType,
			NoStatistics:    true,
			OpenFile:        s.opts.open,
		})
		if err == nil || i == len(mapSizes)-1 {
			break
		}
		if errors.Is(err, berrors.ErrTimeout) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if errors.Is(err, berrors.ErrInvalid) || errors.Is(err, berrors.ErrChecksum) || errors.Is(err, berrors.ErrVersionMismatch) {
		err = fmt.Errorf("%w: %w", graph.ErrCorrupt, err)
	}
	return db, err
}

// checkHead looks at the two head pages of a bbolt file before bbolt does,
// because bbolt faults on a file that is shorter than they say.
//
// A head page is 16 bytes of page header and then magic (4), version (4), page
// size (4), flags (4), root (16), freelist (8), number of pages (8),
// transaction (8) and the FNV-1a sum of these (8).
func checkHead(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	const header, sum = 16, 56
	foreign := fmt.Errorf("%w: not a Belligraph store", graph.ErrCorrupt)
	valid := false
	pageSize := int64(os.Getpagesize())
	for _, at := range []int64{0, pageSize} {
		var b [header + sum + 8]byte
		if _, err := f.ReadAt(b[:], at); err != nil {
			continue
		}
		m := b[header:]
		if binary.LittleEndian.Uint32(m) != 0xED0CDAED || binary.LittleEndian.Uint32(m[4:]) != 2 {
			continue
		}
		h := fnv.New64a()
		h.Write(m[:sum])
		if h.Sum64() != binary.LittleEndian.Uint64(m[sum:]) {
			continue
		}
		valid = true
		want := binary.LittleEndian.Uint64(m[40:])
		ps := uint64(binary.LittleEndian.Uint32(m[8:]))
		if ps == 0 || want > math.MaxInt64/ps || int64(want*ps) > info.Size() {
			return fmt.Errorf("%w: truncated: %d bytes of %d", graph.ErrCorrupt, info.Size(), want*ps)
		}
	}
	if !valid {
		return foreign
	}
	return nil
}

// initFile writes an empty root into a new file and refuses files of others.
func (s *Store) initFile() (err error) {
	defer recoverCorruption(&err)()
	empty := false
	err = s.db.View(func(tx *bolt.Tx) error {
		if tx.Bucket(bucketMeta) != nil && tx.Bucket(bucketMeta).Get(keyRoot) != nil {
			return nil
		}
		if k, _ := tx.Cursor().First(); k != nil {
			return fmt.Errorf("%w: a bbolt file, but not a Belligraph store", graph.ErrCorrupt)
		}
		empty = true
		return nil
	})
	if err != nil || !empty {
		return err
	}
	if s.opts.ReadOnly {
		return fmt.Errorf("%w: the file holds no store", graph.ErrCorrupt)
	}
	return s.db.Update(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketMeta, bucketLog, bucketPages} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return writeRoot(tx, emptyBase(), nil, 0, 1)
	})
}

// writeRoot writes the root record and its parts.
func writeRoot(tx *bolt.Tx, b *base, graphs []graph.ID, sum, nextPage uint64) error {
	meta := tx.Bucket(bucketMeta)
	root := make([]byte, 8, 512)
	root = append(root, fileMagic...)
	root = binary.LittleEndian.AppendUint32(root, formatVersion)
	flags := uint32(0)
	if !b.orders[graph.GSPO].alias {
		flags = flagNamed
	}
	root = binary.LittleEndian.AppendUint32(root, flags)
	for _, v := range []uint64{b.folded, sum, nextPage, b.quads} {
		root = binary.LittleEndian.AppendUint64(root, v)
	}
	part := func(name string, value []byte) error {
		root = append(append(root, byte(len(name))), name...)
		root = binary.LittleEndian.AppendUint64(root, xxh3.Hash(value))
		return meta.Put([]byte(name), value)
	}
	for o, x := range b.orders {
		if x.alias {
			if err := meta.Delete([]byte(partIndex(graph.Order(o)))); err != nil {
				return err
			}
			continue
		}
		if err := part(partIndex(graph.Order(o)), x.append(nil)); err != nil {
			return err
		}
	}
	for i, d := range b.dict {
		if err := part(partDict(i), d.append(nil)); err != nil {
			return err
		}
	}
	if err := part(partPredicates, b.stats.append(nil)); err != nil {
		return err
	}
	if err := part(partGraphs, appendIDs(nil, graphs)); err != nil {
		return err
	}
	if err := part(partJoins, b.joins.append(nil)); err != nil {
		return err
	}
	binary.LittleEndian.PutUint64(root, xxh3.Hash(root[8:]))
	return meta.Put(keyRoot, root)
}

func appendIDs(dst []byte, ids []graph.ID) []byte {
	for _, id := range ids {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(id))
	}
	return dst
}

// The statistics on disk: per predicate its id and its three counts, 8 each.
func (s *statistics) append(dst []byte) []byte {
	for i, p := range s.predicates {
		st := s.stats[i]
		dst = appendIDs(dst, []graph.ID{p, graph.ID(st.Quads), graph.ID(st.DistinctSubjects), graph.ID(st.DistinctObjects)})
	}
	return dst
}

func readStatistics(b []byte) *statistics {
	s := &statistics{}
	u := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	for ; len(b) >= 32; b = b[32:] {
		s.predicates = append(s.predicates, graph.ID(u(0)))
		s.stats = append(s.stats, graph.PredicateStats{Quads: u(1), DistinctSubjects: u(2), DistinctObjects: u(3)})
	}
	return s
}

// readFile reads the root, the directories and the log.
func (s *Store) readFile() (v *version, err error) {
	defer recoverCorruption(&err)()
	tx, err := s.db.Begin(false)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := tx.Rollback(); err == nil {
			err = e
		}
	}()
	for _, name := range [][]byte{bucketMeta, bucketLog, bucketPages} {
		if tx.Bucket(name) == nil {
			return nil, fmt.Errorf("%w: bucket %s is missing", graph.ErrCorrupt, name)
		}
	}
	meta := tx.Bucket(bucketMeta)
	root := meta.Get(keyRoot)
	switch {
	case len(root) < rootHeader || string(root[8:24]) != fileMagic:
		return nil, fmt.Errorf("%w: the root record is not one", graph.ErrCorrupt)
	case binary.LittleEndian.Uint64(root) != xxh3.Hash(root[8:]):
		return nil, fmt.Errorf("%w: the root record fails its checksum", graph.ErrCorrupt)
	case binary.LittleEndian.Uint32(root[24:]) != formatVersion:
		return nil, fmt.Errorf("%w: format version %d, this program reads %d",
			graph.ErrBadRequest, binary.LittleEndian.Uint32(root[24:]), formatVersion)
	}
	u := func(at int) uint64 { return binary.LittleEndian.Uint64(root[at:]) }
	b := &base{tx: 0, folded: u(32), quads: u(56)}
	named := binary.LittleEndian.Uint32(root[28:])&flagNamed != 0
	sum := u(40)
	s.nextPage = u(48)
	parts := map[string][]byte{}
	for p := root[rootHeader:]; len(p) > 0; {
		n := int(p[0])
		if len(p) < 1+n+8 {
			return nil, fmt.Errorf("%w: the root record is malformed", graph.ErrCorrupt)
		}
		name := string(p[1 : 1+n])
		value := meta.Get([]byte(name))
		if xxh3.Hash(value) != binary.LittleEndian.Uint64(p[1+n:]) {
			return nil, fmt.Errorf("%w: %s fails its checksum", graph.ErrCorrupt, name)
		}
		parts[name] = value
		p = p[1+n+8:]
	}
	for o := range graph.NumOrders {
		if o >= graph.GSPO && !named {
			continue
		}
		if b.orders[o], err = readIndex(o, parts[partIndex(o)]); err != nil {
			return nil, err
		}
		if b.orders[o].len() != b.quads {
			return nil, fmt.Errorf("%w: order %s has %d rows of %d", graph.ErrCorrupt, o, b.orders[o].len(), b.quads)
		}
	}
	if !named {
		b.aliasGraphOrders()
	}
	for i := range b.dict {
		if b.dict[i], err = readDictPages(dictTags[i], parts[partDict(i)]); err != nil {
			return nil, err
		}
	}
	b.stats = readStatistics(parts[partPredicates])
	if b.joins, err = readJoins(parts[partJoins]); err != nil {
		return nil, err
	}
	graphs := make([]graph.ID, len(parts[partGraphs])/8)
	for i := range graphs {
		graphs[i] = graph.ID(binary.LittleEndian.Uint64(parts[partGraphs][8*i:]))
	}
	v = &version{seq: b.folded, base: b, quads: b.quads, graphs: graphs, index: newTailIndex(), predicates: &predicateMemo{}}
	for i := range v.tails {
		v.tails[i].first = b.dict[i].len()
	}
	if err := v.indexTails(&filePages{tx: tx}); err != nil {
		return nil, err
	}
	if err := s.countSegments(tx.Bucket(bucketPages), b); err != nil {
		return nil, err
	}
	return s.replay(tx.Bucket(bucketLog), v, sum)
}

// indexTails enters the tail terms that are in pages into the hash table.
func (v *version) indexTails(r pageReader) error {
	for i, d := range v.base.dict {
		tag := dictTags[i]
		for k, pg := range d.tail {
			p, err := pg.bytes(r)
			if err != nil {
				return err
			}
			for j := range int(d.tailStart[k+1] - d.tailStart[k]) {
				v.index.add(tailHash(tag, identity(tag, tailEntry(p, j))), tag|graph.ID(d.tailStart[k]+uint64(j)))
			}
		}
	}
	return nil
}

// replay applies the log to the version of the pages.
func (s *Store) replay(log *bolt.Bucket, v *version, sum uint64) (*version, error) {
	last := log.Sequence()
	var ins, del []row
	next := *v
	c := log.Cursor()
	for k, b := c.Seek(pageKey(v.seq + 1)); k != nil; k, b = c.Next() {
		seq := next.seq + 1
		if len(k) != 8 || binary.BigEndian.Uint64(k) != seq {
			return nil, fmt.Errorf("%w: commit %d is missing from the log", graph.ErrCorrupt, seq)
		}
		ch, err := decodeChange(b, seq, sum)
		if err != nil {
			return nil, err
		}
		sum = recordSum(b)
		next.seq = seq
		for i, terms := range ch.terms {
			tag := dictTags[i]
			if len(terms) > 0 && ch.first[i] != next.tails[i].len() {
				return nil, fmt.Errorf("%w: commit %d numbers its terms from %d, not %d", graph.ErrCorrupt, seq, ch.first[i], next.tails[i].len())
			}
			for _, e := range terms {
				v.index.add(tailHash(tag, identity(tag, []byte(e))), tag|graph.ID(next.tails[i].len()))
				next.tails[i].entries = append(next.tails[i].entries, e)
			}
		}
		ins, del = append(ins, ch.ins...), append(del, ch.del...)
		if len(ch.record)+len(ch.forget) > 0 {
			next.graphs = next.next(&change{record: ch.record, forget: ch.forget}).graphs
		}
	}
	if next.seq < last {
		return nil, fmt.Errorf("%w: the log ends at commit %d, but %d was made", graph.ErrCorrupt, next.seq, last)
	}
	next.quads = uint64(int64(next.quads) + int64(len(ins)) - int64(len(del)))
	if len(ins)+len(del) > 0 {
		r := newRun(ins, del)
		o := &r.orders[graph.SPOG]
		o.ins, o.del = cancel(o.ins, o.del)
		if r.size() > 0 {
			next.active = []*run{r}
		}
		next.setRuns()
	}
	s.lastSum = sum
	return &next, nil
}

// cleanFile finishes what a fold that was killed has left: segments that are
// not referenced any more or not yet, and log records that are in the pages.
func (s *Store) cleanFile(folded uint64) (err error) {
	defer recoverCorruption(&err)()
	var garbage []uint64
	trim := false
	err = s.db.View(func(tx *bolt.Tx) error {
		for b := tx.Bucket(bucketMeta).Get(keyGarbage); len(b) >= 8; b = b[8:] {
			garbage = append(garbage, binary.LittleEndian.Uint64(b))
		}
		c := tx.Bucket(bucketPages).Cursor()
		for k, _ := c.Seek(pageKey(s.nextPage)); k != nil; k, _ = c.Next() {
			garbage = append(garbage, binary.BigEndian.Uint64(k))
		}
		k, _ := tx.Bucket(bucketLog).Cursor().First()
		trim = k != nil && binary.BigEndian.Uint64(k) <= folded
		return nil
	})
	if err != nil || len(garbage) == 0 && !trim {
		return err
	}
	return s.remove(garbage, folded)
}

// How many segments and log records are removed in one transaction: writers
// wait meanwhile.
const (
	removeSegments = 16
	removeRecords  = 4096
)

// remove deletes segments, the list of them, and the log up to a commit.
func (s *Store) remove(segments []uint64, folded uint64) (err error) {
	defer recoverCorruption(&err)()
	for chunk := range slices.Chunk(segments, removeSegments) {
		err := s.db.Update(func(tx *bolt.Tx) error {
			pages := tx.Bucket(bucketPages)
			for _, id := range chunk {
				if err := pages.DeleteBucket(pageKey(id)); err != nil && !errors.Is(err, berrors.ErrBucketNotFound) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("store: remove pages: %w", err)
		}
	}
	for more := true; more; {
		err := s.db.Update(func(tx *bolt.Tx) error {
			log := tx.Bucket(bucketLog)
			var old [][]byte
			c := log.Cursor()
			for k, _ := c.First(); k != nil && binary.BigEndian.Uint64(k) <= folded && len(old) < removeRecords; k, _ = c.Next() {
				old = append(old, slices.Clone(k))
			}
			more = len(old) == removeRecords
			for _, k := range old {
				if err := log.Delete(k); err != nil {
					return err
				}
			}
			if more {
				return nil
			}
			return tx.Bucket(bucketMeta).Delete(keyGarbage)
		})
		if err != nil {
			return fmt.Errorf("store: trim the log: %w", err)
		}
	}
	return nil
}

func pageKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

// writeLog appends the records of the queue in one transaction.
func (s *Store) writeLog(queue []*commit) (err error) {
	defer recoverCorruption(&err)()
	sum := s.lastSum
	var records [][]byte
	err = s.db.Update(func(tx *bolt.Tx) error {
		log := tx.Bucket(bucketLog)
		log.FillPercent = 0.9 // keys only ever come at the end
		for _, c := range queue {
			b := c.change.encode(sum)
			if err := log.Put(pageKey(c.change.seq), b); err != nil {
				return err
			}
			sum = recordSum(b)
			records = append(records, b)
		}
		return log.SetSequence(queue[len(queue)-1].change.seq)
	})
	if err != nil {
		return fmt.Errorf("store: write the log of %s: %w", s.path, err)
	}
	s.lastSum = sum
	for i, b := range records {
		s.feed.add(queue[i].change.seq, b)
	}
	return nil
}
