package xsd

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// genDecimal draws decimals round the edges of the in-place form.
func genDecimal() *rapid.Generator[Decimal] {
	digits := rapid.StringMatching(`[0-9]{1,4}|[0-9]{17,20}|[0-9]{30,40}|9223372036854775807|9223372036854775808|0|1|10{0,20}`)
	return rapid.Custom(func(t *rapid.T) Decimal {
		s := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign") + digits.Draw(t, "whole")
		if rapid.Bool().Draw(t, "point") {
			s += "." + digits.Draw(t, "fraction")
		}
		d, ok := ParseDecimal(s)
		if !ok {
			t.Fatalf("%q does not parse", s)
		}
		return d
	})
}

func rat(t *rapid.T, d Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		t.Fatalf("%q is no number", d.String())
	}
	return r
}

// TestDecimalArithmetic compares with rational numbers.
func TestDecimalArithmetic(t *testing.T) {
	gen := genDecimal()
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		x, y := rat(t, a), rat(t, b)
		check := func(name string, got Decimal, ok bool, want *big.Rat) {
			if !ok || rat(t, got).Cmp(want) != 0 {
				t.Fatalf("%v %s %v = %v (%v), want %v", a, name, b, got, ok, want)
			}
		}
		sum, ok := a.Add(b)
		check("+", sum, ok, new(big.Rat).Add(x, y))
		diff, ok := a.Sub(b)
		check("-", diff, ok, new(big.Rat).Sub(x, y))
		product, ok := a.Mul(b)
		check("×", product, ok, new(big.Rat).Mul(x, y))
		check("neg", a.Neg(), true, new(big.Rat).Neg(x))
		check("abs", a.Abs(), true, new(big.Rat).Abs(x))
		if got, want := a.Cmp(b), x.Cmp(y); got != want {
			t.Fatalf("Cmp(%v, %v) = %d, want %d", a, b, got, want)
		}
		if a.Sign() != x.Sign() || a.IsInteger() != x.IsInt() {
			t.Fatalf("%v: sign %d, integer %v", a, a.Sign(), a.IsInteger())
		}
		floor := new(big.Rat).SetInt(new(big.Int).Div(x.Num(), x.Denom())) // Euclidean, the denominator is positive
		check("floor", a.Floor(), true, floor)
		ceil := new(big.Rat).Neg(new(big.Rat).SetInt(new(big.Int).Div(new(big.Int).Neg(x.Num()), x.Denom())))
		check("ceil", a.Ceil(), true, ceil)
		halfUp := new(big.Rat).Add(x, big.NewRat(1, 2))
		check("round", a.Round(), true, new(big.Rat).SetInt(new(big.Int).Div(halfUp.Num(), halfUp.Denom())))
		f, _ := x.Float64()
		if got := a.Float64(); got != f {
			t.Fatalf("Float64(%v) = %g, want %g", a, got, f)
		}
		g, _ := x.Float32()
		if got := a.Float32(); got != g {
			t.Fatalf("Float32(%v) = %g, want %g", a, got, g)
		}
	})
}

// TestDecimalQuotient checks the promised precision: exact when the quotient
// ends within 18 fraction digits, otherwise off by at most half a unit of the
// 18th fraction digit, or of the 18th significant one below 1.
func TestDecimalQuotient(t *testing.T) {
	gen := genDecimal()
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		q, ok := a.Quo(b)
		if b.Sign() == 0 {
			if ok {
				t.Fatalf("%v / 0 = %v", a, q)
			}
			return
		}
		want := new(big.Rat).Quo(rat(t, a), rat(t, b))
		diff := new(big.Rat).Sub(rat(t, q), want)
		diff.Abs(diff)
		unit := big.NewRat(1, 1)
		ten := big.NewRat(10, 1)
		for range quotientDigits {
			unit.Quo(unit, ten)
		}
		size := new(big.Rat).Abs(want)
		tenth := big.NewRat(1, 10)
		for size.Sign() > 0 && size.Cmp(tenth) < 0 {
			size.Mul(size, ten)
			unit.Quo(unit, ten)
		}
		if !ok || diff.Cmp(new(big.Rat).Mul(unit, big.NewRat(1, 2))) > 0 {
			t.Fatalf("%v / %v = %v (%v), want %s", a, b, q, ok, want.FloatString(40))
		}
		// The spelling of the operands does not matter.
		shifted, _ := a.Mul(NewDecimal(10, 0))
		divisor, _ := b.Mul(NewDecimal(10, 0))
		if again, _ := shifted.Quo(divisor); len(q.String()) <= 18 && again.Cmp(q) != 0 {
			t.Fatalf("%v / %v = %v but ten times both gives %v", a, b, q, again)
		}
	})
}

func TestDecimalForm(t *testing.T) {
	for _, row := range []struct{ in, want string }{
		{"0", "0"}, {"-0", "0"}, {"+1", "1"}, {"007", "7"}, {"1.0", "1"}, {"1.50", "1.5"}, {".5", "0.5"}, {"-.5", "-0.5"}, {"5.", "5"},
		{"0.000", "0"}, {"-0.05", "-0.05"}, {"100", "100"}, {"9223372036854775807", "9223372036854775807"},
		{"9223372036854775808", "9223372036854775808"}, {"-9223372036854775808", "-9223372036854775808"},
		{"0.000000000000000001", "0.000000000000000001"}, {"0.0000000000000000001", "0.0000000000000000001"},
		{"12345678901234567890.12345678901234567890", "12345678901234567890.1234567890123456789"},
		{"1" + strings.Repeat("0", 100), "1" + strings.Repeat("0", 100)},
	} {
		d, ok := ParseDecimal(row.in)
		if !ok || d.String() != row.want {
			t.Errorf("%s prints as %s (%v), want %s", row.in, d, ok, row.want)
		}
	}
	for _, bad := range []string{"", "+", "-", ".", "1e5", "1,5", "0x10", "1_000", " 1", "1 ", "--1", "1.2.3", "∞", "NaN", strings.Repeat("9", maxDigits+1)} {
		if d, ok := ParseDecimal(bad); ok {
			t.Errorf("%.20q parses as %.20s", bad, d)
		}
	}
}

// A number cannot grow without end.
func TestDecimalGrowthIsBounded(t *testing.T) {
	d := NewDecimal(7, 0)
	for i := 0; ; i++ {
		next, ok := d.Mul(d)
		if !ok {
			break
		}
		if i > 30 {
			t.Fatal("squaring never fails")
		}
		d = next
	}
	if n := len(d.String()); n > maxDigits {
		t.Errorf("grew to %d digits", n)
	}
}

func TestDecimalFromFloat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		d, ok := DecimalFromFloat(f)
		if !ok || d.Float64() != f {
			t.Fatalf("%g becomes %v (%v) and then %g", f, d, ok, d.Float64())
		}
		if d.cmpFloat(f) != 0 {
			t.Fatalf("%v does not equal %g", d, f)
		}
	})
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if d, ok := DecimalFromFloat(f); ok {
			t.Errorf("%g becomes %v", f, d)
		}
	}
}
