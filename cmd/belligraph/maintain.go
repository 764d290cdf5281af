package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

type backupCmd struct {
	storeFlag
	To string `arg:"" help:"File to write; it must not exist."`
}

func (c *backupCmd) Run(ctx context.Context, std *streams) error {
	s, err := c.openExisting()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := writeNew(c.To, func(w io.Writer) error { return s.Backup(ctx, w) }); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s is a copy of %s\n", c.To, c.Store)
	return nil
}

// writeNew writes a file that appears under its name only when it is whole and
// durable. It refuses to replace one.
func writeNew(name string, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s exists already", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".part-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Link(f.Name(), name); err != nil { // unlike Rename, Link replaces nothing
		return err
	}
	return os.Remove(f.Name())
}

type checkCmd struct {
	storeFlag
}

func (c *checkCmd) Run(ctx context.Context, std *streams) error {
	s, err := c.openExisting()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Check(ctx); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s is sound\n", c.Store)
	return nil
}

type compactCmd struct {
	storeFlag
	To string `arg:"" optional:"" help:"File to write; without it the store itself is replaced."`
}

func (c *compactCmd) Run(ctx context.Context, std *streams) error {
	s, err := c.openExisting()
	if err != nil {
		return err
	}
	defer s.Close()
	before, err := os.Stat(c.Store)
	if err != nil {
		return err
	}
	to := c.To
	if to == "" {
		to = c.Store + ".compact"
	}
	if err := s.Compact(ctx, to); err != nil {
		return err
	}
	after, err := os.Stat(to)
	if err != nil {
		return err
	}
	if c.To == "" {
		if err := os.Rename(to, c.Store); err != nil {
			return err
		}
		to = c.Store
	}
	fmt.Fprintf(std.out, "%s: %d bytes, before %d\n", to, after.Size(), before.Size())
	return nil
}
