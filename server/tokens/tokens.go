// Package tokens keeps the secrets that let their bearers read, write or
// administer.
//
// A token is 256 random bits, so a plain hash of it can be stored: there is
// nothing to guess. The file holds hashes only; whoever reads it learns who may
// do what, and no secret.
package tokens

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/private"
)

// Scope is what a token lets its bearer do. No scope implies another.
type Scope string

// The scopes.
const (
	Read  Scope = "read"  // read where reading wants a token, and the private graphs of the token
	Write Scope = "write" // change the graph where writing wants a token
	Admin Scope = "admin" // see, stop and copy everything under /admin
)

// Scopes lists the scopes.
func Scopes() []Scope { return []Scope{Read, Write, Admin} }

// ParseScope reads a scope.
func ParseScope(name string) (Scope, error) {
	if s := Scope(name); slices.Contains(Scopes(), s) {
		return s, nil
	}
	return "", fmt.Errorf("a token is for read, write or admin, not for %q: %w", name, graph.ErrBadRequest)
}

// Token is what is known of a token: everything but the secret.
type Token struct {
	Name    string     `json:"name"`
	Scopes  []Scope    `json:"scopes"`
	Graphs  []string   `json:"graphs,omitempty"` // private graphs that it shows, as private.ParseNames reads them
	Hash    string     `json:"hash"`             // "sha256:" and hexadecimal digits
	Created time.Time  `json:"created"`
	Expires *time.Time `json:"expires,omitempty"`

	sum    [sha256.Size]byte
	rights private.Rights
}

// prefix begins every secret, so that scanners of leaked secrets and people
// know what it is.
const prefix = "bg_"

const hashPrefix = "sha256:"

// New makes a token and its secret, which is not kept.
func New(t Token) (Token, string, error) {
	var b [32]byte
	rand.Read(b[:]) // documented never to fail
	secret := prefix + base64.RawURLEncoding.EncodeToString(b[:])
	t, err := Of(secret, t)
	return t, secret, err
}

// Of makes a token of a secret that somebody else has chosen.
func Of(secret string, t Token) (Token, error) {
	sum := sha256.Sum256([]byte(secret))
	t.Hash = hashPrefix + hex.EncodeToString(sum[:])
	err := t.check()
	return t, err
}

// maxName bounds the name of a token.
const maxName = 100

// check completes a token that was read or made.
func (t *Token) check() error {
	if t.Name == "" || len(t.Name) > maxName || strings.ContainsFunc(t.Name, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return fmt.Errorf("the name of a token has 1 to %d characters and no spaces: %q: %w", maxName, t.Name, graph.ErrBadRequest)
	}
	if len(t.Scopes) == 0 {
		return fmt.Errorf("the token %s is for nothing: name a scope: %w", t.Name, graph.ErrBadRequest)
	}
	for _, s := range t.Scopes {
		if _, err := ParseScope(string(s)); err != nil {
			return err
		}
	}
	digits, ok := strings.CutPrefix(t.Hash, hashPrefix)
	sum, err := hex.DecodeString(digits)
	if !ok || err != nil || len(sum) != sha256.Size {
		return fmt.Errorf("the token %s has no hash of the form %s…: %w", t.Name, hashPrefix, graph.ErrBadRequest)
	}
	copy(t.sum[:], sum)
	t.rights, err = private.NewRights(t.Graphs)
	return err
}

// Can reports whether the token has a scope.
func (t *Token) Can(s Scope) bool { return t != nil && slices.Contains(t.Scopes, s) }

// Rights returns which private graphs the bearer may see: none without the
// scope read or write.
func (t *Token) Rights() private.Rights {
	if t.Can(Read) || t.Can(Write) {
		return t.rights
	}
	return private.Rights{}
}

// Find returns the token of a secret, nil if there is none or it has expired.
// Every token is compared, in a time that depends on none of them.
func Find(list []Token, secret string, now time.Time) *Token {
	sum := sha256.Sum256([]byte(secret))
	found := -1
	for i := range list {
		same := subtle.ConstantTimeCompare(sum[:], list[i].sum[:])
		found = subtle.ConstantTimeSelect(same, i, found)
	}
	if found < 0 {
		return nil
	}
	if t := &list[found]; t.Expires == nil || now.Before(*t.Expires) {
		return t
	}
	return nil
}
