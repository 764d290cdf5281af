package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"time"
)

// maplib is https://github.com/DataTreehouse/maplib, which is a library over
// Polars and holds its data in memory. It is timed in process: no HTTP, and no
// writing of the rows.
type maplib struct{ python string }

//go:embed maplib_answer.py
var maplibProgram string

func (*maplib) name() string { return "maplib" }

func (m *maplib) find(ctx context.Context) (string, error) {
	path, err := program(m.python)
	if err != nil {
		return "", err
	}
	m.python = path
	return versionOf(ctx, path, "-c", "import maplib, importlib.metadata; print(importlib.metadata.version('maplib'))")
}

// load does nothing: there is no store.
func (*maplib) load(context.Context, string, string) (int64, error) { return 0, nil }

func (m *maplib) start(ctx context.Context, data, dir string) (*server, error) {
	cmd := exec.Command(m.python, "-c", maplibProgram, data)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, write := io.Pipe()
	cmd.Stdout = write
	p, err := spawn(filepath.Dir(dir), m.name(), cmd)
	if err != nil {
		return nil, err
	}
	a := &inProcess{in: in, out: bufio.NewReaderSize(out, 1<<20)}
	var hello struct{ Loaded float64 }
	go func() { // an end before the first answer must not leave us waiting
		err := <-p.done
		write.CloseWithError(fmt.Errorf("maplib ended: %v; see %s", err, p.log))
		p.done <- err
	}()
	if err := a.readLine(&hello); err != nil {
		p.stop()
		return nil, err
	}
	a.loaded = time.Duration(hello.Loaded * float64(time.Second))
	return &server{process: p, asker: a}, nil
}

// inProcess asks a program that holds the engine itself.
type inProcess struct {
	in     io.WriteCloser
	out    *bufio.Reader
	loaded time.Duration
}

func (a *inProcess) readLine(into any) error {
	line, err := a.out.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, into)
}

func (a *inProcess) ask(ctx context.Context, s shape, keep bool) (reply, error) {
	if s.construct() || s.export {
		return reply{}, errors.New("not compared: it does not serialise")
	}
	request, err := json.Marshal(map[string]any{"query": s.query, "keep": keep})
	if err != nil {
		return reply{}, err
	}
	type outcome struct {
		reply
		error
	}
	answered := make(chan outcome, 1)
	go func() {
		r, err := a.exchange(request)
		answered <- outcome{r, err}
	}()
	select {
	case o := <-answered:
		return o.reply, o.error
	case <-ctx.Done():
		return reply{}, ctx.Err() // the caller starts another server
	}
}

func (a *inProcess) exchange(request []byte) (reply, error) {
	if _, err := a.in.Write(append(request, '\n')); err != nil {
		return reply{}, err
	}
	var told struct {
		Took   float64
		Error  string
		Length int
	}
	if err := a.readLine(&told); err != nil {
		return reply{}, err
	}
	r := reply{media: "text/csv", body: make([]byte, told.Length)}
	if _, err := io.ReadFull(a.out, r.body); err != nil {
		return reply{}, err
	}
	if told.Error != "" {
		return reply{}, errors.New(firstLine(told.Error))
	}
	r.took = time.Duration(told.Took * float64(time.Second))
	r.first = r.took
	return r, nil
}
