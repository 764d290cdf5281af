package claimtest

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/belligraph/belligraph/graph/claim"
)

// Count is a tally of one kind.
type Count struct {
	Gold, Found, Right int // Gold leaves out optional rows that were not found
	Exact              int // of Right, those whose evidence has the gold's very offsets
}

// Precision returns the share of found claims that are right, 1 if none was
// found.
func (c Count) Precision() float64 { return share(c.Right, c.Found) }

// Recall returns the share of gold claims that were found, 1 if there are none.
func (c Count) Recall() float64 { return share(c.Right, c.Gold) }

func share(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// Report is the outcome of matching an extraction with its gold.
type Report struct {
	ByKind  map[string]Count
	Total   Count
	Missing []string // gold rows without a claim, with the nearest claim and what is wrong with it
	Extra   []string // claims without a gold row
	// Matched holds, for each gold row id, the index of its claim.
	Matched map[string]int
}

// Compare logs precision and recall per kind and fails t for every missing and
// every extra claim.
func Compare(t testing.TB, gold []Row, ex *claim.Extraction) Report {
	t.Helper()
	r := Measure(gold, ex)
	var b strings.Builder
	r.WriteTable(&b)
	t.Logf("%s\n%s", ex.Document.Title, b.String())
	for _, m := range r.Missing {
		t.Errorf("missing %s", m)
	}
	for _, m := range r.Extra {
		t.Errorf("not in the gold: %s", m)
	}
	return r
}

// Measure matches claims with gold rows one to one, as many as can be: a claim
// matches a row when every value that the row gives is right and the evidence
// overlaps.
func Measure(gold []Row, ex *claim.Extraction) Report {
	n := newNames(ex)
	fits := make([][]int, len(gold))
	for i, row := range gold {
		for j := range ex.Claims {
			if len(n.wrong(row, &ex.Claims[j])) == 0 {
				fits[i] = append(fits[i], j)
			}
		}
	}
	rowOf := match(gold, fits, len(ex.Claims))

	r := Report{ByKind: make(map[string]Count), Matched: make(map[string]int)}
	add := func(kind string, c Count) {
		for _, p := range []string{kind, ""} {
			t := r.ByKind[p]
			t.Gold, t.Found, t.Right, t.Exact = t.Gold+c.Gold, t.Found+c.Found, t.Right+c.Right, t.Exact+c.Exact
			r.ByKind[p] = t
		}
	}
	for j, i := range rowOf {
		c := &ex.Claims[j]
		if i < 0 {
			add(c.Proposition.Kind, Count{Found: 1})
			r.Extra = append(r.Extra, n.describe(c))
			continue
		}
		row := gold[i]
		one := Count{Gold: 1, Found: 1, Right: 1}
		if slices.ContainsFunc(c.Evidence, func(s claim.Span) bool { return s.Start == row.Start && s.End == row.End }) {
			one.Exact = 1
		}
		add(row.Kind(), one)
		r.Matched[row.ID] = j
	}
	for _, row := range gold {
		if _, ok := r.Matched[row.ID]; ok || row.Optional {
			continue
		}
		add(row.Kind(), Count{Gold: 1})
		r.Missing = append(r.Missing, row.ID+": "+n.nearest(row, ex.Claims, rowOf))
	}
	r.Total = r.ByKind[""]
	delete(r.ByKind, "")
	return r
}

// match returns for each claim the row that it is matched with, or -1: a
// maximum matching by augmenting paths. Optional rows come last, so that they
// never take a claim that a wanted row could have.
func match(gold []Row, fits [][]int, claims int) []int {
	rowOf := make([]int, claims)
	for j := range rowOf {
		rowOf[j] = -1
	}
	var try func(i int, seen []bool) bool
	try = func(i int, seen []bool) bool {
		for _, j := range fits[i] {
			if seen[j] {
				continue
			}
			seen[j] = true
			if rowOf[j] < 0 || try(rowOf[j], seen) {
				rowOf[j] = i
				return true
			}
		}
		return false
	}
	for _, optional := range []bool{false, true} {
		for i, row := range gold {
			if row.Optional == optional {
				try(i, make([]bool, claims))
			}
		}
	}
	return rowOf
}

// WriteTable prints the counts per kind and in total.
func (r Report) WriteTable(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "kind\tgold\tfound\tright\texact offsets\tprecision\trecall")
	line := func(kind string, c Count) {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%.3f\t%.3f\n", kind, c.Gold, c.Found, c.Right, c.Exact, c.Precision(), c.Recall())
	}
	kinds := make([]string, 0, len(r.ByKind))
	for k := range r.ByKind {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		line(k, r.ByKind[k])
	}
	line("all", r.Total)
	tw.Flush()
}

// names knows by which folded names each entity of an extraction goes.
type names map[claim.Ref]map[string]bool

func newNames(ex *claim.Extraction) names {
	n := make(names)
	add := func(r claim.Ref, name string) {
		if n[r] == nil {
			n[r] = make(map[string]bool)
		}
		n[r][fold(name)] = true
	}
	for _, e := range ex.Entities {
		iri := string(e.IRI)
		add(e.IRI, strings.ReplaceAll(iri[strings.LastIndexByte(iri, '/')+1:], "-", " "))
		add(e.IRI, e.Label)
		for _, a := range e.Aliases {
			add(e.IRI, a)
		}
		for _, m := range e.Mentions {
			add(e.IRI, m.Span.Quote)
		}
	}
	add(ex.Document.IRI, "Doc")
	return n
}

