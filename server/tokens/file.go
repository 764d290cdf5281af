package tokens

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/belligraph/belligraph/graph"
)

// document is the content of a file of tokens.
type document struct {
	Tokens []Token `json:"tokens"`
}

// maxFile bounds a file of tokens.
const maxFile = 16 << 20

// ReadFile reads a file of tokens.
func ReadFile(path string) ([]Token, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s is too large for a file of tokens: %w", path, graph.ErrLimit)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, fmt.Errorf("%s is no file of tokens: %w", path, err)
	}
	names := make(map[string]bool)
	for i := range d.Tokens {
		t := &d.Tokens[i]
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if names[t.Name] {
			return nil, fmt.Errorf("%s has two tokens of the name %s: %w", path, t.Name, graph.ErrBadRequest)
		}
		names[t.Name] = true
	}
	return d.Tokens, nil
}

// WriteFile replaces a file of tokens in one step; only its owner may read it.
func WriteFile(path string, list []Token) error {
	b, err := json.MarshalIndent(document{list}, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// lookAgain is how long a file is trusted not to have changed. A revoked token
// works for that long.
const lookAgain = time.Second

// Keeper knows the tokens of a file as it is now: what is created or revoked
// counts within a second. It may be used concurrently.
type Keeper struct {
	path  string
	log   *slog.Logger
	fixed []Token

	mu      sync.Mutex
	list    []Token
	looked  time.Time
	changed time.Time // modification time and size of what was read
	size    int64
}

// NewKeeper returns a keeper of fixed tokens and those of a file; an empty path
// is no file.
func NewKeeper(path string, fixed []Token, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{path: path, log: log, fixed: fixed, list: fixed}
	if path == "" {
		return k, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	list, err := ReadFile(path)
	if err != nil {
		return nil, err
	}
	k.set(list, info, time.Now())
	return k, nil
}

func (k *Keeper) set(list []Token, info fs.FileInfo, now time.Time) {
	k.list = append(append([]Token(nil), k.fixed...), list...)
	k.looked = now
	if info != nil {
		k.changed, k.size = info.ModTime(), info.Size()
	}
}

// Empty reports whether there can never be a token.
func (k *Keeper) Empty() bool { return k.path == "" && len(k.fixed) == 0 }

// HasFile reports whether tokens come from a file.
func (k *Keeper) HasFile() bool { return k.path != "" }

// Find returns the token of a secret, nil if there is none.
func (k *Keeper) Find(secret string) *Token {
	now := time.Now()
	return Find(k.current(now), secret, now)
}

// current returns the tokens, read again if the file has changed. A file that
// is gone has none; one that cannot be read leaves those that were there.
func (k *Keeper) current(now time.Time) []Token {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.path == "" || now.Sub(k.looked) < lookAgain {
		return k.list
	}
	k.looked = now
	info, err := os.Stat(k.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if len(k.list) > len(k.fixed) {
			k.log.Warn("the file of tokens is gone, and with it every token in it", "path", k.path)
		}
		k.list, k.size = k.fixed, -1
		return k.list
	case err == nil && info.ModTime().Equal(k.changed) && info.Size() == k.size:
		return k.list
	}
	var list []Token
	if err == nil {
		list, err = ReadFile(k.path)
	}
	if err != nil {
		k.log.Error("the file of tokens cannot be read; those it had still count", "path", k.path, "error", err)
		return k.list
	}
	k.set(list, info, now)
	k.log.Info("tokens read anew", "path", k.path, "tokens", len(list))
	return k.list
}
