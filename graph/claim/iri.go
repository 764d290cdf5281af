package claim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Hashes in identifiers keep 96 bits: among 10^9 claims two meet with a
// probability of about 10^-11.
const hashBytes = 12

func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:hashBytes])
}

// hashed returns an identifier: the beginning of names of its class with the
// hash of the content.
func (c *content) hashed(class string) Ref {
	sum := sha256.Sum256(c.b)
	var buf [96]byte
	name := append(append(buf[:0], NSID...), class...)
	return Ref(hex.AppendEncode(name, sum[:hashBytes]))
}

// content collects quoted fields, so that no two different lists of fields
// make the same string.
type content struct{ b []byte }

func (c *content) add(name, value string) {
	if value == "" {
		return
	}
	c.b = append(append(c.b, name...), '=')
	switch {
	case plain(value):
		c.b = append(append(append(c.b, '"'), value...), '"')
	case printable(value):
		// What strconv.AppendQuote makes of it, three times as fast.
		c.b = append(c.b, '"')
		for i := range len(value) {
			if b := value[i]; b == '"' || b == '\\' {
				c.b = append(c.b, '\\')
			}
			c.b = append(c.b, value[i])
		}
		c.b = append(c.b, '"')
	default:
		c.b = strconv.AppendQuote(c.b, value)
	}
	c.b = append(c.b, ';')
}

// plain reports whether quoting changes nothing but the quotes, as it does for
// nearly every IRI. Names of claims are most of the work of an import.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// printable reports whether a string is of the visible letters of ASCII and
// blanks, so that quoting escapes quotes and backslashes only.
func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func (c *content) refs(name string, refs []Ref) {
	if len(refs) == 1 {
		c.add(name, string(refs[0]))
		return
	}
	for _, r := range sortedRefs(refs) {
		c.add(name, string(r))
	}
}

func (c *content) String() string { return string(c.b) }

// sortedRefs returns the references in order and once each.
func sortedRefs(refs []Ref) []Ref {
	out := slices.Clone(refs)
	slices.Sort(out)
	return slices.Compact(out)
}

// Key returns a string that two propositions share exactly when they are the
// same proposition: equal in kind, roles, place, event, time, quantity, words
// and manner. Left out are the words a time was read from and, except among
// participants, the side of an infobox, which is the position of a party on a
// page. Words are compared without regard to case and white space.
func (p *Proposition) Key() string {
	var c content
	p.appendKey(&c)
	return c.String()
}

func (p *Proposition) appendKey(c *content) {
	c.add("kind", p.Kind)
	for _, k := range p.Also {
		c.add("kind", k)
	}
	c.refs("agent", p.Agent)
	c.refs("patient", p.Patient)
	c.add("place", string(p.Place))
	c.add("event", string(p.Event))
	if p.Kind == KindParticipant && p.Side > 0 {
		c.add("side", strconv.Itoa(p.Side))
	}
	c.add("time", p.Time.Lexical())
	switch {
	case p.composite():
		if p.Quantity != nil {
			p.Quantity.appendKey(c)
		}
		for i := range p.Counts {
			p.Counts[i].appendKey(c)
		}
		c.add("whole", string(p.Whole))
	case p.Quantity != nil:
		c.add("quantity", p.Quantity.key())
	}
	c.add("text", foldWords(p.Text))
	for _, name := range sortedKeys(p.Manner) {
		c.add("manner "+name, foldWords(p.Manner[name]))
	}
}

func sortedKeys(m map[string]string) []string {
	if len(m) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(m))
}

func (q *Quantity) key() string {
	var c content
	q.appendKey(&c)
	return c.String()
}

// appendKey begins with the metric, which every quantity has, so that several
// may follow each other.
func (q *Quantity) appendKey(c *content) {
	c.add("metric", q.Metric)
	c.add("party", string(q.Party))
	if q.Min != nil {
		c.add("min", strconv.FormatInt(*q.Min, 10))
	}
	if q.Max != nil {
		c.add("max", strconv.FormatInt(*q.Max, 10))
	}
	if q.Best != nil {
		c.add("best", strconv.FormatInt(*q.Best, 10))
	}
	c.add("comparator", string(q.Comparator))
	for i := range q.Includes {
		c.add("includes", q.Includes[i].key())
	}
}

