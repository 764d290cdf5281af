package rdfio_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

func TestByMediaType(t *testing.T) {
	for mediaType, want := range map[string]rdfio.Format{
		"text/turtle":                            rdfio.Turtle,
		"text/turtle; charset=utf-8":             rdfio.Turtle,
		"Text/Turtle;version=1.2":                rdfio.Turtle,
		"text/rdf+n3":                            rdfio.Turtle,
		"application/x-turtle":                   rdfio.Turtle,
		"text/plain;charset=us-ascii":            rdfio.NTriples,
		"application/n-triples":                  rdfio.NTriples,
		"application/n-quads":                    rdfio.NQuads,
		"application/trig":                       rdfio.TriG,
		"application/rdf+xml":                    rdfio.RDFXML,
		"application/ld+json; profile=\"a b\"":   rdfio.JSONLD,
		"application/json":                       rdfio.JSONLD,
		"application/x-protobuf":                 rdfio.CayleyPQuads,
		"text/html":                              rdfio.Unknown,
		"":                                       rdfio.Unknown,
		"application/trig; broken; \"parameters": rdfio.TriG,
	} {
		if got, ok := rdfio.ByMediaType(mediaType); got != want || ok != (want != rdfio.Unknown) {
			t.Errorf("ByMediaType(%q) = %v, %v; want %v", mediaType, got, ok, want)
		}
	}
}

