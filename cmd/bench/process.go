package main

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a server that was started for a measurement.
type process struct {
	cmd  *exec.Cmd
	done chan error
	log  string
}

// spawn starts a program with its output in a log file of dir.
func spawn(dir, name string, cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, done: make(chan error, 1), log: filepath.Join(dir, name+".log")}
	out, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	if cmd.Stdout == nil {
		cmd.Stdout = out
	}
	cmd.Stderr = out
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() { p.done <- cmd.Wait() }()
	return p, nil
}

// stop ends the process and what it started, first politely.
func (p *process) stop() {
	signalGroup(p.cmd.Process, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(20 * time.Second):
		signalGroup(p.cmd.Process, syscall.SIGKILL)
		<-p.done
	}
}

// ready waits until the endpoint answers a query.
func (p *process) ready(ctx context.Context, e *endpoint) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		_, err := e.ask(ctx, shape{query: "SELECT ?s { ?s ?p ?o } LIMIT 1"}, false)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case err := <-p.done:
			p.done <- err
			return fmt.Errorf("the server ended at once; see %s", p.log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// freePort returns a port of the loopback that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// command runs a program to its end and returns the peak of its memory. Its
// output is told when it fails.
func command(ctx context.Context, dir, name string, args ...string) (peak int64, err error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState != nil {
		peak = peakOf(cmd.ProcessState)
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return peak, fmt.Errorf("%s: %w: %s", filepath.Base(name), err, strings.Join(lines[max(0, len(lines)-5):], "\n"))
	}
	return peak, nil
}

// sizeOnDisk returns the bytes that the files below dir take, logs excepted.
func sizeOnDisk(dir string) (n int64, err error) {
	err = eachFile(dir, func(path string, info fs.FileInfo) error {
		if filepath.Ext(path) != ".log" {
			n += allocated(info)
		}
		return nil
	})
	return n, err
}

// forget asks the system to drop what it caches of the files below dir, so that
// a server starts cold. Without the right to, it is a hint that does nothing.
func forget(dir string) error {
	return eachFile(dir, func(path string, _ fs.FileInfo) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := f.Sync(); err != nil {
			return err
		}
		return dropCached(f)
	})
}

func eachFile(dir string, do func(path string, info fs.FileInfo) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return do(path, info)
	})
}
