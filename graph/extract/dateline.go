package extract

import (
	"regexp"
	"slices"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// dateline is what opens a report of a news agency: "BAMAKO, Feb 8 (Reuters) -".
type dateline struct {
	place  string
	date   *dateExpr
	agency string
}

// datelines matches a place in capitals or with a comma, a date and an agency
// where they are given, and the dash that ends them.
var datelines = regexp.MustCompile(`^([\p{Lu}][\p{Lu}'’. -]{2,40}(?:, [\p{L} .]{2,30}?)?)(?:, ((?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8})(?:,? \d{4})?))?\s*(?:[(\[]([\p{L} /.]{2,40})[)\]])?\s*(?:–|—|-{1,2})\s+`)

// headline takes the first line of a text without a title for its title where it
// is one: short, without a point, with paragraphs after it.
func (d *document) headline() {
	if d.title != "" || len(d.infobox) > 0 || len(d.paras) < 2 {
		return
	}
	first := d.paras[0].span
	s := first.in(d.text)
	if len(s) > 150 || strings.ContainsRune(s, '\n') || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "\"") || strings.HasSuffix(s, ":") || isBullet(s) {
		return
	}
	if len(d.paras[1].in(d.text)) <= len(s) && len(d.paras) < 3 {
		return
	}
	d.title, d.titleAt = s, first
	d.paras = d.paras[1:]
}

// dateline cuts the dateline off the first paragraphs and returns it.
func (d *document) dateline(lex *lexicon) *dateline {
	for i := range d.paras {
		if i > 2 {
			break
		}
		p := &d.paras[i]
		m := datelines.FindStringSubmatchIndex(p.in(d.text))
		if m == nil {
			continue
		}
		part := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return d.text[p.start+m[2*n] : p.start+m[2*n+1]]
		}
		out := &dateline{place: part(1), agency: part(3)}
		if m[4] >= 0 {
			toks := tokenize(d.text, span{p.start + m[4], p.start + m[5]}, lex, nil)
			if len(toks) > 0 {
				out.date = dateAt(toks, 0)
			}
		}
		p.start += m[1]
		return out
	}
	return nil
}

// dayAlone takes the first of the opening lines that is a date and nothing else
// off the paragraphs: "December 15, 2014", "Tuesday 19 July 2016".
func (d *document) dayAlone(lex *lexicon) *dateline {
	if len(d.infobox) > 0 {
		return nil
	}
	for i := 0; i < len(d.paras) && i < 3; i++ {
		s := d.paras[i].span
		if s.end-s.start > 60 {
			continue
		}
		toks := tokenize(d.text, s, lex, nil)
		k := 0
		for k < len(toks) && (weekday(toks[k].lower) || toks[k].text == "," || toks[k].lower == "published" || toks[k].lower == "updated" || toks[k].text == ":" || toks[k].lower == "on") {
			k++
		}
		if k >= len(toks) {
			continue
		}
		date := dateAt(toks, k)
		if date == nil || date.from.day == 0 || date.from.year == 0 {
			continue
		}
		d.paras = slices.Delete(d.paras, i, i+1)
		return &dateline{date: date}
	}
	return nil
}

// battleTitles matches the title of a battle that is named for a place.
var battleTitles = regexp.MustCompile(`^(?:[Tt]he )?(?:(?:First|Second|Third|Fourth) )?(?:Battle|Siege|Capture|Fall|Storming|Raid|Bombardment|Combat|Liberation) (?:of|for|on|at) (\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*)(?: \(.*)?$`)

// titlePlace takes the name in the title of a battle for its place where the
// text speaks of it as one: "The Battle for X", "… entered the town of X".
func (r *reader) titlePlace() {
	m := battleTitles.FindStringSubmatch(r.doc.title)
	if m == nil {
		// "Ras Lanuf, Libya": a place and its country.
		if name, country, ok := strings.Cut(r.doc.title, ", "); ok && !strings.ContainsAny(name, ",.:") && r.x.gaz.country(country) != nil {
			m = []string{"", name}
		}
	}
	if m == nil || r.byName(m[1]) != nil {
		return
	}
	body := r.doc.text[r.doc.titleAt.end:]
	for _, before := range []string{" in ", " near ", " city of ", " town of ", " village of ", " at ", " from ", " entered ", " to "} {
		if strings.Contains(body, before+m[1]) {
			r.place = r.unknown(claim.Place, m[1])
			r.learn(m[1], r.place)
			at := strings.Index(r.doc.title, m[1])
			r.mention(r.place, span{r.doc.titleAt.start + at, r.doc.titleAt.start + at + len(m[1])}, "title-place@1")
			return
		}
	}
}

// readDateline sets the day of the report, against which the names of weekdays
// are days.
func (r *reader) readDateline() {
	line := r.doc.dateline(r.x.lex)
	if line == nil || line.date == nil {
		if alone := r.doc.dayAlone(r.x.lex); alone != nil {
			line = alone
		}
	}
	if line == nil || line.date == nil {
		return
	}
	if line.date.from.year == 0 {
		line.date.from.year = r.year
	}
	if line.date.from.year == 0 || line.date.from.day == 0 {
		return
	}
	r.report = line.date.from
	if r.year == 0 {
		r.year = line.date.from.year
	}
	if r.anchor.isZero() {
		r.anchor = line.date.from
	}
}

// weekdayBefore returns the last day of a name on or before the day of the
// report.
func (r *reader) weekdayBefore(day0 int) day {
	if r.report.day == 0 {
		return day{}
	}
	for back := range 7 {
		if d := r.report.plus(-back); d.weekday() == day0 {
			return d
		}
	}
	return day{}
}
