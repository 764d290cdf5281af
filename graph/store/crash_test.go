package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/storetest"
)

// childEnv names the store that a child process works on.
const childEnv = "BELLIGRAPH_STORE_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		if err := crashChild(path); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const crashWriters = 4

// crashQuads returns what commit i of a writer inserts.
func crashQuads(w, i int) []rdf.Quad {
	var quads []rdf.Quad
	for j := range 3 {
		q := rdf.Quad{
			Subject:   rdf.IRI(fmt.Sprintf("http://example.org/w%d/i%d", w, i)),
			Predicate: rdf.IRI(fmt.Sprintf("http://example.org/p%d", j)),
			Object:    rdf.NewString(fmt.Sprintf("value %d of commit %d of writer %d", j, i, w)),
		}
		if j == 2 {
			q.Graph = rdf.IRI(fmt.Sprintf("http://example.org/g%d", i%5))
		}
		quads = append(quads, q)
	}
	return quads
}

// crashLoads reports whether commit i of a writer is a bulk load, which deletes
// nothing.
func crashLoads(w, i int) bool { return w == 0 && i%8 == 7 }

// crashCommit makes commit i of a writer: it inserts three quads and deletes
// one of the commit two before.
func crashCommit(s *Store, w, i int) error {
	ctx := context.Background()
	if crashLoads(w, i) {
		_, err := s.Load(ctx, []Source{{Quads: seq(crashQuads(w, i), nil)}}, LoadOptions{rebuild: i%16 == 7})
		return err
	}
	return s.Update(ctx, func(tx graph.Tx) error {
		if n, err := tx.Insert(crashQuads(w, i)...); err != nil || n != 3 {
			return fmt.Errorf("inserted %d: %w", n, err)
		}
		if i >= 2 {
			if n, err := tx.Delete(crashQuads(w, i-2)[1]); err != nil || n != 1 {
				return fmt.Errorf("deleted %d: %w", n, err)
			}
		}
		return nil
	})
}

// crashState adds to the model what a writer's first k commits leave.
func crashState(m *storetest.Model, w, k int) {
	for i := range k {
		q := crashQuads(w, i)
		m.Insert(q[0], q[2])
		if i+2 >= k || crashLoads(w, i+2) {
			m.Insert(q[1])
		}
	}
}

// crashChild commits until it is killed and acknowledges each commit on its
// standard output. It goes on where the store left off.
func crashChild(path string) error {
	s, err := Open(path, Options{FoldRows: 100})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	failures := make(chan error, crashWriters)
	for w := range crashWriters {
		first, err := crashCommits(s, w)
		if err != nil {
			return err
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := first; ; i++ {
				if err := crashCommit(s, w, i); err != nil {
					failures <- fmt.Errorf("writer %d, commit %d: %w", w, i, err)
					return
				}
				mu.Lock()
				fmt.Printf("ack %d %d\n", w, i)
				mu.Unlock()
			}
		}()
	}
	fmt.Println("ready")
	wg.Wait()
	return <-failures
}

// crashCommits returns how many commits of a writer the store holds.
func crashCommits(s *Store, w int) (int, error) {
	snap, err := s.Snapshot(context.Background())
	if err != nil {
		return 0, err
	}
	defer snap.Close()
	for i := 0; ; i++ {
		id, ok, err := snap.Lookup(crashQuads(w, i)[0].Subject)
		if err != nil {
			return 0, err
		}
		n := uint64(0)
		if ok {
			if n, _, err = snap.Estimate(graph.Pattern{S: id}); err != nil {
				return 0, err
			}
		}
		if n == 0 {
			return i, nil
		}
	}
}

// TestKill kills a process that writes, at random moments, and checks that the
// store holds every commit it has acknowledged, whole, and of each writer at
// most the one that was under way.
func TestKill(t *testing.T) {
	kills := 12
	if long() {
		kills = 2000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "store")
	acked := [crashWriters]int{}
	total := 0
	for kill := range kills {
		if kill%25 == 24 { // begin anew now and then
			path = filepath.Join(t.TempDir(), "store")
			acked = [crashWriters]int{}
		}
		before := acked
		killChild(t, path, rng, &acked)
		s := open(t, path, Options{})
		m := storetest.NewModel()
		for w := range crashWriters {
			n, err := crashCommits(s, w)
			if err != nil {
				t.Fatal(err)
			}
			if n < acked[w] || n > acked[w]+1 {
				t.Fatalf("kill %d: writer %d has acknowledged %d commits, the store holds %d", kill, w, acked[w], n)
			}
			crashState(m, w, n)
			total += n - before[w]
			acked[w] = n
		}
		mustEqual(t, s, m)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if kill%100 == 99 {
			t.Logf("%d kills so far, %d commits", kill+1, total)
		}
	}
	t.Logf("%d kills, %d commits", kills, total)
}

func killChild(t *testing.T, path string, rng *rand.Rand, acked *[crashWriters]int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acks := rng.IntN(150)
	pause := time.Duration(rng.IntN(3000)) * time.Microsecond
	sc := bufio.NewScanner(out)
	killed := false
	for n := 0; sc.Scan(); {
		line := sc.Text()
		var w, i int
		switch {
		case strings.HasPrefix(line, "ack "):
			if _, err := fmt.Sscanf(line, "ack %d %d", &w, &i); err != nil {
				t.Fatal(err)
			}
			if i != acked[w] {
				t.Errorf("writer %d acknowledges commit %d after %d", w, i, acked[w])
			}
			acked[w]++
			n++
		case line != "ready":
			t.Errorf("the child says: %s", line)
		}
		if n >= acks && !killed {
			killed = true
			time.AfterFunc(pause, func() { _ = cmd.Process.Kill() })
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
}

// TestTwoOpeners checks that a file is open once, and that the error says by
// whom.
func TestTwoOpeners(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	s := open(t, path, Options{})
	if _, err := Open(path, Options{LockTimeout: time.Millisecond}); err == nil || !strings.Contains(err.Error(), "this process") {
		t.Errorf("second Open: %v", err)
	}
	if _, err := Open(path, Options{LockTimeout: time.Millisecond, ReadOnly: true}); err == nil {
		t.Error("a reader opens the file beside a writer")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	a, b := open(t, path, Options{ReadOnly: true}), open(t, path, Options{ReadOnly: true})
	a.Close()
	b.Close()

	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(out)
	for sc.Scan() && sc.Text() != "ready" {
	}
	_, err = Open(path, Options{LockTimeout: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d", cmd.Process.Pid)) && !strings.Contains(err.Error(), "another process") {
		t.Errorf("Open beside process %d: %v", cmd.Process.Pid, err)
	}
	_ = cmd.Process.Kill()
	for sc.Scan() {
	}
	_ = cmd.Wait() // killed, as it should be
}
