package exec

import (
	"bytes"
	"cmp"
	"unicode/utf8"
	"unsafe"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
	"github.com/belligraph/belligraph/queries/plan"
)

// textCondition is a condition on one variable that is decided by the kind of
// its term (IRI, language, datatype) and its text, both read for a batch of ids
// at a time: no term is made, and nothing is allocated per row.
type textCondition struct {
	c      *condition
	q      *Query
	v      algebra.Var
	test   textTest
	reader graph.TextReader
	kinds  []textKind // by kind of the reader
	byKind []evaluatorOfKind
	// tags are the outcomes of conditions that the tag of an id decides, where
	// it does.
	tags  [16]expr.Truth
	byTag [16]bool
	// onlyKind is set for conditions that the kind of a term decides.
	onlyKind  bool
	ids       []graph.ID
	scratch   []byte
	kindsRead graph.Texts
}

// textTest decides a condition by a text and its kind. undecided leaves it to
// the evaluator of the condition.
type textTest func(text []byte, k *textKind) expr.Truth

const undecided expr.Truth = 255

// textKind is what there is to a term besides its text.
type textKind struct {
	known    bool
	isString bool // a string with or without a language tag
	hasStr   bool // STR is its text
	truths   []expr.Truth
}

// evaluatorOfKind gives the outcome of an expression for all terms of a kind.
type evaluatorOfKind func(sample rdf.Term) expr.Truth

// kindFunctions are functions whose outcome the kind of their argument decides;
// those that are true are decided by the tag of the id alone.
var kindFunctions = map[string]bool{
	"ISIRI": true, "ISURI": true, "ISBLANK": true, "ISLITERAL": true,
	"LANG": false, "LANGDIR": false, "HASLANG": false, "HASLANGDIR": false, "DATATYPE": false,
}

// textCondition returns the fast form of a condition on the variable v, nil when
// it has none.
func (q *Query) textCondition(c *condition, e algebra.Expr, v algebra.Var) *textCondition {
	t := &textCondition{c: c, q: q, v: v}
	t.test = t.compile(e)
	if t.test == nil {
		return nil
	}
	onlyTag, onlyKind := t.decidedBy(e)
	if !onlyKind {
		return t
	}
	t.onlyKind = true
	outcome := t.ofKind(e)
	for tag, sample := range map[graph.ID]rdf.Term{
		graph.TagBlank: rdf.BlankNode("b"), graph.TagIRI: rdf.IRI("http://x/"), graph.TagString: rdf.NewString(""),
		graph.TagInteger: rdf.NewTyped("1", rdf.XSDInteger), graph.TagDecimal: rdf.NewTyped("1.0", rdf.XSDDecimal),
		graph.TagDouble: rdf.NewTyped("1.0E0", rdf.XSDDouble), graph.TagBoolean: rdf.NewBoolean(true),
		graph.TagDate: rdf.NewTyped("2012-02-15", rdf.XSDDate), graph.TagDateTime: rdf.NewTyped("2012-02-15T10:00:00", rdf.XSDDateTime),
		graph.TagYear: rdf.NewTyped("2012", rdf.XSDGYear),
		graph.TagLang: rdf.NewLang("", "en"), graph.TagTyped: rdf.NewTyped("", "http://x/"),
	} {
		if onlyTag || tag != graph.TagLang && tag != graph.TagTyped {
			t.tags[tag>>60], t.byTag[tag>>60] = outcome(sample), true
		}
	}
	return t
}

// decidedBy reports whether the tag of an id, or else the kind of its term,
// decides e.
func (t *textCondition) decidedBy(e algebra.Expr) (tag, kind bool) {
	tag, kind = true, true
	var walk func(e algebra.Expr)
	walk = func(e algebra.Expr) {
		switch e := e.(type) {
		case algebra.VarExpr:
			tag, kind = false, false
		case *algebra.Call:
			if byTag, ok := kindFunctions[e.Op]; ok && !e.IRI && len(e.Args) == 1 {
				if v, isVar := variableOf(e.Args[0]); isVar && v == t.v {
					tag = tag && byTag
					return
				}
			}
			for _, a := range e.Args {
				walk(a)
			}
		case *algebra.Exists:
			tag, kind = false, false
		}
	}
	walk(e)
	return tag, kind
}

// ofKind returns the outcome of e for any term of a kind, which decides it.
func (t *textCondition) ofKind(e algebra.Expr) evaluatorOfKind {
	return func(sample rdf.Term) expr.Truth {
		f, err := t.q.compile(substitution{t.v: sample}.expr(e), nil, plan.Active{})
		if err != nil {
			return undecided
		}
		v, err := f(&Batch{}, 0)
		if expr.Fatal(err) {
			return undecided
		}
		return expr.Test(v, err)
	}
}

