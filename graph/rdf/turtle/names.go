package turtle

// Properties of ASCII characters in names.
const (
	nameFirst  = 1 << iota // PN_CHARS_BASE
	labelFirst             // PN_CHARS_U or a digit: starts a blank node label
	nameRest               // PN_CHARS
)

var nameByte = func() (t [128]uint8) {
	for c := range t {
		switch c := byte(c); {
		case isLetter(c):
			t[c] = nameFirst | labelFirst | nameRest
		case isDigit(c), c == '_':
			t[c] = labelFirst | nameRest
		case c == '-':
			t[c] = nameRest
		}
	}
	return t
}()

// isNameStart is PN_CHARS_BASE without its ASCII part.
func isNameStart(r rune) bool {
	switch {
	case r < 0xC0:
		return false
	case r <= 0x2FF:
		return r != 0xD7 && r != 0xF7
	case r <= 0x1FFF:
		return 0x370 <= r && r != 0x37E
	case r <= 0xD7FF:
		return r == 0x200C || r == 0x200D || 0x2070 <= r && r <= 0x218F || 0x2C00 <= r && r <= 0x2FEF || 0x3001 <= r
	case r <= 0xFFFD:
		return 0xF900 <= r && r <= 0xFDCF || 0xFDF0 <= r
	default:
		return 0x10000 <= r && r <= 0xEFFFF
	}
}

// isNameRest is what PN_CHARS adds to PN_CHARS_BASE beyond ASCII.
func isNameRest(r rune) bool {
	return r == 0xB7 || 0x300 <= r && r <= 0x36F || r == 0x203F || r == 0x2040
}
