package server

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf/rdfio"
)

// document is an uploaded RDF document.
type document struct {
	format rdfio.Format
	text   *spool
}

// documents are the documents of one upload.
type documents []document

// size returns how many bytes they have together.
func (ds documents) size() (n int64) {
	for _, d := range ds {
		n += d.text.size
	}
	return n
}

// graphs reports whether a document may name graphs.
func (ds documents) graphs() bool {
	for _, d := range ds {
		if d.format == rdfio.NQuads || d.format == rdfio.TriG {
			return true
		}
	}
	return false
}

func (ds documents) Close() {
	for _, d := range ds {
		d.text.Close()
	}
}

// maxParts bounds the documents of a multipart upload.
const maxParts = 1000

// upload reads the documents of a request: its body, or the files of a form
// (§5.5). They are read before the graph's other writers have to wait for them.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) (documents, error) {
	body, err := content(w, r, s.cfg.MaxBody)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return nil, &statusError{status: http.StatusUnsupportedMediaType, text: "the Content-Type cannot be read: " + err.Error()}
	}
	if mediaType != "multipart/form-data" {
		d, err := readDocument(body, mediaType, params["charset"], "")
		if err != nil {
			return nil, err
		}
		return documents{d}, nil
	}
	var ds documents
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return ds, nil
		}
		if err == nil && len(ds) == maxParts {
			err = badRequest("the upload has more than %d parts", maxParts)
		}
		var d document
		if err == nil {
			mediaType, params, _ = mime.ParseMediaType(part.Header.Get("Content-Type"))
			d, err = readDocument(part, mediaType, params["charset"], part.FileName())
		} else if !isTransport(err) {
			err = badRequest("the form cannot be read: %v", err)
		}
		if err != nil {
			ds.Close()
			return nil, err
		}
		ds = append(ds, d)
	}
}

// isTransport reports whether an error of a body says more than that the body
// is malformed.
func isTransport(err error) bool {
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	_, known := errors.AsType[*statusError](err)
	return tooLarge || known || errors.Is(err, context.Canceled)
}

// readDocument reads a document whose format is told by its media type or, when
// there is none, by its file name or its first bytes, as uploads of curl have
// neither.
func readDocument(r io.Reader, mediaType, charset, name string) (document, error) {
	format, ok := rdfio.ByMediaType(mediaType)
	switch {
	case ok:
	case mediaType == "" || mediaType == "application/octet-stream":
		format, ok = rdfio.ByFileName(name)
	}
	if ok && !format.Writable() || !ok && mediaType != "" && mediaType != "application/octet-stream" {
		_, types := graphTypes()
		return document{}, &statusError{status: http.StatusUnsupportedMediaType, text: "a document of type " + mediaType + " is not understood; send one of " + strings.Join(types, ", ")}
	}
	if err := checkCharset(charset); err != nil {
		return document{}, err
	}
	text, err := newSpool(r)
	if err != nil {
		return document{}, err
	}
	if !ok {
		head := make([]byte, rdfio.SniffBytes)
		n, _ := io.ReadFull(text.Reader(), head)
		if format = rdfio.Sniff(head[:n], int64(n) == text.size); format == rdfio.Unknown {
			text.Close()
			return document{}, &statusError{status: http.StatusUnsupportedMediaType, text: "say with Content-Type what the document is"}
		}
	}
	return document{format, text}, nil
}
