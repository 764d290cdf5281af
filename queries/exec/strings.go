package exec

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
	"github.com/belligraph/belligraph/queries/expr"
)

// Strings are computed by the column too: the texts of a column of ids are read
// for a batch at a time, and functions go from texts to texts, so that no term is
// made. What does not fit (terms that are no strings, case mappings that change
// the number of letters, errors) is left to the evaluator, row by row.

// stringKind tells what a string of a column is besides its text: noString, or the
// place of its language tag in the list of the query.
type stringKind uint16

const (
	noString stringKind = iota // ask the evaluator
	plainString
)

// longString is the length from which on strings are left to the evaluator, which
// minds how long they may grow.
const longString = 1 << 16

// stringTags are the language tags that columns of strings have met. Tags that
// differ in case only have kinds of their own.
type stringTags struct {
	terms  []rdf.Literal // by kind, without the text
	folded []stringKind  // by kind: the one that stands for all that differ in case only
	kinds  map[rdf.Literal]stringKind
}

// of returns the kind of a string, noString when there are too many.
func (t *stringTags) of(l rdf.Literal) stringKind {
	l.Lexical = ""
	if t.kinds == nil {
		t.kinds = map[rdf.Literal]stringKind{rdf.NewString(""): plainString}
		t.terms = []rdf.Literal{{}, rdf.NewString("")}
		t.folded = []stringKind{noString, plainString}
	}
	k, ok := t.kinds[l]
	if ok || len(t.terms) >= 1<<15 {
		return k
	}
	fold := l
	fold.Lang = strings.ToLower(l.Lang)
	folded := noString
	if fold != l {
		folded = t.of(fold)
	}
	k = stringKind(len(t.terms))
	if fold == l {
		folded = k
	}
	t.kinds[l] = k
	t.terms, t.folded = append(t.terms, l), append(t.folded, folded)
	return k
}

// term returns the string with a text, which is copied.
func (t *stringTags) term(k stringKind, text []byte) rdf.Literal {
	l := t.terms[k]
	l.Lexical = string(text)
	return l
}

// isString reports whether a term is a string, with or without a language tag.
func isString(t rdf.Term) (rdf.Literal, bool) {
	l, ok := t.(rdf.Literal)
	return l, ok && (l.Lang != "" || l.Datatype == rdf.XSDString)
}

// textColumn is a column of strings. The texts lie elsewhere and must not be
// changed.
type textColumn struct {
	text [][]byte
	kind []stringKind
}

func (c *textColumn) resize(rows int) {
	if cap(c.kind) < rows {
		c.text, c.kind = make([][]byte, rows), make([]stringKind, rows)
	}
	c.text, c.kind = c.text[:rows], c.kind[:rows]
}

// textual computes a column of strings from the rows of a batch. The result is
// valid until the next call for another batch.
type textual func(b *Batch) (*textColumn, error)

// vectors computes columns from the columns of batches. Expressions of one
// operator share what they read of a batch.
type vectors struct {
	q       *Query
	vars    []algebra.Var
	batch   uint64 // counts the batches
	readers map[int]*textReading
}

func (q *Query) vectors(vars []algebra.Var) *vectors {
	return &vectors{q: q, vars: vars, readers: make(map[int]*textReading)}
}

// begin must be called before a batch is computed.
func (v *vectors) begin() { v.batch++ }

// textReading reads the texts of one column, once for each batch.
type textReading struct {
	reader graph.TextReader
	batch  uint64
	texts  *graph.Texts
	kinds  []readKind // by kind of the reader
}

// readKind is what a kind of a reader makes of a text: of a variable by itself, of
// STR of it, and its LANG where it is a literal.
type readKind struct {
	self, str stringKind
	literal   bool
	lang      []byte
}

