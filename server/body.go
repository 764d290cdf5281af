package server

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds what a zstd body can make its reader hold.
const maxWindow = 8 << 20

// content returns the body of a request without its content coding, bounded in
// size and time. One that says that it is too long is refused before it is
// sent; reading past the limit fails with *http.MaxBytesError. What comes out of
// a compressed body has the same limit, so that a few bytes cannot become many.
//
// The request keeps its own body: net/http looks at it to answer a client that
// waits for 100 (Continue) when nobody reads.
func content(w http.ResponseWriter, r *http.Request, limit int64) (io.ReadCloser, error) {
	if r.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	raw := newTimedBody(w, http.MaxBytesReader(w, r.Body, limit))
	switch coding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
		return raw, nil
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, codingError(coding, err)
		}
		return &unpacked{from: z, close: z.Close, coding: coding, limit: limit, left: limit}, nil
	case "zstd":
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, codingError(coding, err)
		}
		return &unpacked{from: z, close: func() error { z.Close(); return nil }, coding: coding, limit: limit, left: limit}, nil
	default:
		return nil, &statusError{status: http.StatusUnsupportedMediaType, text: "a body may be compressed with gzip or zstd, not with " + coding}
	}
}

// codingError tells what is wrong with a compressed body, unless it is longer
// than it may be.
func codingError(coding string, err error) error {
	if _, ok := err.(*http.MaxBytesError); ok {
		return err
	}
	return badRequest("the body is not %s as it says: %v", coding, err)
}

// unpacked reads a compressed body up to a limit.
type unpacked struct {
	from        io.Reader
	close       func() error
	coding      string
	limit, left int64
}

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.from.Read(p[:min(int64(len(p)), u.left+1)])
	if u.left -= int64(n); u.left < 0 {
		return 0, &http.MaxBytesError{Limit: u.limit}
	}
	if err != nil && err != io.EOF {
		err = codingError(u.coding, err)
	}
	return n, err
}

func (u *unpacked) Close() error { return u.close() }

// readText returns the body of a request as text. Anything but UTF-8 is
// refused: the SPARQL Protocol knows no other encoding (§2.1.3, §2.2.2).
func readText(w http.ResponseWriter, r *http.Request, charset string, limit int64) (string, error) {
	if err := checkCharset(charset); err != nil {
		return "", err
	}
	body, err := content(w, r, limit)
	if err != nil {
		return "", err
	}
	defer body.Close()
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(min(r.ContentLength, 1<<20)) + bytes.MinRead)
	}
	if _, err := io.Copy(&b, body); err != nil {
		return "", err
	}
	text := bytes.TrimPrefix(b.Bytes(), []byte("\ufeff"))
	if !utf8.Valid(text) {
		return "", badRequest("the body is not valid UTF-8")
	}
	return string(text), nil
}

// checkCharset refuses the parameter charset of a media type unless it names
// UTF-8 or a part of it.
func checkCharset(charset string) error {
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return nil
	}
	return &statusError{status: http.StatusUnsupportedMediaType, text: "the body must be UTF-8, not " + charset}
}

// parseForm reads the pairs of a URL's query part or of a form. Unlike
// url.ParseQuery it takes ";" for a character like others, as RFC 3986 and the
// URL standard of browsers do, and SPARQL is full of them.
func parseForm(s string) (url.Values, error) {
	values := make(url.Values)
	for pair := range strings.SplitSeq(s, "&") {
		if pair == "" {
			continue
		}
		if len(values) == maxParams {
			return nil, badRequest("the request has more than %d parameters", maxParams)
		}
		name, value, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(name)
		if err == nil {
			value, err = url.QueryUnescape(value)
		}
		if err != nil {
			return nil, badRequest("the parameters are not percent-encoded as they should be: %v", err)
		}
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			return nil, badRequest("the parameter %q is not UTF-8", key)
		}
		values[key] = append(values[key], value)
	}
	return values, nil
}

// maxParams bounds the different names of parameters.
const maxParams = 1000

// spoolMemory is how much of an upload is held in memory; more goes to a file.
const spoolMemory = 4 << 20

// spool is an upload that was read whole, so that a slow sender never keeps
// the graph's other writers waiting, and can be read again.
type spool struct {
	memory []byte
	file   *os.File
	size   int64
}

// newSpool reads r to its end.
func newSpool(r io.Reader) (*spool, error) {
	var head bytes.Buffer
	n, err := io.CopyN(&head, r, spoolMemory)
	if err == io.EOF {
		return &spool{memory: head.Bytes(), size: n}, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "belligraph-upload-*")
	if err != nil {
		return nil, fmt.Errorf("server: upload: %w", err)
	}
	s := &spool{file: f, size: n}
	os.Remove(f.Name()) // goes away with the last handle, whatever happens
	_, err = f.Write(head.Bytes())
	if err == nil {
		var more int64
		more, err = io.Copy(f, r)
		s.size += more
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Reader returns a reader of the whole upload. Readers may not be used at the
// same time.
func (s *spool) Reader() io.Reader {
	if s.file == nil {
		return bytes.NewReader(s.memory)
	}
	return io.NewSectionReader(s.file, 0, s.size)
}

// Close frees the upload.
func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