// fold drops case, accents, punctuation and a leading article.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		default:
			space = true
		}
	}
	out := b.String()
	for _, article := range []string{"the ", "a ", "an "} {
		out = strings.TrimPrefix(out, article)
	}
	return out
}

// wrong lists what a claim has that the row does not accept, as "key: value".
func (n names) wrong(row Row, c *claim.Claim) []string {
	var bad []string
	p := &c.Proposition
	if c.Source != row.Source {
		bad = append(bad, "source: "+c.Source)
	}
	if !slices.ContainsFunc(c.Evidence, func(s claim.Span) bool { return s.Start < row.End && row.Start < s.End }) {
		bad = append(bad, "evidence: "+spans(c.Evidence))
	}
	value := func(key, got string) {
		if want := row.Want[key]; want != nil && !slices.Contains(want, got) && (got != "" || !slices.Contains(want, "-")) {
			bad = append(bad, key+": "+got)
		}
	}
	refs := func(key string, got []claim.Ref) {
		want := row.Want[key]
		if want == nil {
			return
		}
		ok := len(got) > 0 || slices.Contains(want, "-")
		for _, r := range got {
			ok = ok && slices.ContainsFunc(want, func(w string) bool { return n[r][fold(w)] })
		}
		if !ok {
			bad = append(bad, key+": "+n.list(got))
		}
	}
	ref := func(key string, got claim.Ref) {
		if got == "" {
			refs(key, nil)
		} else {
			refs(key, []claim.Ref{got})
		}
	}
	value("kind", p.Kind)
	refs("agent", p.Agent)
	patient := p.Patient
	if len(patient) == 0 && p.Place != "" {
		patient = []claim.Ref{p.Place} // what is done to a place may be said by the place alone
	}
	refs("patient", patient)
	ref("place", p.Place)
	value("date", bounds(p.Time))
	value("said", bounds(c.SaidOn))
	value("side", number(int64(p.Side)))
	q := p.Quantity
	if q == nil {
		q = &claim.Quantity{}
	}
	value("metric", q.Metric)
	ref("party", q.Party)
	value("min", optional(q.Min))
	value("max", optional(q.Max))
	value("comparator", string(q.Comparator))
	value("includes", number(int64(len(q.Includes))))
	ref("claimant", c.Claimant)
	ref("behalf", c.OnBehalfOf)
	refs("via", c.Via)
	value("stance", string(c.Stance))
	value("modality", string(c.Modality))
	value("negated", strconv.FormatBool(c.Negated))
	if want := row.Want["text"]; want != nil && !slices.ContainsFunc(want, func(w string) bool { return strings.Contains(fold(p.Text), fold(w)) }) {
		bad = append(bad, "text: "+p.Text)
	}
	return bad
}

// nearest describes the unmatched claim that comes nearest to a row.
func (n names) nearest(row Row, claims []claim.Claim, rowOf []int) string {
	best, least := "nothing like it was found", 6
	for j := range claims {
		if rowOf[j] >= 0 {
			continue
		}
		if bad := n.wrong(row, &claims[j]); len(bad) < least {
			best, least = n.describe(&claims[j])+"\n\twrong: "+strings.Join(bad, "; "), len(bad)
		}
	}
	return row.Kind() + fmt.Sprintf(" %s %d-%d, nearest: ", row.Source, row.Start, row.End) + best
}

// describe shows a claim in one line.
func (n names) describe(c *claim.Claim) string {
	p := &c.Proposition
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", p.Kind, c.Source, spans(c.Evidence))
	field := func(key, value string) {
		if value != "" {
			b.WriteString(" " + key + "=" + value)
		}
	}
	field("agent", n.list(p.Agent))
	field("patient", n.list(p.Patient))
	field("place", n.list([]claim.Ref{p.Place}))
	field("date", bounds(p.Time))
	if q := p.Quantity; q != nil {
		field("quantity", fmt.Sprintf("%s of %s %s[%s,%s]", q.Metric, n.list([]claim.Ref{q.Party}), q.Comparator, optional(q.Min), optional(q.Max)))
	}
	field("text", p.Text)
	field("claimant", n.list([]claim.Ref{c.Claimant}))
	field("stance", string(c.Stance))
	field("modality", string(c.Modality))
	field("rule", c.Rule)
	if len(c.Evidence) > 0 {
		field("quote", strconv.Quote(c.Evidence[0].Quote))
	}
	return b.String()
}

func (n names) list(refs []claim.Ref) string {
	var out []string
	for _, r := range refs {
		if r == "" {
			continue
		}
		s := string(r)
		out = append(out, s[strings.LastIndexByte(s, '/')+1:])
	}
	return strings.Join(out, ",")
}

func spans(ss []claim.Span) string {
	var out []string
	for _, s := range ss {
		out = append(out, fmt.Sprintf("%d-%d", s.Start, s.End))
	}
	return strings.Join(out, ",")
}

func bounds(i claim.Interval) string {
	if i.Start() == i.End() {
		return string(i.Start())
	}
	return string(i.Start()) + ".." + string(i.End())
}

func optional(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// number returns n, nothing for zero.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
