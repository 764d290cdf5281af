package graph

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
)

// inlineForms lists, per datatype, forms that are inlined in ascending order,
// and forms that are left to the dictionary.
var inlineForms = []struct {
	datatype rdf.IRI
	inline   []string
	not      []string
}{
	{rdf.XSDBoolean, []string{"false", "true"}, []string{"0", "1", "True", "", " true"}},
	{rdf.XSDInteger,
		[]string{"-576460752303423487", "-10", "-1", "0", "1", "9", "42", "576460752303423487"},
		[]string{"", "-", "+1", "01", "-0", "00", "1.0", "576460752303423488", "99999999999999999999", "1 ", "١"}},
	{rdf.XSDDecimal,
		[]string{"-7205759402.9999999", "-19.99", "-0.5", "-0.0000001", "0", "0.0", "0.00", "0.0000001", "1", "1.0", "12.5", "12.50", "12.500", "16.7719444", "19.99", "7205759402.9999999"},
		[]string{"", ".", "5.", ".5", "+5", "00.5", "-0", "-0.0", "1.00000000", "7205759403", "1e3", "1..2", "1.2.3", "--1"}},
	{rdf.XSDDouble,
		[]string{"-INF", "-1.5E300", "-2.5", "-1.50", "-1.5", "-1e-300", "0", "0.0", "0.0E0", "0.0e0", "0E0", "1E-300", "1e-10", "1E-07", "0.1", "0.10", "1", "1.0", "1.00", "1.0E0", "1.0e0", "1E0", "12.5", "12.50", "19.99", "1.999E3", "1E6", "1.5e+06", "1.5E20", "1.5e+100", "INF"},
		[]string{"", "NaN", "-0", "-0.0E0", "+1", "1.", ".5", "01", "1E+6", "1E06", "1.0000000E1", "1E-0", "0E1", "1.50E3", "3.141592653589793", "1E301", "1E", "E5", "infinity", "0x1p3", "1_0"}},
	{rdf.XSDDate,
		[]string{"-9999-01-01", "-0001-12-31", "0000-02-29", "1969-12-31", "1970-01-01+14:00", "1970-01-01", "1970-01-01Z", "1970-01-01+00:00", "1970-01-01-14:00", "2012-02-07", "9999-12-31"},
		[]string{"", "2012-2-7", "2012-02-30", "2012-13-01", "2012-00-10", "2012-01-00", "2011-02-29", "1900-02-29", "2012-02-07-00:00", "2012-02-07+14:01", "2012-02-07+1:00", "12012-02-07", "-0000-01-01", "2012-02-07T"}},
	{rdf.XSDDateTime,
		[]string{"-9999-01-01T00:00:00", "1969-12-31T23:59:59.999", "2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00+00:00", "2024-01-01T10:00:00.0Z", "2024-01-01T10:00:00.12Z", "2024-01-01T10:00:00.120Z", "2024-01-01T10:00:00-03:30", "9999-12-31T23:59:59.999-14:00"},
		[]string{"", "2024-01-01", "2024-01-01T24:00:00", "2024-01-01T10:00", "2024-01-01T10:00:60", "2024-01-01T10:60:00", "2024-01-01T10:00:00.", "2024-01-01T10:00:00.1234", "2024-01-01T10:00:00+02:01", "2024-01-01T10:00:00-00:00", "2024-01-01t10:00:00Z", "2024-02-30T10:00:00Z"}},
	{rdf.XSDGYear,
		[]string{"-0500", "0000", "1992", "2012+01:00", "2012", "2012Z"},
		[]string{"", "12", "02012", "20125", "-0000", "2012-", "2012-01"}},
	{rdf.XSDString, nil, []string{"true", "1"}},
	{rdf.XSDFloat, nil, []string{"1", "1.5"}},
	{rdf.XSDTime, nil, []string{"10:00:00"}},
	{"http://example.org/integer", nil, []string{"1"}},
}

