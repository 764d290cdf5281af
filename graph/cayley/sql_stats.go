package cayley

import (
	"context"
	"time"

	csql "github.com/cayleygraph/cayley/graph/sql"

	"github.com/belligraph/belligraph/graph"
)

// quadCounts are the sizes that every query's planning asks for. The database
// counts by reading, so they are kept for the version, and for as long as it is
// not too likely that others have written.
type quadCounts struct {
	all, inDefault int64
	at             time.Time
	took           time.Duration
}

// countsAge is how long counts of a version hold at least; counting costs at most
// a twentieth of the time. They are exact for what goes through this graph; what
// others write shows after that time.
const countsAge = 10 * time.Second

// countQuads counts the quads. The caller has seen that the snapshot has no
// changes of its own.
func (v *foreignView) countQuads(ctx context.Context) (quadCounts, error) {
	v.g.mu.RLock()
	n, version := v.g.counts, v.g.version
	v.g.mu.RUnlock()
	if !n.at.IsZero() && time.Since(n.at) < max(countsAge, 20*n.took) {
		return n, nil
	}
	start := time.Now()
	st := newStatement("SELECT count(*), count(*) - count(label_hash) FROM quads")
	if err := v.g.sql.scalar(ctx, st, &n.all, &n.inDefault); err != nil {
		return n, err
	}
	n.at = time.Now()
	n.took = n.at.Sub(start)
	v.g.mu.Lock()
	if v.g.version == version {
		v.g.counts = n
	}
	v.g.mu.Unlock()
	return n, nil
}

// predicateSQL is PredicateStats by one statement.
func (v *foreignView) predicateSQL(predicate graph.ID) (graph.PredicateStats, bool, error) {
	v.g.mu.RLock()
	st, known := v.g.stats[predicate]
	version := v.g.version
	v.g.mu.RUnlock()
	if known {
		return st, st.Quads > 0, nil
	}
	list, err := v.g.hashes(predicate)
	if err != nil || len(list) == 0 {
		return graph.PredicateStats{}, false, err
	}
	q := newStatement("SELECT count(*), count(DISTINCT subject_hash), count(DISTINCT object_hash) FROM quads WHERE predicate_hash = ")
	q.add(q.arg(csql.NodeHash{ValueHash: list[0]})) // predicates are IRIs, which have one form
	if err := v.g.sql.scalar(context.Background(), q, &st.Quads, &st.DistinctSubjects, &st.DistinctObjects); err != nil {
		return graph.PredicateStats{}, false, err
	}
	v.g.mu.Lock()
	if v.g.version == version {
		if v.g.stats == nil {
			v.g.stats = make(map[graph.ID]graph.PredicateStats)
		}
		v.g.stats[predicate] = st
	}
	v.g.mu.Unlock()
	return st, st.Quads > 0, nil
}

// distinct adds the distinct ids of a column to ids.
func (s *sqlStore) distinct(ctx context.Context, col graph.Column, ids map[graph.ID]bool) error {
	c := hashColumns[col]
	rows, err := s.query(ctx, newStatement("SELECT DISTINCT "+c+" FROM quads WHERE "+c+" IS NOT NULL"))
	if err != nil {
		return err
	}
	it := newHashRows(ctx, s, rows, 1)
	defer it.Close()
	for cols, n := it.Next(); n > 0; cols, n = it.Next() {
		for _, id := range cols[0][:n] {
			ids[id] = true
		}
	}
	return it.Err()
}
