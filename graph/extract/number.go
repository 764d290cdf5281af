package extract

import (
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// amount is a number as a text gives it: one, a range, or a bound.
type amount struct {
	min, max *int64
	cmp      claim.Comparator
	length   int // tokens
	vague    bool
}

func exactly(n int64) amount { return amount{min: ptr(n), max: ptr(n), cmp: claim.Exactly} }

// amountWords are the words and marks, beside numbers, that may open an amount.
var amountWords = map[string]bool{
	"more": true, "over": true, "above": true, "upwards": true, "in": true, "greater": true, "exceeding": true, "at": true, "no": true, "not": true, "minimum": true,
	"fewer": true, "less": true, "under": true, "below": true, "as": true, "up": true, "maximum": true, "about": true, "around": true, "approximately": true, "approx.": true,
	"some": true, "roughly": true, "nearly": true, "almost": true, "an": true, "estimated": true, "ca.": true, "c.": true, "circa": true, "~": true, "≈": true, "close": true,
	">": true, "<": true, "≥": true, "a": true, "just": true, "only": true, "total": true, "exactly": true, "all": true, "another": true, "the": true, "between": true, "from": true,
}

// amountAt reads a number at token i: figures or words, a range, with what
// bounds it before or after. A length of 0 means that there is none.
func amountAt(toks []token, i int) amount {
	if i >= len(toks) {
		return amount{}
	}
	if t := &toks[i]; t.kind == wordToken && !t.info.isNumber() && !amountWords[t.lower] && !strings.Contains(t.lower, "-") || t.kind == markToken && !amountWords[t.lower] {
		return amount{} // most words: nothing that a number begins with
	}
	start := i
	cmp := claim.Exactly
	word := func(k int) string {
		if k < len(toks) {
			return toks[k].lower
		}
		return ""
	}
	skip := func(words ...string) bool {
		for k, w := range words {
			if word(i+k) != w {
				return false
			}
		}
		i += len(words)
		return true
	}
	switch {
	case skip("more", "than"), skip("over"), skip("above"), skip("upwards", "of"), skip("in", "excess", "of"), skip("greater", "than"), skip("exceeding"):
		cmp = claim.MoreThan
	case skip("at", "least"), skip("no", "fewer", "than"), skip("no", "less", "than"), skip("not", "less", "than"), skip("minimum"):
		cmp = claim.AtLeast
	case skip("fewer", "than"), skip("less", "than"), skip("under"), skip("below"):
		cmp = claim.LessThan
	case skip("as", "many", "as"), skip("up", "to"), skip("at", "most"), skip("no", "more", "than"), skip("not", "more", "than"), skip("maximum"):
		cmp = claim.AtMost
	case skip("about"), skip("around"), skip("approximately"), skip("approx."), skip("some"), skip("roughly"), skip("nearly"), skip("almost"), skip("an", "estimated"), skip("estimated"), skip("ca."), skip("c."), skip("circa"), skip("~"), skip("≈"), skip("close", "to"):
		cmp = claim.About
		if word(i) == "at" && word(i+1) == "least" {
			i += 2
			cmp = claim.AtLeast
		}
	case skip(">"):
		cmp = claim.MoreThan
	case skip("<"):
		cmp = claim.LessThan
	case skip("≥"):
		cmp = claim.AtLeast
	case skip("a", "single"), skip("just", "one"), skip("only", "one"):
		a := exactly(1)
		a.length = i - start
		return a
	case skip("a", "total", "of"), skip("total", "of"), skip("only"), skip("just"), skip("exactly"), skip("all"), skip("another"), skip("the", "other"):
		if word(i) == "more" && word(i+1) == "than" {
			i += 2
			cmp = claim.MoreThan
		} else if word(i) == "at" && word(i+1) == "least" {
			i += 2
			cmp = claim.AtLeast
		}
	}
	if word(i) == "between" || word(i) == "from" {
		lo, l, v := integerAt(toks, i+1)
		if k := i + 1 + l; l > 0 && !v && (word(k) == "and" || word(k) == "to") {
			if hi, l2, v := integerAt(toks, k+1); l2 > 0 && !v && hi > lo {
				return amount{min: ptr(lo), max: ptr(hi), cmp: claim.Exactly, length: k + 1 + l2 - start}
			}
		}
	}
	n, length, vague := integerAt(toks, i)
	if length == 0 {
		return amount{}
	}
	i += length
	a := amount{min: ptr(n), max: ptr(n), cmp: cmp, vague: vague}
	if vague {
		a.max, a.cmp = nil, claim.AtLeast
		a.length = i - start
		return a
	}
	// A range: 10–12, 10 to 12, between 10 and 12.
	if w := word(i); w == "–" || w == "-" || w == "—" || w == "to" || w == "−" || w == "‒" {
		if hi, l, v := integerAt(toks, i+1); l > 0 && !v && hi > n && (toks[i+1].kind == numberToken || w == "to") {
			a.max = ptr(hi)
			i += 1 + l
		}
	} else if w == "," && word(i+1) == "or" {
		// 730, or, 1,071
		k := i + 2
		if word(k) == "," {
			k++
		}
		if hi, l, v := integerAt(toks, k); l > 0 && !v && hi > n {
			a.max = ptr(hi)
			i = k + l
		}
	} else if w == "or" && i+1 < len(toks) {
		if hi, l, v := integerAt(toks, i+1); l > 0 && !v && hi > n {
			a.max = ptr(hi)
			i += 1 + l
		}
	}
	switch {
	case word(i) == "+":
		i++
		a.cmp = claim.AtLeast
	case word(i) == "or" && word(i+1) == "more":
		i += 2
		a.cmp = claim.AtLeast
	}
	single := *a.min == *a.max
	switch a.cmp {
	case claim.MoreThan:
		if single {
			a.min = ptr(n + 1)
		}
		a.max = nil
	case claim.AtLeast:
		a.max = nil
	case claim.LessThan:
		a.max = ptr(*a.max - 1)
		if single {
			a.min = nil
		}
	case claim.AtMost:
		if single {
			a.min = nil
		}
	}
	a.length = i - start
	return a
}

// integerAt reads figures or number words: "34", "1,200", "thirty-four",
// "two hundred", "several hundred", "dozens".
func integerAt(toks []token, i int) (n int64, length int, vague bool) {
	if i >= len(toks) {
		return 0, 0, false
	}
	t := &toks[i]
	if t.kind == numberToken {
		v, ok := parseFigure(t.text)
		if !ok {
			return 0, 0, false
		}
		length = 1
		if i+1 < len(toks) && toks[i+1].info != nil && toks[i+1].info.isNum {
			if m := toks[i+1].info.number; m >= 1000 {
				return v * m, 2, false
			} else if m == 100 || m == 12 && toks[i+1].lower == "dozen" {
				return v * m, 2, false
			}
		}
		return v, 1, false
	}
	if t.kind != wordToken {
		return 0, 0, false
	}
	if n, ok := hyphenated(t.lower); ok {
		return n, 1, false
	}
	article := t.lower == "a" && i+1 < len(toks) && toks[i+1].info != nil && (toks[i+1].info.isNum && toks[i+1].info.number >= 12 || toks[i+1].info.vague)
	if t.info == nil || !t.info.isNum && !t.info.vague && !article {
		return 0, 0, false
	}
	if article {
		if toks[i+1].info.vague {
			n, length, vague = toks[i+1].info.number, 2, true
			if i+2 < len(toks) && toks[i+2].lower == "of" {
				length++
			}
			return n, length, vague
		}
		n, length, vague = integerAt(toks, i+1)
		return n, length + 1, vague
	}
	if t.info.vague {
		n, length = t.info.number, 1
		if i+1 < len(toks) && toks[i+1].info != nil && toks[i+1].info.isNum && toks[i+1].info.number >= 12 {
			// several hundred, a few thousand
			return n * toks[i+1].info.number, 2, true
		}
		if i+2 < len(toks) && toks[i+1].lower == "of" && toks[i+2].info != nil && toks[i+2].info.vague {
			return max(n, toks[i+2].info.number), 3, true
		}
		if n >= 20 && i+1 < len(toks) && toks[i+1].lower == "of" {
			length = 2
		}
		return n, length, true
	}
	var total, part int64
	k := i
	for ; k < len(toks) && toks[k].kind == wordToken; k++ {
		if h, ok := hyphenated(toks[k].lower); ok {
			part += h
			continue
		}
		if toks[k].lower == "and" && k+1 < len(toks) && k > i && (part >= 100 || total > 0) && toks[k+1].info != nil && toks[k+1].info.isNum && toks[k+1].info.number < 100 && toks[k-1].info != nil && toks[k-1].info.number >= 100 {
			continue
		}
		info := toks[k].info
		if info == nil || !info.isNum {
			break
		}
		v := info.number
		switch {
		case v >= 1000:
			total += max(part, 1) * v
			part = 0
		case v == 100 || toks[k].lower == "dozen" || toks[k].lower == "score":
			part = max(part, 1) * v
		default:
			if k > i && part%10 != 0 || part > 0 && part < 20 {
				return total + part, k - i, false
			}
			part += v
		}
	}
	return total + part, k - i, false
}

var tens = map[string]int64{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
var units = map[string]int64{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}

// hyphenated reads "thirty-four".
func hyphenated(w string) (int64, bool) {
	for i := 0; i < len(w); i++ {
		if w[i] == '-' {
			t, ok := tens[w[:i]]
			u, ok2 := units[w[i+1:]]
			return t + u, ok && ok2
		}
	}
	return 0, false
}
