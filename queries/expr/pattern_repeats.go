package expr

import (
	"strconv"
	"strings"
)

// maxRepeats bounds how often repetitions within each other may have a part
// matched, all numbers multiplied: ((a?){100}){100} is 10,000. A backtracking
// engine remembers every round, also an empty one, so that the time a match may
// take is no bound on its memory: at 100,000,000 rounds it had 1.5 GB within two
// seconds.
const maxRepeats = 1_000_000

// repeats returns the largest product of the numbers of repetitions within each
// other in an expression, as the translator writes it. Repetitions without a
// last number count once: the text bounds them.
func repeats(source string) int {
	product := func(a, b int) int {
		if a > maxRepeats || b > maxRepeats || a*b > maxRepeats {
			return maxRepeats + 1
		}
		return a * b
	}
	var open []int // the largest product in each open group
	inside := 1    // in the innermost one so far
	atom := 1      // of what a quantifier would repeat
	for i := 0; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
			atom = 1
		case '[':
			// The end of a class is a bracket that is not escaped and not the
			// first in it; classes within classes are closed first.
			for depth := 0; i < len(source); i++ {
				if source[i] == '\\' {
					i++
				} else if source[i] == '[' {
					depth++
				} else if source[i] == ']' {
					if depth--; depth == 0 {
						break
					}
				}
			}
			atom = 1
		case '(':
			open = append(open, inside)
			inside, atom = 1, 1
		case ')':
			atom = inside
			if n := len(open); n > 0 {
				inside = max(inside, open[n-1])
				open = open[:n-1]
			}
		case '{':
			end := strings.IndexByte(source[i:], '}')
			if end < 0 {
				return max(inside, atom)
			}
			low, high, two := strings.Cut(source[i+1:i+end], ",")
			if !two || high == "" {
				high = low
			}
			n, err := strconv.Atoi(high)
			if err != nil {
				n = maxRepeats + 1 // too long for a number
			}
			atom = product(atom, max(n, 1))
			inside = max(inside, atom)
			i += end
		case '*', '+', '?':
		default:
			atom = 1
		}
	}
	return max(inside, atom)
}
