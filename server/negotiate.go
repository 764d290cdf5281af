package server

import (
	"slices"
	"strconv"
	"strings"
)

// mediaRange is one element of an Accept header (RFC 9110 §12.5.1).
type mediaRange struct {
	typ, subtype string
	q            float64
}

// parseAccept reads an Accept header. Elements that cannot be read are left
// out; parameters other than q are ignored, as clients send charset and version
// where servers never distinguished them.
func parseAccept(header string) []mediaRange {
	var ranges []mediaRange
	for element := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(element, ";")
		typ, subtype, ok := strings.Cut(strings.ToLower(strings.TrimSpace(name)), "/")
		if !ok {
			if typ != "*" { // Java's URLConnection sends "*; q=.2" for */*
				continue
			}
			subtype = "*"
		}
		r := mediaRange{typ: typ, subtype: subtype, q: 1}
		for param := range strings.SplitSeq(params, ";") {
			key, value, _ := strings.Cut(strings.TrimSpace(param), "=")
			if !strings.EqualFold(strings.TrimSpace(key), "q") {
				continue
			}
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || q < 0 || q > 1 {
				q = 0
			}
			r.q = q
		}
		ranges = append(ranges, r)
	}
	return ranges
}

// specificity returns how precisely r names the media type: 2 exactly, 1 by its
// type, 0 as */*, and -1 when it does not name it.
func (r mediaRange) specificity(typ, subtype string) int {
	switch {
	case r.typ == typ && r.subtype == subtype:
		return 2
	case r.typ == typ && r.subtype == "*":
		return 1
	case r.typ == "*" && r.subtype == "*":
		return 0
	default:
		return -1
	}
}

// negotiate returns the index of the offered media type that the Accept header
// prefers. Offers are in the server's order of preference, which decides
// between equals; an absent or empty header accepts everything. It returns -1
// when nothing on offer is acceptable.
func negotiate(header string, offers []string) int {
	if strings.TrimSpace(header) == "" {
		return 0
	}
	if i := slices.Index(offers, header); i >= 0 {
		return i // what programs send: one type and nothing else
	}
	ranges := parseAccept(header)
	best, bestQ := -1, 0.0
	for i, offer := range offers {
		typ, subtype, _ := strings.Cut(offer, "/")
		q, specificity := 0.0, -1
		for _, r := range ranges {
			if s := r.specificity(typ, subtype); s > specificity {
				q, specificity = r.q, s
			}
		}
		if q > bestQ {
			best, bestQ = i, q
		}
	}
	return best
}
