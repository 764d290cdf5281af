package sparql

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestMutatedSuiteQueries changes the words of the suites' queries at random:
// some results are other queries, which must print as a fixed point, most are
// nearly queries, which must be refused with a position.
func TestMutatedSuiteQueries(t *testing.T) {
	n, seed := 20_000, uint64(1)
	if os.Getenv("BELLIGRAPH_LONG") == "1" {
		n, seed = 2_000_000, rand.Uint64()
	}
	if s := os.Getenv("BELLIGRAPH_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("BELLIGRAPH_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	type text struct {
		words  []string
		update bool
	}
	var texts []text
	var words [2][]string // of queries and updates
	for _, file := range suiteFiles(t) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		x := text{wordsOf(string(b)), filepath.Ext(file) == ".ru"}
		texts = append(texts, x)
		words[kindOf(x.update)] = append(words[kindOf(x.update)], x.words...)
	}
	accepted := 0
	for range n {
		x := texts[random.IntN(len(texts))]
		mutated := append([]string(nil), x.words...)
		for range 1 + random.IntN(2) {
			mutated = mutate(random, mutated, words[kindOf(x.update)])
		}
		s := strings.Join(mutated, " ")
		if checkText(t, s, x.update) {
			accepted++
		}
	}
	t.Logf("%d texts, %d of them queries or updates", n, accepted)
	if accepted < n/10 {
		t.Errorf("only %d of %d texts are queries, the test has lost its teeth", accepted, n)
	}
}

func kindOf(update bool) int {
	if update {
		return 1
	}
	return 0
}

func wordsOf(s string) []string {
	l := lexer{text: s}
	var out []string
	for {
		t := l.next()
		if t.kind == tokEOF {
			return out
		}
		out = append(out, s[t.start:t.end])
	}
}

// mutate changes one word, most often a variable to another one.
func mutate(random *rand.Rand, words, others []string) []string {
	if len(words) == 0 {
		return words
	}
	i := random.IntN(len(words))
	switch k := random.IntN(20); {
	case k < 8:
		var vars []int
		for j, w := range words {
			if len(w) > 1 && (w[0] == '?' || w[0] == '_') {
				vars = append(vars, j)
			}
		}
		if len(vars) > 1 {
			words[vars[random.IntN(len(vars))]] = words[vars[random.IntN(len(vars))]]
		}
		return words
	case k < 11:
		return append(words[:i], words[i+1:]...)
	case k < 13:
		j := min(len(words), i+1+random.IntN(10))
		return append(words[:j], append(append([]string(nil), words[i:j]...), words[j:]...)...)
	case k < 15:
		j := random.IntN(len(words))
		words[i], words[j] = words[j], words[i]
		return words
	case k < 18:
		words[i] = others[random.IntN(len(others))]
		return words
	default:
		return append(words[:i], append([]string{others[random.IntN(len(others))]}, words[i:]...)...)
	}
}
