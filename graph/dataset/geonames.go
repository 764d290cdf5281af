package dataset

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// The files of GeoNames have no header. A feature is a place by its number, a
// division or a country by its code, under which the features in it name it.
// Other names of features, which come in a file of their own, are those of the
// feature as GeoNames identifies it.

// The files of GeoNames, as generations of its layout.
const (
	geoFeatures  = "features"
	geoNames     = "alternate names"
	geoDivisions = "divisions"
	geoCountries = "countries"
)

var geoNamesColumns = map[string][]string{
	geoFeatures: strings.Fields(`geonameid name asciiname alternatenames latitude longitude feature_class feature_code country_code cc2
		admin1_code admin2_code admin3_code admin4_code population elevation dem timezone modification_date`),
	geoNames: strings.Fields(`alternatenameid geonameid isolanguage alternate_name ispreferredname isshortname iscolloquial ishistoric
		valid_from valid_to`),
	geoDivisions: strings.Fields(`code name asciiname geonameid`),
	geoCountries: strings.Fields(`iso iso3 iso_numeric fips country capital area population continent tld currency_code currency_name phone
		postal_code_format postal_code_regex languages geonameid neighbours equivalent_fips`),
}

// geoShapes are the forms of a row of each file.
var geoShapes = map[string]*regexp.Regexp{
	geoFeatures: regexp.MustCompile(
		`^\d+\t[^\t]+\t[^\t]*\t[^\t]*\t-?\d+(\.\d+)?\t-?\d+(\.\d+)?\t[A-Z]?\t[A-Z0-9]*\t[A-Z]{0,2}\t([^\t]*\t){9}\d{4}-\d\d-\d\d$`),
	geoNames:     regexp.MustCompile(`^\d+\t\d+\t[\w-]{0,7}\t[^\t]+\t1?\t1?\t1?\t1?(\t[^\t]*\t[^\t]*)?$`),
	geoDivisions: regexp.MustCompile(`^[A-Z]{2}\.[^\t.]+(\.[^\t.]+)?\t[^\t]+\t[^\t]*\t\d+$`),
	geoCountries: regexp.MustCompile(`^[A-Z]{2}\t[A-Z]{3}\t\d{3}\t[^\t]*\t[^\t]+\t([^\t]*\t){11}\d*\t[^\t]*\t[^\t]*$`),
}

// recogniseGeoNames tells a file of GeoNames by the shape of its first rows.
func recogniseGeoNames(head []byte, whole bool) (Layout, bool) {
	var rows []string
	for line := range bytes.Lines(head) {
		ended := bytes.HasSuffix(line, []byte("\n"))
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" || text[0] == '#' || !ended && !whole {
			continue
		}
		if rows = append(rows, text); len(rows) == 5 {
			break
		}
	}
	for _, kind := range []string{geoFeatures, geoNames, geoDivisions, geoCountries} {
		n := 0
		for _, row := range rows {
			if geoShapes[kind].MatchString(row) {
				n++
			}
		}
		if n == 0 || 2*n < len(rows) {
			continue
		}
		columns := geoNamesColumns[kind]
		l := Layout{Dataset: GeoNames, format: geonames, Generation: kind, comma: '\t', bare: true, columns: index(columns), width: len(columns)}
		if kind == geoNames {
			l.width = strings.Count(rows[0], "\t") + 1 // older files lack the last two
		}
		return l, true
	}
	return Layout{}, false
}

// geonames reads a row of any of the files.
func (r *recordReader) geonames() {
	switch r.layout.Generation {
	case geoNames:
		r.geoName()
	case geoDivisions:
		r.geoDivision()
	case geoCountries:
		r.geoCountry()
	default:
		r.geoFeature()
	}
}

