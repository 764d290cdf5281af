package ingest_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/ingest"
	"github.com/belligraph/belligraph/graph/rdf/rdfio"
	"github.com/belligraph/belligraph/graph/store"
)

// TestDatasets holds that files of datasets are known by their content, also
// packed, and that loading a folder of them again adds nothing.
func TestDatasets(t *testing.T) {
	ged, err := os.ReadFile("../dataset/testdata/GEDEvent_v25_1.csv")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(bytes.Replace(ged, []byte("2012-02-07 00:00:00.000"), []byte("7 Feb"), 1))
	z.Close()
	for name, content := range map[string][]byte{"GEDEvent_v25_1.csv": ged, "faulty.csv.gz": packed.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(filepath.Join(t.TempDir(), "s.bg"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	load := func() map[string]ingest.Report {
		reports := make(map[string]ingest.Report)
		if err := ingest.New(s, ingest.Options{}).Path(t.Context(), dir, func(r ingest.Report) { reports[filepath.Base(r.Name)] = r }); err != nil {
			t.Fatal(err)
		}
		return reports
	}
	first := load()
	if r := first["GEDEvent_v25_1.csv"]; r.Kind != ingest.Dataset || r.Dataset.Rows != 5 || r.New == 0 || len(r.Problems) != 0 {
		t.Errorf("%+v", r)
	}
	r := first["faulty.csv.gz"]
	if r.Dataset.Rows != 4 || len(r.Problems) != 1 || r.Problems[0].Line != 2 || !strings.Contains(r.Problems[0].Message, "7 Feb") {
		t.Errorf("%+v", r)
	}
	for name, r := range load() {
		if r.New != 0 || !r.Dataset.Already {
			t.Errorf("%s again: %+v", name, r)
		}
	}
}

// TestRecogniseOthers holds that what is no dataset stays what it was.
func TestRecogniseOthers(t *testing.T) {
	for text, want := range map[string]ingest.Kind{
		"On 7 February, rebels attacked the town, the army said, and withdrew.\n": ingest.Article,
		"<http://x/s> <http://x/p> <http://x/o> .\n":                              ingest.RDF,
		"id,name\n1,Tinzaouaten\n":                                                ingest.Article,
	} {
		if kind, _ := ingest.Recognise("x", []byte(text), true); kind != want {
			t.Errorf("%q is taken for %s", text, kind)
		}
	}
	for text, want := range map[string]rdfio.Format{
		`[{"subject":"a","predicate":"b","object":"c"}]`:              rdfio.CayleyJSON,
		`{"@context":{"subject":"http://x/s"},"subject":"predicate"}`: rdfio.JSONLD,
		`{"a":1}`: rdfio.JSONLD,
	} {
		if kind, format := ingest.Recognise("x.json", []byte(text), true); kind != ingest.RDF || format != want {
			t.Errorf("%s: %s, %s", text, kind, format)
		}
	}
	if kind, format := ingest.Recognise("x.nt", nil, true); kind != ingest.RDF || format != rdfio.NTriples {
		t.Error(kind, format)
	}
}

// TestArchive holds that the files of an archive are loaded as what they are:
// UCDP and Wikidata hand out theirs packed.
func TestArchive(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range []string{"GEDEvent_v25_1.csv", "wikidata-entities.json", "entities.ftm.json"} {
		content, err := os.ReadFile("../dataset/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(content)
	}
	z.Close()
	path := filepath.Join(t.TempDir(), "ged251-csv.zip")
	if err := os.WriteFile(path, packed.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(filepath.Join(t.TempDir(), "s.bg"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows := map[string]int{}
	err = ingest.New(s, ingest.Options{}).Path(t.Context(), path, func(r ingest.Report) {
		if r.Kind != ingest.Dataset {
			t.Errorf("%+v", r)
			return
		}
		rows[r.Dataset.File.Layout.Dataset+" "+r.Dataset.File.Version] = r.Dataset.Rows
	})
	if err != nil || rows["UCDP GED 25.1"] != 5 || rows["Wikidata "] != 2 || rows["FollowTheMoney "] != 6 {
		t.Error(rows, err)
	}
}

// TestMappings holds that a mapping set is known by its columns, that a faulty
// row is reported while the others go on, and that loading it again adds nothing.
func TestMappings(t *testing.T) {
	s, err := store.Open(filepath.Join(t.TempDir(), "s.bg"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const set = "#curie_map:\n#  id: https://belligraph.org/id/\nsubject_id\tpredicate_id\tobject_id\tmapping_justification\tmapping_date\n" +
		"id:actor/mnla\tskos:closeMatch\tid:acled/actor/mnla\tsemapv:ManualMappingCuration\t2026-11-28\n" +
		"id:actor/mnla\tskos:closeMatch\tid:acled/actor/other\tsemapv:ManualMappingCuration\tsoon\n"
	l := ingest.New(s, ingest.Options{})
	r, err := l.Reader(t.Context(), "mali.sssom.tsv", strings.NewReader(set))
	if err != nil || r.Kind != ingest.Mappings || r.Claims != 1 || r.New == 0 {
		t.Fatal(r, err)
	}
	if len(r.Problems) != 1 || r.Problems[0].Line != 5 || !strings.Contains(r.Problems[0].Message, "mapping_date") {
		t.Errorf("%+v", r.Problems)
	}
	if again, err := l.Reader(t.Context(), "mali.sssom.tsv", strings.NewReader(set)); err != nil || again.New != 0 {
		t.Error(again, err)
	}
}
