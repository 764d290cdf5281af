package dataset

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Layout is how a file of a dataset is laid out.
type Layout struct {
	Dataset string // [GED], [ACLED], …
	// Generation names the layout among those of its dataset, for people.
	Generation string
	Header     bool // the first row names the columns

	format  *format
	json    jsonForm
	comma   byte
	bare    bool           // quotes mean nothing
	columns map[string]int // by today's name
	width   int
	names   []string // of the columns, in order
	places  []int    // and where they are
}

// jsonForm is how objects of JSON stand in a file.
type jsonForm uint8

const (
	noJSON       jsonForm = iota
	jsonLines             // one in a line
	jsonDocument          // below one object
)

// The datasets.
const (
	GED      = "UCDP GED"
	ACD      = "UCDP/PRIO ACD"
	Dyadic   = "UCDP Dyadic"
	NonState = "UCDP Non-State"
	ACLED    = "ACLED"
	Wikidata = "Wikidata"
	FtM      = "FollowTheMoney"
	GeoNames = "GeoNames"
)

// gedColumns are the 49 columns of UCDP GED since version 20, in their order.
var gedColumns = strings.Fields(`id relid year active_year code_status type_of_violence
	conflict_dset_id conflict_new_id conflict_name dyad_dset_id dyad_new_id dyad_name
	side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b
	number_of_sources source_article source_office source_date source_headline source_original
	where_prec where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid
	country country_id region event_clarity date_prec date_start date_end
	deaths_a deaths_b deaths_civilians deaths_unknown best high low gwnoa gwnob`)

// gedColumns42 are the columns of versions 17 and 18.
var gedColumns42 = strings.Fields(`id year active_year type_of_violence
	conflict_new_id conflict_name dyad_new_id dyad_name side_a_new_id gwnoa side_a side_b_new_id gwnob side_b
	number_of_sources source_article source_office source_date source_headline source_original
	where_prec where_coordinates adm_1 adm_2 latitude longitude geom_wkt priogrid_gid
	country country_id region event_clarity date_prec date_start date_end
	deaths_a deaths_b deaths_civilians deaths_unknown low best high`)

// without returns the columns less some.
func without(columns []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return slices.Contains(names, c) })
}

// gedOrders are the orders in which a file without a header is tried. Which of
// those of its width it is, the shapes of the values tell.
var gedOrders = [][]string{
	gedColumns,
	without(gedColumns, "relid", "code_status"),
	without(gedColumns, "relid"),
	without(gedColumns, "code_status"),
	gedColumns42,
	without(gedColumns42, "geom_wkt"),
	without(gedColumns42, "priogrid_gid"),
}

// renamed gives columns of older files today's names. Column names are compared
// in lower case.
var renamed = map[string]string{
	"conflict_id": "conflict_new_id", "dyad_id": "dyad_new_id", "side_a_id": "side_a_new_id", "side_b_id": "side_b_new_id",
	"best_est": "best", "high_est": "high", "low_est": "low",
	"ally_actor_1": "assoc_actor_1", "ally_actor_2": "assoc_actor_2",
	"gwno": "gwno_acled", "time_precison": "time_precision",
}

// Recognise tells the layout of a file by its first bytes; whole says that
// these are all. A header is known by its names, a file without one by the
// number of its columns and the shapes of the values in the first rows.
func Recognise(head []byte, whole bool) (Layout, bool) {
	if l, ok := recogniseJSON(head); ok {
		return l, true
	}
	if l, ok := recogniseGeoNames(head, whole); ok {
		return l, true
	}
	for _, comma := range []byte{',', ';', '\t'} {
		if l, ok := recognise(head, whole, comma); ok {
			return l, true
		}
	}
	return Layout{}, false
}

// The first bytes of an entity of Wikidata, and of one of FollowTheMoney.
var (
	wikidataEntity = regexp.MustCompile(`"(?:id|title)"\s*:\s*"Q\d+"`)
	wikidataItem   = regexp.MustCompile(`"type"\s*:\s*"item"`)
	ftmSchema      = regexp.MustCompile(`"schema"\s*:\s*"[A-Z][A-Za-z]+"`)
	ftmProperties  = regexp.MustCompile(`"properties"\s*:\s*\{`)
)

func recogniseJSON(head []byte) (Layout, bool) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return Layout{}, false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case wikidataItem.Match(text) && wikidataEntity.Match(text):
		l := Layout{Dataset: Wikidata, format: wikidata, json: jsonLines, Generation: "dump"}
		if bytes.Contains(text[:min(len(text), 512)], []byte(`"entities"`)) {
			l.json, l.Generation = jsonDocument, "entities"
		}
		return l, true
	case ftmSchema.Match(line) && ftmProperties.Match(line):
		return Layout{Dataset: FtM, format: followTheMoney, json: jsonLines, Generation: "JSON Lines"}, true
	}
	return Layout{}, false
}

// minColumns is the least number of columns of a dataset with a header.
const minColumns = 10

