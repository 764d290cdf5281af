package xsd

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/belligraph/belligraph/graph/rdf"
)

// forms lists lexical forms and what they print as; "" is no value of the type.
var forms = []struct {
	typ      Type
	in, want string
}{
	{String, " a ", " a "},
	{Boolean, "1", "true"}, {Boolean, "\tfalse\n", "false"}, {Boolean, "yes", ""}, {Boolean, "", ""},
	{Integer, "-007", "-7"}, {Integer, "1.0", ""},
	{UnsignedByte, "255", "255"}, {UnsignedByte, "256", ""}, {Byte, "-128", "-128"}, {Byte, "-129", ""},
	{UnsignedLong, "18446744073709551615", "18446744073709551615"}, {UnsignedLong, "18446744073709551616", ""},
	{PositiveInteger, "0", ""}, {NegativeInteger, "-1", "-1"}, {NonPositiveInteger, "1", ""},
	{DecimalType, "01.50", "1.5"},
	{Double, "1", "1.0E0"}, {Double, "-0", "-0.0E0"}, {Double, "1.5e300", "1.5E300"}, {Double, "1e400", "INF"},
	{Double, "1e-400", "0.0E0"}, {Double, "12345.678", "1.2345678E4"}, {Double, "+INF", "INF"}, {Double, "-INF", "-INF"},
	{Double, "NaN", "NaN"}, {Double, "nan", ""}, {Double, "Infinity", ""}, {Double, "0x1p-2", ""}, {Double, "1_0", ""}, {Double, "e1", ""}, {Double, ".", ""}, {Double, "1e", ""}, {Double, "", ""},
	{Double, "5e-324", "5.0E-324"}, {Double, "1.E2", "1.0E2"}, {Double, ".5", "5.0E-1"},
	{Float, "0.1", "1.0E-1"}, {Float, "16777217", "1.6777216E7"}, {Float, "3.5e38", "INF"}, {Float, "1e-46", "0.0E0"},
	{DateTimeType, "2000-01-01T00:00:00", "2000-01-01T00:00:00"},
	{DateTimeType, "2000-01-01T00:00:00.100Z", "2000-01-01T00:00:00.1Z"},
	{DateTimeType, "2000-01-01T00:00:00+00:00", "2000-01-01T00:00:00Z"},
	{DateTimeType, "2000-01-01T00:00:00-00:00", "2000-01-01T00:00:00Z"},
	{DateTimeType, "2000-12-31T24:00:00", "2001-01-01T00:00:00"},
	{DateTimeType, "0000-02-29T12:00:00", "0000-02-29T12:00:00"},
	{DateTimeType, "-0001-03-01T00:00:00Z", "-0001-03-01T00:00:00Z"},
	{DateTimeType, "12345-01-01T00:00:00Z", "12345-01-01T00:00:00Z"},
	{DateTimeType, "999999999-12-31T23:59:59.999Z", "999999999-12-31T23:59:59.999Z"},
	{DateTimeType, "2000-01-01T00:00:00.000000000000000000000001Z", "2000-01-01T00:00:00.000000000000000000000001Z"},
	{DateTimeType, "2000-01-01T00:00:00." + strings.Repeat("3", 1000), "2000-01-01T00:00:00." + strings.Repeat("3", 1000)},
	{DateTimeType, "2000-01-01T00:00:00." + strings.Repeat("3", 1001), ""},
	{DateTimeType, "02000-01-01T00:00:00", ""}, {DateTimeType, "200-01-01T00:00:00", ""},
	{DateTimeType, "+2000-01-01T00:00:00", ""}, {DateTimeType, "2000-02-30T00:00:00", ""},
	{DateTimeType, "1900-02-29T00:00:00", ""}, {DateTimeType, "2000-01-01T25:00:00", ""},
	{DateTimeType, "2000-01-01T24:00:01", ""}, {DateTimeType, "2000-01-01T00:60:00", ""},
	{DateTimeType, "2000-01-01T00:00:60", ""}, {DateTimeType, "2000-01-01T00:00:00.", ""},
	{DateTimeType, "2000-01-01T00:00", ""}, {DateTimeType, "2000-01-01 00:00:00", ""},
	{DateTimeType, "2000-01-01T00:00:00+14:00", "2000-01-01T00:00:00+14:00"},
	{DateTimeType, "2000-01-01T00:00:00+14:01", ""}, {DateTimeType, "2000-01-01T00:00:00z", ""},
	{DateTimeType, "2000-01-01T00:00:00+1:00", ""}, {DateTimeType, "2000-1-01T00:00:00", ""},
	{DateTimeType, "2000-01-01T00:00:00Zjunk", ""},
	{DateTimeStamp, "2000-01-01T00:00:00Z", "2000-01-01T00:00:00Z"}, {DateTimeStamp, "2000-01-01T00:00:00", ""},
	{Date, "2004-02-29", "2004-02-29"}, {Date, "2004-02-29-05:00", "2004-02-29-05:00"}, {Date, "2003-02-29", ""}, {Date, "2004-02-29T00:00:00", ""},
	{Time, "13:20:00.5", "13:20:00.5"}, {Time, "24:00:00Z", "00:00:00Z"}, {Time, "1:00:00", ""},
	{GYear, "2000Z", "2000Z"}, {GYear, "-0044", "-0044"}, {GYear, "99", ""},
	{GYearMonth, "2000-12", "2000-12"}, {GYearMonth, "2000-13", ""},
	{GMonthDay, "--02-29", "--02-29"}, {GMonthDay, "--02-30", ""}, {GMonthDay, "--12-31+01:00", "--12-31+01:00"},
	{GDay, "---31", "---31"}, {GDay, "---32", ""}, {GMonth, "--12", "--12"}, {GMonth, "--13", ""}, {GMonth, "--12--", ""},
	{DurationType, "P1Y2M3DT4H5M6.7S", "P1Y2M3DT4H5M6.7S"}, {DurationType, "P13M", "P1Y1M"}, {DurationType, "-P1D", "-P1D"},
	{DurationType, "PT0S", "PT0S"}, {DurationType, "P0Y", "PT0S"}, {DurationType, "-PT0S", "PT0S"}, {DurationType, "PT90061S", "P1DT1H1M1S"},
	{DurationType, "PT36H", "P1DT12H"}, {DurationType, "PT0.10S", "PT0.1S"}, {DurationType, "P", ""}, {DurationType, "PT", ""},
	{DurationType, "P1DT", ""}, {DurationType, "P1S", ""}, {DurationType, "P1M1Y", ""}, {DurationType, "P1.5D", ""}, {DurationType, "P-1D", ""},
	{DurationType, "PT1.S", ""}, {DurationType, "PT.5S", ""}, {DurationType, "1D", ""}, {DurationType, "P1Y1Y", ""}, {DurationType, "PT1H1H", ""}, {DurationType, "P1DT1M1H", ""},
	{DurationType, "P99999999999999999999Y", ""}, {DurationType, "P99999999999999999999D", "P99999999999999999999D"},
	{DayTimeDuration, "P3DT10H30M", "P3DT10H30M"}, {DayTimeDuration, "P1Y", ""}, {DayTimeDuration, "PT1M", "PT1M"}, {DayTimeDuration, "P1M", ""},
	{YearMonthDuration, "P20M", "P1Y8M"}, {YearMonthDuration, "P0M", "P0M"}, {YearMonthDuration, "P1D", ""}, {YearMonthDuration, "P1YT1M", ""},
	{HexBinary, "0fB7", "0FB7"}, {HexBinary, "", ""}, {HexBinary, "0f b7", "!"}, {HexBinary, "f", "!"},
	{Base64Binary, "A A = =", "AA=="}, {Base64Binary, "AA", "!"}, {Base64Binary, "AB==", "!"}, {Base64Binary, "A===", "!"},
	{AnyURI, " http://a/ ", "http://a/"},
	{Unknown, "a", ""},
}

