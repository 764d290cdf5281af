package extract

import (
	"bytes"
	"context"
	"testing"

	"github.com/belligraph/belligraph/data/articles"
	"github.com/belligraph/belligraph/graph/claim/claimtest"
)

func newExtractor(t testing.TB) *Extractor {
	t.Helper()
	x, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestSeed(t *testing.T) {
	x := newExtractor(t)
	text, err := articles.Files.ReadFile("battle-of-tinzaouaten-2012.txt")
	if err != nil {
		t.Fatal(err)
	}
	ex, err := x.Extract(context.Background(), "battle-of-tinzaouaten-2012.txt", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	claimtest.Compare(t, claimtest.Seed(), ex)
}
