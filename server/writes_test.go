package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestWriteGuard(t *testing.T) {
	const token = "correct horse battery staple"
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	basic := httptest.NewRequest("POST", "/sparql", nil)
	basic.SetBasicAuth("anyone", token)

	for _, tc := range []struct {
		name   string
		mode   Writes
		header http.Header
		want   int
	}{
		{"closed refuses", WritesClosed, nil, http.StatusForbidden},
		{"closed refuses even the token", WritesClosed, header("Authorization", "Bearer "+token), http.StatusForbidden},
		{"open allows", WritesOpen, nil, 0},
		{"open allows its own pages", WritesOpen, header("Origin", "http://example.com"), 0},
		{"open refuses pages of other origins", WritesOpen, header("Origin", "http://evil.example"), http.StatusForbidden},
		{"open refuses an opaque origin", WritesOpen, header("Origin", "null"), http.StatusForbidden},
		{"open refuses cross-site fetches", WritesOpen, header("Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		{"token asks for one", WritesToken, nil, http.StatusUnauthorized},
		{"token allows the token", WritesToken, header("Authorization", "Bearer "+token), 0},
		{"scheme in any case", WritesToken, header("Authorization", "bearer "+token), 0},
		{"token as basic password", WritesToken, basic.Header, 0},
		{"wrong token", WritesToken, header("Authorization", "Bearer "+token+"r"), http.StatusForbidden},
		{"another scheme is no token", WritesToken, header("Authorization", "Digest "+token), http.StatusUnauthorized},
	} {
		guard, err := newWriteGuard(tc.mode, token)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/sparql", nil)
		if tc.header != nil {
			r.Header = tc.header
		}
		if got, _ := guard.check(r); got != tc.want {
			t.Errorf("%s: status %d, want %d", tc.name, got, tc.want)
		}
	}
	if _, err := newWriteGuard(WritesToken, "short"); err == nil {
		t.Error("a short token was accepted")
	}
}