func recognise(head []byte, whole bool, comma byte) (Layout, bool) {
	t := newTable(strings.NewReader(string(head)), comma)
	first, problem, err := t.split()
	if err != nil || problem != nil || len(first.value) < minColumns {
		return Layout{}, false
	}
	if l, ok := byHeader(first.value); ok {
		l.comma = comma
		return l, true
	}
	rows := []*cells{first}
	for len(rows) < 5 {
		row, problem, err := t.split()
		if errors.Is(err, io.EOF) || problem != nil {
			break
		}
		rows = append(rows, row)
	}
	if !whole && len(rows) > 1 && len(rows) < 5 {
		rows = rows[:len(rows)-1] // cut short by the end of the head
	}
	for _, order := range gedOrders {
		l := Layout{Dataset: GED, format: ged, comma: comma, width: len(order), columns: index(order)}
		fits := func(c *cells) bool { return len(c.value) == l.width && l.shaped(c) }
		// A faulty row among the first must not hide the others.
		n := 0
		for _, c := range rows {
			if fits(c) {
				n++
			}
		}
		if n > 0 && 2*n >= len(rows) {
			l.Generation = strconv.Itoa(l.width) + " columns without a header"
			return l, true
		}
	}
	return Layout{}, false
}

func index(order []string) map[string]int {
	m := make(map[string]int, len(order))
	for i, name := range order {
		m[name] = i
	}
	return m
}

func byHeader(names []string) (Layout, bool) {
	columns := make(map[string]int, len(names))
	upper := false
	for i, name := range names {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		upper = upper || name == "EVENT_ID_CNTY"
		name = strings.ToLower(name)
		if today := renamed[name]; today != "" {
			name = today
		}
		if _, twice := columns[name]; !twice {
			columns[name] = i
		}
	}
	for _, f := range headed {
		if slices.ContainsFunc(f.required, func(c string) bool { _, ok := columns[c]; return !ok }) {
			continue
		}
		l := Layout{Dataset: f.name, format: f, Header: true, columns: columns, width: len(names)}
		l.Generation = strconv.Itoa(l.width) + " columns"
		if f == acled {
			l.Generation = acledGeneration(names, columns, upper)
		}
		return l, true
	}
	return Layout{}, false
}

// acledGeneration names the layout by the columns that came and went.
func acledGeneration(names []string, columns map[string]int, upper bool) string {
	has := func(name string) bool { _, ok := columns[name]; return ok }
	ally := slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), "ally_actor_1") })
	switch {
	case upper:
		return "of 2015, in capitals"
	case ally:
		return "of 2016"
	case has("data_id") || has("iso3") || has("event_id_no_cnty"):
		return "of 2019"
	default:
		return "of 2023"
	}
}

// shapes are the forms that values of GED have in every release. They are what
// tells its columns when no header does.
var shapes = map[string]*regexp.Regexp{
	"id":               regexp.MustCompile(`^\d+$`),
	"year":             regexp.MustCompile(`^(19|20)\d\d$`),
	"type_of_violence": regexp.MustCompile(`^[123]$`),
	"conflict_new_id":  regexp.MustCompile(`^\d+$`),
	"side_a":           regexp.MustCompile(`\D`),
	"side_b":           regexp.MustCompile(`\D`),
	"where_prec":       regexp.MustCompile(`^[1-7]$`),
	"date_prec":        regexp.MustCompile(`^[1-5]$`),
	"date_start":       regexp.MustCompile(`^\d{4}-\d\d-\d\d`),
	"date_end":         regexp.MustCompile(`^\d{4}-\d\d-\d\d`),
	"latitude":         regexp.MustCompile(`^-?\d{1,2}(\.\d+)?$`),
	"longitude":        regexp.MustCompile(`^-?\d{1,3}(\.\d+)?$`),
	"geom_wkt":         regexp.MustCompile(`^(POINT.*)?$`),
	"priogrid_gid":     regexp.MustCompile(`^\d*$`),
	"country_id":       regexp.MustCompile(`^\d+$`),
	"country":          regexp.MustCompile(`^\D+$`),
	"region":           regexp.MustCompile(`^\D*$`),
	"event_clarity":    regexp.MustCompile(`^[12]?$`),
	"deaths_a":         regexp.MustCompile(`^\d+$`),
	"deaths_unknown":   regexp.MustCompile(`^\d+$`),
	"gwnoa":            regexp.MustCompile(`^\d*$`),
	"gwnob":            regexp.MustCompile(`^\d*$`),
}

// shaped reports whether the values of the row fit the columns.
func (l *Layout) shaped(c *cells) bool {
	for name, shape := range shapes {
		if at, ok := l.columns[name]; ok && !shape.MatchString(strings.TrimSpace(c.value[at])) {
			return false
		}
	}
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(c.value[l.columns[name]]))
		if err != nil {
			return -1
		}
		return n
	}
	low, best, high := number("low"), number("best"), number("high")
	return 0 <= low && low <= best && best <= high
}
