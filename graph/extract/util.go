package extract

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// sortedKeys returns the keys of a map in order, for loops whose outcome must
// not depend on the order of maps.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// slug returns a readable identifier: folded words joined by hyphens.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range fold(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'':
		default:
			gap = true
		}
	}
	return b.String()
}

func ptr[T any](v T) *T { return &v }
