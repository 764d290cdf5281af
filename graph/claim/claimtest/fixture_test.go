package claimtest

import "testing"

// TestFixture holds that the fixture made of the gold is the gold.
func TestFixture(t *testing.T) {
	ex, err := Extraction()
	if err != nil {
		t.Fatal(err)
	}
	r := Compare(t, Seed(), ex)
	if r.Total.Exact != r.Total.Gold {
		t.Errorf("%d of %d rows have the gold's offsets", r.Total.Exact, r.Total.Gold)
	}
}
