package main

import (
	"bufio"
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// newOutput buffers an output; the caller flushes it.
func newOutput(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 64<<10) }

// isTerminal reports whether f is a terminal, where people read rather than
// programs.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}
