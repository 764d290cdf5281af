package tokens

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFileHoldsNoSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	made, secret, err := New(Token{Name: "desk", Scopes: []Scope{Read, Write}, Graphs: []string{"http://example.org/g/*"}, Created: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []Token{made}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), secret) || strings.Contains(string(b), strings.TrimPrefix(secret, prefix)) {
		t.Errorf("the secret is in the file:\n%s", b)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	list, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := Find(list, secret, time.Now())
	if found == nil || found.Name != "desk" || !found.Can(Write) || found.Can(Admin) || found.Rights().Key() != "http://example.org/g/*" {
		t.Errorf("found %+v", found)
	}
	for _, wrong := range []string{"", secret + "x", secret[:len(secret)-1], made.Hash, strings.ToUpper(secret)} {
		if Find(list, wrong, time.Now()) != nil {
			t.Errorf("%q is taken for the token", wrong)
		}
	}
}

func TestExpiry(t *testing.T) {
	end := time.Now().Add(time.Hour)
	made, secret, err := New(Token{Name: "guest", Scopes: []Scope{Read}, Expires: &end})
	if err != nil {
		t.Fatal(err)
	}
	list := []Token{made}
	if Find(list, secret, end.Add(-time.Second)) == nil {
		t.Error("refused before its end")
	}
	if Find(list, secret, end) != nil {
		t.Error("accepted after its end")
	}
}

func TestFaultyFiles(t *testing.T) {
	hash := hashPrefix + strings.Repeat("0", 64)
	for name, text := range map[string]string{
		"no JSON":         `tokens`,
		"no name":         `{"tokens":[{"scopes":["read"],"hash":"` + hash + `"}]}`,
		"no scope":        `{"tokens":[{"name":"a","hash":"` + hash + `"}]}`,
		"unknown scope":   `{"tokens":[{"name":"a","scopes":["root"],"hash":"` + hash + `"}]}`,
		"a secret inside": `{"tokens":[{"name":"a","scopes":["read"],"hash":"bg_secret"}]}`,
		"short hash":      `{"tokens":[{"name":"a","scopes":["read"],"hash":"sha256:00"}]}`,
		"no graph":        `{"tokens":[{"name":"a","scopes":["read"],"graphs":["g"],"hash":"` + hash + `"}]}`,
		"twice":           `{"tokens":[{"name":"a","scopes":["read"],"hash":"` + hash + `"},{"name":"a","scopes":["read"],"hash":"` + hash + `"}]}`,
	} {
		path := filepath.Join(t.TempDir(), "tokens.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if list, err := ReadFile(path); err == nil {
			t.Errorf("%s: read as %+v", name, list)
		}
	}
}

// TestRotation: what changes in the file counts without a restart; a file that
// cannot be read takes nobody's token, one that is gone takes them all.
func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	first, firstSecret, _ := New(Token{Name: "first", Scopes: []Scope{Write}})
	second, secondSecret, _ := New(Token{Name: "second", Scopes: []Scope{Write}})
	write := func(list ...Token) {
		t.Helper()
		if err := WriteFile(path, list); err != nil {
			t.Fatal(err)
		}
	}
	write(first)
	var logged bytes.Buffer
	k, err := NewKeeper(path, nil, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	check := func(what string, wantFirst, wantSecond bool) {
		t.Helper()
		now = now.Add(2 * lookAgain)
		list := k.current(now)
		if got := Find(list, firstSecret, now) != nil; got != wantFirst {
			t.Errorf("%s: the first token is accepted: %v", what, got)
		}
		if got := Find(list, secondSecret, now) != nil; got != wantSecond {
			t.Errorf("%s: the second token is accepted: %v", what, got)
		}
	}
	check("first alone", true, false)
	write(first, second)
	check("both", true, true)
	write(second)
	check("first revoked", false, true)
	if err := os.WriteFile(path, []byte("half a fi"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("unreadable", false, true)
	os.Remove(path)
	check("gone", false, false)
	write(first)
	check("back", true, false)
	if !strings.Contains(logged.String(), "cannot be read") || !strings.Contains(logged.String(), "is gone") {
		t.Errorf("the log says nothing: %s", logged.String())
	}
}
