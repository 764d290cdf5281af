package plan

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// IDRange is the ids from From to To, both included.
type IDRange struct{ From, To graph.ID }

// ranged returns a scan restricted to the ids that filters on its first variable
// can be true of, with all filters still on top; nil when no filter says so.
//
// The ranges hold more than the filter keeps: whole tags where ids do not ascend
// as values do (other lexical forms, terms that arrived by update), and a margin
// where zones or rounding could matter.
//
// Counter-example: FILTER(?v != 5) is true of almost everything, and FILTER(?v <
// "b") of strings in another order than that of ids added by updates.
func (g *joinGroup) ranged(s *Scan) Node {
	if len(s.Sorted) == 0 || !g.p.allowed(ruleFilterToRange) {
		return nil
	}
	v := s.Sorted[0]
	var ranges []IDRange
	for _, f := range g.filters {
		if f.late || len(f.vars) != 1 || f.vars[0] != v {
			continue
		}
		if r := g.p.rangesOf(f.cond, v); r != nil {
			if ranges == nil {
				ranges = r
			} else {
				ranges = intersectRanges(ranges, r)
			}
			if len(ranges) == 0 {
				break
			}
		}
	}
	if ranges == nil {
		return nil
	}
	counter, ok := g.p.env.Snapshot.(graph.RangeCounter)
	if !ok {
		return nil
	}
	_, free := Resolve(s.Triple, s.Active, g.p.onlyDefault)
	rows := 0.0
	for _, r := range ranges {
		n, err := counter.CountRange(free, s.Order, r.From, r.To+1)
		if err != nil {
			return nil
		}
		rows += float64(n)
	}
	r := *s
	r.Ranges, r.By = ranges, v
	r.Rows = min(s.Rows, rows)
	r.Cost = g.p.jitter(costSeek + costSkip*float64(len(ranges)) + rows)
	n := g.applyFilters(&r)
	if f, ok := n.(*Filter); ok {
		f.Rows = r.Rows
	}
	return n
}

// rangesOf returns ascending ranges that hold every id of a value of v of which
// cond is true, nil when there is nothing to say.
func (p *planner) rangesOf(cond algebra.Expr, v algebra.Var) []IDRange {
	c, ok := cond.(*algebra.Call)
	if !ok || c.IRI || len(c.Args) < 2 {
		return nil
	}
	switch c.Op {
	case "<", "<=", ">", ">=", "=":
		left, right, op := c.Args[0], c.Args[1], c.Op
		if _, ok := left.(algebra.ConstExpr); ok {
			left, right = right, left
			op = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}[op]
		}
		x, isVar := left.(algebra.VarExpr)
		k, isConst := right.(algebra.ConstExpr)
		if !isVar || x.Var != v || !isConst {
			return nil
		}
		l, ok := k.Term.(rdf.Literal)
		if !ok {
			return nil
		}
		id, ok := graph.Inline(l)
		if !ok {
			return nil
		}
		return valueRanges(op, id)
	case "STRSTARTS":
		prefix, ok := simpleString(c.Args[1])
		if !ok {
			return nil
		}
		return p.prefixRanges(c.Args[0], v, prefix)
	case "REGEX":
		pattern, ok := simpleString(c.Args[1])
		if !ok || len(c.Args) > 2 || !strings.HasPrefix(pattern, "^") {
			return nil
		}
		prefix := pattern[1:]
		if i := strings.IndexAny(prefix, `.\?*+{}()[]|^$`); i >= 0 {
			if strings.ContainsAny(prefix, "|") {
				return nil
			}
			if strings.IndexByte("?*{", prefix[i]) >= 0 {
				i-- // what is before may be missing
				for i > 0 && prefix[i]&0xC0 == 0x80 {
					i--
				}
			}
			if i < 0 {
				return nil
			}
			prefix = prefix[:i]
		}
		return p.prefixRanges(c.Args[0], v, prefix)
	}
	return nil
}

func simpleString(e algebra.Expr) (string, bool) {
	k, ok := e.(algebra.ConstExpr)
	if !ok {
		return "", false
	}
	l, ok := k.Term.(rdf.Literal)
	return l.Lexical, ok && l.Datatype == rdf.XSDString && l.Lang == ""
}

// whole is the range of all ids of a tag.
func whole(tag graph.ID) IDRange { return IDRange{tag, tag | graph.PayloadMask} }

// side cuts a range of values around low and high, two ids of a tag between
// which those of the constant are, for an operator.
func side(op string, low, high graph.ID) IDRange {
	r := whole(low.Tag())
	switch op {
	case "<", "<=":
		r.To = high
	case ">", ">=":
		r.From = low
	default:
		r.From, r.To = low, high
	}
	return r
}

