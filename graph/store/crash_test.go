package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	if rand.IntN(3) == 0 {
		if err := crashCompact(path); err != nil {
			return fmt.Errorf("compact: %w", err)
		}
	}
	s, err := Open(path, Options{FoldRows: 100})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	failures := make(chan error, crashWriters+1)
	go func() {
		for {
			if err := crashBackup(s, path); err != nil {
				failures <- fmt.Errorf("backup: %w", err)
				return
			}
			mu.Lock()
			fmt.Println("backup")
			mu.Unlock()
		}
	}()
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

// crashCompact replaces the store by a compact copy, as the command does.
func crashCompact(path string) error {
	fmt.Println("compact")
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	if err := s.Compact(context.Background(), path+".compact"); err != nil {
		return err
	}
	if err := os.Rename(path+".compact", path); err != nil {
		return err
	}
	return s.Close()
}

// crashBackup writes a backup that has its name only once it is whole.
func crashBackup(s *Store, path string) error {
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	if err := s.Backup(context.Background(), f); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(path+".part", path+".backup")
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

// crashHolds returns how many commits of each writer a store holds, and fails
// when it holds anything else.
func crashHolds(t *testing.T, s *Store) (held [crashWriters]int) {
	t.Helper()
	m := storetest.NewModel()
	for w := range crashWriters {
		var err error
		if held[w], err = crashCommits(s, w); err != nil {
			t.Fatal(err)
		}
		crashState(m, w, held[w])
	}
	mustEqual(t, s, m)
	return held
}

// checkCrashBackup opens the last backup that the child has finished, if any,
// and checks that it is the store at one moment.
func checkCrashBackup(t *testing.T, path string, now [crashWriters]int) (found bool) {
	t.Helper()
	for _, left := range []string{".part", ".compact"} {
		if err := os.Remove(path + left); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(path + ".backup"); err != nil {
		return false
	}
	b := open(t, path+".backup", Options{})
	for w, n := range crashHolds(t, b) {
		if n > now[w] {
			t.Errorf("the backup holds %d commits of writer %d, the store %d", n, w, now[w])
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path + ".backup"); err != nil {
		t.Fatal(err)
	}
	return true
}

// TestKill kills a process that commits, folds, loads, compacts and backs up, at
// random moments, and checks that the store holds every commit it has
// acknowledged, whole, and of each writer at most the one that was under way;
// and that its backups are the store at one moment.
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
	total, backups := 0, 0
	for kill := range kills {
		if kill%25 == 24 { // begin anew now and then
			path = filepath.Join(t.TempDir(), "store")
			acked = [crashWriters]int{}
		}
		before := acked
		killChild(t, path, rng, &acked)
		s := open(t, path, Options{})
		for w, n := range crashHolds(t, s) {
			if n < acked[w] || n > acked[w]+1 {
				t.Fatalf("kill %d: writer %d has acknowledged %d commits, the store holds %d", kill, w, acked[w], n)
			}
			total += n - before[w]
			acked[w] = n
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if checkCrashBackup(t, path, acked) {
			backups++
		}
		if kill%100 == 99 {
			t.Logf("%d kills so far, %d commits, %d backups", kill+1, total, backups)
		}
	}
	t.Logf("%d kills, %d commits, %d backups", kills, total, backups)
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
	acks := max(rng.IntN(180)-30, 0)
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
		case line != "ready" && line != "backup" && line != "compact":
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
