package canon_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/canon"
	"github.com/belligraph/belligraph/graph/rdf/rdftest"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
)

func read(t testing.TB, trig string) []rdf.Quad {
	t.Helper()
	var quads []rdf.Quad
	for q, err := range turtle.NewDecoder(strings.NewReader("PREFIX : <http://example/> "+trig), turtle.TriG, turtle.Options{}).All() {
		if err != nil {
			t.Fatal(err)
		}
		quads = append(quads, q)
	}
	return quads
}

var pairs = []struct {
	name, a, b string
	same       bool
}{
	{"labels differ", `_:a :p _:b .`, `_:x :p _:y .`, true},
	{"loop and no loop", `_:a :p _:a .`, `_:x :p _:y .`, false},
	{"direction of edges", `_:a :p _:b . _:b :q :c .`, `_:a :p _:b . _:a :q :c .`, false},
	{"two triangles and a hexagon", `_:a :p _:b . _:b :p _:c . _:c :p _:a . _:d :p _:e . _:e :p _:f . _:f :p _:d .`,
		`_:a :p _:b . _:b :p _:c . _:c :p _:d . _:d :p _:e . _:e :p _:f . _:f :p _:a .`, false},
	{"a hexagon turned", `_:a :p _:b . _:b :p _:c . _:c :p _:d . _:d :p _:e . _:e :p _:f . _:f :p _:a .`,
		`_:d :p _:a . _:a :p _:e . _:e :p _:b . _:b :p _:f . _:f :p _:c . _:c :p _:d .`, true},
	{"graph names count", `_:g { :a :p :b }`, `:a :p :b .`, false},
	{"graph name is the same node", `_:g { _:g :p :b }`, `_:g { _:h :p :b }`, false},
	{"inside triple terms", `_:a :p <<( _:b :q <<( _:b :q _:a )>> )>> .`, `_:x :p <<( _:y :q <<( _:y :q _:x )>> )>> .`, true},
	{"swapped inside triple terms", `_:a :p <<( _:b :q <<( _:b :q _:a )>> )>> .`, `_:x :p <<( _:y :q <<( _:x :q _:y )>> )>> .`, false},
	{"case of language tags", `:a :p "x"@EN-gb .`, `:a :p "x"@en-GB .`, true},
	{"base direction", `:a :p "x"@en--ltr .`, `:a :p "x"@en--rtl .`, false},
	{"repetition", `:a :p :b , :b .`, `:a :p :b .`, true},
	{"lexical forms", `:a :p 1 .`, `:a :p 01 .`, false},
	{"one more", `_:a :p :b .`, `_:a :p :b . _:b :p :b .`, false},
}

func TestPairs(t *testing.T) {
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			a, b := read(t, p.a), read(t, p.b)
			if got := canon.Isomorphic(a, b); got != p.same {
				t.Errorf("Isomorphic = %v", got)
			}
			if got := canonical(t, a) == canonical(t, b); got != p.same {
				t.Errorf("canonical forms equal = %v", got)
			}
			if got := canon.Difference(a, b) == ""; got != p.same {
				t.Errorf("difference: %s", canon.Difference(a, b))
			}
		})
	}
}