// valueRanges returns the ranges of a comparison with an inline constant.
func valueRanges(op string, id graph.ID) []IDRange {
	switch id.Tag() {
	case graph.TagInteger, graph.TagDecimal, graph.TagDouble:
		x, ok := id.Float64()
		if !ok || math.IsNaN(x) || math.Abs(x) > 1<<50 {
			return nil
		}
		margin := math.Abs(x)*1e-6 + 1e-6
		lowInt, ok1 := graph.IntegerID(int64(math.Floor(x - margin)))
		highInt, ok2 := graph.IntegerID(int64(math.Ceil(x + margin)))
		if n, ok := id.Int64(); ok {
			lowInt, ok1 = graph.IntegerID(n)
			highInt, ok2 = lowInt, ok1
		}
		if !ok1 || !ok2 {
			return nil
		}
		out := []IDRange{whole(graph.TagTyped), side(op, lowInt, highInt)}
		for _, t := range []struct {
			tag      graph.ID
			format   byte
			digits   int
			datatype rdf.IRI
		}{{graph.TagDecimal, 'f', 6, rdf.XSDDecimal}, {graph.TagDouble, 'E', 9, rdf.XSDDouble}} {
			low, ok1 := graph.Inline(rdf.NewTyped(strconv.FormatFloat(x-margin, t.format, t.digits, 64), t.datatype))
			high, ok2 := graph.Inline(rdf.NewTyped(strconv.FormatFloat(x+margin, t.format, t.digits, 64), t.datatype))
			if !ok1 || !ok2 || low.Tag() != t.tag || high.Tag() != t.tag {
				out = append(out, whole(t.tag))
				continue
			}
			if t.tag == graph.TagDecimal {
				low, high = low&^7, high|7 // however many digits are written
			}
			out = append(out, side(op, low, high))
		}
		return out
	case graph.TagDate:
		days, _, ok := id.Days()
		if !ok {
			return nil
		}
		low, ok1 := graph.Inline(rdf.NewTyped(graph.FormatDays(days-2), rdf.XSDDate))
		high, ok2 := graph.Inline(rdf.NewTyped(graph.FormatDays(days+2), rdf.XSDDate))
		if !ok1 || !ok2 {
			return nil
		}
		return []IDRange{whole(graph.TagTyped), side(op, low, high), whole(graph.TagDateTime), whole(graph.TagYear)}
	case graph.TagDateTime:
		milli, _, ok := id.UnixMilli()
		if !ok {
			return nil
		}
		const twoDays = 2 * 24 * 60 * 60 * 1000
		bound := func(milli int64) (graph.ID, bool) {
			return graph.Inline(rdf.NewTyped(time.UnixMilli(milli).UTC().Format("2006-01-02T15:04:05Z"), rdf.XSDDateTime))
		}
		low, ok1 := bound(milli - twoDays)
		high, ok2 := bound(milli + twoDays)
		if !ok1 || !ok2 || low.Tag() != graph.TagDateTime || high.Tag() != graph.TagDateTime {
			return nil
		}
		return []IDRange{whole(graph.TagTyped), whole(graph.TagDate), side(op, low, high), whole(graph.TagYear)}
	}
	return nil
}

// prefixRanges returns the ranges of terms whose text, as e reads it, begins
// with a prefix.
func (p *planner) prefixRanges(e algebra.Expr, v algebra.Var, prefix string) []IDRange {
	tags := []graph.ID{graph.TagString, graph.TagLang}
	rest := false
	switch x := e.(type) {
	case algebra.VarExpr:
		if x.Var != v {
			return nil
		}
	case *algebra.Call:
		arg, ok := x.Args[0].(algebra.VarExpr)
		if x.IRI || x.Op != "STR" || !ok || arg.Var != v {
			return nil
		}
		tags = []graph.ID{graph.TagIRI, graph.TagString, graph.TagLang}
		rest = true
	default:
		return nil
	}
	if prefix == "" {
		return nil
	}
	var out []IDRange
	for _, tag := range tags {
		from, to, err := graph.TextRange(p.env.Snapshot, tag, prefix)
		if err != nil {
			return nil
		}
		if from < to {
			out = append(out, IDRange{from, to - 1})
		}
		out = append(out, IDRange{p.env.Snapshot.SortedBelow(tag), tag | graph.PayloadMask})
	}
	if rest { // numbers and dates have texts too
		out = append(out, IDRange{graph.TagTyped, graph.TagYear | graph.PayloadMask})
	}
	return out
}

// intersectRanges returns what two ascending lists of ranges share. It is not
// nil.
func intersectRanges(a, b []IDRange) []IDRange {
	out := []IDRange{}
	for i, k := 0, 0; i < len(a) && k < len(b); {
		r := IDRange{max(a[i].From, b[k].From), min(a[i].To, b[k].To)}
		if r.From <= r.To {
			out = append(out, r)
		}
		if a[i].To < b[k].To {
			i++
		} else {
			k++
		}
	}
	return out
}

// rangeNote describes the ranges of a scan.
func rangeNote(v algebra.Var, ranges []IDRange) string {
	if ranges == nil {
		return ""
	}
	return fmt.Sprintf("  within %d ranges of %s", len(ranges), v)
}
