package iri_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/rdf/iri"
)

// resolved are the examples of RFC 3986 §5.4, against http://a/b/c/d;p?q.
var resolved = [][2]string{
	{"g:h", "g:h"}, {"g", "http://a/b/c/g"}, {"./g", "http://a/b/c/g"}, {"g/", "http://a/b/c/g/"}, {"/g", "http://a/g"},
	{"//g", "http://g"}, {"?y", "http://a/b/c/d;p?y"}, {"g?y", "http://a/b/c/g?y"}, {"#s", "http://a/b/c/d;p?q#s"},
	{"g#s", "http://a/b/c/g#s"}, {"g?y#s", "http://a/b/c/g?y#s"}, {";x", "http://a/b/c/;x"}, {"g;x", "http://a/b/c/g;x"},
	{"g;x?y#s", "http://a/b/c/g;x?y#s"}, {"", "http://a/b/c/d;p?q"}, {".", "http://a/b/c/"}, {"./", "http://a/b/c/"},
	{"..", "http://a/b/"}, {"../", "http://a/b/"}, {"../g", "http://a/b/g"}, {"../..", "http://a/"}, {"../../", "http://a/"},
	{"../../g", "http://a/g"}, {"../../../g", "http://a/g"}, {"../../../../g", "http://a/g"}, {"/./g", "http://a/g"},
	{"/../g", "http://a/g"}, {"g.", "http://a/b/c/g."}, {".g", "http://a/b/c/.g"}, {"g..", "http://a/b/c/g.."},
	{"..g", "http://a/b/c/..g"}, {"./../g", "http://a/b/g"}, {"./g/.", "http://a/b/c/g/"}, {"g/./h", "http://a/b/c/g/h"},
	{"g/../h", "http://a/b/c/h"}, {"g;x=1/./y", "http://a/b/c/g;x=1/y"}, {"g;x=1/../y", "http://a/b/c/y"},
	{"g?y/./x", "http://a/b/c/g?y/./x"}, {"g?y/../x", "http://a/b/c/g?y/../x"}, {"g#s/./x", "http://a/b/c/g#s/./x"},
	{"g#s/../x", "http://a/b/c/g#s/../x"}, {"http:g", "http:g"},
}

func TestResolve(t *testing.T) {
	base, err := iri.Parse("http://a/b/c/d;p?q")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range resolved {
		if got, err := base.Resolve(c[0]); got != c[1] || err != nil {
			t.Errorf("Resolve(%q) = %q, %v; want %q", c[0], got, err, c[1])
		}
	}
	for _, c := range [][3]string{
		{"http://ab", "x", "http://ab/x"},
		{"http://ab", "?q", "http://ab?q"},
		{"http://ab#f", "", "http://ab"},
		{"urn:a:b", "c", "urn:c"},
		{"urn:a:b", "#c", "urn:a:b#c"},
		{"file:///a/b", "../../c", "file:///c"},
		{"x:/a//b", "..//c", "x:/a//c"},
		{"x:a/b", "/..//c", "x:/.//c"}, // without the /. the c would be an authority
		{"http://a/b/../c", "http://a/b/../c", "http://a/b/../c"},
		{"http://a/\u4e2d/x", "\u6587", "http://a/\u4e2d/\u6587"},
	} {
		base, err := iri.Parse(c[0])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := base.Resolve(c[1]); got != c[2] || err != nil {
			t.Errorf("%q.Resolve(%q) = %q, %v; want %q", c[0], c[1], got, err, c[2])
		}
	}
	var none iri.Base
	if _, err := none.Resolve("a"); !errors.Is(err, iri.ErrNotAbsolute) {
		t.Errorf("without a base: %v", err)
	}
	if got, err := none.Resolve("a:b"); got != "a:b" || err != nil {
		t.Errorf("absolute without a base: %q, %v", got, err)
	}
}

func TestValidate(t *testing.T) {
	for _, s := range []string{
		"http://example.org", "http://u:p@example.org:8080/a/b;c=d?q#f", "urn:a:b", "mailto:a@b.c", "http://[::1]:80/", "x:", "x:?#",
		"http://example.org/%41%C3%A9", "http://\u4f8b.example/\u00e9", "http://[v1.x]/", "tag:a,2020:b", "x:?\ue000", "file:///a//b", "http://a:/",
	} {
		if err := iri.Validate(s); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	for _, s := range []string{
		"", "a", "/a", "1x:a", ":a", "x:a b", "x:<", "http://a/%4", "http://a/%zz", "http://[::1", "http://[1.2.3.4]/", "http://a:8o/",
		"http://a/[", "x:#a#b", "x:a\\b", "x:\x00", "x:\xff", "http://[::1]x/", "http://[v.x]/", "x:\ue000", "x:\ufffe",
	} {
		if iri.Validate(s) == nil {
			t.Errorf("%q was accepted", s)
		}
	}
	if iri.ValidateReference("a:b/c") != nil || iri.ValidateReference("./1:b") != nil || iri.ValidateReference("1:b") == nil {
		t.Error("a colon in the first segment")
	}
}

// FuzzResolve checks that splitting loses nothing, that every reference of good
// characters resolves to an absolute IRI, and that this is left as it is.
func FuzzResolve(f *testing.F) {
	for _, c := range resolved {
		f.Add("http://a/b/c/d;p?q", c[0])
	}
	f.Fuzz(func(t *testing.T, baseText, ref string) {
		if got := iri.Split(ref).String(); got != ref {
			t.Fatalf("Split(%q) makes %q", ref, got)
		}
		base, err := iri.Parse(baseText)
		if err != nil {
			return
		}
		got, err := base.Resolve(ref)
		if err != nil {
			if iri.CheckChars(ref) == nil {
				t.Fatalf("%q against %q: %v", ref, baseText, err)
			}
			return
		}
		if !iri.IsAbsolute(got) || !utf8.ValidString(got) {
			t.Fatalf("%q against %q gives %q", ref, baseText, got)
		}
		if again, err := base.Resolve(got); again != got || err != nil {
			t.Fatalf("resolving %q again gives %q, %v", got, again, err)
		}
	})
}

func TestFromPath(t *testing.T) {
	for path, want := range map[string]string{
		"/a/b.ttl": "file:///a/b.ttl", "/my docs/100%/é?#.nt": "file:///my%20docs/100%25/%C3%A9%3F%23.nt", "C:/x": "file:///C:/x",
	} {
		got := iri.FromPath(path)
		if got != want || iri.Validate(got) != nil {
			t.Errorf("FromPath(%q) = %q, %v; want %q", path, got, iri.Validate(got), want)
		}
	}
}
