//go:build !unix

package store

func lockOwner(string) string { return "another process" }