func canonical(t testing.TB, quads []rdf.Quad) string {
	t.Helper()
	r, err := canon.Canonicalize(context.Background(), quads, canon.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r.String()
}

// TestRelabelled compares random datasets with many alike blank nodes to
// themselves under other labels, and to themselves with one node exchanged.
// The two algorithms must agree. The seed is another each time in the long run
// alone, which may meet a known fault: of rare such datasets, in
// which triple terms relate nodes that are otherwise alike (seed
// 17271245455142539409 holds one), RDFC-1.0's paths tie where the orders of the
// nodes are not equivalent, and the canonical form depends on the labels.
func TestRelabelled(t *testing.T) {
	seed := uint64(1)
	if os.Getenv("BELLIGRAPH_LONG") != "" {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	differ := 0
	for range 300 {
		n := 2 + r.IntN(7)
		term := func() rdf.Term { return rdf.BlankNode(fmt.Sprintf("n%d", r.IntN(n))) }
		var quads []rdf.Quad
		for range 1 + r.IntN(12) {
			q := rdf.Quad{Subject: term(), Predicate: rdf.IRI("http://example/p"), Object: term()}
			switch r.IntN(8) {
			case 0:
				q.Object = rdf.Triple{Subject: term(), Predicate: q.Predicate, Object: q.Object}
			case 1:
				q.Graph = term()
			case 2:
				q.Object = rdf.NewString("x")
			}
			quads = append(quads, q)
		}
		order := r.Perm(n)
		name := func(t rdf.Term) rdf.Term { return rename(t, order) }
		other := make([]rdf.Quad, len(quads))
		for i, j := range r.Perm(len(quads)) {
			q := quads[j]
			other[i] = rdf.Quad{Subject: name(q.Subject), Predicate: q.Predicate, Object: name(q.Object), Graph: name(q.Graph)}
		}
		if !canon.Isomorphic(quads, other) {
			t.Fatalf("not isomorphic to itself relabelled:\n%v\n%v", quads, other)
		}
		if a, b := canonical(t, quads), canonical(t, other); a != b {
			t.Fatalf("canonical forms differ:\n%s\n%s", a, b)
		}
		i := r.IntN(len(other))
		other[i].Subject = rdf.BlankNode(fmt.Sprintf("m%d", r.IntN(n)))
		same := canonical(t, quads) == canonical(t, other)
		if canon.Isomorphic(quads, other) != same {
			t.Fatalf("canonical forms equal = %v, Isomorphic says otherwise:\n%v\n%v", same, quads, other)
		}
		if !same {
			differ++
		}
	}
	if differ < 50 {
		t.Errorf("only %d pairs differed", differ)
	}
}

func rename(t rdf.Term, order []int) rdf.Term {
	switch t := t.(type) {
	case rdf.BlankNode:
		var i int
		fmt.Sscanf(string(t), "n%d", &i)
		return rdf.BlankNode(fmt.Sprintf("m%d", order[i]))
	case rdf.Triple:
		return rdf.Triple{Subject: rename(t.Subject, order), Predicate: t.Predicate, Object: rename(t.Object, order)}
	default:
		return t
	}
}

// TestSpecificationExample checks the labels that RDFC-1.0 gives for its example
// of unique hashes (§4.6.2).
func TestSpecificationExample(t *testing.T) {
	quads := read(t, `PREFIX e: <http://example.com/#> e:p e:q _:e0 . e:p e:r _:e1 . _:e0 e:s e:u . _:e1 e:t e:u .`)
	want := `<http://example.com/#p> <http://example.com/#q> _:c14n0 .
<http://example.com/#p> <http://example.com/#r> _:c14n1 .
_:c14n0 <http://example.com/#s> <http://example.com/#u> .
_:c14n1 <http://example.com/#t> <http://example.com/#u> .
`
	if got := canonical(t, quads); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestURDNA2015 runs the suite of URDNA2015, which RDFC-1.0 is the new name of.
// It comes as test data of json-gold.
func TestURDNA2015(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/piprate/json-gold").Output()
	files, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "ld", "testdata", "normalization", "*-in.nq"))
	if err != nil || len(files) == 0 {
		t.Skip("json-gold comes without its test data, which holds the suite:", err)
	}
	suite := rdftest.NewSuite(t, "URDNA2015")
	for _, file := range files {
		want, err := os.ReadFile(strings.TrimSuffix(file, "-in.nq") + "-urdna2015.nq")
		if err != nil {
			continue // a test of the older algorithm only
		}
		if filepath.Base(file) == "test060-in.nq" {
			suite.Skip("test060", "expects raw tabs and backspaces, which RDFC-1.0 escapes")
			continue
		}
		suite.Run(t, filepath.Base(file), func() error {
			f, err := os.Open(file)
			if err != nil {
				return err
			}
			defer f.Close()
			var quads []rdf.Quad
			for q, err := range turtle.NewDecoder(f, turtle.NQuads, turtle.Options{}).All() {
				if err != nil {
					return err
				}
				quads = append(quads, q)
			}
			r, err := canon.Canonicalize(context.Background(), quads, canon.Options{})
			if err != nil {
				return err
			}
			if got := r.String(); got != string(want) {
				return fmt.Errorf("got\n%s\nwant\n%s", got, want)
			}
			return nil
		})
	}
}

// TestPoisoned feeds a clique, on which RDFC-1.0 takes exponential work.
func TestPoisoned(t *testing.T) {
	var quads []rdf.Quad
	for i := range 12 {
		for j := range 12 {
			if i != j {
				quads = append(quads, rdf.Quad{Subject: rdf.BlankNode(fmt.Sprint("n", i)), Predicate: rdf.IRI("http://example/p"),
					Object: rdf.BlankNode(fmt.Sprint("n", j))})
			}
		}
	}
	if _, err := canon.Canonicalize(context.Background(), quads, canon.Options{MaxWork: 200_000}); !errors.Is(err, canon.ErrTooHard) {
		t.Errorf("a clique of 12 gave %v", err)
	}
	if same, err := canon.Compare(quads, quads); !same || err != nil {
		t.Errorf("Compare of a clique with itself: %v, %v", same, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := canon.Canonicalize(ctx, quads, canon.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gave %v", err)
	}
}
