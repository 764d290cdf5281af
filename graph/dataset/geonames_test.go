package dataset_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/dataset"
	"github.com/belligraph/belligraph/graph/memgraph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// TestGeoNames holds what each of the files says of places, by the triples that
// tell it.
func TestGeoNames(t *testing.T) {
	g := memgraph.New()
	defer g.Close()
	for file, rows := range map[string]int{
		"geonames-ML.txt": 5, "geonames-alternateNamesV2.txt": 3, "geonames-admin2Codes.txt": 2, "geonames-countryInfo.txt": 2,
	} {
		content := fixture(t, file)
		res, err := dataset.Import(t.Context(), g, file, bytes.NewReader(content), dataset.Options{})
		if err != nil || res.Rows != rows || res.Faulty != 0 || res.File.Layout.Dataset != dataset.GeoNames {
			t.Errorf("%s: %+v, %v", file, res, err)
		}
		records, _ := read(t, file, content)
		for _, r := range records {
			for _, v := range claim.Check(&r.Extraction) {
				if v.Rule != "entity-label" { // their own rows name them
					t.Error(file, v)
				}
			}
		}
	}
	all := quads(t, g)
	for _, v := range claim.CheckQuads(all) {
		t.Error(v)
	}
	const id, sws = claim.NSID + "geonames/", "https://sws.geonames.org/"
	for _, want := range []rdf.Triple{
		{Subject: rdf.IRI(id + "place/99000001"), Predicate: claim.PropWithin, Object: rdf.IRI(id + "division/ml-08-0803")},
		{Subject: rdf.IRI(id + "division/ml-08-0803"), Predicate: claim.PropWithin, Object: rdf.IRI(id + "division/ml-08")},
		{Subject: rdf.IRI(id + "division/ml-08"), Predicate: claim.PropWithin, Object: rdf.IRI(id + "country/ml")},
		{Subject: rdf.IRI(id + "division/ml-08"), Predicate: rdf.RDFSLabel, Object: rdf.NewString("Kidal")},
		{Subject: rdf.IRI(id + "division/ml-08"), Predicate: claim.PropSameAs, Object: rdf.IRI(sws + "99000002/")},
		{Subject: rdf.IRI(id + "country/ml"), Predicate: rdf.RDFType, Object: rdf.IRI(claim.NS + "Country")},
		{Subject: rdf.IRI(id + "country/ml"), Predicate: claim.PropNear, Object: rdf.IRI(id + "country/dz")},
		{Subject: rdf.IRI(id + "place/99000001"), Predicate: claim.PropNear, Object: rdf.IRI(id + "country/dz")},
		{Subject: rdf.IRI(id + "place/99000001"), Predicate: claim.PropAltLabel, Object: rdf.NewString("Tin-Zaouatene")},
		{Subject: rdf.IRI(id + "place/99000005"), Predicate: claim.PropWithin, Object: rdf.IRI(id + "division/dz-50")},
		{Subject: rdf.IRI(sws + "99000001/"), Predicate: claim.PropAltLabel,
			Object: rdf.Literal{Lexical: "Tinzawatene", Datatype: rdf.RDFLangString, Lang: "fr"}},
	} {
		if !slices.ContainsFunc(all, func(q rdf.Quad) bool { return q.Triple() == want }) {
			t.Errorf("missing: %v", want)
		}
	}
}

func TestFaultyGeoNames(t *testing.T) {
	content := string(fixture(t, "geonames-ML.txt"))
	for _, tc := range []struct{ from, to, want string }{
		{"19.95333", "91", "latitude: 91 lies outside ±90 degrees"},
		{"\tAfrica/Algiers", "", "the row has 18 cells, not 19"},
		{"99000005", "", "geonameid: the cell is empty"},
	} {
		records, problems := read(t, "ML.txt", []byte(strings.Replace(content, tc.from, tc.to, 1)))
		if len(records) != 4 || len(problems) != 1 || problems[0].Line != 5 || !strings.Contains(problems[0].Message, tc.want) {
			t.Errorf("%s: %d records, %v", tc.want, len(records), problems)
		}
	}
}
