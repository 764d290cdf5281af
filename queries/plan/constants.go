package plan

import (
	"reflect"
	"slices"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// Constant is a constant of a query, From, that another takes the place of, To.
// Both have ids in the snapshot that the plan is for, or graph.Any when the
// pattern of the query has none of them.
type Constant struct {
	From, To     rdf.Term
	FromID, ToID graph.ID
}

// WithConstants returns a plan for the query that differs from that of p by an
// exchange of constants, sharing with p what is the same in both. It is right
// when [Exchangeable] holds for the constants, and as good as p when the other
// constants match about as many triples.
func WithConstants(p *Plan, constants []Constant) *Plan {
	x := exchange{constants: constants, linked: linked(p.Root), made: make(map[Node]Node)}
	return &Plan{Root: x.node(p.Root), Rules: p.Rules}
}

// Exchangeable reports for each constant, an IRI or a string, whether
// [WithConstants] may exchange it: the plan holds it nowhere but where exchange
// looks. Of the algebra, see [ExchangeableTerms].
//
// Counter-example: a count that was read from the directory when the plan was
// made is of the constants that the pattern had then.
func Exchangeable(p *Plan, constants []Constant) []bool {
	ok := make([]bool, len(constants))
	if counted(p.Root) {
		return ok
	}
	// None of the constants may be left when all are exchanged for what is in no
	// query and no graph.
	gone := slices.Clone(constants)
	for i := range gone {
		gone[i].To, gone[i].ToID = rdf.BlankNode(""), graph.TagLocal|graph.ID(graph.PayloadMask)
	}
	left := mentioned(WithConstants(p, gone).Root, constants)
	for i := range ok {
		ok[i] = left[i] == 0
	}
	return ok
}

// ExchangeableTerms reports for each constant whether all that a query does with
// it is to match it: it is the subject or the object of patterns or a resource
// that is described, or, if an IRI, is compared, given as data or written by a
// template.
//
// Counter-example: a predicate, whose statistics choose the plan; the name of a
// graph, which may not exist; a string in a filter, of which a range of ids is
// made.
func ExchangeableTerms(q *algebra.Query, constants []Constant) []bool {
	all := mentioned(q, constants)
	matched := make([]int, len(constants))
	count := func(t algebra.PatternTerm, literals bool) {
		term, ok := t.(rdf.Term)
		if !ok {
			return
		}
		if _, isLiteral := t.(rdf.Literal); isLiteral && !literals {
			return
		}
		for i, c := range constants {
			if c.From == term {
				matched[i]++
			}
		}
	}
	var inExpr func(algebra.Expr) bool
	node := func(n algebra.Node) bool {
		switch n := n.(type) {
		case *algebra.BGP:
			for _, t := range n.Patterns {
				count(t.S, true)
				count(t.O, true)
			}
		case *algebra.Path:
			count(n.S, true)
			count(n.O, true)
		case *algebra.Values:
			for _, row := range n.Rows {
				for _, t := range row {
					count(t, false)
				}
			}
		case *algebra.Service:
			return false
		}
		for _, e := range algebra.Exprs(n) {
			algebra.WalkExpr(e, inExpr)
		}
		return true
	}
	inExpr = func(e algebra.Expr) bool {
		switch e := e.(type) {
		case algebra.ConstExpr:
			count(e.Term, false)
		case *algebra.Exists:
			algebra.Walk(e.Pattern, node)
		}
		return true
	}
	if q.Pattern != nil {
		algebra.Walk(q.Pattern, node)
	}
	for _, t := range q.Template {
		for _, x := range [4]algebra.PatternTerm{t.S, t.P, t.O, t.G} {
			count(x, false)
		}
	}
	for _, t := range q.Describe {
		count(t, false)
	}
	ok := make([]bool, len(constants))
	for i := range ok {
		ok[i] = matched[i] > 0 && matched[i] == all[i]
	}
	return ok
}

// InPattern reports for each term whether the pattern of a query mentions it.
func InPattern(q *algebra.Query, terms []rdf.Term) []bool {
	constants := make([]Constant, len(terms))
	for i, t := range terms {
		constants[i].From = t
	}
	in := make([]bool, len(terms))
	for i, n := range mentioned(q.Pattern, constants) {
		in[i] = n > 0
	}
	return in
}

// counted reports whether a plan holds a number that was read when it was made.
func counted(n Node) bool {
	if r, ok := n.(*Rows); ok && r.Note == noteCount {
		return true
	}
	return slices.ContainsFunc(n.Inputs(), counted)
}

// linked reports whether operators of a plan point at others than their operands,
// so that it can only be copied as a whole.
func linked(n Node) bool {
	switch n.(type) {
	case *BindJoin, *Parallel, *Outer:
		return true
	}
	return slices.ContainsFunc(n.Inputs(), linked)
}

// exchange copies the operators of a plan that hold constants, or that are above
// one that does; of a linked plan all.
type exchange struct {
	constants []Constant
	linked    bool
	made      map[Node]Node
}

func (x *exchange) node(n Node) Node {
	if m, ok := x.made[n]; ok {
		return m
	}
	m := x.copied(n)
	if x.linked {
		x.made[n] = m
	}
	return m
}

// copied returns a copy of n, or n itself when it and its operands hold none of
// the constants and nothing points at it.
func (x *exchange) copied(n Node) Node {
	switch n := n.(type) {
	case *Rows:
		if ids, changed := x.rows(n.IDs); changed {
			c := *n
			c.IDs = ids
			return &c
		}
	case *Outer:
		c := *n
		c.Join, _ = x.node(n.Join).(*BindJoin)
		return &c
	case *Scan:
		if t, changed := x.triple(n.Triple); changed || x.linked {
			c := *n
			c.Triple = t
			return &c
		}
	case *IndexJoin:
		in := x.node(n.Input)
		if t, changed := x.triple(n.Triple); changed || in != n.Input {
			c := *n
			c.Input, c.Triple = in, t
			return &c
		}
	case *PathJoin:
		in := x.node(n.Input)
		s, o := x.pos(n.S), x.pos(n.O)
		if in != n.Input || s != n.S || o != n.O {
			c := *n
			c.Input, c.S, c.O = in, s, o
			return &c
		}
	case *Unfold:
		if in := x.node(n.Input); in != n.Input {
			c := *n
			c.Input = in
			return &c
		}
	case *Fold:
		if in := x.node(n.Input); in != n.Input {
			c := *n
			c.Input = in
			return &c
		}
	case *HashJoin:
		l, r := x.node(n.Left), x.node(n.Right)
		if cond, changed := x.exprs(n.Cond); changed || l != n.Left || r != n.Right || x.linked {
			c := *n
			c.Left, c.Right, c.Cond = l, r, cond
			return &c
		}
	case *MergeJoin:
		sides, changed := slices.Clone(n.Sides), false
		for i := range sides {
			sides[i].Node = x.node(n.Sides[i].Node)
			changed = changed || sides[i].Node != n.Sides[i].Node
		}
		if changed {
			c := *n
			c.Sides = sides
			return &c
		}
	case *TrieJoin:
		if !x.linked { // its patterns are between variables
			return n
		}
		c := *n
		c.Atoms = slices.Clone(n.Atoms)
		for i, a := range n.Atoms {
			c.Atoms[i], _ = x.node(a).(*Scan)
		}
		return &c
	case *BindJoin:
		c := *n
		x.made[n] = &c // the leaves of its right side point at it
		c.Left, c.Right = x.node(n.Left), x.node(n.Right)
		c.Cond, _ = x.exprs(n.Cond)
		return &c
	case *Filter:
		in := x.node(n.Input)
		if conds, changed := x.exprs(n.Conds); changed || in != n.Input {
			c := *n
			c.Input, c.Conds = in, conds
			return &c
		}
	case *Extend:
		in := x.node(n.Input)
		if e, changed := x.expr(n.Expr); changed || in != n.Input {
			c := *n
			c.Input, c.Expr = in, e
			return &c
		}
	case *Bind:
		if in := x.node(n.Input); in != n.Input {
			c := *n
			c.Input = in
			return &c
		}
	case *Union:
		branches, changed := slices.Clone(n.Branches), false
		for i := range branches {
			branches[i] = x.node(n.Branches[i])
			changed = changed || branches[i] != n.Branches[i]
		}
		if changed {
			c := *n
			c.Branches = branches
			return &c
		}
	case *EachGraph:
		if in := x.node(n.Input); in != n.Input {
			c := *n
			c.Input = in
			return &c
		}
	case *Project:
		if in := x.node(n.Input); in != n.Input {
			c := *n
			c.Input = in
			return &c
		}
	case *Distinct:
		if in := x.node(n.Input); in != n.Input {
			c := *n
			c.Input = in
			return &c
		}
	case *Sort:
		in, keys, changed := x.node(n.Input), slices.Clone(n.Keys), false
		for i := range keys {
			var exchanged bool
			keys[i].Expr, exchanged = x.expr(keys[i].Expr)
			changed = changed || exchanged
		}
		if changed || in != n.Input {
			c := *n
			c.Input, c.Keys = in, keys
			return &c
		}
	case *Slice:
		if in := x.node(n.Input); in != n.Input {
			c := *n
			c.Input = in
			return &c
		}
	case *Parallel:
		c := *n
		c.Input = x.node(n.Input)
		c.Scans, c.Joins = slices.Clone(n.Scans), slices.Clone(n.Joins)
		for i := range c.Scans {
			c.Scans[i], _ = x.node(n.Scans[i]).(*Scan)
		}
		for i := range c.Joins {
			c.Joins[i], _ = x.node(n.Joins[i]).(*HashJoin)
		}
		return &c
	case *Group:
		in := x.node(n.Input)
		keys, aggregates, changed := slices.Clone(n.Keys), slices.Clone(n.Aggregates), false
		for i := range keys {
			var exchanged bool
			keys[i].Expr, exchanged = x.expr(keys[i].Expr)
			changed = changed || exchanged
		}
		for i := range aggregates {
			var exchanged bool
			aggregates[i].Aggregate.Arg, exchanged = x.expr(aggregates[i].Aggregate.Arg)
			changed = changed || exchanged
		}
		if changed || in != n.Input {
			c := *n
			c.Input, c.Keys, c.Aggregates = in, keys, aggregates
			return &c
		}
	}
	return n // what holds a constant all the same is found by Exchangeable
}

func (x *exchange) rows(rows [][]graph.ID) ([][]graph.ID, bool) {
	changed := false
	out := slices.Clone(rows)
	for i, row := range rows {
		for k, id := range row {
			for _, c := range x.constants {
				if id != c.FromID || id == graph.Any {
					continue
				}
				if !changed || &out[i][0] == &rows[i][0] {
					out[i] = slices.Clone(row)
				}
				out[i][k], changed = c.ToID, true
			}
		}
	}
	return out, changed
}

func (x *exchange) pos(p Pos) Pos {
	if p.Term == nil {
		return p
	}
	for _, c := range x.constants {
		if p.Term == c.From {
			return Pos{ID: c.ToID, Term: c.To}
		}
	}
	return p
}

// triple exchanges subject and object.
func (x *exchange) triple(t Triple) (Triple, bool) {
	out := Triple{x.pos(t[0]), t[1], x.pos(t[2])}
	return out, out != t
}

func (x *exchange) exprs(es []algebra.Expr) ([]algebra.Expr, bool) {
	changed := false
	for i, e := range es {
		f, exchanged := x.expr(e)
		if !exchanged {
			continue
		}
		if !changed {
			es, changed = slices.Clone(es), true
		}
		es[i] = f
	}
	return es, changed
}

func (x *exchange) expr(e algebra.Expr) (algebra.Expr, bool) {
	switch e := e.(type) {
	case algebra.ConstExpr:
		for _, c := range x.constants {
			if e.Term == c.From {
				return algebra.ConstExpr{Term: c.To}, true
			}
		}
	case *algebra.Call:
		if args, changed := x.exprs(e.Args); changed {
			c := *e
			c.Args = args
			return &c, true
		}
	}
	return e, false
}

// mentioned counts how often a structure holds each constant, as a term, as a
// text or as an id, anywhere in it.
func mentioned(v any, constants []Constant) []int {
	m := mentions{constants: constants, counts: make([]int, len(constants)), seen: make(map[visited]bool)}
	if v != nil {
		m.walk(reflect.ValueOf(v))
	}
	return m.counts
}

type mentions struct {
	constants []Constant
	counts    []int
	seen      map[visited]bool
}

type visited struct {
	at  uintptr
	typ reflect.Type
}

var (
	typeID      = reflect.TypeFor[graph.ID]()
	typeLiteral = reflect.TypeFor[rdf.Literal]()
)

func (m *mentions) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || m.seen[visited{v.Pointer(), v.Type()}] {
			return
		}
		m.seen[visited{v.Pointer(), v.Type()}] = true
		m.walk(v.Elem())
	case reflect.Interface:
		if !v.IsNil() {
			m.walk(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			m.walk(v.Index(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			m.walk(it.Key())
			m.walk(it.Value())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			m.walk(v.Field(i))
		}
		if v.Type() == typeLiteral {
			m.text(v.FieldByName("Lexical").String(), true)
		}
	case reflect.String:
		m.text(v.String(), false)
	case reflect.Uint64:
		if v.Type() == typeID {
			for i, c := range m.constants {
				if graph.ID(v.Uint()) == c.FromID && c.FromID != graph.Any {
					m.counts[i]++
				}
			}
		}
	}
}

// text counts a text: of a literal's lexical form, or any other.
func (m *mentions) text(s string, lexical bool) {
	for i, c := range m.constants {
		switch t := c.From.(type) {
		case rdf.IRI:
			if string(t) == s && !lexical { // the field is met by itself too
				m.counts[i]++
			}
		case rdf.Literal:
			if t.Lexical == s && lexical {
				m.counts[i]++
			}
		}
	}
}