// read returns the texts of a column and the kinds of the reader.
func (v *vectors) read(col int, b *Batch) (*textReading, error) {
	r := v.readers[col]
	if r == nil {
		r = &textReading{reader: graph.NewTextReader(v.q.snap)}
		v.readers[col] = r
	}
	if r.batch == v.batch && r.texts != nil {
		return r, nil
	}
	var err error
	if r.texts, err = r.reader.Read(b.Cols[col][:b.N]); err != nil {
		return nil, err
	}
	r.batch = v.batch
	for _, t := range r.texts.Kinds[len(r.kinds):] {
		k := readKind{}
		switch l := t.(type) {
		case rdf.IRI:
			k.str = plainString
		case rdf.Literal:
			k.str, k.literal, k.lang = plainString, true, []byte(l.Lang)
			if _, ok := isString(l); ok {
				k.self = v.q.tags.of(l)
			}
		}
		r.kinds = append(r.kinds, k)
	}
	v.q.tags.of(rdf.NewString(""))
	return r, nil
}

// variable is a variable, STR or LANG of one.
func (v *vectors) variable(name algebra.Var, op string) textual {
	col := columnOf(v.vars, name)
	if col < 0 {
		return nil
	}
	out := &textColumn{}
	return func(b *Batch) (*textColumn, error) {
		r, err := v.read(col, b)
		if err != nil {
			return nil, err
		}
		out.resize(b.N)
		from := uint32(0)
		for i, end := range r.texts.Ends {
			k := &r.kinds[r.texts.Kind[i]]
			switch op {
			case "":
				out.text[i], out.kind[i] = r.texts.Bytes[from:end:end], k.self
			case "STR":
				out.text[i], out.kind[i] = r.texts.Bytes[from:end:end], k.str
			default:
				out.text[i], out.kind[i] = k.lang, noString
				if k.literal {
					out.kind[i] = plainString
				}
			}
			from = end
		}
		return out, nil
	}
}

// textual returns the fast form of an expression whose values are strings, nil
// when it has none.
func (v *vectors) textual(e algebra.Expr) textual {
	switch e := e.(type) {
	case algebra.VarExpr:
		return v.variable(e.Var, "")
	case algebra.ConstExpr:
		l, ok := isString(e.Term)
		if !ok {
			return nil
		}
		text, kind := []byte(l.Lexical), v.q.tags.of(l)
		out := &textColumn{}
		return func(b *Batch) (*textColumn, error) {
			for len(out.kind) < b.N {
				out.text, out.kind = append(out.text, text), append(out.kind, kind)
			}
			return &textColumn{out.text[:b.N], out.kind[:b.N]}, nil
		}
	case *algebra.Call:
		if e.IRI {
			return nil
		}
		switch e.Op {
		case "STR":
			if name, ok := variableOf(e.Args[0]); ok {
				return v.variable(name, "STR")
			}
			return v.perText(e.Args[0], func(_, text []byte, _ stringKind) ([]byte, stringKind) { return text, plainString })
		case "LANG":
			if name, ok := variableOf(e.Args[0]); ok {
				return v.variable(name, "LANG")
			}
		case "UCASE":
			return v.mapCase(e.Args[0], 'a', 'z', unicode.ToUpper)
		case "LCASE":
			return v.mapCase(e.Args[0], 'A', 'Z', unicode.ToLower)
		case "SUBSTR":
			return v.substring(e)
		case "STRBEFORE", "STRAFTER":
			part, ok := plainConstant(e.Args[1])
			if !ok {
				return nil
			}
			before := e.Op == "STRBEFORE"
			return v.perText(e.Args[0], func(_, text []byte, kind stringKind) ([]byte, stringKind) {
				at := bytes.Index(text, []byte(part))
				switch {
				case at < 0:
					return nil, plainString
				case before:
					return text[:at], kind
				}
				return text[at+len(part):], kind
			})
		case "REPLACE":
			return v.replace(e)
		case "CONCAT":
			return v.concat(e.Args)
		}
	}
	return nil
}

