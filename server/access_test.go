package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/belligraph/belligraph/server/tokens"
)

func TestMayWrite(t *testing.T) {
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

	crossBasic := basic.Header.Clone()
	crossBasic.Set("Sec-Fetch-Site", "cross-site")
	for _, tc := range []struct {
		name   string
		mode   Writes
		header http.Header
		want   int
	}{
		{"closed refuses", WritesClosed, nil, http.StatusForbidden},
		{"closed refuses even the token", WritesClosed, header("Authorization", "Bearer "+token), http.StatusForbidden},
		{"open allows", WritesOpen, nil, 0},
		{"open allows its own pages", WritesOpen, header("Origin", "http://127.0.0.1:8080"), 0},
		{"open refuses pages of other origins", WritesOpen, header("Origin", "http://evil.example"), http.StatusForbidden},
		{"open refuses an opaque origin", WritesOpen, header("Origin", "null"), http.StatusForbidden},
		{"open refuses cross-site fetches", WritesOpen, header("Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		{"open allows a name it was told", WritesOpen, header("Host", "graph.example.org:8080", "Origin", "http://graph.example.org:8080"), 0},
		{"open allows any name to what is no browser", WritesOpen, header("Host", "www.example"), 0},
		{"open allows localhost", WritesOpen, header("Host", "localhost:8080", "Origin", "http://localhost:8080"), 0},
		{"open allows an address", WritesOpen, header("Host", "[::1]:8080", "Origin", "http://[::1]:8080"), 0},
		{"open refuses a name that may resolve here", WritesOpen, header("Host", "rebound.example:8080", "Origin", "http://rebound.example:8080", "Sec-Fetch-Site", "same-origin"), http.StatusForbidden},
		{"token asks for one", WritesToken, nil, http.StatusUnauthorized},
		{"token allows the token", WritesToken, header("Authorization", "Bearer "+token), 0},
		{"scheme in any case", WritesToken, header("Authorization", "bearer "+token), 0},
		{"token as basic password", WritesToken, basic.Header, 0},
		{"basic from a page of another site", WritesToken, crossBasic, http.StatusForbidden},
		{"wrong token", WritesToken, header("Authorization", "Bearer "+token+"r"), http.StatusForbidden},
		{"another scheme is no token", WritesToken, header("Authorization", "Digest "+token), http.StatusUnauthorized},
	} {
		a, err := newAccess(&Config{Writes: tc.mode, Token: token, Hosts: []string{"graph.example.org"}})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("POST", "/sparql", nil)
		r.Host = "127.0.0.1:8080"
		if tc.header != nil {
			r.Header = tc.header
		}
		if host := r.Header.Get("Host"); host != "" {
			r.Host = host
		}
		var known *tokens.Token
		if secret, ok := bearerToken(r); ok {
			known = a.keeper.Find(secret)
		}
		if got, _ := a.mayWrite(r, known); got != tc.want {
			t.Errorf("%s: status %d, want %d", tc.name, got, tc.want)
		}
	}
	if _, err := newAccess(&Config{Writes: WritesToken, Token: "short"}); err == nil {
		t.Error("a short token was accepted")
	}
}
