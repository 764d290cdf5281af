package rdfxml

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/belligraph/belligraph/graph/rdf"
)

// recentBytes is how much of the document is kept to be shown in errors.
const recentBytes = 4096

// input feeds the XML tokenizer byte by byte and remembers the bytes of late. It
// implements io.ByteReader, so that the tokenizer reads no further than it has
// to and positions are exact.
type input struct {
	r      *bufio.Reader
	recent [recentBytes]byte // ring; the byte at offset i is recent[i%recentBytes]
	offset int64
	lines  int   // line ends read
	start  int64 // offset of the current line
	err    error // of the underlying reader, other than io.EOF

	entity   int // length of the longest entity that the document declares
	expanded int // a bound of what references have put into the document
}

// maxExpanded bounds the text that the references of a document stand for, and
// maxEntities that of the declarations of entities.
const (
	maxExpanded = 64 << 20
	maxEntities = 1 << 20
)

// newInput returns the input of a document in UTF-8 or, told by a byte order
// mark, UTF-16. Other encodings are left to the XML declaration.
func newInput(r io.Reader) *input {
	b := bufio.NewReaderSize(r, 32<<10)
	if head, _ := b.Peek(3); len(head) >= 2 {
		switch {
		case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
			b.Discard(3)
		case head[0] == 0xfe && head[1] == 0xff, head[0] == 0xff && head[1] == 0xfe:
			decoder := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()
			b = bufio.NewReader(transform.NewReader(b, decoder))
		}
	}
	return &input{r: b}
}

// ReadByte implements io.ByteReader.
func (in *input) ReadByte() (byte, error) {
	c, err := in.r.ReadByte()
	if err != nil {
		if err != io.EOF {
			in.err = err
		}
		return 0, err
	}
	if c == '&' {
		if in.expanded += in.entity; in.expanded > maxExpanded {
			return 0, errExpanded
		}
	}
	in.recent[in.offset%recentBytes] = c
	in.offset++
	if c == '\n' {
		in.lines++
		in.start = in.offset
	}
	return c, nil
}

// Read implements io.Reader, for the sake of the tokenizer's signature.
func (in *input) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := in.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

// position is a place in the document.
type position struct {
	offset, lineStart int64
	line              int
}

func (in *input) here() position { return position{in.offset, in.start, in.lines + 1} }

// errorAt returns a syntax error at a place not far behind the current one.
func (in *input) errorAt(p position, msg string) error {
	e := &rdf.SyntaxError{Format: "RDF/XML", Line: p.line, Offset: p.offset, Message: msg}
	oldest := max(in.offset-recentBytes, 0)
	if p.offset < oldest {
		return e
	}
	from := max(p.lineStart, oldest)
	before := in.copy(from, p.offset)
	after := in.copy(p.offset, in.offset)
	if !bytes.ContainsAny(after, "\r\n") {
		rest, _ := in.r.Peek(min(in.r.Buffered(), 100))
		after = append(after, rest...)
	}
	e.SetSource(before, after, 0)
	if from > p.lineStart {
		e.Column = 0 // the start of the line is lost
	}
	return e
}

func (in *input) copy(from, to int64) []byte {
	b := make([]byte, 0, to-from)
	for i := from; i < to; i++ {
		b = append(b, in.recent[i%recentBytes])
	}
	return b
}

// charset reads the encodings that an XML declaration may name.
func charset(label string, r io.Reader) (io.Reader, error) {
	if strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return r, nil // the byte order mark has told already
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, errors.New("unknown encoding " + label)
	}
	return transform.NewReader(r, e.NewDecoder()), nil
}

// declareEntities adds the general entities that a document type declaration
// defines by their text. Entities in other files are not fetched, and the total
// text is bounded, so that entities of entities cannot explode.
func declareEntities(directive []byte, entities map[string]string) error {
	s := string(directive)
	total := 0
	for {
		i := strings.Index(s, "<!ENTITY")
		if i < 0 {
			return nil
		}
		s = strings.TrimLeft(s[i+len("<!ENTITY"):], " \t\r\n")
		end := strings.IndexAny(s, " \t\r\n")
		if end <= 0 || s[0] == '%' {
			continue
		}
		name := s[:end]
		s = strings.TrimLeft(s[end:], " \t\r\n")
		if s == "" || s[0] != '"' && s[0] != '\'' {
			continue // an external entity, which stays undefined
		}
		end = strings.IndexByte(s[1:], s[0])
		if end < 0 {
			return errors.New("entity " + name + " has no end")
		}
		text := expand(s[1:1+end], entities)
		if total += len(text); total > maxEntities {
			return errExpanded
		}
		if _, defined := entities[name]; !defined { // XML 1.0 §4.2: the first counts
			entities[name] = text
		}
		s = s[end+2:]
	}
}

var errExpanded = errors.New("entities expand to too much text")

// expand replaces the references in the text of an entity. It stops where the
// text is too long anyway.
func expand(text string, entities map[string]string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "&")
		b.WriteString(before)
		if !found || b.Len() > maxEntities {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, ";")
		replacement, known := entities[name]
		switch {
		case !ok:
			b.WriteString("&" + rest)
			return b.String()
		case known:
			b.WriteString(replacement)
		default:
			var v struct {
				Text string `xml:",chardata"`
			}
			if xml.Unmarshal([]byte("<e>&"+name+";</e>"), &v) == nil && utf8.ValidString(v.Text) {
				b.WriteString(v.Text)
			} else {
				b.WriteString("&" + name + ";")
			}
		}
		text = after
	}
}
