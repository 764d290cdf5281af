package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// doneList is the file that lets an interrupted extraction go on: a first line
// that says what made it, then the checksum of every article whose claims were
// written, a line each. A line that was cut off by a crash is no checksum and so
// its article is read again.
type doneList struct {
	file *os.File
	sums map[string]bool
}

// openDoneList reads a list, or begins one. A list that another format or
// another version of the program made is refused: its claims would not be those
// of this run.
func openDoneList(name, maker string) (*doneList, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the folder of %s is not there", name)
	}
	if err != nil {
		return nil, err
	}
	d := &doneList{file: f, sums: make(map[string]bool)}
	head := "belligraph extract " + maker
	lines := bufio.NewScanner(f)
	first := true
	for lines.Scan() {
		if first && lines.Text() != head {
			f.Close()
			return nil, fmt.Errorf("%s was made by %q, not by %q; remove it to begin anew", name, lines.Text(), head)
		}
		if !first {
			d.sums[lines.Text()] = true
		}
		first = false
	}
	if err := lines.Err(); err != nil {
		f.Close()
		return nil, err
	}
	if first {
		if _, err := fmt.Fprintln(f, head); err != nil {
			f.Close()
			return nil, err
		}
		return d, nil
	}
	// A line that a crash cut off must not swallow the next.
	info, err := f.Stat()
	if err == nil && info.Size() > 0 {
		last := make([]byte, 1)
		if _, err = f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			_, err = f.WriteString("\n")
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return d, nil
}

func (d *doneList) has(sum string) bool { return d.sums[sum] }

func (d *doneList) add(sum string) error {
	d.sums[sum] = true
	_, err := d.file.WriteString(sum + "\n")
	return err
}

func (d *doneList) close() error { return d.file.Close() }

func checksum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
