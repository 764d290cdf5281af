package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/peterh/liner"

	"github.com/belligraph/belligraph/queries/sparql"
)

// terminal reads lines from a terminal and keeps a history over sessions.
type terminal struct {
	state   *liner.State
	history string // file; empty keeps none
	close   sync.Once
}

func newTerminal(c *completer) *terminal {
	t := &terminal{state: liner.NewLiner(), history: historyFile()}
	t.state.SetCtrlCAborts(true)
	t.state.SetTabCompletionStyle(liner.TabPrints)
	t.state.SetWordCompleter(c.complete)
	if f, err := os.Open(t.history); err == nil {
		t.state.ReadHistory(f)
		f.Close()
	}
	return t
}

// historyFile is a file in the user's state directory (XDG Base Directory
// Specification), "" if there is none.
func historyFile() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) { // the specification has relative ones ignored
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "belligraph", "history")
}

// Prompt implements lineReader.
func (t *terminal) Prompt(prompt string) (string, error) {
	line, err := t.state.Prompt(prompt)
	if errors.Is(err, liner.ErrPromptAborted) {
		return "", errAborted
	}
	return line, err
}

// Remember implements lineReader. The file is written at once, for sessions may
// end in many ways.
func (t *terminal) Remember(text string) {
	for _, line := range historyLines(text) {
		t.state.AppendHistory(line)
	}
	if t.history == "" || os.MkdirAll(filepath.Dir(t.history), 0o700) != nil {
		return
	}
	next := t.history + ".new"
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return
	}
	_, err = t.state.WriteHistory(f)
	if errors.Join(err, f.Close()) == nil {
		err = os.Rename(next, t.history)
	}
	if err != nil {
		os.Remove(next)
	}
}

// historyLines puts a query on one line, for an editor of lines. One that means
// something else then, for it holds a comment, stays as it is.
func historyLines(text string) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	joined := strings.Join(lines, " ")
	options := sparql.Options{Prefixes: map[string]string{}}
	was, wasErr := sparql.Format(text, options)
	now, nowErr := sparql.Format(joined, options)
	if len(lines) > 1 && strings.Contains(text, "#") && (wasErr != nil || nowErr != nil || was != now) {
		return lines
	}
	return []string{joined}
}

// Close gives the terminal back as it was.
func (t *terminal) Close() { t.close.Do(func() { t.state.Close() }) }
