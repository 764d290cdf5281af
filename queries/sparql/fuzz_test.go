package sparql

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
)

// seed adds every query and update of the suites, when they are there, and of
// the test data of this package.
func seed(f *testing.F) {
	f.Helper()
	for _, file := range []string{"translate.txt", "translate_update.txt", "errors.txt", "print.txt"} {
		b, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(b), "\n# ")[1:] {
			_, rest, _ := strings.Cut(part, "\n")
			input, _, _ := strings.Cut(rest, "----\n")
			f.Add(input)
		}
	}
	root := os.Getenv("RDF_TESTS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "w3c")
	}
	if _, err := os.Stat(filepath.Join(root, "sparql")); err != nil {
		return // the seeds above will do
	}
	err := filepath.WalkDir(filepath.Join(root, "sparql"), func(path string, d os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".rq" && ext != ".ru" {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil {
			f.Add(string(b))
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
}

func FuzzQuery(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) { checkText(t, text, false) })
}

func FuzzUpdate(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) { checkText(t, text, true) })
}

// checkText demands that a text either parses, translates and prints as a fixed
// point that means the same, or is refused with a position inside it.
func checkText(t *testing.T, text string, update bool) (accepted bool) {
	t.Helper()
	err := parseAny(text, update, "http://example.org/base")
	if err == nil {
		return true
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%q: %v", text, err)
	}
	if !errors.Is(err, graph.ErrBadRequest) || e.Offset < 0 || e.Offset > len(text) || e.Line < 1 || e.Column < 1 || e.Message == "" {
		t.Fatalf("%q: %#v", text, e)
	}
	_ = e.Detail()
	return false
}