func TestByFileName(t *testing.T) {
	for name, want := range map[string]rdfio.Format{
		"a.nt": rdfio.NTriples, "a.NQ.GZ": rdfio.NQuads, "dir/b.ttl.zst": rdfio.Turtle, "c.trig.bz2": rdfio.TriG,
		"http://example.org/x/d.rdf": rdfio.RDFXML, "e.owl": rdfio.RDFXML, "f.jsonld": rdfio.JSONLD,
		"g.quads.json": rdfio.CayleyJSON, "h.json": rdfio.JSONLD, "i.pq.gz": rdfio.CayleyPQuads,
		"noext": rdfio.Unknown, "a.txt": rdfio.Unknown, `C:\data\x.nt`: rdfio.NTriples,
	} {
		if got, _ := rdfio.ByFileName(name); got != want {
			t.Errorf("ByFileName(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, f := range rdfio.Formats() {
		names := append(append(f.MediaTypes(), f.Extensions()...), f.String(), strings.TrimPrefix(f.Extension(), "."))
		for _, name := range names {
			if got, err := rdfio.Parse(name); err != nil || got != f {
				t.Errorf("Parse(%q) = %v, %v; want %v", name, got, err, f)
			}
		}
	}
	if _, err := rdfio.Parse("yaml"); err == nil || !strings.Contains(err.Error(), "ttl") {
		t.Errorf("Parse of an unknown name: %v", err)
	}
}

var sniffed = []struct {
	name, text string
	want       rdfio.Format
}{
	{"triples", "<http://a/s> <http://a/p> \"o\" .\n", rdfio.NQuads},
	{"quads after a comment", "# c\n\n_:a <http://a/p> <http://a/o> <http://a/g> .\n", rdfio.NQuads},
	{"prefix", "@prefix : <http://a/> .\n:a :b :c .", rdfio.TriG},
	{"SPARQL prefix", "prefix : <http://a/>\n:a :b :c .", rdfio.TriG},
	{"only prefixes", "@prefix : <http://a/> .\n", rdfio.TriG},
	{"TriG default graph", "{ <http://a/s> <http://a/p> 1 }", rdfio.TriG},
	{"Turtle property list", "[] <http://a/p> 1 .", rdfio.TriG},
	{"Turtle relative", "<s> <p> <o> .", rdfio.TriG},
	{"RDF/XML", `<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>`, rdfio.RDFXML},
	{"RDF/XML bare", "\n<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'></r:RDF>", rdfio.RDFXML},
	{"HTML", "<!DOCTYPE html><html></html>", rdfio.Unknown},
	{"JSON-LD", "\ufeff{\"@context\": {}, \"@id\": \"http://a/\"}", rdfio.JSONLD},
	{"JSON-LD array", "[ {\"@id\": \"http://a/\"} ]", rdfio.JSONLD},
	{"Cayley", `[{"subject":"a","predicate":"b","object":"c"}]`, rdfio.CayleyJSON},
	{"other JSON", `{"title":"x"}`, rdfio.Unknown},
	{"prose", "The army said on Monday that it had taken the town.\n", rdfio.Unknown},
	{"prose with a hash", "# Headline\nThe army said: nothing.", rdfio.Unknown},
	{"nothing", "  \n", rdfio.Unknown},
}

func TestSniff(t *testing.T) {
	for _, s := range sniffed {
		t.Run(s.name, func(t *testing.T) {
			if got := rdfio.Sniff([]byte(s.text), true); got != s.want {
				t.Errorf("Sniff = %v, want %v", got, s.want)
			}
		})
	}
}

const threeQuads = "<http://a/s> <http://a/p> \"o\" <http://a/g> .\n_:b <http://a/p> _:b .\n<http://a/s> <http://a/q> <<( _:b <http://a/p> \"x\"@en--rtl )>> .\n"

// bzipped is threeQuads as bzip2 compresses it; the standard library only reads.
const bzipped = "QlpoOTFBWSZTWRmf4/4AACFfgAAQUGOAFUAAAACyxfxAIABUNqppkeppoBkHqDakh6gNPUaNAOZKjQydpJlfz9itWrORAQFA6DgwdG6tU6+fKNumTUDQ7hQH9aARS4uT3g4S/F3JFOFCQGZ/j/g="

func TestOpen(t *testing.T) {
	bz, err := base64.StdEncoding.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	var gz, zs bytes.Buffer
	w := gzip.NewWriter(&gz)
	io.WriteString(w, threeQuads)
	w.Close()
	z, _ := zstd.NewWriter(&zs)
	io.WriteString(z, threeQuads)
	z.Close()
	for _, c := range []struct {
		name string
		data []byte
		src  rdfio.Source
		want rdfio.Format
	}{
		{"by name", []byte(threeQuads), rdfio.Source{Name: "x.nq"}, rdfio.NQuads},
		{"by content", []byte(threeQuads), rdfio.Source{}, rdfio.NQuads},
		{"gzip by content", gz.Bytes(), rdfio.Source{}, rdfio.NQuads},
		{"gzip by name", gz.Bytes(), rdfio.Source{Name: "x.nq.gz"}, rdfio.NQuads},
		{"gzip with a wrong name", gz.Bytes(), rdfio.Source{Name: "x.nq"}, rdfio.NQuads},
		{"zstd by media type", zs.Bytes(), rdfio.Source{MediaType: "application/n-quads"}, rdfio.NQuads},
		{"two gzip members", append(bytes.Clone(gz.Bytes()), gz.Bytes()...), rdfio.Source{}, rdfio.NQuads},
		{"bzip2", bz, rdfio.Source{Name: "x.nq.bz2"}, rdfio.NQuads},
		{"byte order mark", []byte("\ufeff" + threeQuads), rdfio.Source{}, rdfio.NQuads},
		{"plain text that is quads", []byte(threeQuads), rdfio.Source{MediaType: "text/plain"}, rdfio.NQuads},
		{"told outright", []byte(threeQuads), rdfio.Source{Format: rdfio.TriG, Name: "x.nt"}, rdfio.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := rdfio.Open(bytes.NewReader(c.data), c.src, rdfio.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			n := 0
			for _, err := range d.All() {
				if c.want == rdfio.Unknown && err != nil {
					return // N-Quads are no TriG
				}
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if d.Format() != c.want || n == 0 || n%3 != 0 {
				t.Errorf("read %d quads of %v", n, d.Format())
			}
		})
	}
	d, err := rdfio.Open(bytes.NewReader(gz.Bytes()[:gz.Len()-9]), rdfio.Source{}, rdfio.Options{})
	if err == nil {
		for _, err = range d.All() {
		}
	}
	if err == nil {
		t.Error("a truncated gzip stream gave no error")
	}
	if _, err := rdfio.Open(strings.NewReader("hello"), rdfio.Source{}, rdfio.Options{}); err == nil {
		t.Error("prose was opened")
	}
}

// FuzzSniff checks that what is called N-Quads is.
func FuzzSniff(f *testing.F) {
	for _, s := range sniffed {
		f.Add([]byte(s.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		format := rdfio.Sniff(data, true)
		if format != rdfio.NQuads {
			return
		}
		d, err := rdfio.NewDecoder(bytes.NewReader(data), format, rdfio.Options{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range d.All() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n == 0 {
			t.Fatal("no quads")
		}
	})
}
