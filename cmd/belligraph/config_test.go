package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestConfigPrint(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "c.yml", "listen: 127.0.0.1:9001\nslow_query: 3s\nqueue-time: 4s\nallow_service: [http://a/, http://b/]\nquery:\n  timeout: 20s\nstore:\n  path: x.bg\n  read_only: true\n")
	cayley := write(t, dir, "cayley.json", `{"store": {"backend": "postgres", "address": "postgres://me:secret@127.0.0.1/x"}, "load": {"batch": 100}}`)
	unknown := write(t, dir, "unknown.yml", "lisen: 127.0.0.1:9001\n")
	section := write(t, dir, "section.yml", "store:\n  colour: red\n")
	t.Setenv("BELLIGRAPH_QUEUE_TIME", "5s")
	t.Setenv("BELLIGRAPH_MEMORY", "1000000")
	for _, tc := range []struct {
		name   string
		args   []string
		code   int
		stdout []string
		stderr string
	}{
		{"defaults", nil, exitDone, []string{"listen: 127.0.0.1:8080 # default", "writes: closed # default"}, ""},
		{"the environment", nil, exitDone, []string{"memory: 1000000 # BELLIGRAPH_MEMORY"}, ""},
		{"a file", []string{"--config", file}, exitDone, []string{"listen: 127.0.0.1:9001 # file", "slow-query: 3s # file", "timeout: 20s # file", "store: x.bg # file", "- http://b/"}, ""},
		{"the environment before the file", []string{"--config=" + file}, exitDone, []string{"queue-time: 5s # BELLIGRAPH_QUEUE_TIME"}, ""},
		{"a flag before both", []string{"--config", file, "--queue-time", "6s", "--listen=127.0.0.1:1"}, exitDone, []string{"queue-time: 6s # flag", "listen: 127.0.0.1:1 # flag"}, ""},
		{"a file of Cayley", []string{"--config", cayley}, exitDone, []string{"backend: postgres # file", "address: postgres://me:xxxxx@127.0.0.1/x # file"}, ""},
		{"an unknown name", []string{"--config", unknown}, exitUsage, nil, "no setting lisen"},
		{"an unknown name in a section", []string{"--config", section}, exitUsage, nil, "no setting store.colour"},
		{"no file", []string{"--config", filepath.Join(dir, "none.yml")}, exitUsage, nil, "none.yml"},
	} {
		code, out, errs := command(t, "", append([]string{"config", "print"}, tc.args...)...)
		if code != tc.code || !strings.Contains(errs, tc.stderr) {
			t.Errorf("%s: exit code %d, want %d\n%s%s", tc.name, code, tc.code, out, errs)
		}
		out = strings.Join(strings.Fields(out), " ")
		for _, want := range tc.stdout {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", tc.name, want, out)
			}
		}
		if strings.Contains(out, "secret") {
			t.Errorf("%s: the password is shown", tc.name)
		}
	}
}

// TestReload changes the file of a running server.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "c.yml", "slow-query: 1h\n")
	d := newDaemon(t, "--config", file, sampleArticle)
	ask := func() {
		await(t, "an answer", func() bool { _, err := d.get("/sparql?query=ASK{}"); return err == nil })
	}
	ask()
	write(t, dir, "c.yml", "slow-query: 1ns\n")
	if err := d.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // whether it has been read again shows in the log alone
	ask()
	d.kill()
	if log := d.log.String(); strings.Count(log, "slow query") != 1 || !strings.Contains(log, "read again") {
		t.Errorf("the log after one slow query:\n%s", log)
	}
}
