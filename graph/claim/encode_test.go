package claim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

func TestEncodeIsDeterministic(t *testing.T) {
	var first []rdf.Quad
	for i := range 5 {
		ex, _ := seed(t)
		quads := claim.Encode(ex, claim.EncodeOptions{})
		if i == 0 {
			first = quads
		} else if !slices.Equal(first, quads) {
			t.Fatal("two encodings differ")
		}
	}
	seen := make(map[rdf.Quad]bool)
	for _, q := range first {
		if seen[q] {
			t.Errorf("twice: %s", q)
		}
		seen[q] = true
	}
	t.Logf("%d quads", len(first))
}

func TestPlainEdgesOfSeed(t *testing.T) {
	ex, _ := seed(t)
	var got []string
	short := func(t rdf.Term) string {
		s := string(t.(rdf.IRI))
		return s[strings.LastIndexAny(s, "/#")+1:]
	}
	es := ex.EntityMap()
	for _, q := range claim.Encode(ex, claim.EncodeOptions{}) {
		o, ok := q.Object.(rdf.IRI)
		if !ok || es[claim.Ref(q.Subject.(rdf.IRI))] == nil || es[claim.Ref(o)] == nil {
			continue
		}
		switch q.Predicate {
		case claim.PropOf, claim.PropWithin, claim.PropNear:
			continue
		}
		got = append(got, fmt.Sprintf("%s %s %s", short(q.Subject), short(q.Predicate), short(q.Object)))
	}
	want := []string{
		"algerian-authorities retrieved malian-army",
		"ansar-dine claimedControl tinzaouaten",
		"battle-of-tinzaouaten-2012 partOf tuareg-rebellion-2012",
		"battle-of-tinzaouaten-2012 participant malian-army",
		"battle-of-tinzaouaten-2012 participant mnla",
		"battle-of-tinzaouaten-2012 tookPlaceAt tinzaouaten",
		"battle-of-tinzaouaten-2012 victor mnla",
		"malian-army inferredDefectedTo algeria",
		"malian-army reportedFledTo algeria",
		"malian-army repelled mnla",
		"malian-army withdrewTo algeria",
		"mnla attacked garrison-of-tinzaouaten",
		"mnla attacked tinzaouaten",
		"mnla captured tinzaouaten",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
