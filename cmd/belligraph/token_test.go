package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens.json")
	if code, _, stderr := command(t, "", "token", "list", "--tokens", file); code != exitFailed || !strings.Contains(stderr, "no such file") {
		t.Errorf("list of no file: exit code %d, %s", code, stderr)
	}
	code, secret, stderr := command(t, "", "token", "create", "--tokens", file, "desk", "--scope", "read,write", "--graph", "http://example.org/g/*", "--expires", "24h")
	secret = strings.TrimSpace(secret)
	if code != exitDone || !strings.HasPrefix(secret, "bg_") || len(secret) < 40 {
		t.Fatalf("exit code %d: %q %s", code, secret, stderr)
	}
	if b, err := os.ReadFile(file); err != nil || strings.Contains(string(b), secret) {
		t.Errorf("the file holds the secret, or %v", err)
	}
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"the name again", []string{"create", "desk"}, exitFailed, "already"},
		{"an unknown scope", []string{"create", "other", "--scope", "root"}, exitUsage, `not for "root"`},
		{"a name with a space", []string{"create", "the desk"}, exitUsage, "no spaces"},
		{"a graph that is no IRI", []string{"create", "other", "--graph", "g"}, exitUsage, "absolute IRI"},
		{"list", []string{"list"}, exitDone, "read,write"},
		{"revoke an unknown one", []string{"revoke", "desk", "nobody"}, exitFailed, "nothing was revoked"},
		{"still there", []string{"list"}, exitDone, "desk"},
		{"revoke", []string{"revoke", "desk"}, exitDone, "revoked desk"},
		{"gone", []string{"revoke", "desk"}, exitFailed, "no token"},
	} {
		code, stdout, stderr := command(t, "", append([]string{"token", tc.args[0], "--tokens", file}, tc.args[1:]...)...)
		if code != tc.code || !strings.Contains(stdout+stderr, tc.want) {
			t.Errorf("%s: exit code %d, want %d: %s%s", tc.name, code, tc.code, stdout, stderr)
		}
	}
}
