// Package source cuts what a user hands over into articles: an archive into its
// files, a dump of MediaWiki into its pages. Everything streams, so that memory
// does not grow with the number of articles; only a zip archive that is not a
// file must be read whole, for its index stands at its end.
package source

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

// Article is one article of a source.
type Article struct {
	Name     string // of the file, or the title of a page
	Title    string // of a page of a dump; else empty
	Revision string // of a page of a dump; else empty
	Modified string // when the revision was made; likewise
	Reader   io.Reader
}

// maxArchive bounds a zip archive that comes as a stream.
const maxArchive = 512 << 20

// Each calls fn for every article of a source, in its order. The reader is good
// until fn returns. An error of fn ends the walk and is returned.
func Each(ctx context.Context, name string, r io.Reader, fn func(Article) error) error {
	content, err := rdfio.Decompress(r)
	if err != nil {
		return fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
	}
	defer content.Close()
	b := bufio.NewReaderSize(content, 64<<10)
	head, err := b.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return eachZip(ctx, name, r, b, fn)
	case len(head) >= 262 && bytes.Equal(head[257:262], []byte("ustar")):
		return eachTar(ctx, name, b, fn)
	case isDump(head):
		return eachPage(ctx, name, b, fn)
	}
	return fn(Article{Name: name, Reader: b})
}

// Several reports whether a source is an archive or a dump by its first bytes,
// uncompressed.
func Several(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || len(head) >= 262 && bytes.Equal(head[257:262], []byte("ustar")) || isDump(head)
}

func isDump(head []byte) bool {
	return bytes.Contains(head[:min(len(head), 512)], []byte("<mediawiki"))
}

// hidden reports whether a file of an archive is none of the user's: resource
// forks, dot files.
func hidden(name string) bool {
	return strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/")
}

func eachTar(ctx context.Context, name string, r io.Reader, fn func(Article) error) error {
	t := tar.NewReader(r)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %s: %w", graph.ErrBadRequest, name, err)
		}
		if h.Typeflag != tar.TypeReg || hidden(h.Name) {
			continue
		}
		if err := Each(ctx, name+"/"+h.Name, t, fn); err != nil {
			return err
		}
	}
}

func eachZip(ctx context.Context, name string, whole, r io.Reader, fn func(Article) error) error {
	var at io.ReaderAt
	var size int64
	if f, ok := whole.(interface {
		io.ReaderAt
		io.Seeker
	}); ok {
		end, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return err
		}
		at, size = f, end
	} else {
		b, err := io.ReadAll(io.LimitReader(r, maxArchive+1))
		if err != nil {
			return err
		}
		if len(b) > maxArchive {
			return fmt.Errorf("%w: %s: a zip archive of more than %d bytes must be given as a file", graph.ErrLimit, name, maxArchive)
		}
		at, size = bytes.NewReader(b), int64(len(b))
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", graph.ErrBadRequest, name, err)
	}
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		if f.FileInfo().IsDir() || hidden(f.Name) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return fmt.Errorf("%w: %s/%s: %w", graph.ErrBadRequest, name, f.Name, err)
		}
		err = Each(ctx, name+"/"+f.Name, in, fn)
		in.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// eachPage reads the pages of a dump: those of the space of articles that are no
// redirects, each revision as an article of its own.
func eachPage(ctx context.Context, name string, r io.Reader, fn func(Article) error) error {
	d := xml.NewDecoder(r)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %s: %w", graph.ErrBadRequest, name, err)
		}
		if s, ok := t.(xml.StartElement); ok && s.Name.Local == "page" {
			if err := page(d, fn); err != nil {
				return err
			}
		}
	}
}

// page reads the elements of one page; only one revision is held at a time.
func page(d *xml.Decoder, fn func(Article) error) error {
	title, space, redirect := "", "", false
	for {
		t, err := d.Token()
		if err != nil {
			return fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
		}
		switch e := t.(type) {
		case xml.EndElement:
			if e.Name.Local == "page" {
				return nil
			}
		case xml.StartElement:
			switch e.Name.Local {
			case "title":
				err = d.DecodeElement(&title, &e)
			case "ns":
				err = d.DecodeElement(&space, &e)
			case "redirect":
				redirect, err = true, d.Skip()
			case "revision":
				var rev struct {
					ID        string `xml:"id"`
					Timestamp string `xml:"timestamp"`
					Text      string `xml:"text"`
				}
				if err = d.DecodeElement(&rev, &e); err == nil && !redirect && (space == "0" || space == "") && rev.Text != "" {
					if err := fn(Article{Name: title, Title: title, Revision: rev.ID, Modified: rev.Timestamp, Reader: strings.NewReader(rev.Text)}); err != nil {
						return err
					}
				}
			default:
				err = d.Skip()
			}
			if err != nil {
				return fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
			}
		}
	}
}
