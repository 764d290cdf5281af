package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what one engine did with one graph. It is kept as JSON, so that the
// engines can be measured one after the other, or again one by one.
type report struct {
	Engine  string    `json:"engine"`
	Version string    `json:"version"`
	Graph   string    `json:"graph"`
	Triples int       `json:"triples"`
	Seed    uint64    `json:"seed"`
	Machine string    `json:"machine"`
	Date    time.Time `json:"date"`

	LoadSeconds float64    `json:"loadSeconds"`
	LoadMemory  int64      `json:"loadMemory,omitempty"` // bytes at the peak
	Disk        int64      `json:"disk"`                 // bytes
	Memory      int64      `json:"memory"`               // bytes of the server at the peak
	Queries     []measured `json:"queries"`
}

// measured is what one query took, in seconds, and gave.
type measured struct {
	Name   string  `json:"name"`
	Cold   float64 `json:"cold"` // the first run after the start
	Warm   float64 `json:"warm"` // the median of the others
	First  float64 `json:"first,omitempty"`
	Rows   int     `json:"rows"`
	Bytes  int     `json:"bytes,omitempty"`
	Answer string  `json:"answer,omitempty"`
	Error  string  `json:"error,omitempty"`
	Work   *effort `json:"work,omitempty"`
}

// set puts a measurement in the place of the older one of that name.
func (r *report) set(m measured) {
	if i := slices.IndexFunc(r.Queries, func(q measured) bool { return q.Name == m.Name }); i >= 0 {
		r.Queries[i] = m
		return
	}
	r.Queries = append(r.Queries, m)
}

func (r *report) query(name string) (measured, bool) {
	i := slices.IndexFunc(r.Queries, func(q measured) bool { return q.Name == name })
	if i < 0 {
		return measured{}, false
	}
	return r.Queries[i], true
}

// readReport returns the report in a file, an empty one when there is none.
func readReport(path string) (*report, error) {
	r := new(report)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	return r, json.Unmarshal(text, r)
}

func (r *report) write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// machine describes where a measurement was taken.
func machine() string {
	name := runtime.GOOS + "/" + runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if model, ok := strings.CutPrefix(line, "model name"); ok {
				name = strings.TrimSpace(strings.TrimLeft(model, "\t :"))
				break
			}
		}
	}
	return name + ", " + quantity(runtime.NumCPU(), "processor")
}