// perText computes a function of one string. It may make the text at the end of
// the room that it is given, from length 0 on, or return a part of the argument.
func (v *vectors) perText(e algebra.Expr, f func(room, text []byte, kind stringKind) ([]byte, stringKind)) textual {
	arg := v.textual(e)
	if arg == nil {
		return nil
	}
	out := &textColumn{}
	var made arena
	return func(b *Batch) (*textColumn, error) {
		in, err := arg(b)
		if err != nil {
			return nil, err
		}
		out.resize(b.N)
		made.reset()
		for i, text := range in.text[:b.N] {
			out.kind[i] = noString
			if in.kind[i] == noString || len(text) >= longString {
				continue
			}
			room := made.room(len(text))
			out.text[i], out.kind[i] = f(room, text, in.kind[i])
			made.took(room, out.text[i])
		}
		return out, nil
	}
}

// arena is room for the texts of one batch.
type arena struct{ free, all []byte }

func (a *arena) reset() { a.free = a.all }

// room returns an empty slice with place for about n bytes.
func (a *arena) room(n int) []byte {
	if cap(a.free) < 2*n+16 {
		a.all = make([]byte, 0, max(2*cap(a.all), 2*n+16, 4096))
		a.free = a.all
	}
	return a.free[:0]
}

// took keeps a text if it was made in the room.
func (a *arena) took(room, text []byte) {
	if len(text) > 0 && len(text) <= cap(room) && unsafe.SliceData(text) == unsafe.SliceData(room[:1]) {
		a.free = room[len(text):len(text)]
	}
}

// mapCase is UCASE or LCASE of texts whose letters map one to one.
func (v *vectors) mapCase(e algebra.Expr, from, to byte, other func(rune) rune) textual {
	return v.perText(e, func(room, text []byte, kind stringKind) ([]byte, stringKind) {
		for _, c := range text {
			if c >= utf8.RuneSelf {
				return mapRunes(room, text, kind, other)
			}
			if from <= c && c <= to {
				c ^= 'a' - 'A'
			}
			room = append(room, c)
		}
		return room, kind
	})
}

func mapRunes(room, text []byte, kind stringKind, f func(rune) rune) ([]byte, stringKind) {
	room = room[:0]
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError || !mapsAlone(r) {
			return nil, noString
		}
		room = utf8.AppendRune(room, f(r))
		i += n
	}
	return room, kind
}

// mapsAlone reports whether the full case mapping of a letter is the simple one
// and depends on no other letter: in Latin-1 but for ß, the modern Cyrillic
// letters, and scripts without case from Hebrew to Tibetan, Chinese, Japanese
// and Korean.
func mapsAlone(r rune) bool {
	return r < 0x100 && r != 'ß' || r >= 0x400 && r < 0x460 || r >= 0x5D0 && r < 0x1000 || r >= 0x3041 && r < 0xA000 || r >= 0xAC00 && r < 0xD7A4
}

// substring is SUBSTR from and to constant places.
func (v *vectors) substring(e *algebra.Call) textual {
	place := func(e algebra.Expr) (int64, bool) {
		k, ok := e.(algebra.ConstExpr)
		if !ok {
			return 0, false
		}
		n := constantNumber(k.Term)
		return n.v, n.kind == isInteger && n.v > -1<<31 && n.v < 1<<31
	}
	start, ok := place(e.Args[1])
	length := int64(1 << 32)
	if len(e.Args) == 3 && ok {
		length, ok = place(e.Args[2])
	}
	if !ok {
		return nil
	}
	end := start + length // characters at start <= n < end, counted from 1
	start = max(start, 1)
	return v.perText(e.Args[0], func(_, text []byte, kind stringKind) ([]byte, stringKind) {
		if end <= start {
			return nil, kind
		}
		text = text[runeOffset(text, start-1):]
		return text[:runeOffset(text, end-start)], kind
	})
}

// runeOffset returns where character n of a text begins, counted from 0, or its
// end.
func runeOffset(text []byte, n int64) int {
	i := 0
	for ; n > 0 && i < len(text); n-- {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRune(text[i:])
		i += size
	}
	return i
}

