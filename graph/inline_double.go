package graph

import (
	"math"
	"strconv"
	"strings"
)

// A double is kept as the decimal number that was written, not as its binary
// value: sixty bits do not hold sixty-four, but they hold thirteen decimal
// digits, an exponent and the way it was written. Decimal order is value
// order because rounding to float64 is monotone.

// decimalNumber is digits * 10^(exp-12) with digits normalised to 13 digits,
// the first not zero; zero is {0, 0}.
type decimalNumber struct {
	digits int64
	exp    int
}

// significant returns the digits without trailing zeros and how many there are.
func (d decimalNumber) significant() (v int64, n int) {
	v, n = d.digits, doubleDigits
	if v == 0 {
		return 0, 1
	}
	for v%10 == 0 {
		v /= 10
		n--
	}
	return v, n
}

// readNumber reads digits[.digits] into a normalised number. It does not judge
// the form: callers write the number back and compare.
func readNumber(s string) (d decimalNumber, ok bool) {
	ws, fs, ok := splitPoint(s)
	if !ok || !digits(ws) || fs != "" && !digits(fs) {
		return d, false
	}
	exp := len(ws) - 1
	n, started := 0, false
	for k := 0; k < 2; k++ {
		part := ws
		if k == 1 {
			part = fs
		}
		for i := 0; i < len(part); i++ {
			c := part[i]
			if !started && c == '0' {
				exp--
				continue
			}
			started = true
			if n == doubleDigits {
				if c != '0' {
					return d, false
				}
				continue
			}
			d.digits = d.digits*10 + int64(c-'0')
			n++
		}
	}
	if !started {
		return decimalNumber{}, true
	}
	d.digits *= pow10[doubleDigits-n]
	d.exp = exp
	return d, true
}

func inlineDouble(s string) (ID, bool) {
	switch s {
	case "INF":
		return doubleID(false, doubleExpInf<<doubleExpShift), true
	case "-INF":
		return doubleID(true, doubleExpInf<<doubleExpShift), true
	}
	body, negative := cutSign(s)
	mantissa, e := body, -1
	for i := 0; i < len(body); i++ {
		if body[i] == 'E' || body[i] == 'e' {
			mantissa, e = body[:i], i
			break
		}
	}
	d, ok := readNumber(mantissa)
	if !ok || d.digits == 0 && negative {
		return 0, false
	}
	form := 0
	if e < 0 {
		var buf [96]byte
		if d.exp > maxPlainExp || d.exp < -maxPlainExp {
			return 0, false
		}
		form = len(body) - len(appendPlain(buf[:0], d, 0))
		if isInteger(d) && form > 0 {
			form-- // "5" is form 0, "5.0" form 1: the first zero brings the point
		}
		if form < 0 || form > maxPlainZero {
			return 0, false
		}
	} else {
		expText := body[e+1:]
		if form, ok = sciForm(mantissa, body[e], expText); !ok {
			return 0, false
		}
		exp, err := strconv.Atoi(expText)
		if err != nil || d.digits == 0 && exp != 0 {
			return 0, false
		}
		d.exp += exp
	}
	if d.exp > doubleExpMax || d.exp < -doubleExpMax {
		return 0, false
	}
	id := doubleID(negative, d.magnitude(form))
	var buf [96]byte
	b, ok := appendDouble(buf[:0], id)
	if !ok || string(b) != s {
		return 0, false
	}
	return id, true
}

// sciForm guesses the form from the look of the parts; the caller checks it by
// writing the number back.
func sciForm(mantissa string, e byte, exp string) (form int, ok bool) {
	if exp == "" {
		return 0, false
	}
	lower := 0
	if e == 'e' {
		lower = 1
	}
	unsigned, negative := cutSign(exp)
	switch {
	case exp[0] == '+', negative && len(unsigned) > 1 && unsigned[0] == '0':
		return formC + lower, true
	case strings.IndexByte(mantissa, '.') < 0:
		return formInt + lower, true
	default:
		return formSci + lower, true
	}
}

func isInteger(d decimalNumber) bool {
	_, n := d.significant()
	return d.digits == 0 || n <= d.exp+1
}

// magnitude packs the number without its sign. The exponent field of zero is 0.
func (d decimalNumber) magnitude(form int) uint64 {
	if d.digits == 0 {
		return uint64(form)
	}
	return uint64(d.exp+doubleExpBias)<<doubleExpShift | uint64(d.digits)<<doubleFormBits | uint64(form)
}

func doubleID(negative bool, magnitude uint64) ID {
	if negative {
		return TagDouble | ID(doubleMagMask-magnitude)
	}
	return TagDouble | 1<<59 | ID(magnitude)
}