func TestForms(t *testing.T) {
	for _, row := range forms {
		t.Run(row.typ.String()+" "+row.in, func(t *testing.T) {
			v, ok := Parse(row.typ, row.in)
			switch {
			case row.typ == HexBinary && row.in == "": // the empty value is one
				if !ok || v.String() != "" {
					t.Errorf("got %q, %v", v, ok)
				}
			case row.want == "" || row.want == "!":
				if ok {
					t.Errorf("parses as %q", v)
				}
			case !ok:
				t.Errorf("does not parse, want %q", row.want)
			case v.String() != row.want:
				t.Errorf("prints as %q, want %q", v, row.want)
			case v.Type() != row.typ:
				t.Errorf("has type %v", v.Type())
			}
		})
	}
}

// reparse checks that what prints parses to the same value and prints the same.
func reparse(t interface {
	Helper()
	Fatalf(string, ...any)
}, v Value) {
	t.Helper()
	s := v.String()
	again, ok := Parse(v.Type(), s)
	if !ok {
		t.Fatalf("%v %q does not parse again", v.Type(), s)
	}
	if again.String() != s {
		t.Fatalf("%v %q prints as %q the second time", v.Type(), s, again)
	}
	if eq, ok := EqualValues(v, again); (!eq || !ok) && s != "NaN" {
		t.Fatalf("%v %q does not equal what it parses as (%v %v)", v.Type(), s, eq, ok)
	}
	if Order(v, again) != 0 {
		t.Fatalf("%v %q orders apart from itself", v.Type(), s)
	}
}

