package xsd

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

// Decimal is an exact decimal number of any size: an integer coefficient and a
// number of fraction digits. Values whose coefficient fits an int64 with at
// most 18 fraction digits, which is nearly all of them, are held in place;
// others in an apd.Decimal that is never changed once made. The form is
// normalised, so equal small values are equal with ==.
//
// The zero Decimal is 0.
type Decimal struct {
	coef  int64
	big   *apd.Decimal // nil when coef and scale hold the value
	scale uint8
}

// maxScale is the most fraction digits of the in-place form.
const maxScale = 18

// maxDigits bounds the digits of a number, so that an expression cannot grow
// one without end. It lies within what apd computes in reasonable time.
const maxDigits = 60000

var pow10 = [...]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

// exact computes sums and products without rounding.
var exact = apd.Context{MaxExponent: apd.MaxExponent, MinExponent: apd.MinExponent, Traps: apd.DefaultTraps}

// DecimalFromInt returns n as a decimal.
func DecimalFromInt(n int64) Decimal { return Decimal{coef: n} }

// NewDecimal returns coef / 10^scale.
func NewDecimal(coef int64, scale uint8) Decimal {
	if scale > maxScale {
		d, _ := fromAPD(apd.New(coef, -int32(scale)))
		return d
	}
	return normal(coef, scale)
}

// normal strips the trailing zeros of the fraction.
func normal(coef int64, scale uint8) Decimal {
	for scale > 0 && coef%10 == 0 {
		coef /= 10
		scale--
	}
	return Decimal{coef: coef, scale: scale}
}

// fromAPD takes ownership of x. It fails for numbers with more digits than
// the package computes with.
func fromAPD(x *apd.Decimal) (Decimal, bool) {
	if x.Form != apd.Finite {
		return Decimal{}, false
	}
	if x.Coeff.Sign() == 0 {
		return Decimal{}, true
	}
	x.Reduce(x)
	digits := x.NumDigits()
	if digits+int64(max(x.Exponent, 0)) > maxDigits || x.Exponent < -maxDigits {
		return Decimal{}, false
	}
	if x.Exponent > 0 {
		var p apd.BigInt
		p.Exp(apd.NewBigInt(10), apd.NewBigInt(int64(x.Exponent)), nil)
		x.Coeff.Mul(&x.Coeff, &p)
		x.Exponent = 0
	}
	if x.Exponent >= -maxScale {
		if x.Coeff.IsInt64() {
			c := x.Coeff.Int64()
			if x.Negative {
				c = -c
			}
			return Decimal{coef: c, scale: uint8(-x.Exponent)}, true
		}
		if x.Negative && x.Coeff.IsUint64() && x.Coeff.Uint64() == 1<<63 {
			return Decimal{coef: math.MinInt64, scale: uint8(-x.Exponent)}, true
		}
	}
	return Decimal{big: x}, true
}

// apd returns d as an apd.Decimal that the caller must not change.
func (d Decimal) apd() *apd.Decimal {
	if d.big != nil {
		return d.big
	}
	return apd.New(d.coef, -int32(d.scale))
}

// ParseDecimal parses the lexical form of xsd:decimal: an optional sign and
// digits with at most one point, without white space.
func ParseDecimal(s string) (Decimal, bool) { return parseDecimal(s, true) }

// ParseInteger parses the lexical form of xsd:integer.
func ParseInteger(s string) (Decimal, bool) { return parseDecimal(s, false) }