// compile returns the test of e, nil when it has none.
func (t *textCondition) compile(e algebra.Expr) textTest {
	call, ok := e.(*algebra.Call)
	if !ok || call.IRI {
		return nil
	}
	if _, kind := t.decidedBy(e); kind {
		n := len(t.byKind)
		t.byKind = append(t.byKind, t.ofKind(e))
		return func(_ []byte, k *textKind) expr.Truth { return k.truths[n] }
	}
	switch call.Op {
	case "!":
		f := t.compile(call.Args[0])
		if f == nil {
			return nil
		}
		return func(text []byte, k *textKind) expr.Truth {
			if u := f(text, k); u != undecided {
				return u.Not()
			}
			return undecided
		}
	case "&&", "||":
		var fs []textTest
		for _, a := range call.Args {
			f := t.compile(a)
			if f == nil {
				return nil
			}
			fs = append(fs, f)
		}
		and := call.Op == "&&"
		return func(text []byte, k *textKind) expr.Truth {
			all := expr.False
			if and {
				all = expr.True
			}
			for _, f := range fs {
				u := f(text, k)
				switch {
				case u == undecided:
					return undecided
				case and:
					if all = all.And(u); all == expr.False {
						return all
					}
				default:
					if all = all.Or(u); all == expr.True {
						return all
					}
				}
			}
			return all
		}
	case "CONTAINS", "STRSTARTS", "STRENDS":
		arg := t.argument(call.Args[0])
		part, ok := plainConstant(call.Args[1])
		if arg == nil || !ok {
			return nil
		}
		want := []byte(part)
		var holds func(s, part []byte) bool
		switch call.Op {
		case "CONTAINS":
			holds = bytes.Contains
		case "STRSTARTS":
			holds = bytes.HasPrefix
		default:
			holds = bytes.HasSuffix
		}
		return func(text []byte, k *textKind) expr.Truth {
			s, u := arg(text, k)
			if u != expr.True {
				return u
			}
			return truth(holds(s, want))
		}
	case "REGEX":
		arg := t.argument(call.Args[0])
		pattern, ok := plainConstant(call.Args[1])
		flags, okF := "", true
		if len(call.Args) == 3 {
			flags, okF = plainConstant(call.Args[2])
		}
		if arg == nil || !ok || !okF {
			return nil
		}
		match, err := t.q.expr.Matcher(pattern, flags)
		if err != nil {
			return nil // the evaluator says what is wrong
		}
		return func(text []byte, k *textKind) expr.Truth {
			s, u := arg(text, k)
			if u != expr.True {
				return u
			}
			found, err := match(unsafe.String(unsafe.SliceData(s), len(s)))
			if err != nil {
				return undecided
			}
			return truth(found)
		}
	case "<", ">", "<=", ">=", "=", "!=":
		return t.compareLength(call)
	}
	return nil
}

// compareLength tests STRLEN of the variable against a number.
func (t *textCondition) compareLength(call *algebra.Call) textTest {
	left, right, op := call.Args[0], call.Args[1], call.Op
	if _, ok := left.(algebra.ConstExpr); ok {
		left, right, op = right, left, mirrored[op]
	}
	length, ok := left.(*algebra.Call)
	k, isConst := right.(algebra.ConstExpr)
	if !ok || !isConst || length.IRI || length.Op != "STRLEN" {
		return nil
	}
	literal, ok := k.Term.(rdf.Literal)
	if !ok {
		return nil
	}
	bound, ok := graph.Inline(literal)
	arg := t.argument(length.Args[0])
	if !ok || bound.Tag() != graph.TagInteger || arg == nil {
		return nil
	}
	limit, _ := bound.Int64()
	holds := comparisonHolds[op]
	return func(text []byte, k *textKind) expr.Truth {
		s, u := arg(text, k)
		if u != expr.True {
			return u
		}
		return truth(holds[1+cmp.Compare(int64(utf8.RuneCount(s)), limit)])
	}
}

// argument returns the string that e makes of a text, and True; or what its
// error makes of the condition.
func (t *textCondition) argument(e algebra.Expr) func(text []byte, k *textKind) ([]byte, expr.Truth) {
	if v, ok := variableOf(e); ok && v == t.v {
		return func(text []byte, k *textKind) ([]byte, expr.Truth) {
			if !k.isString {
				return nil, expr.Error
			}
			return text, expr.True
		}
	}
	call, ok := e.(*algebra.Call)
	if !ok || call.IRI {
		return nil
	}
	switch call.Op {
	case "STR":
		if v, ok := variableOf(call.Args[0]); !ok || v != t.v {
			return nil
		}
		return func(text []byte, k *textKind) ([]byte, expr.Truth) {
			if !k.hasStr {
				return nil, expr.Error
			}
			return text, expr.True
		}
	case "LCASE", "UCASE":
		arg := t.argument(call.Args[0])
		if arg == nil {
			return nil
		}
		from, to := byte('A'), byte('Z')
		if call.Op == "UCASE" {
			from, to = 'a', 'z'
		}
		return func(text []byte, k *textKind) ([]byte, expr.Truth) {
			s, u := arg(text, k)
			if u != expr.True {
				return nil, u
			}
			out := append(t.scratch[:0], s...)
			t.scratch = out
			for i, b := range out {
				if b >= utf8.RuneSelf {
					return nil, undecided // the case mapping of Unicode is elsewhere
				}
				if from <= b && b <= to {
					out[i] = b ^ ('a' - 'A')
				}
			}
			return out, expr.True
		}
	}
	return nil
}

