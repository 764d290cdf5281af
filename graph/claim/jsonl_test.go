package claim_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
)

// TestLines holds the documented keys of the exchange format, their order and
// their forms.
func TestLines(t *testing.T) {
	ex, ids := seed(t)
	var b bytes.Buffer
	if err := claim.WriteLines(&b, ex); err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(got) != len(ex.Claims) {
		t.Fatalf("%d lines for %d claims", len(got), len(ex.Claims))
	}
	want := map[string]string{
		"P8":   `{"doc":"battle-of-tinzaouaten-2012.txt","source":"prose","kind":"attacked","agent":["MNLA"],"patient":["Tinzaouaten"],"place":null,"date":{"start":"2012-02-07","end":"2012-02-07"},"quantity":null,"claimant":"Doc","onBehalfOf":null,"via":[],"stance":"asserts","modality":"statedAsFact","negated":false,"evidence":{"start":910,"end":983,"quote":"On 7 February 2012, the commune of Tinzaouaten was attacked by the rebels"},"rule":"gold@1","confidence":1,`,
		"P17":  `{"doc":"battle-of-tinzaouaten-2012.txt","source":"prose","kind":"casualties","agent":[],"patient":[],"place":"Algeria","date":null,"quantity":{"metric":"fled","party":"Malian Army","min":35,"max":null,"comparator":">"},"claimant":"MNLA","onBehalfOf":null,"via":[],"stance":"asserts","modality":"reported","negated":false,"evidence":{"start":1521,"end":1565,"quote":"more than 34 Malian soldiers fled to Algeria"},"rule":"gold@1","confidence":1,`,
		"P22a": `{"doc":"battle-of-tinzaouaten-2012.txt","source":"prose","kind":"casualties","agent":[],"patient":[],"place":null,"date":null,"quantity":{"metric":"killed","party":"MNLA","min":1,"max":null,"comparator":">="},"claimant":"Hama Ag Sid'Ahmed","onBehalfOf":"MNLA","via":[],"stance":"asserts","modality":"reported","negated":false,"evidence":{"start":1784,"end":1830,"quote":"both dead and injured in the ranks of the MNLA"},"rule":"gold@1","confidence":1,`,
		"P25":  `{"doc":"battle-of-tinzaouaten-2012.txt","source":"prose","kind":"casualties","agent":[],"patient":[],"place":null,"date":null,"quantity":{"metric":"killed","party":"Malian Army","min":1,"max":1,"comparator":"="},"claimant":"Government of Mali","onBehalfOf":null,"via":["Reuters"],"stance":"asserts","modality":"reported","negated":false,"evidence":{"start":2091,"end":2136,"quote":"one soldier was killed and two others wounded"},"rule":"gold@1","confidence":1,`,
	}
	for i, line := range got {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
		row := ids[ex.Claims[i].IRI(ex.Document.IRI)]
		if w, ok := want[row]; ok && !strings.HasPrefix(line, w) {
			t.Errorf("%s\n\tgot  %s\n\twant %s…", row, line, w)
		}
	}
	if strings.Contains(b.String(), `\u0026`) || strings.Contains(b.String(), `\u003c`) {
		t.Error("characters are escaped for HTML")
	}
}

func TestTable(t *testing.T) {
	ex, _ := seed(t)
	ex.Skipped = []claim.Problem{{Line: 3, Column: 7, Message: "no value"}}
	for _, width := range []int{0, 60, 200} {
		var b bytes.Buffer
		if err := claim.WriteTable(&b, ex, width); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Battle of Tinzaouaten (2012)\n", "1784-1830", "42 claims, 0 candidates rejected, 1 problems", "3:7: no value"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("width %d: no %q", width, want)
			}
		}
	}
}

func TestIntervals(t *testing.T) {
	for lexical, want := range map[string]string{
		"2012-02-07":             "2012-02-07",
		"2012-02":                "2012-02",
		"2012-02-07/2012-02-08":  "2012-02-07 to 2012-02-08",
		"2012-02-07..2012-02-08": "2012-02-07 to 2012-02-08",
		"2012-02-07..":           "from 2012-02-07",
		"/2012-02-08":            "until 2012-02-08",
	} {
		i, err := claim.ParseInterval(lexical)
		if err != nil {
			t.Errorf("%s: %v", lexical, err)
			continue
		}
		if got := i.Describe(); got != want {
			t.Errorf("%s: described as %q, want %q", lexical, got, want)
		}
		again, err := claim.ParseInterval(i.Lexical())
		if err != nil || again != i {
			t.Errorf("%s: written as %q, read as %+v, %v", lexical, i.Lexical(), again, err)
		}
	}
	for _, bad := range []string{"12", "2012-13", "2012-02-30", "yesterday", "2012-02-07/soon"} {
		if i, err := claim.ParseInterval(bad); err == nil {
			t.Errorf("%s was read as %+v", bad, i)
		}
	}
}
