package question

import (
	"bytes"
	"context"
	"testing"

	"github.com/belligraph/belligraph/data/articles"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/extract"
)

// extracted returns the seed as the extractor reads it.
func extracted(t testing.TB) *claim.Extraction {
	t.Helper()
	x, err := extract.New(extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := articles.Files.ReadFile("battle-of-tinzaouaten-2012.txt")
	if err != nil {
		t.Fatal(err)
	}
	ex, err := x.Extract(context.Background(), "battle-of-tinzaouaten-2012.txt", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return ex
}
