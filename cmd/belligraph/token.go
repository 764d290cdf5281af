package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/belligraph/belligraph/server/tokens"
)

// tokenCmd keeps the tokens of a server. A running server sees what is changed
// here within a second.
type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token and print its secret, once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens."`
	Revoke tokenRevokeCmd `cmd:"" help:"Take tokens away."`
}

// tokensFlag names the file of tokens.
type tokensFlag struct {
	Tokens string `required:"" help:"File of the tokens; it holds hashes, no secrets." env:"BELLIGRAPH_TOKENS" placeholder:"PATH"`
}

// read returns the tokens of the file, none if there is no file yet.
func (f tokensFlag) read() ([]tokens.Token, error) {
	list, err := tokens.ReadFile(f.Tokens)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return list, err
}

type tokenCreateCmd struct {
	tokensFlag
	Name    string        `arg:"" help:"What to call it, such as the name of its bearer."`
	Scope   []string      `default:"read" help:"What it is for: read, write, admin, or several of them." placeholder:"SCOPE"`
	Graph   []string      `help:"Private graph that it shows, an IRI or the beginning of some and \"*\"; may be repeated." placeholder:"IRI" sep:"none"`
	Expires time.Duration `help:"How long it is good for; without it until it is revoked." placeholder:"DURATION"`
}

func (c *tokenCreateCmd) Run(std *streams) error {
	list, err := c.read()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(t tokens.Token) bool { return t.Name == c.Name }) {
		return fmt.Errorf("there is a token of the name %s already; revoke it first", c.Name)
	}
	t := tokens.Token{Name: c.Name, Graphs: c.Graph, Created: time.Now().UTC().Truncate(time.Second)}
	for _, name := range c.Scope {
		scope, err := tokens.ParseScope(name)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		t.Scopes = append(t.Scopes, scope)
	}
	if c.Expires > 0 {
		end := t.Created.Add(c.Expires)
		t.Expires = &end
	}
	t, secret, err := tokens.New(t)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err := tokens.WriteFile(c.Tokens, append(list, t)); err != nil {
		return err
	}
	fmt.Fprintln(std.out, secret)
	fmt.Fprintf(std.err, "This is the token of %s. It is shown once; %s keeps its hash only.\n", t.Name, c.Tokens)
	return nil
}

type tokenListCmd struct{ tokensFlag }

func (c *tokenListCmd) Run(std *streams) error {
	list, err := tokens.ReadFile(c.Tokens)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "name\tscopes\tcreated\texpires\tprivate graphs")
	for _, t := range list {
		var scopes []string
		for _, s := range t.Scopes {
			scopes = append(scopes, string(s))
		}
		end := "never"
		if t.Expires != nil {
			if end = t.Expires.Format(time.RFC3339); time.Now().After(*t.Expires) {
				end += " (over)"
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.Name, strings.Join(scopes, ","), t.Created.Format(time.RFC3339), end, strings.Join(t.Graphs, " "))
	}
	return w.Flush()
}

type tokenRevokeCmd struct {
	tokensFlag
	Names []string `arg:"" name:"name" help:"Names of tokens."`
}

func (c *tokenRevokeCmd) Run(std *streams) error {
	list, err := tokens.ReadFile(c.Tokens)
	if err != nil {
		return err
	}
	for _, name := range c.Names {
		i := slices.IndexFunc(list, func(t tokens.Token) bool { return t.Name == name })
		if i < 0 {
			return fmt.Errorf("there is no token of the name %s; nothing was revoked", name)
		}
		list = slices.Delete(list, i, i+1)
	}
	if err := tokens.WriteFile(c.Tokens, list); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "revoked %s\n", strings.Join(c.Names, ", "))
	return nil
}
