package claim_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/belligraph/belligraph/data/articles"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/extract"
)

func TestExtractedSeedKeepsTheModel(t *testing.T) {
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
	for _, v := range claim.Check(ex) {
		t.Error(v)
	}
	quads := claim.Encode(ex, claim.EncodeOptions{})
	for _, v := range claim.CheckQuads(quads) {
		t.Error(v)
	}
	if ok, report := validate(t, quads); !ok {
		t.Error(report)
	}
}