// FuzzParse: whatever parses, prints and parses to the same value, and survives
// every cast.
func FuzzParse(f *testing.F) {
	for _, row := range forms {
		f.Add(uint8(row.typ), row.in)
	}
	f.Fuzz(func(t *testing.T, typ uint8, s string) {
		v, ok := Parse(Type(typ%uint8(numTypes)), s)
		if !ok {
			return
		}
		reparse(t, v)
		for to := String; to < numTypes; to++ {
			c, ok := Cast(v, to)
			if !ok {
				continue
			}
			if c.Type() != to {
				t.Fatalf("%v %q cast to %v has type %v", v.Type(), s, to, c.Type())
			}
			reparse(t, c)
			// XPath 3.1 §19: a value that casts to xs:string casts back from it.
			text, ok := Cast(c, String)
			if !ok {
				t.Fatalf("%v %q does not cast to a string", to, c)
			}
			if back, ok := Cast(text, to); !ok || Order(back, c) != 0 {
				t.Fatalf("%v %q is %q as a string and then %q (%v)", to, c, text, back, ok)
			}
		}
		_, _ = Add(v, v)
		if d, ok := Sub(v, v); ok {
			reparse(t, d)
		}
	})
}

// TestCivil compares the calendar with the standard library's day by day over
// four eras, and with itself beyond them.
func TestCivil(t *testing.T) {
	start := time.Date(-800, 1, 1, 0, 0, 0, 0, time.UTC)
	n := daysFromCivil(-800, 1, 1)
	for i := range int64(400 * 366 * 4) {
		want := start.AddDate(0, 0, int(i))
		y, m, d := civilFromDays(n + i)
		if y != int64(want.Year()) || m != int(want.Month()) || d != want.Day() {
			t.Fatalf("day %d is %d-%d-%d, want %v", n+i, y, m, d, want)
		}
		if back := daysFromCivil(y, m, d); back != n+i {
			t.Fatalf("%d-%d-%d is day %d, want %d", y, m, d, back, n+i)
		}
	}
	if daysFromCivil(1, 1, 1) != 0 {
		t.Error("0001-01-01 is not day 0")
	}
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Int64Range(-365*maxYear, 365*maxYear).Draw(t, "day")
		if back := daysFromCivil(civilFromDays(day)); back != day {
			t.Fatalf("day %d becomes %d", day, back)
		}
	})
}

func genTemporal() *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		second := NewDecimal(rapid.Int64Range(0, 59_999_999).Draw(t, "second"), 6)
		day := rapid.Int64Range(-4_000_000, 4_000_000).Draw(t, "day")
		y, m, d := civilFromDays(day)
		p, ok := NewDateTime(y, m, d, rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), second,
			rapid.IntRange(-maxZone, maxZone).Draw(t, "zone"), rapid.Bool().Draw(t, "zoned"))
		if !ok {
			t.Fatalf("no such point: %d-%d-%d", y, m, d)
		}
		return NewTemporal(DateTimeType+Type(rapid.IntRange(0, int(GMonth-DateTimeType)).Draw(t, "type")), p)
	})
}