func TestInlineForms(t *testing.T) {
	for _, tt := range inlineForms {
		previous := ID(0)
		for _, lex := range tt.inline {
			l := rdf.NewTyped(lex, tt.datatype)
			id, ok := Inline(l)
			if !ok {
				t.Errorf("%s: not inlined", l)
				continue
			}
			if back, ok := id.InlineTerm(); !ok || back != l {
				t.Errorf("%s comes back as %s, %v", l, back, ok)
			}
			if id <= previous {
				t.Errorf("%s: id %x does not ascend after %x", l, uint64(id), uint64(previous))
			}
			if !id.IsInline() || !id.IsLiteral() || id.InlineDatatype() != tt.datatype {
				t.Errorf("%s: id %x is not an inline literal of its datatype", l, uint64(id))
			}
			previous = id
		}
		for _, lex := range tt.not {
			if id, ok := Inline(rdf.NewTyped(lex, tt.datatype)); ok {
				t.Errorf("%q^^<%s> is inlined as %x", lex, tt.datatype, uint64(id))
			}
		}
	}
	if _, ok := Inline(rdf.NewLang("true", "en")); ok {
		t.Error("a language-tagged literal is inlined")
	}
}

func TestInlineValues(t *testing.T) {
	for _, lex := range []string{"19.99", "12.50", "1.5E3", "1e-07", "-2.5", "INF", "-INF", "0", "123456789012.3", "9.876543210987E299", "1.234567890123e-200"} {
		id, ok := Inline(rdf.NewTyped(lex, rdf.XSDDouble))
		want, _ := strconv.ParseFloat(lex, 64)
		if got, _ := id.Float64(); !ok || got != want {
			t.Errorf("double %s: value %v, want %v", lex, got, want)
		}
	}
	for _, lex := range []string{"19.99", "-0.0000001", "7205759402.9999999", "12.50"} {
		id, ok := Inline(rdf.NewTyped(lex, rdf.XSDDecimal))
		want, _ := strconv.ParseFloat(lex, 64)
		if got, _ := id.Float64(); !ok || got != want {
			t.Errorf("decimal %s: value %v, want %v", lex, got, want)
		}
	}
	date, _ := Inline(rdf.NewTyped("2012-02-07", rdf.XSDDate))
	if d, zone, ok := date.Days(); !ok || d != 15377 || zone != NoZone || FormatDays(d) != "2012-02-07" {
		t.Errorf("2012-02-07 is day %d, zone %d", d, zone)
	}
	date, _ = Inline(rdf.NewTyped("2012-02-07+05:30", rdf.XSDDate))
	if d, zone, ok := date.Days(); !ok || d != 15377 || zone != 330 {
		t.Errorf("2012-02-07+05:30 is day %d, zone %d", d, zone)
	}
	dt, _ := Inline(rdf.NewTyped("2024-01-01T10:00:00.5+02:00", rdf.XSDDateTime))
	if ms, zone, ok := dt.UnixMilli(); !ok || ms != 1704096000500 || zone != 120 {
		t.Errorf("dateTime is %d ms, zone %d", ms, zone)
	}
	for _, tt := range []struct {
		lex  string
		dt   rdf.IRI
		year int64
	}{{"-0500", rdf.XSDGYear, -500}, {"2012-12-31-14:00", rdf.XSDDate, 2012}, {"2012-01-01T00:00:00+14:00", rdf.XSDDateTime, 2012}} {
		id, _ := Inline(rdf.NewTyped(tt.lex, tt.dt))
		if y, ok := id.Year(); !ok || y != tt.year {
			t.Errorf("year of %s is %d", tt.lex, y)
		}
	}
}

