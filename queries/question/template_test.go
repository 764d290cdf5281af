package question

import (
	"slices"
	"strings"
	"testing"
)

func TestTemplate(t *testing.T) {
	rows := []map[string]string{
		{"who": "Red", "place": "Ford", "day": "2001-01-01", "source": "A"},
		{"who": "Red", "place": "Ford", "day": "2001-01-01", "source": "B"},
		{"who": "Red", "place": "Ford", "day": "2001-01-01", "source": "B"},
		{"who": "Red", "place": "Mill", "source": "A", "how": ""},
		{"place": "Mill", "source": "A"},
	}
	value := func(row int, name string) (string, bool) { v, ok := rows[row][name]; return v, ok }
	for text, want := range map[string][]string{
		"{who} took {place}[ on {day}], says {source*}.": {"Red took Ford on 2001-01-01, says A and B.", "Red took Mill, says A."},
		"{who}{how} took {place}.":                       {"Red took Mill."},
		"{nobody} took {place}.":                         {},
		"Somebody took {place*}.":                        {"Somebody took Ford and Mill."},
	} {
		tmpl, err := parseTemplate(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := tmpl.sentences(len(rows), value); !slices.Equal(got, want) {
			t.Errorf("%s\n\tgot  %q\n\twant %q", text, got, want)
		}
	}
	for _, bad := range []string{"{who", "[ on {day}", "who]"} {
		if _, err := parseTemplate(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	if got := list(strings.Fields("a b c d e f g h i j")); got != "a, b, c, d, e, f, g and 3 more" {
		t.Errorf("got %q", got)
	}
}
