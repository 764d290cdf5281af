package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph"
)

const dump = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><siteinfo><sitename>W</sitename></siteinfo>
<page><title>Battle of A</title><ns>0</ns><id>1</id><revision><id>11</id><text>first</text></revision><revision><id>12</id><text>second &amp; last</text></revision></page>
<page><title>Talk:Battle of A</title><ns>1</ns><id>2</id><revision><id>13</id><text>talk</text></revision></page>
<page><title>A battle</title><ns>0</ns><id>3</id><redirect title="Battle of A"/><revision><id>14</id><text>#REDIRECT [[Battle of A]]</text></revision></page>
<page><title>Battle of B</title><ns>0</ns><id>4</id><revision><id>15</id><text>b</text></revision></page>
</mediawiki>`

// only hides that a reader can seek.
type only struct{ io.Reader }

// TestEach reads archives, dumps and plain files, compressed and within one
// another.
func TestEach(t *testing.T) {
	files := []struct{ name, text string }{{"a/one.txt", "one"}, {"two.html", "<html>"}, {".hidden", "x"}, {"__MACOSX/three.txt", "x"}, {"d.xml", dump}}
	var tarred, zipped bytes.Buffer
	z := gzip.NewWriter(&tarred)
	tw, zw := tar.NewWriter(z), zip.NewWriter(&zipped)
	for _, f := range files {
		if err := tw.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(tw, f.text)
		w, err := zw.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f.text)
	}
	tw.Close()
	z.Close()
	zw.Close()
	pages := []string{"Battle of A@11=first", "Battle of A@12=second & last", "Battle of B@15=b"}
	archived := append([]string{"x/a/one.txt@=one", "x/two.html@=<html>"}, pages...)
	for _, tc := range []struct {
		name string
		in   io.Reader
		want []string
	}{
		{"plain", strings.NewReader("text"), []string{"x@=text"}},
		{"empty", strings.NewReader(""), []string{"x@="}},
		{"dump", strings.NewReader(dump), pages},
		{"tar.gz", bytes.NewReader(tarred.Bytes()), archived},
		{"zip", bytes.NewReader(zipped.Bytes()), archived},
		{"zip from a stream", only{bytes.NewReader(zipped.Bytes())}, archived},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			err := Each(context.Background(), "x", tc.in, func(a Article) error {
				b, err := io.ReadAll(a.Reader)
				got = append(got, a.Name+"@"+a.Revision+"="+string(b))
				return err
			})
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("got %q, %v\nwant %q", got, err, tc.want)
			}
		})
	}
}

// TestBroken reads sources that end too early: an error, with what came before.
func TestBroken(t *testing.T) {
	for _, text := range []string{dump[:len(dump)/2], "PK\x03\x04 no archive"} {
		err := Each(context.Background(), "x", only{strings.NewReader(text)}, func(Article) error { return nil })
		if !errors.Is(err, graph.ErrBadRequest) {
			t.Errorf("%.20q: got %v, want a bad request", text, err)
		}
	}
	stop := errors.New("stop")
	if err := Each(context.Background(), "x", strings.NewReader(dump), func(Article) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the error of the function", err)
	}
}
