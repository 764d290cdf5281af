package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// asCommand makes the test binary the program itself, so that a test can kill
// it.
const asCommand = "BELLIGRAPH_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const adminToken = "an administrator of tests"

// daemon is a server in a process of its own that is killed and started again.
type daemon struct {
	t    *testing.T
	args []string
	addr string
	cmd  *exec.Cmd
	log  bytes.Buffer
}

// newDaemon starts "serve" on a free port.
func newDaemon(t *testing.T, args ...string) *daemon {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	d := &daemon{t: t, args: append([]string{"serve", "--listen", addr}, args...), addr: addr}
	d.start()
	t.Cleanup(func() {
		d.kill()
		if t.Failed() {
			t.Logf("%v\n%s", d.args, d.log.String())
		}
	})
	return d
}

func (d *daemon) start() {
	d.t.Helper()
	d.cmd = exec.Command(os.Args[0], d.args...)
	d.cmd.Env = append(os.Environ(), asCommand+"=1", "BELLIGRAPH_ADMIN_TOKEN="+adminToken, "BELLIGRAPH_FOLLOW_TOKEN="+adminToken)
	d.cmd.Stderr = &d.log
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
}

// kill ends the process as a power failure would.
func (d *daemon) kill() {
	_ = d.cmd.Process.Kill() // it may have ended
	_ = d.cmd.Wait()
}

// get returns the body of a path, an error when there is no answer of 200.
func (d *daemon) get(path string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, "http://"+d.addr+path, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	return string(body), err
}

func (d *daemon) position() string {
	text, err := d.get("/admin/store")
	if err != nil {
		return ""
	}
	var answer struct{ Position string }
	if json.Unmarshal([]byte(text), &answer) != nil {
		return ""
	}
	return answer.Position
}

// dump returns the lines of the whole graph, sorted.
func (d *daemon) dump() []string {
	d.t.Helper()
	text, err := d.get("/rdf-graph-store?format=nquads")
	if err != nil {
		d.t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return lines
}

// await waits for a condition.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// TestReplica kills a server that is written to, and the copy that follows it,
// in the middle of what they do, and compares them when they have come to rest.
func TestReplica(t *testing.T) {
	kills := 6
	if os.Getenv("BELLIGRAPH_LONG") != "" {
		kills = 100
	}
	dir := t.TempDir()
	primary := newDaemon(t, "--store", filepath.Join(dir, "primary.bg"), "--writes", "open", sampleArticle)
	await(t, "the primary", func() bool { return primary.position() != "" })
	replica := newDaemon(t, "--store", filepath.Join(dir, "replica.bg"), "--follow", "http://"+primary.addr)
	await(t, "the first copy", func() bool { return replica.position() == primary.position() })

	var writers sync.WaitGroup
	stop := make(chan struct{})
	writers.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			var b strings.Builder
			fmt.Fprintf(&b, "DELETE WHERE { <http://x/s%d> ?p ?o } ;\nINSERT DATA { ", rand.IntN(i+1))
			for k := range 1 + rand.IntN(300) {
				fmt.Fprintf(&b, "<http://x/s%d> <http://x/p%d> \"%d of %d\" . ", i, k%7, k, i)
			}
			resp, err := http.PostForm("http://"+primary.addr+"/sparql", url.Values{"update": {b.String() + "}"}})
			if err != nil {
				time.Sleep(20 * time.Millisecond) // it has been killed
				continue
			}
			resp.Body.Close()
		}
	})
	for range kills {
		time.Sleep(time.Duration(rand.IntN(900)) * time.Millisecond)
		d := primary
		if rand.IntN(2) == 0 {
			d = replica
		}
		d.kill()
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		d.start()
	}
	close(stop)
	writers.Wait()
	at := ""
	await(t, "the primary", func() bool { at = primary.position(); return at != "" })
	await(t, "the copy at "+at, func() bool { return replica.position() == at })
	if a, b := primary.dump(), replica.dump(); !slices.Equal(a, b) {
		t.Errorf("the copy differs: %d lines and %d", len(a), len(b))
	} else {
		t.Logf("%d lines at %s", len(a), at)
	}
	resp, err := http.PostForm("http://"+replica.addr+"/sparql", url.Values{"update": {"CLEAR ALL"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("an update of the copy answers %s", resp.Status)
	}
	primary.kill()
	if code, out, errs := command(t, "", "check", "--store", filepath.Join(dir, "primary.bg")); code != exitDone {
		t.Errorf("the primary's file: %s%s", out, errs)
	}
	replica.kill()
	if code, out, errs := command(t, "", "check", "--store", filepath.Join(dir, "replica.bg")); code != exitDone {
		t.Errorf("the copy's file: %s%s", out, errs)
	}
}

func TestFollowFlags(t *testing.T) {
	for _, args := range [][]string{
		{"serve", "--follow", "http://127.0.0.1:1"},
		{"serve", "--follow", "http://127.0.0.1:1", "--store", "x.bg", "--writes", "open"},
		{"serve", "--follow", "http://127.0.0.1:1", "--store", "x.bg", "some.ttl"},
	} {
		if code, out, errs := command(t, "", args...); code != exitUsage {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}