func parseDecimal(s string, point bool) (Decimal, bool) {
	i, neg := 0, false
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		neg = s[i] == '-'
		i++
	}
	var coef uint64
	digits, fraction, seen := 0, 0, false
	small := true
	for j := i; j < len(s); j++ {
		c := s[j]
		switch {
		case c >= '0' && c <= '9':
			digits++
			if seen {
				fraction++
			}
			if coef > (math.MaxInt64-9)/10 {
				small = false
			}
			if small {
				coef = coef*10 + uint64(c-'0')
			}
		case c == '.' && point && !seen:
			seen = true
		default:
			return Decimal{}, false
		}
	}
	if digits == 0 {
		return Decimal{}, false
	}
	if small && fraction <= maxScale {
		n := int64(coef)
		if neg {
			n = -n
		}
		return normal(n, uint8(fraction)), true
	}
	if digits > maxDigits {
		return Decimal{}, false
	}
	x, _, err := apd.NewFromString(s)
	if err != nil {
		return Decimal{}, false
	}
	return fromAPD(x)
}

// Append appends the canonical form: no leading zeros, no trailing zeros in
// the fraction, no point for an integer (XPath 3.1 §19.1.2.1).
func (d Decimal) Append(dst []byte) []byte {
	if d.big != nil {
		return append(dst, d.big.Text('f')...)
	}
	if d.scale == 0 {
		return strconv.AppendInt(dst, d.coef, 10)
	}
	u := uint64(d.coef)
	if d.coef < 0 {
		dst = append(dst, '-')
		u = -u
	}
	p := uint64(pow10[d.scale])
	dst = strconv.AppendUint(dst, u/p, 10)
	dst = append(dst, '.')
	return appendPadded(dst, u%p, int(d.scale))
}

// appendPadded appends u with leading zeros to width digits.
func appendPadded(dst []byte, u uint64, width int) []byte {
	var buf [20]byte
	i := len(buf)
	for ; u > 0; u /= 10 {
		i--
		buf[i] = byte('0' + u%10)
	}
	for len(buf)-i < width {
		i--
		buf[i] = '0'
	}
	return append(dst, buf[i:]...)
}

// String returns the canonical form.
func (d Decimal) String() string { return string(d.Append(nil)) }

// Int64 returns the value when it is an integer that fits.
func (d Decimal) Int64() (int64, bool) { return d.coef, d.big == nil && d.scale == 0 }

// Small returns the coefficient and scale when the value is held in place.
func (d Decimal) Small() (coef int64, scale uint8, ok bool) { return d.coef, d.scale, d.big == nil }

// IsInteger reports whether d has no fraction.
func (d Decimal) IsInteger() bool {
	if d.big != nil {
		return d.big.Exponent >= 0
	}
	return d.scale == 0
}

// fraction returns the number of fraction digits.
func (d Decimal) fraction() int {
	if d.big != nil {
		return int(max(-d.big.Exponent, 0))
	}
	return int(d.scale)
}

// Sign returns -1, 0 or 1.
func (d Decimal) Sign() int {
	if d.big != nil {
		return d.big.Sign()
	}
	switch {
	case d.coef < 0:
		return -1
	case d.coef > 0:
		return 1
	}
	return 0
}

// Neg returns -d.
func (d Decimal) Neg() Decimal {
	if d.big == nil && d.coef != math.MinInt64 {
		d.coef = -d.coef
		return d
	}
	x := new(apd.Decimal)
	x.Neg(d.apd())
	r, _ := fromAPD(x)
	return r
}

// Abs returns |d|.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// align brings two in-place values to the same scale.
func align(a, b Decimal) (x, y int64, scale uint8, ok bool) {
	if a.big != nil || b.big != nil {
		return 0, 0, 0, false
	}
	if a.scale == b.scale {
		return a.coef, b.coef, a.scale, true
	}
	if a.scale < b.scale {
		x, ok = mul64(a.coef, pow10[b.scale-a.scale])
		return x, b.coef, b.scale, ok
	}
	y, ok = mul64(b.coef, pow10[a.scale-b.scale])
	return a.coef, y, a.scale, ok
}

// mul64 multiplies and reports whether the product fits.
func mul64(a, b int64) (int64, bool) {
	if int64(int32(a)) == a && int64(int32(b)) == b {
		return a * b, true
	}
	p := a * b
	if a != 0 && (p/a != b || (a == -1 && b == math.MinInt64)) {
		return 0, false
	}
	return p, true
}

