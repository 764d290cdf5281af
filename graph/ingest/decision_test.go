package ingest_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/review"
	"github.com/belligraph/belligraph/graph/store"
)

// TestDecisionsOnRows holds that what was rejected of a row stays rejected when
// a file with the row is loaded again, although rows are loaded in bulk.
func TestDecisionsOnRows(t *testing.T) {
	ged, err := os.ReadFile("../dataset/testdata/GEDEvent_v25_1.csv")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	load := func(content []byte) {
		t.Helper()
		if _, err := ingest.New(s, ingest.Options{}).Reader(t.Context(), "GEDEvent_v25_1.csv", bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	load(ged)
	read := func(f func(r *claim.Reader)) {
		t.Helper()
		snap, err := s.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		r, err := claim.NewReader(snap, claim.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		f(r)
	}
	var target claim.Ref
	read(func(r *claim.Reader) {
		iris, err := r.OfKind(t.Context(), claim.KindDate)
		if err != nil || len(iris) == 0 {
			t.Fatal(iris, err)
		}
		target = iris[0]
	})
	wish := review.Wish{Target: target, Verdict: claim.Reject, By: "A. Reader"}
	if _, err := review.Decide(t.Context(), s, []review.Wish{wish}, review.Options{Now: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	check := func(step string) {
		t.Helper()
		read(func(r *claim.Reader) {
			_, _, stands, err := r.Claim(t.Context(), target)
			status, _, _, errStatus := r.Aside(t.Context(), target)
			if err != nil || errStatus != nil || stands || status != claim.WasRejected {
				t.Errorf("%s: stands %v, status %q, %v, %v", step, stands, status, err, errStatus)
			}
		})
	}
	check("rejected")
	load(ged)
	check("the same file again")
	load(append(bytes.TrimRight(bytes.Clone(ged), "\n"), "\n\n"...))
	check("another file with the row")
}
