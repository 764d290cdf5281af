// Package doctest runs every shell command of the README and of docs/ as a
// reader would, against a freshly built binary and a server with the sample
// loaded, so that no document promises what does not work.
package doctest

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const documentedAddress = "127.0.0.1:8080"

// block is a fenced code block tagged "sh", with what the "output" block right
// after it shows, if there is one.
type block struct {
	file   string
	line   int
	script string
	output string
}

// blocks returns the shell blocks of a Markdown document.
func blocks(t *testing.T, file string) []block {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []block
	var tag string // of the open fence; "" outside
	inside, adjacent := false, false
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		switch {
		case !inside && strings.HasPrefix(line, "```"):
			inside, tag = true, strings.TrimSpace(strings.TrimPrefix(line, "```"))
			if tag == "sh" {
				all = append(all, block{file: filepath.Base(file), line: n})
			}
			if tag != "output" {
				adjacent = tag == "sh"
			}
		case inside && strings.HasPrefix(line, "```"):
			inside = false
		case inside && tag == "sh":
			all[len(all)-1].script += line + "\n"
		case inside && tag == "output" && adjacent:
			all[len(all)-1].output += line + "\n"
		case !inside && strings.TrimSpace(line) != "":
			adjacent = false
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// ranElsewhere are commands that a test cannot run inside itself: they run this
// test, or never end. TestMakeRun and .ci/run run them.
var ranElsewhere = regexp.MustCompile(`^(make (run|test|test-long|bench)\b|git clone |cd belligraph$)`)

// commands drops the lines that run elsewhere.
func (b block) commands() string {
	var kept strings.Builder
	for line := range strings.Lines(b.script) {
		if !ranElsewhere.MatchString(line) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// workplace is a directory that looks like a checkout after "make build".
func workplace(t *testing.T) (dir, root string) {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "bin", "belligraph"), "./cmd/belligraph")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, folder := range []string{"data", "graph"} {
		if err := os.Symlink(filepath.Join(root, folder), filepath.Join(dir, folder)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, root
}

// serve starts a command that serves in dir and returns the address that it
// prints, once it answers there.
func serve(t *testing.T, dir string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	// make starts the server as its child: both are stopped through their group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		address := regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := address.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
				break
			}
		}
		io.Copy(io.Discard, out)
	}()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		<-read
		cmd.Wait()
		if t.Failed() {
			t.Logf("what it logged:\n%s", log.String())
		}
	})
	select {
	case address := <-found:
		for range 200 {
			if resp, err := http.Get("http://" + address + "/health"); err == nil {
				resp.Body.Close()
				return address
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("the server at %s does not answer", address)
	case <-read:
		t.Fatal("it ended without an address")
	case <-time.After(10 * time.Minute):
		t.Fatal("it printed no address")
	}
	return ""
}

// TestMakeRun starts the server as the README says and visits every address
// that it prints.
func TestMakeRun(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	address := serve(t, root, "make", "run", "STORE=", "LISTEN=127.0.0.1:0")
	for _, path := range []string{"/", "/ui/visualize", "/ui/query", "/sparql", "/guide", "/ask?q=Who+attacked+Tinzaouaten%3F"} {
		resp, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("GET %s: status %d, %d bytes, %v", path, resp.StatusCode, len(body), err)
		}
	}
}

func TestDocumentedCommands(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the documents' commands need %s, which is not installed", tool)
		}
	}
	dir, root := workplace(t)
	address := serve(t, dir, "bin/belligraph", "serve", "--store", "", "--listen", "127.0.0.1:0",
		"data/articles/battle-of-tinzaouaten-2012.txt")

	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, filepath.Join(root, "README.md"), filepath.Join(root, "data", "README.md"))
	ran := 0
	for _, file := range files {
		for _, b := range blocks(t, file) {
			script := strings.ReplaceAll(b.commands(), documentedAddress, address)
			if strings.TrimSpace(script) == "" {
				continue
			}
			ran++
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			// As in a reader's shell, "| head" may cut off the command before it.
			cmd := exec.CommandContext(ctx, "bash", "-eu", "-c", script)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			cancel()
			if err != nil {
				t.Errorf("%s:%d: %v\n%s\nprinted:\n%s", b.file, b.line, err, script, out)
				continue
			}
			for want := range strings.Lines(b.output) {
				want = strings.TrimSpace(strings.ReplaceAll(want, documentedAddress, address))
				if want != "" && want != "…" && !strings.Contains(squeeze(string(out)), squeeze(want)) {
					t.Errorf("%s:%d: the output lacks %q; it is:\n%s", b.file, b.line, want, out)
				}
			}
		}
	}
	if ran < 10 {
		t.Errorf("only %d shell blocks were found; the documents hold more", ran)
	}
}

// squeeze folds runs of spaces, so that column widths do not matter.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
