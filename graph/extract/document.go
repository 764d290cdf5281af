package extract

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/belligraph/belligraph/graph/claim"
)

// A document is an article cut into its parts. All offsets are byte offsets of
// text; they become code points when claims are made.
type document struct {
	name     string
	text     string
	offsets  *offsets
	title    string
	titleAt  span
	infobox  []field
	paras    []paragraph
	problems []claim.Problem
}

// span is a stretch of a text, in bytes, [start,end).
type span struct{ start, end int }

func (s span) in(text string) string { return text[s.start:s.end] }

// field is one `- Key: value` line of the infobox.
type field struct {
	key   string // folded
	value span
}

// paragraph is a stretch of prose below the headings that lead to it.
type paragraph struct {
	span
	section string
	lead    bool
}

// line is a line of the text without its end.
type line struct {
	span
	number int
}

// parse cuts a text into title, infobox and paragraphs. It never fails: what it
// cannot place is prose.
func parse(name, text string) *document {
	d := &document{name: name, text: text, offsets: newOffsets(text)}
	var (
		section   string
		inBox     bool
		boxDone   bool
		para      = span{-1, -1}
		sawHead   bool
		sawProse  bool
		lineCount int
	)
	flush := func() {
		if para.start >= 0 {
			d.paras = append(d.paras, paragraph{span: para, section: section, lead: !sawHead})
			para = span{-1, -1}
		}
	}
	for pos := 0; pos < len(text); {
		end := strings.IndexByte(text[pos:], '\n')
		next := len(text)
		if end < 0 {
			end = len(text)
		} else {
			end += pos
			next = end + 1
		}
		l := line{span: trim(text, span{pos, end}), number: lineCount + 1}
		lineCount++
		pos = next
		s := l.in(text)
		switch {
		case s == "":
			flush()
			inBox = inBox && len(d.infobox) == 0
		case isHeading(s):
			flush()
			inBox, boxDone = false, true
			level, at := heading(text, l.span)
			if level == 1 && d.title == "" && !sawProse {
				d.title, d.titleAt = at.in(text), at
				boxDone = false
				continue
			}
			section, sawHead = at.in(text), true
		case !boxDone && !sawProse && startsInfobox(s, d.title) && followedByField(text, pos):
			flush()
			inBox = true
		case inBox && strings.HasPrefix(s, "-"):
			if f, ok := parseField(text, l.span); ok {
				d.infobox = append(d.infobox, f)
				continue
			}
			d.problem(l.number, 1, "infobox line without a key: skipped")
		case inBox && len(d.infobox) > 0 && !strings.HasPrefix(s, "-"):
			// A value broken over several lines goes on.
			last := &d.infobox[len(d.infobox)-1]
			last.value.end = l.end
		default:
			if isBullet(s) {
				flush()
				cut := l.span
				for cut.start < cut.end && (text[cut.start] == '-' || text[cut.start] == '*' || text[cut.start] == ' ') {
					cut.start++
				}
				para = cut
				flush()
				sawProse = true
				continue
			}
			sawProse = true
			if para.start < 0 {
				para.start = l.start
			}
			para.end = l.end
		}
	}
	flush()
	return d
}

func (d *document) problem(line, column int, format string, args ...any) {
	d.problems = append(d.problems, claim.Problem{Line: line, Column: column, Message: fmt.Sprintf(format, args...)})
}

// position returns the line and the column of a byte offset.
func (d *document) position(at int) (line, column int) {
	before := d.text[:at]
	line = strings.Count(before, "\n") + 1
	column = utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return line, column
}

func isBullet(s string) bool {
	return strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "* ") || strings.HasPrefix(s, "** ")
}

func isHeading(s string) bool {
	return len(s) > 2 && s[0] == '=' && s[len(s)-1] == '='
}

// heading returns the level of a heading and the stretch of its words.
func heading(text string, at span) (level int, words span) {
	for at.start < at.end && text[at.start] == '=' && text[at.end-1] == '=' && at.end-at.start > 1 {
		at.start++
		at.end--
		level++
	}
	return level, trim(text, at)
}

// startsInfobox reports whether a line opens an infobox: the word itself, with
// or without its kind, or the name of the page.
func startsInfobox(s, title string) bool {
	f := fold(s)
	return f == "infobox" || strings.HasPrefix(f, "infobox ") || f == fold(title) ||
		len(f) < 80 && strings.HasPrefix(fold(title), f)
}

// followedByField reports whether the text at pos goes on with a field.
func followedByField(text string, pos int) bool {
	rest := text[pos:]
	for strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r\n") {
		rest = strings.TrimLeft(rest, "\r\n")
	}
	end := strings.IndexByte(rest, '\n')
	if end < 0 {
		end = len(rest)
	}
	_, ok := parseField(rest, trim(rest, span{0, end}))
	return ok
}

// parseField reads `- Key: value`. A key has at most four words.
func parseField(text string, at span) (field, bool) {
	s := at.in(text)
	if !strings.HasPrefix(s, "-") {
		return field{}, false
	}
	colon := strings.IndexByte(s, ':')
	if colon < 2 || colon > 40 {
		return field{}, false
	}
	key := strings.TrimSpace(s[1:colon])
	if key == "" || len(strings.Fields(key)) > 4 {
		return field{}, false
	}
	return field{key: fold(key), value: trim(text, span{at.start + colon + 1, at.end})}, true
}

// trim narrows a stretch by the blanks at its ends.
func trim(text string, s span) span {
	for s.start < s.end && isBlank(text[s.start]) {
		s.start++
	}
	for s.end > s.start && isBlank(text[s.end-1]) {
		s.end--
	}
	if strings.HasPrefix(text[s.start:s.end], "\ufeff") {
		s.start += len("\ufeff")
		return trim(text, s)
	}
	return s
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }
