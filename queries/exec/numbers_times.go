package exec

import "github.com/belligraph/belligraph/graph"

// timePart computes YEAR, MONTH, DAY, HOURS or MINUTES of a column of dates and
// times that ids hold.
func timePart(op string, col int) numeric {
	out := &numbers{}
	part := timeParts[op]
	return func(b *Batch) (*numbers, error) {
		out.resize(b.N)
		var last graph.ID
		for i, id := range b.Cols[col][:b.N] {
			if id == last && i > 0 {
				out.kind[i], out.v[i] = out.kind[i-1], out.v[i-1]
				continue
			}
			last = id
			days, milli, ok := id.Local()
			out.kind[i] = noNumber
			if ok && (part.ofDates || id.Tag() == graph.TagDateTime) {
				out.kind[i], out.v[i] = isInteger, part.of(days, milli)
			}
		}
		out.settleKinds()
		return out, nil
	}
}

// timeParts are the parts of a point in time that are whole numbers. A date has
// no hours.
var timeParts = map[string]struct {
	ofDates bool
	of      func(days, milli int64) int64
}{
	"YEAR":    {true, func(days, _ int64) int64 { y, _, _ := graph.CivilDate(days); return y }},
	"MONTH":   {true, func(days, _ int64) int64 { _, m, _ := graph.CivilDate(days); return m }},
	"DAY":     {true, func(days, _ int64) int64 { _, _, d := graph.CivilDate(days); return d }},
	"HOURS":   {false, func(_, milli int64) int64 { return milli / 3_600_000 }},
	"MINUTES": {false, func(_, milli int64) int64 { return milli / 60_000 % 60 }},
}