func TestTemporalProperties(t *testing.T) {
	gen := genTemporal()
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		if a.Type() == DateTimeStamp && a.zone == noZone {
			return
		}
		reparse(t, a)
		if o := Compare(a, b); o == Less || o == Greater {
			if got := Order(a, b); got != int(o) {
				t.Fatalf("%v and %v compare as %d but order as %d", a, b, o, got)
			}
		}
		// a - b + b = a, where there is a difference and days have no zones
		// that differ.
		if d, ok := Sub(a, b); ok {
			sum, ok := Add(b, d)
			if !ok {
				t.Fatalf("%v + %v fails", b, d)
			}
			if b.Type() == DateTimeType && Compare(sum, a) != Equal {
				t.Fatalf("%v - %v = %v, but added back gives %v", a, b, d, sum)
			}
		}
	})
}

func TestDurationProperties(t *testing.T) {
	gen := rapid.Custom(func(t *rapid.T) Value {
		sign := rapid.SampledFrom([]int64{-1, 1}).Draw(t, "sign")
		d, _ := NewDuration(sign*rapid.Int64Range(0, 60).Draw(t, "months"), NewDecimal(sign*rapid.Int64Range(0, 400_000_000_000).Draw(t, "millis"), 3))
		return NewDurationValue(DurationType+Type(rapid.IntRange(0, 2).Draw(t, "type")), d)
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := gen.Draw(t, "a"), gen.Draw(t, "b"), gen.Draw(t, "c")
		reparse(t, a)
		o := Compare(a, b)
		if (o == Less || o == Greater) && Order(a, b) != int(o) {
			t.Fatalf("%v and %v compare as %d but order as %d", a, b, o, Order(a, b))
		}
		if Order(a, b) <= 0 && Order(b, c) <= 0 && Order(a, c) > 0 {
			t.Fatalf("%v %v %v do not order", a, b, c)
		}
		if n, ok := Neg(a); !ok || Order(n, a) != -Order(a, n) {
			t.Fatalf("-%v = %v", a, n)
		}
	})
}

// TestFloatForms: the canonical form and the XPath string read back exactly.
func TestFloatForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := NewDouble(rapid.Float64().Draw(t, "double"))
		if rapid.Bool().Draw(t, "single") {
			v = NewFloat(rapid.Float32().Draw(t, "float"))
		}
		reparse(t, v)
		if back, ok := Parse(v.Type(), v.XPathString()); !ok || back != v {
			t.Fatalf("%v is %q to XPath and then %v", v, v.XPathString(), back)
		}
	})
	for _, row := range []struct{ in, want float64 }{
		{0.5, 1}, {-0.5, math.Copysign(0, -1)}, {2.5, 3}, {-2.5, -2}, {0.49999999999999994, 0}, {1e308, 1e308}, {4503599627370497.5, 4503599627370498},
		{math.Inf(1), math.Inf(1)}, {math.Copysign(0, -1), math.Copysign(0, -1)}, {-0.2, math.Copysign(0, -1)},
	} {
		if got := roundFloat(row.in); got != row.want || math.Signbit(got) != math.Signbit(row.want) {
			t.Errorf("round(%g) = %g, want %g", row.in, got, row.want)
		}
	}
}

func TestTypes(t *testing.T) {
	for typ := String; typ < numTypes; typ++ {
		if got := TypeOf(typ.IRI()); got != typ {
			t.Errorf("the type of %s is %v", typ.IRI(), got)
		}
		if want := "http://www.w3.org/2001/XMLSchema#" + typ.String(); string(typ.IRI()) != want {
			t.Errorf("the IRI of %v is %s", typ, typ.IRI())
		}
	}
	for _, iri := range []string{"", "http://www.w3.org/2001/XMLSchema#", "http://www.w3.org/2001/XMLSchema#Integer", "xsd:integer"} {
		if got := TypeOf(rdf.IRI(iri)); got != Unknown {
			t.Errorf("%q is %v", iri, got)
		}
	}
}