// TestInlineIDs goes the other way: whatever InlineTerm accepts, Inline maps
// back to the same id, so that no term has two ids.
func TestInlineIDs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	accepted := map[ID]int{}
	check := func(id ID) {
		l, ok := id.InlineTerm()
		if !ok {
			return
		}
		accepted[id.Tag()]++
		if back, ok := Inline(l); !ok || back != id {
			t.Fatalf("id %x reads %s, which is id %x, %v", uint64(id), l, uint64(back), ok)
		}
	}
	for _, tt := range inlineForms {
		for _, lex := range tt.inline {
			id, _ := Inline(rdf.NewTyped(lex, tt.datatype))
			for i := range 60 {
				check(id ^ 1<<i)
				check(id + 1<<i)
				check(id - 1<<i)
			}
		}
	}
	for range 300_000 {
		tag := TagBoolean + ID(rng.IntN(7))<<60
		check(tag | ID(rng.Uint64())&PayloadMask>>uint(rng.IntN(60)))
		switch tag {
		case TagDouble: // random payloads are seldom valid
			d := decimalNumber{rng.Int64N(9e12) + 1e12, rng.IntN(700) - 350}
			for d.digits > 1e12 && rng.IntN(3) > 0 {
				d.digits = d.digits / 1e6 * 1e6
				break
			}
			check(doubleID(rng.IntN(2) == 0, d.magnitude(rng.IntN(20))))
		case TagDate, TagYear:
			check(tag | minuteID(rng.Int64N(8_000_000)-4_400_000, rng.IntN(1800)-900, rng.IntN(9) == 0))
			check(tag | minuteID(daysFromCivil(rng.Int64N(20000)-10000, 1, 1), NoZone, false))
		case TagDateTime:
			check(tag | ID(rng.Int64N(6e14)-3e14+milliBias)<<9 | ID(rng.IntN(512)))
		}
	}
	for tag := TagBoolean; tag <= TagYear; tag += 1 << 60 {
		if accepted[tag] == 0 {
			t.Errorf("no id of tag %x was tried", uint64(tag>>60))
		}
	}
}

// TestInlineOrder checks that ids ascend with values on random literals.
func TestInlineOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	formats := []func(float64) string{
		func(f float64) string { return strconv.FormatFloat(f, 'f', rng.IntN(5), 64) },
		func(f float64) string { return strconv.FormatFloat(f, 'e', rng.IntN(8), 64) },
		func(f float64) string { return strconv.FormatFloat(f, 'E', -1, 64) },
	}
	for _, datatype := range []rdf.IRI{rdf.XSDDouble, rdf.XSDDecimal, rdf.XSDInteger} {
		var ids []ID
		for range 20_000 {
			f := (rng.Float64() - 0.5) * math.Pow(10, float64(rng.IntN(14)-3))
			lex := strconv.FormatFloat(f, 'f', rng.IntN(4), 64)
			if datatype == rdf.XSDDouble {
				lex = formats[rng.IntN(len(formats))](f)
			}
			if id, ok := Inline(rdf.NewTyped(lex, datatype)); ok {
				ids = append(ids, id)
			}
		}
		if len(ids) < 2000 {
			t.Errorf("%s: only %d of 20000 literals are inlined", datatype, len(ids))
		}
		slices.Sort(ids)
		last := math.Inf(-1)
		for _, id := range ids {
			v, _ := id.Float64()
			l, _ := id.InlineTerm()
			want, err := strconv.ParseFloat(l.Lexical, 64)
			if err != nil || v != want {
				t.Fatalf("%s has the value %v", l, v)
			}
			if v < last {
				t.Fatalf("%s comes after %v", l, last)
			}
			last = v
		}
	}
}

func FuzzInline(f *testing.F) {
	for i, tt := range inlineForms {
		for _, lex := range append(tt.inline, tt.not...) {
			f.Add(lex, i)
		}
	}
	f.Fuzz(func(t *testing.T, lex string, i int) {
		if i < 0 || i >= len(inlineForms) {
			return
		}
		l := rdf.NewTyped(lex, inlineForms[i].datatype)
		id, ok := Inline(l)
		if !ok {
			return
		}
		if back, ok := id.InlineTerm(); !ok || back != l {
			t.Fatalf("%s comes back as %s, %v", l, back, ok)
		}
	})
}

func BenchmarkInline(b *testing.B) {
	for _, lex := range []rdf.Literal{{Lexical: "19.99", Datatype: rdf.XSDDecimal}, {Lexical: "19.99", Datatype: rdf.XSDDouble}, {Lexical: "2024-01-01T10:00:00Z", Datatype: rdf.XSDDateTime}} {
		b.Run(lex.Lexical, func(b *testing.B) {
			for b.Loop() {
				id, _ := Inline(lex)
				id.Float64()
			}
		})
	}
}