// unpackDouble is the inverse of doubleID and magnitude. It accepts any
// payload; inf is set for the exponent field of infinity.
func unpackDouble(id ID) (negative bool, d decimalNumber, form int, inf bool) {
	mag := id.Payload() & doubleMagMask
	if negative = id.Payload()>>59 == 0; negative {
		mag = doubleMagMask - mag
	}
	form = int(mag & (1<<doubleFormBits - 1))
	d.digits = int64(mag >> doubleFormBits & (1<<doubleMantissaBits - 1))
	field := int(mag >> doubleExpShift)
	if field != 0 {
		d.exp = field - doubleExpBias
	}
	return negative, d, form, field == doubleExpInf
}

func appendDouble(dst []byte, id ID) ([]byte, bool) {
	negative, d, form, inf := unpackDouble(id)
	if inf {
		if d.digits != 0 || form != 0 {
			return dst, false
		}
		if negative {
			dst = append(dst, '-')
		}
		return append(dst, "INF"...), true
	}
	mag := d.magnitude(form)
	if doubleID(negative, mag) != id || d.exp > doubleExpMax || d.exp < -doubleExpMax || form > formCLower ||
		d.digits == 0 && negative || d.digits != 0 && (d.digits < pow10[doubleDigits-1] || d.digits >= pow10[doubleDigits]) {
		return dst, false
	}
	if negative {
		dst = append(dst, '-')
	}
	if form <= maxPlainZero {
		if d.exp > maxPlainExp || d.exp < -maxPlainExp {
			return dst, false
		}
		return appendPlain(dst, d, form), true
	}
	return appendScientific(dst, d, form)
}

// appendPlain writes the number without exponent and with so many zeros more
// than the shortest form has.
func appendPlain(dst []byte, d decimalNumber, zeros int) []byte {
	v, n := d.significant()
	point := d.exp + 1 // digits before the point
	switch {
	case d.digits == 0:
		dst = append(dst, '0')
		point, n = 1, 1
	case point <= 0:
		dst = append(dst, '0', '.')
		for ; point < 0; point++ {
			dst = append(dst, '0')
		}
		dst = strconv.AppendInt(dst, v, 10)
	case n <= point:
		dst = strconv.AppendInt(dst, v, 10)
		for i := n; i < point; i++ {
			dst = append(dst, '0')
		}
	default:
		dst = strconv.AppendInt(dst, v/pow10[n-point], 10)
		dst = append(dst, '.')
		dst = appendPadded(dst, v%pow10[n-point], n-point)
	}
	if zeros > 0 && isInteger(d) {
		dst = append(dst, '.')
	}
	for ; zeros > 0; zeros-- {
		dst = append(dst, '0')
	}
	return dst
}

func appendScientific(dst []byte, d decimalNumber, form int) ([]byte, bool) {
	v, n := d.significant()
	lead := v / pow10[n-1]
	dst = append(dst, byte('0'+lead))
	switch {
	case n > 1:
		if form == formInt || form == formIntLower {
			return dst, false // the same text as formSci
		}
		dst = append(dst, '.')
		dst = appendPadded(dst, v%pow10[n-1], n-1)
	case form == formSci || form == formSciLower:
		dst = append(dst, '.', '0')
	}
	e := byte('E')
	if form&1 == 1 {
		e = 'e'
	}
	dst = append(dst, e)
	if form < formC {
		return strconv.AppendInt(dst, int64(d.exp), 10), true
	}
	exp := d.exp
	if exp < 0 {
		if exp <= -10 {
			return dst, false // the same text as the forms without padding
		}
		dst = append(dst, '-')
		exp = -exp
	} else {
		dst = append(dst, '+')
	}
	return appendPadded(dst, int64(exp), 2), true
}

// double returns the value rounded to float64 exactly as parsing its text does.
func (id ID) double() (float64, bool) {
	negative, d, _, inf := unpackDouble(id)
	var f float64
	switch {
	case inf:
		f = math.Inf(1)
	case d.digits == 0:
		return 0, true
	case d.exp >= doubleDigits-1-22 && d.exp < doubleDigits: // digits < 2^53 and 10^22 are exact: one rounding
		f = float64(d.digits) / floatPow10[doubleDigits-1-d.exp]
	default:
		v, n := d.significant()
		e := d.exp - n + 1
		switch {
		case e >= 0 && e <= 22: // likewise
			f = float64(v) * floatPow10[e]
		case e < 0 && e >= -22:
			f = float64(v) / floatPow10[-e]
		default:
			var buf [40]byte
			b := strconv.AppendInt(buf[:0], v, 10)
			b = append(b, 'e')
			b = strconv.AppendInt(b, int64(e), 10)
			var err error
			if f, err = strconv.ParseFloat(string(b), 64); err != nil {
				return 0, false
			}
		}
	}
	if negative {
		f = -f
	}
	return f, true
}

var floatPow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}