// Add returns d + e. It fails only when the sum has too many digits.
func (d Decimal) Add(e Decimal) (Decimal, bool) {
	if x, y, scale, ok := align(d, e); ok {
		s := x + y
		if (s > x) == (y > 0) {
			return normal(s, scale), true
		}
	}
	x := new(apd.Decimal)
	if _, err := exact.Add(x, d.apd(), e.apd()); err != nil {
		return Decimal{}, false
	}
	return fromAPD(x)
}

// Sub returns d - e.
func (d Decimal) Sub(e Decimal) (Decimal, bool) { return d.Add(e.Neg()) }

// Mul returns d × e.
func (d Decimal) Mul(e Decimal) (Decimal, bool) {
	if d.big == nil && e.big == nil && d.scale+e.scale <= maxScale {
		if p, ok := mul64(d.coef, e.coef); ok {
			return normal(p, d.scale+e.scale), true
		}
	}
	x := new(apd.Decimal)
	if _, err := exact.Mul(x, d.apd(), e.apd()); err != nil {
		return Decimal{}, false
	}
	return fromAPD(x)
}

// quotientDigits is how many digits a quotient that does not end keeps: this
// many fraction digits, and this many significant ones if it is below 1.
const quotientDigits = 18

// Quo returns d / e, exact when the quotient ends soon enough, otherwise
// rounded half up to 18 fraction digits (or as many as d has, if more), or to
// 18 significant digits below 1. It fails when e is 0.
func (d Decimal) Quo(e Decimal) (Decimal, bool) {
	if e.Sign() == 0 {
		return Decimal{}, false
	}
	if q, ok := quoSmall(d, e); ok {
		return q, true
	}
	a, b := d.apd(), e.apd()
	fraction := max(quotientDigits, -int64(a.Exponent))
	whole := a.NumDigits() + int64(a.Exponent) - b.NumDigits() - int64(b.Exponent) + 1
	// Truncate first with digits to spare, then round half up once: that looks
	// at one dropped digit only, so the two steps round like one.
	ctx := exact.WithPrecision(uint32(max(whole, 0) + fraction + 2))
	ctx.Rounding = apd.RoundDown
	ctx.Traps &^= apd.Subnormal | apd.Underflow
	x := new(apd.Decimal)
	if _, err := ctx.Quo(x, a, b); err != nil {
		return Decimal{}, false
	}
	keep := -fraction
	if first := x.NumDigits() + int64(x.Exponent); first < 0 {
		keep += first
	}
	if int64(x.Exponent) < keep {
		ctx.Rounding = apd.RoundHalfUp
		if _, err := ctx.Quantize(x, x, int32(keep)); err != nil {
			return Decimal{}, false
		}
	}
	return fromAPD(x)
}

// quoSmall divides in 128 bits: d·10^18 / e. It declines when the quotient
// would not fit or would be less precise than promised.
func quoSmall(d, e Decimal) (Decimal, bool) {
	if d.big != nil || e.big != nil || d.coef == math.MinInt64 || e.coef == math.MinInt64 {
		return Decimal{}, false
	}
	neg := (d.coef < 0) != (e.coef < 0)
	a, b := uint64(max(d.coef, -d.coef)), uint64(max(e.coef, -e.coef))
	scale := quotientDigits + int(d.scale) - int(e.scale)
	hi, lo := bits.Mul64(a, 1e18)
	if hi >= b {
		return Decimal{}, false
	}
	q, r := bits.Div64(hi, lo, b)
	if q > math.MaxInt64-1 {
		return Decimal{}, false
	}
	if r != 0 {
		// 10^17 ≤ q·10^-18 gives 18 significant digits; the value itself must
		// end exactly 18 digits after the point or be below 1.
		if q < 1e17 || scale != quotientDigits {
			return Decimal{}, false
		}
		if r >= b-r {
			q++
		}
	}
	n := int64(q)
	if neg {
		n = -n
	}
	for scale > maxScale && n%10 == 0 {
		n /= 10
		scale--
	}
	if scale > maxScale {
		return Decimal{}, false
	}
	for scale < 0 {
		var ok bool
		if n, ok = mul64(n, 10); !ok {
			return Decimal{}, false
		}
		scale++
	}
	return normal(n, uint8(scale)), true
}

