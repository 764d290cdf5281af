package dataset

import (
	"regexp"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// format is what is particular to one dataset: how its columns are told from
// those of others, and how a row of it becomes a record.
type format struct {
	name   string // as people know it
	slug   string // in the identifiers of its records and files
	scheme string // in those of what its rows speak of; datasets of one publisher share it
	rule   string // how rows are read, with the version of the mapping

	licence  string  // IRI; empty when nobody may pass the data on
	private  rdf.IRI // the graph of a dataset that may not be passed on
	required []string
	releases []*regexp.Regexp // how names of files tell the release
	read     func(*recordReader)
	key      []string // the columns that tell rows apart
	whole    bool     // a release, of two numbers at most, holds all rows: those that it lacks are gone
	below    string   // the key under which a file that is one JSON object holds the others
}

const licenceBY = "https://creativecommons.org/licenses/by/4.0/"

var ged = &format{
	name: GED, slug: "ucdp-ged", scheme: "ucdp", rule: "ucdp-ged@2", licence: licenceBY, key: []string{"id"}, whole: true,
	required: []string{
		"id", "type_of_violence", "side_a", "side_b", "where_prec", "date_start", "date_end", "deaths_a", "deaths_b",
		"best", "low", "high",
	},
	releases: []*regexp.Regexp{
		regexp.MustCompile(`(?i)ged\w*?[ _-]?v?(\d{1,2})[._](\d{1,2})(?:[._](\d{1,2}))?(?:\D|$)`),
		regexp.MustCompile(`(?i)ged(\d\d)(\d)(?:\D|$)`),
	},
	read: (*recordReader).ged,
}

var acled = &format{
	name: ACLED, slug: "acled", scheme: "acled", rule: "acled@2", private: GraphACLED, key: []string{"event_id_cnty"},
	required: []string{"event_id_cnty", "event_date", "time_precision", "event_type", "actor1", "geo_precision", "fatalities"},
	read:     (*recordReader).acled,
}

// yearlyReleases are names such as ucdp-prio-acd-251.csv and
// UcdpPrioConflict_v25_1.csv.
var yearlyReleases = []*regexp.Regexp{
	regexp.MustCompile(`(?i)(?:conflict|dyadic|nonstate)\w*?_v(\d{1,2})_(\d{1,2})(?:\D|$)`),
	regexp.MustCompile(`(?i)(?:acd|dyadic|nonstate)-(\d\d)(\d)(?:\D|$)`),
}

var conflictYears = &format{
	name: ACD, slug: "ucdp-acd", scheme: "ucdp", rule: "ucdp-acd@1", licence: licenceBY, key: []string{"conflict_new_id", "year"}, whole: true,
	required: []string{
		"conflict_new_id", "side_a", "side_b", "incompatibility", "year", "intensity_level", "cumulative_intensity", "type_of_conflict",
	},
	releases: yearlyReleases, read: (*recordReader).conflictYear,
}

var dyadYears = &format{
	name: Dyadic, slug: "ucdp-dyadic", scheme: "ucdp", rule: "ucdp-dyadic@1", licence: licenceBY, key: []string{"dyad_new_id", "year"}, whole: true,
	required: []string{
		"dyad_new_id", "conflict_new_id", "side_a", "side_b", "incompatibility", "year", "intensity_level", "type_of_conflict",
	},
	releases: yearlyReleases, read: (*recordReader).conflictYear,
}

var nonStateYears = &format{
	name: NonState, slug: "ucdp-nonstate", scheme: "ucdp", rule: "ucdp-nonstate@1", licence: licenceBY, key: []string{"dyad_new_id", "year"}, whole: true,
	required: []string{"conflict_new_id", "dyad_new_id", "org", "side_a_name", "side_b_name", "year", "best_fatality_estimate"},
	releases: yearlyReleases, read: (*recordReader).nonStateYear,
}

const licenceCC0 = "https://creativecommons.org/publicdomain/zero/1.0/"

var wikidata = &format{
	name: Wikidata, slug: "wikidata", scheme: "wikidata", rule: "wikidata@1", licence: licenceCC0,
	releases: []*regexp.Regexp{regexp.MustCompile(`(?i)(?:wikidata|all)-(\d{8})`)}, read: (*recordReader).wikidata, below: "entities",
}

// followTheMoney has no licence of its own: each collection has.
var followTheMoney = &format{
	name: FtM, slug: "ftm", scheme: "ftm", rule: "ftm@1", read: (*recordReader).ftm,
}

var geonames = &format{
	name: GeoNames, slug: "geonames", scheme: "geonames", rule: "geonames@1", licence: licenceBY, read: (*recordReader).geonames,
	key: []string{"geonameid"},
}

// headed are the datasets whose files name their columns. The columns of ACD
// are those of Dyadic and more, so ACD comes first.
var headed = []*format{ged, acled, conflictYears, dyadYears, nonStateYears}

// formatOf returns the format of a dataset, that of GED for an unknown one.
func formatOf(dataset string) *format {
	for _, f := range append([]*format{wikidata, followTheMoney, geonames}, headed...) {
		if f.name == dataset {
			return f
		}
	}
	return ged
}

// release reads the release from the name of a file, such as GEDEvent_v25_1.csv,
// GEDEvent_v24_0_1.csv and ged231-csv.zip.
func (f *format) release(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	for _, form := range f.releases {
		if m := form.FindStringSubmatch(name); m != nil {
			return strings.TrimSuffix(strings.Join(m[1:], "."), ".")
		}
	}
	return ""
}