// geoFeature reads a feature: where it is, what it lies in, what it is.
func (r *recordReader) geoFeature() {
	number, name := r.text("geonameid"), r.text("name")
	lat, long := r.degrees("latitude", 90), r.degrees("longitude", 180)
	if lat == "" || long == "" {
		r.fail("latitude", "the feature has no point")
	}
	if r.bad != nil {
		return
	}
	r.begin(number, "GeoNames "+number)
	country, code := r.cell("country_code"), r.cell("feature_code")
	e := claim.Entity{IRI: r.id("place", slug(number)), Kind: claim.Place, Label: name, SameAs: []claim.Ref{claim.Ref(nsGeoNames + number + "/")}}
	first, second := r.geoCode(1), r.geoCode(2)
	switch {
	case strings.HasPrefix(code, "PCL") && country != "":
		e.IRI, e.Kind, country, first, second = r.id("country", slug(country)), claim.Country, "", "", ""
	case code == "ADM1" && first != "":
		e.IRI, first, second = r.geoDivisionRef(first), "", ""
	case code == "ADM2" && second != "":
		e.IRI, second = r.geoDivisionRef(second), ""
	}
	e.Within = r.geoWithin(country, first, second)
	for _, other := range strings.Split(r.cell("cc2"), ",") { // a feature at a border is near the other country
		if other != "" && other != r.cell("country_code") {
			e.Near = append(e.Near, r.geoCountryRef(other))
		}
	}
	for _, alias := range strings.Split(r.cell("alternatenames"), ",") {
		if alias = strings.TrimSpace(alias); alias != "" && alias != name && len(e.Aliases) < maxAliases {
			e.Aliases = append(e.Aliases, alias)
		}
	}
	r.entity(e)
	r.triple(e.IRI, propID, rdf.NewString(number))
	r.coordinates(e.IRI, lat, long)
	r.say(claim.Proposition{Kind: claim.KindCharacterisation, Agent: []claim.Ref{e.IRI}, Text: geoFeatureName(r.cell("feature_class"), code)})
	r.keep("feature_class", "feature_code", "admin3_code", "admin4_code", "population", "elevation", "timezone", "modification_date")
}

// maxAliases bounds the names that are kept of one feature; capitals have
// hundreds.
const maxAliases = 100

// geoCode returns the code of the division of an order that the feature lies
// in, such as ML.08; GeoNames writes 00 where none is known.
func (r *recordReader) geoCode(order int) string {
	country, first := r.cell("country_code"), r.cell("admin1_code")
	if country == "" || first == "" || first == "00" {
		return ""
	}
	code := country + "." + first
	if order == 2 {
		second := r.cell("admin2_code")
		if second == "" {
			return ""
		}
		code += "." + second
	}
	return code
}

func (r *recordReader) geoDivisionRef(code string) claim.Ref { return r.id("division", slug(code)) }

func (r *recordReader) geoCountryRef(code string) claim.Ref {
	return r.shared(func() claim.Ref {
		return r.entity(claim.Entity{IRI: r.id("country", slug(code)), Kind: claim.Country})
	}, "country", code)
}

// geoWithin returns the smallest of what the feature lies in.
func (r *recordReader) geoWithin(country, first, second string) claim.Ref {
	var within claim.Ref
	if country != "" {
		within = r.geoCountryRef(country)
	}
	for _, code := range []string{first, second} {
		if code == "" {
			continue
		}
		above := within
		within = r.shared(func() claim.Ref {
			return r.entity(claim.Entity{IRI: r.geoDivisionRef(code), Kind: claim.Place, Within: above})
		}, "division", code, string(above))
	}
	return within
}

// geoNoNames are the codes in the place of a language under which postal codes,
// links and the like come among the names.
var geoNoNames = map[string]bool{
	"post": true, "link": true, "iata": true, "icao": true, "faac": true, "unlc": true, "phon": true, "piny": true, "wkdt": true,
}