// Cmp compares exactly.
func (d Decimal) Cmp(e Decimal) int {
	if x, y, _, ok := align(d, e); ok {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return d.apd().Cmp(e.apd())
}

// floor returns the integer part, rounded down, and whether a fraction was
// dropped.
func (d Decimal) floor() (Decimal, bool) {
	if d.IsInteger() {
		return d, false
	}
	if d.big == nil {
		p := pow10[d.scale]
		q := d.coef / p
		if d.coef < 0 {
			q--
		}
		return Decimal{coef: q}, true
	}
	x := new(apd.Decimal)
	ctx := exact.WithPrecision(uint32(d.big.NumDigits()) + 1)
	if _, err := ctx.Floor(x, d.big); err != nil {
		return Decimal{}, true
	}
	r, _ := fromAPD(x)
	return r, true
}

// Floor returns the greatest integer not above d.
func (d Decimal) Floor() Decimal { f, _ := d.floor(); return f }

// Ceil returns the least integer not below d.
func (d Decimal) Ceil() Decimal { return d.Neg().Floor().Neg() }

// Trunc returns the integer part of d.
func (d Decimal) Trunc() Decimal {
	if d.Sign() < 0 {
		return d.Ceil()
	}
	return d.Floor()
}

// half is 0.5.
var half = Decimal{coef: 5, scale: 1}

// Round returns the nearest integer, halves towards positive infinity
// (XPath fn:round).
func (d Decimal) Round() Decimal {
	if d.IsInteger() {
		return d
	}
	s, ok := d.Add(half)
	if !ok {
		return d
	}
	return s.Floor()
}

// Float64 returns the nearest double.
func (d Decimal) Float64() float64 {
	const exactInt = 1 << 53
	if d.big == nil {
		if d.scale == 0 {
			return float64(d.coef)
		}
		// Powers of ten up to 10^22 are exact doubles, so one division rounds
		// once.
		if -exactInt <= d.coef && d.coef <= exactInt {
			return float64(d.coef) / float64(pow10[d.scale])
		}
	}
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

// Float32 returns the nearest float, rounding once.
func (d Decimal) Float32() float32 {
	if d.big == nil && d.scale == 0 {
		return float32(d.coef)
	}
	f, _ := strconv.ParseFloat(d.String(), 32)
	return float32(f)
}

// DecimalFromFloat returns the exact value of f; it fails for NaN and
// infinities.
func DecimalFromFloat(f float64) (Decimal, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Decimal{}, false
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<62 {
		return Decimal{coef: int64(f)}, true
	}
	mant, exp := math.Frexp(f)
	n := big.NewInt(int64(mant * (1 << 53)))
	exp -= 53
	for exp < 0 && n.Bit(0) == 0 {
		n.Rsh(n, 1)
		exp++
	}
	var scale int32
	if exp >= 0 {
		n.Lsh(n, uint(exp))
	} else { // n / 2^k = n·5^k / 10^k
		k := -exp
		n.Mul(n, new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(k)), nil))
		scale = int32(k)
	}
	x := new(apd.Decimal)
	x.Negative = n.Sign() < 0
	x.Coeff.SetMathBigInt(n.Abs(n))
	x.Exponent = -scale
	return fromAPD(x)
}

// cmpFloat compares d with a finite double exactly.
func (d Decimal) cmpFloat(f float64) int {
	if n, ok := d.Int64(); ok && -1<<53 <= n && n <= 1<<53 {
		switch g := float64(n); {
		case g < f:
			return -1
		case g > f:
			return 1
		}
		return 0
	}
	e, ok := DecimalFromFloat(f)
	if !ok {
		return 0
	}
	return d.Cmp(e)
}
