package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/storetest"
)

// A new format version gets a fixture of its own with
//
//	go test ./graph/store -run TestOldFormats -write-fixture
//
// and those of older versions stay, because stores of them must keep opening.
var writeFixture = flag.Bool("write-fixture", false, "write testdata/format-N.* for the current format version, unless it is there")

// TestOldFormats opens a store of every format version that there has been and
// compares it with the N-Quads beside it. The store is a gzip of the file in
// base64, so that the repository holds text.
func TestOldFormats(t *testing.T) {
	if *writeFixture {
		makeFixture(t)
	}
	for version := 1; version <= formatVersion; version++ {
		t.Run(fmt.Sprint("version=", version), func(t *testing.T) {
			name := filepath.Join("testdata", fmt.Sprintf("format-%d", version))
			packed, err := os.Open(name + ".b64")
			if err != nil {
				t.Fatal(err)
			}
			defer packed.Close()
			z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, packed))
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "store")
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(name + ".nq")
			if err != nil {
				t.Fatal(err)
			}
			m := storetest.NewModel()
			d, err := rdfio.NewDecoder(bytes.NewReader(text), rdfio.NQuads, rdfio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for q, err := range d.All() {
				if err != nil {
					t.Fatal(err)
				}
				m.Insert(q)
			}
			m.CreateGraph(rdf.IRI("http://example.org/empty"))
			if m.Len() < 300 {
				t.Fatalf("the fixture has %d quads", m.Len())
			}
			for _, readOnly := range []bool{true, false} {
				s := open(t, path, Options{ReadOnly: readOnly})
				mustEqual(t, s, m)
				if !readOnly {
					more := storetest.Quads(500, 99)
					m.Insert(more...)
					if err := s.Update(context.Background(), func(tx graph.Tx) error { _, err := tx.Insert(more...); return err }); err != nil {
						t.Fatal(err)
					}
					if err := s.Fold(context.Background()); err != nil {
						t.Fatal(err)
					}
					mustEqual(t, s, m)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// makeFixture writes a store with loaded, folded and logged quads.
func makeFixture(t *testing.T) {
	name := filepath.Join("testdata", fmt.Sprintf("format-%d", formatVersion))
	if _, err := os.Stat(name + ".b64"); err == nil {
		t.Fatalf("%s.b64 is there already", name)
	}
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "store")
	s := open(t, path, Options{})
	quads := append(storetest.Quads(200, 42), awkwardQuads()...)
	for i := range quads { // long literals would make the fixture large
		if l, ok := quads[i].Object.(rdf.Literal); ok && len(l.Lexical) > 200 {
			l.Lexical = l.Lexical[len(l.Lexical)-200:]
			quads[i].Object = l
		}
	}
	if _, err := s.Load(ctx, nquadsSource(quads[:100]), LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	update := func(quads []rdf.Quad) {
		err := s.Update(ctx, func(tx graph.Tx) error {
			if _, err := tx.Insert(quads...); err != nil {
				return err
			}
			return tx.CreateGraph(rdf.IRI("http://example.org/empty"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	update(quads[100:250])
	if err := s.Fold(ctx); err != nil {
		t.Fatal(err)
	}
	update(quads[250:])
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	b := base64.NewEncoder(base64.StdEncoding, &packed)
	z := gzip.NewWriter(b)
	if _, err := z.Write(usedBytes(t, path)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []io.Closer{z, b} {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var lines bytes.Buffer
	for rest := packed.Bytes(); len(rest) > 0; {
		n := min(100, len(rest))
		lines.Write(rest[:n])
		lines.WriteByte('\n')
		rest = rest[n:]
	}
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".b64", lines.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+".nq", nquads(quads), 0o644); err != nil {
		t.Fatal(err)
	}
}