// replace is REPLACE by constant strings.
func (v *vectors) replace(e *algebra.Call) textual {
	var constants [3]string
	for i, a := range e.Args[1:] {
		var ok bool
		if constants[i], ok = plainConstant(a); !ok {
			return nil
		}
	}
	f, err := v.q.expr.Replacer(constants[0], constants[1], constants[2])
	if err != nil {
		return nil // the evaluator says what is wrong
	}
	return v.perText(e.Args[0], func(room, text []byte, kind stringKind) ([]byte, stringKind) {
		out, err := f(room, unsafe.String(unsafe.SliceData(text), len(text)))
		if err != nil {
			return nil, noString
		}
		return out, kind
	})
}

// concat is CONCAT: strings of one language tag keep it.
func (v *vectors) concat(args []algebra.Expr) textual {
	var fs []textual
	for _, a := range args {
		f := v.textual(a)
		if f == nil {
			return nil
		}
		fs = append(fs, f)
	}
	if len(fs) == 0 {
		return nil
	}
	out := &textColumn{}
	var made arena
	cols := make([]*textColumn, len(fs))
	return func(b *Batch) (*textColumn, error) {
		for k, f := range fs {
			var err error
			if cols[k], err = f(b); err != nil {
				return nil, err
			}
		}
		out.resize(b.N)
		made.reset()
		for i := range b.N {
			kind, n := cols[0].kind[i], 0
			for _, c := range cols {
				n += len(c.text[i])
				kind = v.q.tags.common(kind, c.kind[i])
			}
			out.kind[i] = kind
			if kind == noString || n >= longString {
				out.kind[i] = noString
				continue
			}
			room := made.room(n)
			text := room
			for _, c := range cols {
				text = append(text, c.text[i]...)
			}
			out.text[i] = text
			made.took(room, text)
		}
		return out, nil
	}
}

// common returns the kind of two strings put together: that of both, a plain
// string where they differ, noString where one is none or only the evaluator
// knows.
func (t *stringTags) common(a, b stringKind) stringKind {
	switch {
	case a == b:
		return a
	case a == noString || b == noString:
		return noString
	case strings.EqualFold(t.terms[a].Lang, t.terms[b].Lang):
		return noString
	}
	return plainString
}

// plainConstant returns a constant string without a language tag.
func plainConstant(e algebra.Expr) (string, bool) {
	k, ok := e.(algebra.ConstExpr)
	if !ok {
		return "", false
	}
	l, ok := k.Term.(rdf.Literal)
	return l.Lexical, ok && l.Datatype == rdf.XSDString && l.Lang == ""
}

// lengths is STRLEN of a string expression.
func (v *vectors) lengths(e algebra.Expr) numeric {
	arg := v.textual(e)
	if arg == nil {
		return nil
	}
	out := &numbers{}
	return func(b *Batch) (*numbers, error) {
		in, err := arg(b)
		if err != nil {
			return nil, err
		}
		out.resize(b.N)
		for i, k := range in.kind[:b.N] {
			out.kind[i] = noNumber
			if k != noString {
				out.kind[i], out.v[i] = isInteger, int64(utf8.RuneCount(in.text[i]))
			}
		}
		out.settleKinds()
		return out, nil
	}
}

// stringIDs gives strings their ids and remembers them.
type stringIDs struct {
	q    *Query
	seen textTable
	ids  []graph.ID
	last int
}

// maxStringIDs bounds the strings remembered.
const maxStringIDs = 1 << 16

// id returns the id of a string.
func (s *stringIDs) id(kind stringKind, text []byte) (graph.ID, error) {
	if s.last < s.seen.n && s.seen.is(s.last, kind, text) {
		return s.ids[s.last], nil
	}
	if s.seen.n >= maxStringIDs {
		s.seen, s.ids = textTable{}, s.ids[:0]
	}
	at, isNew := s.seen.index(kind, text)
	s.last = at
	if !isNew {
		return s.ids[at], nil
	}
	id, err := s.q.Terms.ID(s.q.tags.term(kind, text))
	s.ids = append(s.ids, id)
	return id, err
}

// addText puts a string into an accumulator.
func (q *Query) addText(a expr.Accumulator, kind stringKind, text []byte) error {
	return a.Add(expr.FromTerm(q.tags.term(kind, text)))
}