func truth(b bool) expr.Truth {
	if b {
		return expr.True
	}
	return expr.False
}

// kind returns what is worked out for kind n of the reader.
func (t *textCondition) kind(texts *graph.Texts, n uint32) *textKind {
	for len(t.kinds) < len(texts.Kinds) {
		t.kinds = append(t.kinds, textKind{})
	}
	k := &t.kinds[n]
	if k.known {
		return k
	}
	k.known = true
	sample := texts.Kinds[n]
	switch l := sample.(type) {
	case rdf.IRI:
		k.hasStr = true
	case rdf.Literal:
		k.hasStr = true
		k.isString = l.Lang != "" || l.Datatype == rdf.XSDString
	}
	for _, f := range t.byKind {
		k.truths = append(k.truths, f(sample))
	}
	return k
}

// filter keeps of sel, in place, the rows of which the condition is true.
func (t *textCondition) filter(b *Batch, sel []int32) ([]int32, error) {
	c := t.c
	out := sel[:0]
	col := b.Cols[c.only]
	if t.test != nil && t.decidesAll() {
		for _, i := range sel {
			tag := col[i] >> 60
			if !t.byTag[tag] {
				holds, err := c.holdsFor(b, i)
				if err != nil {
					return nil, err
				}
				if holds {
					out = append(out, i)
				}
			} else if t.tags[tag] == expr.True {
				out = append(out, i)
			}
		}
		return out, nil
	}
	// Each different id of neighbours is read once.
	t.ids = t.ids[:0]
	var last graph.ID
	for _, i := range sel {
		id := col[i]
		if t.byTag[id>>60] || id == last || id == graph.Any {
			continue
		}
		last = id
		t.ids = append(t.ids, id)
	}
	var texts *graph.Texts
	if len(t.ids) > 0 {
		if t.reader == nil {
			t.reader = graph.NewTextReader(t.q.snap)
		}
		var err error
		if texts, err = t.read(); err != nil {
			return nil, err
		}
	}
	at, outcome := -1, undecided
	last = graph.Any
	for _, i := range sel {
		id := col[i]
		if t.byTag[id>>60] {
			if t.tags[id>>60] == expr.True {
				out = append(out, i)
			}
			continue
		}
		if id == graph.Any {
			holds, err := c.holdsFor(b, i)
			if err != nil {
				return nil, err
			}
			if holds {
				out = append(out, i)
			}
			continue
		}
		if id != last {
			last = id
			at++
			outcome = undecided
			if texts.Kind[at] != 0 {
				var text []byte
				if len(texts.Ends) > 0 {
					text = texts.Text(at)
				}
				outcome = t.test(text, t.kind(texts, texts.Kind[at]))
			}
			if outcome == undecided {
				holds, err := c.holdsFor(b, i)
				if err != nil {
					return nil, err
				}
				outcome = truth(holds)
			}
		}
		if outcome == expr.True {
			out = append(out, i)
		}
	}
	return out, nil
}

// manyKinds is the number of ids from which on kinds are read alone: that makes the
// kinds of whole pages, once for all queries.
const manyKinds = 64

// read reads the texts of t.ids, or only the kinds, with no Ends, where these decide.
func (t *textCondition) read() (*graph.Texts, error) {
	r, ok := t.reader.(graph.KindReader)
	if !ok || !t.onlyKind || len(t.ids) < manyKinds {
		return t.reader.Read(t.ids)
	}
	var err error
	t.kindsRead.Kind, t.kindsRead.Kinds, err = r.ReadKinds(t.ids)
	return &t.kindsRead, err
}

// decidesAll reports whether the tag of every stored id decides the condition.
func (t *textCondition) decidesAll() bool {
	return t.byTag[graph.TagLang>>60] && t.byTag[graph.TagTyped>>60]
}

// fewRows is the number of rows below which a reader of texts does not pay.
const fewRows = 8

// useful reports whether so many rows are better filtered by texts.
func (t *textCondition) useful(rows int) bool { return rows >= fewRows || t.decidesAll() }