func foldWords(s string) string {
	if s == "" || folded(s) {
		return s
	}
	return strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(s))), " ")
}

// folded reports whether folding leaves the string as it is.
func folded(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 0x80 || c >= 'A' && c <= 'Z' || c < ' ' || c == ' ' && (i == 0 || i == len(s)-1 || s[i+1] == ' ') {
			return false
		}
	}
	return true
}

// IRI returns the identifier of the proposition, made from its content.
func (p *Proposition) IRI() Ref {
	c := content{make([]byte, 0, 768)}
	p.appendKey(&c)
	return c.hashed("proposition/")
}

// IRI returns the identifier of the quantity, made from its content.
func (q *Quantity) IRI() Ref { return Ref(NSID + "quantity/" + hash(q.key())) }

// IRI returns the identifier of the claim within a document, made from all that
// is said: not from the rule that found it nor from its confidence, so that a
// better rule finds the same claim.
func (c *Claim) IRI(document Ref) Ref {
	if c.Source == sourceRecord {
		return c.iri(document, c.Proposition.IRI())
	}
	return c.iri(document, Ref(c.Proposition.Key()))
}

// sourceRecord is the source of claims that rest on a row of a dataset.
const sourceRecord = "record"

// iri returns the identifier of the claim, given what stands for its
// proposition: for a record, its identifier, which is there anyway.
func (c *Claim) iri(document, proposition Ref) Ref {
	k := content{make([]byte, 0, 512)}
	k.add("document", string(document))
	k.add("proposition", string(proposition))
	k.add("claimant", string(c.Claimant))
	k.add("behalf", string(c.OnBehalfOf))
	for _, v := range c.Via {
		k.add("via", string(v))
	}
	k.add("utterance", c.Utterance)
	k.add("said", c.SaidOn.Lexical())
	k.add("stance", string(c.Stance))
	k.add("modality", string(c.Modality))
	if c.Negated {
		k.add("negated", "true")
	}
	k.add("source", c.Source)
	for _, s := range c.Evidence {
		k.add("evidence", fmt.Sprintf("%d-%d", s.Start, s.End))
	}
	return k.hashed("claim/")
}

// IRI returns the identifier of the span: its document with a fragment of RFC
// 5147, which counts code points as this package does.
func (s Span) IRI(document Ref) Ref {
	return Ref(fmt.Sprintf("%s#char=%d,%d", document, s.Start, s.End))
}

// Lexical returns the interval in one line, empty when nothing is known: a
// single date when all four points are equal, begin/end otherwise, where begin
// and end are a date or earliest..latest with unknown points left empty.
func (i Interval) Lexical() string {
	if i.IsZero() {
		return ""
	}
	begin, end := pair(i.EarliestBegin, i.LatestBegin), pair(i.EarliestEnd, i.LatestEnd)
	if begin == end && i.EarliestBegin == i.LatestBegin {
		return begin
	}
	return begin + "/" + end
}

func pair(a, b Date) string {
	if a == b {
		return string(a)
	}
	return string(a) + ".." + string(b)
}

// ParseInterval reads the form that [Interval.Lexical] writes.
func ParseInterval(s string) (Interval, error) {
	begin, end, two := strings.Cut(s, "/")
	if !two {
		end = begin
	}
	var i Interval
	i.EarliestBegin, i.LatestBegin = unpair(begin)
	i.EarliestEnd, i.LatestEnd = unpair(end)
	for _, d := range []Date{i.EarliestBegin, i.LatestBegin, i.EarliestEnd, i.LatestEnd} {
		if d == "" {
			continue
		}
		if _, _, err := d.Days(); err != nil {
			return Interval{}, err
		}
	}
	return i, nil
}

func unpair(s string) (a, b Date) {
	first, last, two := strings.Cut(s, "..")
	if !two {
		last = first
	}
	return Date(first), Date(last)
}

// IRI returns the identifier of the interval: equal intervals are one node.
func (i Interval) IRI() Ref {
	return Ref(NSID + "time/" + strings.ReplaceAll(i.Lexical(), "/", "--"))
}
