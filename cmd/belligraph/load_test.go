package main

import (
	"strings"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/store"
)

func TestProgress(t *testing.T) {
	steps := []store.LoadProgress{
		{Phase: "read", Quads: 1_000_000, Bytes: 100, Size: 400, Elapsed: 11 * time.Second},
		{Phase: "read", Quads: 1_500_000, Bytes: 150, Size: 400, Elapsed: 12 * time.Second},
		{Phase: "read", Quads: 4_000_000, Bytes: 400, Size: 400, Elapsed: 44 * time.Second},
		{Phase: "sort", Quads: 4_000_000, Bytes: 400, Size: 400, Elapsed: 50 * time.Second},
		{Phase: "done", Quads: 4_000_000, Bytes: 400, Size: 400, Elapsed: 80 * time.Second},
	}
	for _, tt := range []struct {
		name     string
		terminal bool
		want     string
	}{
		{"terminal", true, "\rread: 1000000 quads, 0.09 million/s, 25% of the file, about 1m9s left\x1b[K" +
			"\rread: 1500000 quads, 0.12 million/s, 38% of the file, about 46s left\x1b[K" +
			"\rread: 4000000 quads, 0.09 million/s, 100% of the file, about 36s left\x1b[K" +
			"\rsort: 4000000 quads, about 30s left\x1b[K" +
			"\r\x1b[K"},
		{"file", false, "read: 1000000 quads, 0.09 million/s, 25% of the file, about 1m9s left\n" +
			"read: 4000000 quads, 0.09 million/s, 100% of the file, about 36s left\n" +
			"sort: 4000000 quads, about 30s left\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			show := showProgress(&out, tt.terminal)
			for _, p := range steps {
				show(p)
			}
			if out.String() != tt.want {
				t.Errorf("got  %q\nwant %q", out.String(), tt.want)
			}
		})
	}
	unknown := store.LoadProgress{Phase: "read", Quads: 5, Elapsed: 10 * time.Second}
	if line := progressLine(unknown, unknown.Elapsed); line != "read: 5 quads, 0.00 million/s" {
		t.Errorf("without a size: %q", line)
	}
}
