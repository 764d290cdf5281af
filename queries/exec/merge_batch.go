package exec

import (
	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/queries/plan"
)

// Most keys of a merge have all their rows in the batches at hand. Those are
// joined here, in one loop over the columns of keys that calls nothing and asks
// for no batch; a key whose run ends with a batch, and may go on in the next, is
// left to align, which reads further.

// found tells what inBatches makes of a key.
type found uint8

const (
	isJoined found = iota // the sides' runs are the rows from at to end
	isBeyond              // a batch ends before that can be known
)

// inBatches goes to the next key that is joined within the batches at hand, and
// sets the ends of its runs. What it leaves behind has been looked at.
func (j *mergeKeys) inBatches() found {
	lead := j.required[0]
	keys := lead.keys
next:
	for lead.at < len(keys) {
		key := keys[lead.at]
		if key < j.floor {
			if lead.at = skipTo(keys, lead.at, j.floor); lead.at == len(keys) {
				return isBeyond
			}
			continue
		}
		end := lead.at + 1
		for end < len(keys) && keys[end] == key {
			end++
		}
		if end == len(keys) {
			return isBeyond
		}
		lead.end = end
		for _, s := range j.required[1:] {
			if !s.runOf(key) {
				return isBeyond
			}
			if s.end == s.at {
				if lead.at = skipTo(keys, end, s.keys[s.at]); lead.at == len(keys) {
					return isBeyond
				}
				continue next
			}
		}
		for _, s := range j.anti {
			if !s.done && !s.runOf(key) {
				return isBeyond
			}
			if !s.done && s.end > s.at {
				lead.at = end
				continue next
			}
		}
		for _, s := range j.optional {
			if s.done {
				s.end = s.at
			} else if !s.runOf(key) {
				return isBeyond
			}
		}
		j.key = key
		return isJoined
	}
	return isBeyond
}

// runOf goes to the first row whose key is at least the one given and sets the
// end of its run, which is empty when no row has it. It returns false when the
// batch ends before that can be known.
func (s *mergeSide) runOf(key graph.ID) bool {
	keys, at := s.keys, s.at
	if at < len(keys) && keys[at] < key {
		at++
		if at < len(keys) && keys[at] < key {
			at = skipTo(keys, at, key)
		}
		s.at = at
	}
	end := at
	for end < len(keys) && keys[end] == key {
		end++
	}
	s.end = end
	return end < len(keys)
}

// weightOf returns how many rows the run of the side stands for.
func (s *mergeSide) weightOf() int64 {
	if len(s.b.Weights) == 0 {
		return int64(s.end - s.at)
	}
	total := int64(0)
	for _, w := range s.b.Weights[s.at:s.end] {
		total += w
	}
	return total
}

// countBatches returns the number of rows of the keys joined within the batches
// at hand, all of them when that is every key.
func (j *mergeKeys) countBatches() (total int64) {
	for j.inBatches() == isJoined {
		n := int64(1)
		for _, s := range j.required {
			if s.kind == plan.Inner {
				n *= s.weightOf()
			}
			s.at = s.end
		}
		for _, s := range j.optional {
			if s.end > s.at {
				n *= s.weightOf()
				s.at = s.end
			}
		}
		total += n
	}
	return total
}

// emitBatches appends the rows of the keys joined within the batches at hand, as
// long as there is room for all rows of a key. Rows are first chosen and then
// copied by the column.
func (j *mergeKeys) emitBatches() {
	j.picked = j.picked[:0]
	for _, s := range j.wide {
		s.pick = s.pick[:0]
	}
	for j.inBatches() == isJoined {
		rows, weight := int64(1), int64(1)
		weights := false
		for _, s := range j.sides {
			switch {
			case s.kind == plan.Anti || s.kind == plan.Semi || s.kind == plan.Left && s.end == s.at:
			case len(s.cols) > 0:
				rows *= int64(s.end - s.at)
				weights = weights || len(s.b.Weights) > 0
			default:
				weight *= s.weightOf()
			}
		}
		if j.drop {
			weight, weights = 1, false
		}
		if weights && !j.weighted {
			break // rows stand for different numbers of copies: see emit
		}
		copies := weight
		if j.weighted {
			copies = 1
		}
		if room := int64(batchRows - j.out.N - len(j.picked)); rows > room || copies > room || rows*copies > room {
			break
		}
		j.pickRows(int(rows), int(copies), weight)
		for _, s := range j.sides {
			if s.kind == plan.Inner || s.kind == plan.Left || s.kind == plan.Semi && s == j.required[0] {
				s.at = s.end
			}
		}
	}
	n := len(j.picked)
	if n == 0 {
		return
	}
	if c := j.keyOut; c >= 0 {
		j.out.Cols[c] = append(j.out.Cols[c], j.picked...)
	}
	for _, s := range j.wide {
		for k, c := range s.cols {
			var col []graph.ID
			if s.b != nil { // an optional side may have had no row at all
				col = s.b.Cols[c]
			}
			j.out.Cols[s.outs[k]] = appendPicked(j.out.Cols[s.outs[k]], col, s.pick)
		}
	}
	j.out.N += n
}

// pickRows picks the combinations of the runs of the current key, the rows of
// the last side changing first.
func (j *mergeKeys) pickRows(rows, copies int, weight int64) {
	each := rows // combinations of this side and those after it
	for _, s := range j.wide {
		n := s.end - s.at
		if n == 0 {
			for range rows * copies {
				s.pick = append(s.pick, -1)
			}
			continue
		}
		each /= n
		if n == rows && copies == 1 {
			for i := s.at; i < s.end; i++ {
				s.pick = append(s.pick, int32(i))
			}
			continue
		}
		for range rows / (n * each) {
			for i := s.at; i < s.end; i++ {
				for range each * copies {
					s.pick = append(s.pick, int32(i))
				}
			}
		}
	}
	for range rows * copies {
		j.picked = append(j.picked, j.key)
	}
	if !j.weighted {
		return
	}
	from := len(j.out.Weights)
	for range rows {
		j.out.Weights = append(j.out.Weights, weight)
	}
	if j.drop {
		return
	}
	each = rows
	for _, s := range j.wide {
		n := s.end - s.at
		if n == 0 {
			continue
		}
		each /= n
		if len(s.b.Weights) == 0 {
			continue
		}
		for i := range rows {
			j.out.Weights[from+i] *= s.b.Weights[s.at+i/each%n]
		}
	}
}
