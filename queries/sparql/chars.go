package sparql

// The character classes of the grammar's terminals (SPARQL 1.1 §19.8).

func isPNCharsBase(r rune) bool {
	switch {
	case r < 0x80:
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	case r < 0x300:
		return r >= 0xC0 && r != 0xD7 && r != 0xF7
	default:
		return 0x370 <= r && r <= 0x1FFF && r != 0x37E ||
			r == 0x200C || r == 0x200D ||
			0x2070 <= r && r <= 0x218F ||
			0x2C00 <= r && r <= 0x2FEF ||
			0x3001 <= r && r <= 0xD7FF ||
			0xF900 <= r && r <= 0xFDCF ||
			0xFDF0 <= r && r <= 0xFFFD ||
			0x10000 <= r && r <= 0xEFFFF
	}
}

func isPNCharsU(r rune) bool { return r == '_' || isPNCharsBase(r) }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// isVarChar reports whether r may stand in a variable name after its first
// character, which must be a PN_CHARS_U or a digit.
func isVarChar(r rune) bool {
	return isPNCharsU(r) || isDigit(r) || r == 0xB7 || 0x300 <= r && r <= 0x36F || r == 0x203F || r == 0x2040
}

func isPNChars(r rune) bool { return r == '-' || isVarChar(r) }

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// isIRIChar reports whether r may stand in an IRIREF.
func isIRIChar(r rune) bool {
	switch r {
	case '<', '>', '"', '{', '}', '|', '^', '`', '\\':
		return false
	}
	return r > ' '
}

// isLocalEscape reports whether c may follow a backslash in the local part of a
// prefixed name.
func isLocalEscape(c byte) bool {
	switch c {
	case '_', '~', '.', '-', '!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '=', '/', '?', '#', '@', '%':
		return true
	}
	return false
}
