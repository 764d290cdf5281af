package main

import (
	"bufio"
	"io"
	"os"
)

// newOutput buffers an output; the caller flushes it.
func newOutput(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 64<<10) }

// isTerminal reports whether f is a terminal, where people read rather than
// programs.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