// geoName reads another name of a feature.
func (r *recordReader) geoName() {
	number, feature, name := r.text("alternatenameid"), r.text("geonameid"), r.text("alternate_name")
	language := r.cell("isolanguage")
	if r.bad != nil || geoNoNames[language] {
		return
	}
	r.begin(number, "GeoNames name "+number)
	self := claim.Ref(nsGeoNames + feature + "/")
	r.entity(claim.Entity{IRI: self, Kind: claim.Place})
	var term rdf.Term = rdf.NewString(name)
	manner := make(map[string]string)
	if languageTag.MatchString(language) {
		term = rdf.Literal{Lexical: name, Datatype: rdf.RDFLangString, Lang: language}
		manner["language"] = language
	}
	r.triple(self, claim.PropAltLabel, term)
	for _, use := range []string{"historic", "colloquial", "shortname", "preferredname"} {
		if r.cell("is"+use) == "1" {
			manner["use"] = strings.TrimPrefix(manner["use"]+", "+strings.TrimSuffix(use, "name"), ", ")
		}
	}
	r.say(claim.Proposition{Kind: claim.KindCharacterisation, Agent: []claim.Ref{self}, Text: "called " + name, Manner: manner})
	r.keep("valid_from", "valid_to")
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// geoDivision reads the name of a division.
func (r *recordReader) geoDivision() {
	code, name, number := r.text("code"), r.text("name"), r.text("geonameid")
	if r.bad != nil {
		return
	}
	r.begin(code, "GeoNames division "+code)
	parts := strings.SplitN(code, ".", 3)
	above, order := r.geoWithin(parts[0], "", ""), "ADM1"
	if len(parts) == 3 {
		above, order = r.geoWithin(parts[0], parts[0]+"."+parts[1], ""), "ADM2"
	}
	self := r.entity(claim.Entity{
		IRI: r.geoDivisionRef(code), Kind: claim.Place, Label: name, Within: above, SameAs: []claim.Ref{claim.Ref(nsGeoNames + number + "/")},
	})
	if ascii := r.cell("asciiname"); ascii != name {
		r.alias(self, ascii)
	}
	r.triple(self, propID, rdf.NewString(code))
	r.say(claim.Proposition{Kind: claim.KindCharacterisation, Agent: []claim.Ref{self}, Text: geoFeatureName("A", order)})
}

// geoCountry reads the name of a country and what it borders.
func (r *recordReader) geoCountry() {
	code, name := r.text("iso"), r.text("country")
	if r.bad != nil {
		return
	}
	r.begin(code, "GeoNames country "+code)
	e := claim.Entity{IRI: r.id("country", slug(code)), Kind: claim.Country, Label: name}
	if number := r.cell("geonameid"); number != "" {
		e.SameAs = []claim.Ref{claim.Ref(nsGeoNames + number + "/")}
	}
	for _, other := range commaList(r.cell("neighbours")) {
		e.Near = append(e.Near, r.geoCountryRef(other))
	}
	self := r.entity(e)
	r.triple(self, propID, rdf.NewString(code))
	r.say(claim.Proposition{Kind: claim.KindCharacterisation, Agent: []claim.Ref{self}, Text: geoFeatureName("A", "PCLI")})
	r.keep("iso3", "iso_numeric", "fips", "capital", "continent", "population")
}

// geoFeatureNames are what the codes that matter here mean.
var geoFeatureNames = map[string]string{
	"PPL": "populated place", "PPLA": "seat of a first-order division", "PPLA2": "seat of a second-order division", "PPLA3": "seat of a third-order division",
	"PPLC": "capital", "PPLX": "section of a populated place", "PPLL": "populated locality", "PPLQ": "abandoned populated place",
	"ADM1": "first-order division", "ADM2": "second-order division", "ADM3": "third-order division", "ADM4": "fourth-order division",
	"PCLI": "independent country", "PCLD": "dependent country", "MILB": "military base", "AIRP": "airport", "AIRB": "airbase", "WLL": "well", "OAS": "oasis",
	"MT": "mountain", "WAD": "wadi", "PSTB": "border post", "CMP": "camp", "CMPRF": "refugee camp", "FT": "fort",
}

func geoFeatureName(class, code string) string {
	if name := geoFeatureNames[code]; name != "" {
		return name
	}
	return strings.Trim("feature "+class+"."+code, ".")
}
