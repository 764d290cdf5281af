package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runExtract runs the command over paths and returns what it wrote.
func runExtract(t *testing.T, resume string, paths ...string) (out, report string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	c := &extractCmd{Format: "jsonl", Resume: resume, Files: paths}
	err = c.Run(context.Background(), &streams{in: strings.NewReader(""), out: &o, err: &e})
	return o.String(), e.String(), err
}

// TestExtractFolder has a file in the middle of a folder that is no text: the
// rest is extracted, the file is named, and the command fails.
func TestExtractFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt", "= Battle of Arum =\n\nThe Chadian Army captured Arum on 3 May 2004.\n")
	write("b.bin", "\x00\x01")
	write("c.txt", "= Battle of Corum =\n\nThe Chadian Army captured Corum on 4 May 2004.\n")
	out, report, err := runExtract(t, "", dir, filepath.Join(dir, "gone.txt"))
	if err == nil || !strings.Contains(err.Error(), "2 of 4") {
		t.Errorf("the error is %v, want one of 2 of 4", err)
	}
	for _, want := range []string{`"place":"Arum"`, `"place":"Corum"`} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %s:\n%s", want, out)
		}
	}
	for _, want := range []string{"b.bin", "gone.txt"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %s:\n%s", want, report)
		}
	}
}

// TestExtractResume runs over a folder that grows: only what is new is written,
// a line cut off by a crash is no checksum, and another format begins anew.
func TestExtractResume(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(t.TempDir(), "done")
	write := func(name, place string) {
		t.Helper()
		text := "= Battle of " + place + " =\n\nThe Chadian Army captured " + place + " on 3 May 2004.\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func() string {
		t.Helper()
		out, _, err := runExtract(t, list, dir)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	write("a.txt", "Arum")
	if out := run(); !strings.Contains(out, "Arum") {
		t.Fatalf("the first run wrote %q", out)
	}
	write("b.txt", "Borum")
	if out := run(); strings.Contains(out, "Arum") || !strings.Contains(out, "Borum") {
		t.Errorf("the second run wrote %q, want Borum alone", out)
	}
	if out := run(); out != "" {
		t.Errorf("the third run wrote %q, want nothing", out)
	}
	info, err := os.Stat(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(list, info.Size()-5); err != nil {
		t.Fatal(err)
	}
	if out := run(); !strings.Contains(out, "Borum") || strings.Contains(out, "Arum") {
		t.Errorf("after a crash the run wrote %q, want Borum alone", out)
	}
	if out := run(); out != "" {
		t.Errorf("after that the run wrote %q, want nothing", out)
	}
	c := &extractCmd{Format: "trig", Resume: list, Files: []string{dir}}
	if err := c.Run(context.Background(), &streams{out: &bytes.Buffer{}, err: &bytes.Buffer{}}); err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("another format gives %v, want a refusal", err)
	}
}
