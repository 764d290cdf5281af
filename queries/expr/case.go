package expr

import (
	"sync"
	"unicode"
)

// caseVariants returns for each character with case the set of it and its case
// variants: those with the same lower case or the same upper case (XPath 3.1
// §5.6.2).
var caseVariants = sync.OnceValue(func() map[rune]runeSet {
	const dottedI = 'İ' // its lower case is two characters
	lower, upper := make(map[rune][]rune), make(map[rune][]rune)
	var cased []rune
	for _, span := range unicode.CaseRanges {
		for r := rune(span.Lo); r <= rune(span.Hi); r++ {
			if r == dottedI {
				continue
			}
			cased = append(cased, r)
			lower[unicode.ToLower(r)] = append(lower[unicode.ToLower(r)], r)
			upper[unicode.ToUpper(r)] = append(upper[unicode.ToUpper(r)], r)
		}
	}
	all := make(map[rune]runeSet, len(cased))
	for _, r := range cased {
		var set runeSet
		for _, v := range lower[unicode.ToLower(r)] {
			set = append(set, v, v)
		}
		for _, v := range upper[unicode.ToUpper(r)] {
			set = append(set, v, v)
		}
		if set = set.normal(); len(set) > 2 || set[0] != set[1] {
			all[r] = set
		}
	}
	return all
})
