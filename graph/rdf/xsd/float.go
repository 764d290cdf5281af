package xsd

import (
	"math"
	"strconv"
)

// parseFloat parses the lexical form of xsd:double or xsd:float: decimal
// notation with an optional exponent, INF, +INF, -INF or NaN. Numbers beyond
// the range become infinite, as XML Schema 1.1 rounds them.
func parseFloat(s string, bits int) (float64, bool) {
	switch s {
	case "INF", "+INF":
		return math.Inf(1), true
	case "-INF":
		return math.Inf(-1), true
	case "NaN":
		return math.NaN(), true
	}
	// What strconv accepts beyond XML Schema (hexadecimal, underscores, words)
	// has characters outside this set.
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '+', c == '-', c == '.', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, bits)
	if err != nil && !math.IsInf(f, 0) && f != 0 {
		return 0, false
	}
	if err != nil && f == 0 {
		return 0, false
	}
	return f, true
}

// appendSpecial appends the forms of values that are not finite.
func appendSpecial(dst []byte, f float64) ([]byte, bool) {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...), true
	case math.IsInf(f, 1):
		return append(dst, "INF"...), true
	case math.IsInf(f, -1):
		return append(dst, "-INF"...), true
	}
	return dst, false
}

// appendFloat appends the canonical form, the fewest digits that read back the
// same, as in 1.0E0 and -2.5E-7.
func appendFloat(dst []byte, f float64, bits int) []byte {
	dst, special := appendSpecial(dst, f)
	if special {
		return dst
	}
	var buf [32]byte
	e := strconv.AppendFloat(buf[:0], f, 'E', -1, bits) // d[.ddd]E±dd
	i := 0
	for e[i] != 'E' {
		i++
	}
	point := false
	for _, c := range e[:i] {
		point = point || c == '.'
	}
	dst = append(dst, e[:i]...)
	if !point {
		dst = append(dst, '.', '0')
	}
	dst = append(dst, 'E')
	if e[i+1] == '-' {
		dst = append(dst, '-')
	}
	exp := e[i+2:]
	for len(exp) > 1 && exp[0] == '0' {
		exp = exp[1:]
	}
	return append(dst, exp...)
}

// formatXPathFloat casts to xs:string: plain digits from 10^-6 up to 10^6,
// otherwise the canonical form.
func formatXPathFloat(f float64, bits int) string {
	if a := math.Abs(f); a == 0 || a >= 1e-6 && a < 1e6 {
		return strconv.FormatFloat(f, 'f', -1, bits)
	}
	return string(appendFloat(nil, f, bits))
}

// roundFloat is fn:round: the nearest integer, halves towards positive
// infinity, negative zero kept.
func roundFloat(f float64) float64 {
	r := math.Floor(f)
	if f-r >= 0.5 {
		r++
	}
	if r == 0 && math.Signbit(f) {
		return math.Copysign(0, -1)
	}
	return r
}
