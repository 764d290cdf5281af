package iri

import (
	"net/netip"
	"strings"
)

// Validate checks s against the IRI production of RFC 3987 §2.2: a scheme, a
// well-formed authority, complete percent escapes, and only the characters that
// each component allows.
func Validate(s string) error {
	if !IsAbsolute(s) {
		return &Error{IRI: s, Message: "no scheme"}
	}
	return ValidateReference(s)
}

// ValidateReference is Validate for an IRI reference, absolute or relative.
func ValidateReference(s string) error {
	if err := CheckChars(s); err != nil {
		return err
	}
	r := Split(s)
	at := 0
	if r.HasScheme {
		at = len(r.Scheme) + 1
	} else if seg, _, _ := strings.Cut(r.Path, "/"); !r.HasAuthority && strings.Contains(seg, ":") {
		return &Error{IRI: s, Offset: strings.IndexByte(s, ':'), Message: "colon in the first segment of a relative path"}
	}
	if r.HasAuthority {
		at += 2
		if err := validateAuthority(s, at, r.Authority); err != nil {
			return err
		}
		at += len(r.Authority)
	}
	if err := validatePart(s, at, r.Path, "/:@", false); err != nil {
		return err
	}
	at += len(r.Path)
	if r.HasQuery {
		at++
		if err := validatePart(s, at, r.Query, "/:@?", true); err != nil {
			return err
		}
		at += len(r.Query)
	}
	if r.HasFragment {
		return validatePart(s, at+1, r.Fragment, "/:@?", false)
	}
	return nil
}

func validateAuthority(s string, at int, authority string) error {
	host := authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		if err := validatePart(s, at, authority[:i], ":", false); err != nil {
			return err
		}
		at += i + 1
		host = authority[i+1:]
	}
	if strings.HasPrefix(host, "[") {
		end := strings.IndexByte(host, ']')
		if end < 0 {
			return &Error{IRI: s, Offset: at, Message: "unclosed ["}
		}
		if err := validateLiteralHost(s, at+1, host[1:end]); err != nil {
			return err
		}
		return validatePort(s, at+end+1, host[end+1:])
	}
	end := strings.IndexByte(host, ':')
	if end < 0 {
		end = len(host)
	}
	if err := validatePart(s, at, host[:end], "", false); err != nil {
		return err
	}
	return validatePort(s, at+end, host[end:])
}

func validateLiteralHost(s string, at int, host string) error {
	if host != "" && host[0]|0x20 == 'v' {
		version, rest, ok := strings.Cut(host[1:], ".")
		if !ok || rest == "" || version == "" || strings.Trim(version, "0123456789abcdefABCDEF") != "" {
			return &Error{IRI: s, Offset: at, Message: "malformed address of a future version"}
		}
		return validatePart(s, at+len(version)+2, rest, ":", false)
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || !addr.Is6() || addr.Zone() != "" {
		return &Error{IRI: s, Offset: at, Message: "malformed IPv6 address"}
	}
	return nil
}

func validatePort(s string, at int, port string) error {
	if port == "" {
		return nil
	}
	if port[0] != ':' {
		return &Error{IRI: s, Offset: at, Message: "host followed by neither port nor path"}
	}
	for i := 1; i < len(port); i++ {
		if !isDigit(port[i]) {
			return &Error{IRI: s, Offset: at + i, Message: "port is not a number"}
		}
	}
	return nil
}

// validatePart checks one component: unreserved characters, sub-delimiters,
// percent escapes, those in extra, and private-use characters if they may stand.
func validatePart(s string, at int, part, extra string, private bool) error {
	for i, r := range part {
		switch {
		case r == '%':
			if i+2 >= len(part) || !isHex(part[i+1]) || !isHex(part[i+2]) {
				return &Error{IRI: s, Offset: at + i, Message: "% not followed by two hexadecimal digits"}
			}
		case r < 0x80:
			c := byte(r)
			if !isAlpha(c) && !isDigit(c) && !strings.ContainsRune("-._~!$&'()*+,;="+extra, r) {
				return &Error{IRI: s, Offset: at + i, Message: "character " + string(r) + " may not stand here"}
			}
		case isUCS(r):
		case private && isPrivate(r):
		default:
			return &Error{IRI: s, Offset: at + i, Message: "character " + string(r) + " may not stand here"}
		}
	}
	return nil
}

// isUCS is the ucschar production of RFC 3987.
func isUCS(r rune) bool {
	switch {
	case r < 0xA0:
		return false
	case r <= 0xFFEF:
		return r <= 0xD7FF || 0xF900 <= r && r <= 0xFDCF || 0xFDF0 <= r
	case r < 0x10000 || r > 0xEFFFD:
		return false
	case 0xE0000 <= r && r < 0xE1000:
		return false
	default:
		return r&0xFFFF <= 0xFFFD
	}
}

// isPrivate is the iprivate production of RFC 3987.
func isPrivate(r rune) bool {
	return 0xE000 <= r && r <= 0xF8FF || 0xF0000 <= r && r <= 0xFFFFD || 0x100000 <= r && r <= 0x10FFFD
}
