package main

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// conflict writes claims about armed conflict in the shape that package claim
// gives them: documents, spans, claims with their claimant and stance,
// propositions with agent, patient, place, time and quantity, and the edges.
// Triple terms are left out, as most engines cannot read them.
func conflict(t *triples, n int, rng *rand.Rand) {
	p := func(i rdf.IRI) string { return iri(string(i)) }
	bg := func(name string) string { return iri(claim.NS + name) }
	id := func(kind string, i int) string { return node(claim.NSID+kind+"/", i) }
	claims := max(20, n/36)
	actors, places, documents, events := max(20, claims/200), max(20, claims/60), max(5, claims/12), max(5, claims/40)
	kinds := []string{"attacked", "captured", "clashedWith", "claimedControl", "shelled", "ambushed", "repelled", "besieged", "bombed"}
	metrics := []string{"killed", "wounded", "captured", "fled", "displaced"}
	stances := []string{"asserts", "asserts", "asserts", "asserts", "reports", "reports", "denies", "characterises"}
	pickActor, pickPlace, pickKind := zipf(rng, 1.15, 3, actors), zipf(rng, 1.05, 3, places), zipf(rng, 1.3, 2, len(kinds))

	for i := range actors {
		a := id("actor", i)
		t.add(a, rdfType, bg([]string{"ArmedGroup", "StateForce", "Government", "Militia"}[i%4]))
		t.add(a, rdfsLabel, text(words(rng, 2)+" "+strconv.Itoa(i)))
		t.add(a, p(claim.PropKnown), typed(strconv.FormatBool(i%3 > 0), "boolean"))
		if i > 0 && rng.IntN(3) == 0 {
			t.add(a, p(claim.PropOf), id("actor", rng.IntN(i)))
		}
	}
	for i := range places {
		q := id("place", i)
		t.add(q, rdfType, bg("Place"))
		t.add(q, rdfsLabel, text(word(rng)+strconv.Itoa(i)))
		if i > 0 {
			t.add(q, p(claim.PropWithin), id("place", rng.IntN(min(i, 1+places/8))))
		}
	}
	for i := range events {
		e := id("event", i)
		t.add(e, rdfType, p(claim.ClassEvent))
		t.add(e, rdfType, bg([]string{"Battle", "Operation", "Incident"}[i%3]))
		t.add(e, rdfsLabel, text(words(rng, 3)))
		if i > 0 && rng.IntN(2) == 0 {
			t.add(e, p(claim.PropSubEventOf), id("event", rng.IntN(i)))
		}
	}
	for i := range documents {
		d := id("document", i)
		t.add(d, rdfType, p(claim.ClassDocument))
		t.add(d, p(claim.PropTitle), text(words(rng, 5)))
		t.add(d, p(claim.PropLanguage), text("en"))
		t.add(d, p(claim.PropPublisher), text(words(rng, 1)))
	}
	for i := range claims {
		c, q, span := id("claim", i), id("proposition", i), id("span", i)
		if i > 0 && rng.IntN(4) == 0 {
			q = id("proposition", rng.IntN(i)) // another claimant speaks of the same
		}
		document := id("document", rng.IntN(documents))
		kind := kinds[pickKind()]
		agent, patient, where := id("actor", pickActor()), id("actor", pickActor()), id("place", pickPlace())
		t.add(c, rdfType, p(claim.ClassClaim))
		t.add(c, p(claim.PropDocument), document)
		t.add(c, p(claim.PropProposition), q)
		t.add(c, p(claim.PropClaimant), id("actor", pickActor()))
		if rng.IntN(3) == 0 {
			t.add(c, p(claim.PropVia), document)
		}
		t.add(c, p(claim.PropStance), iri(claim.NSStance+stances[rng.IntN(len(stances))]))
		t.add(c, p(claim.PropModality), iri(claim.NSModality+[]string{"actual", "actual", "possible", "planned"}[rng.IntN(4)]))
		t.add(c, p(claim.PropNegated), typed(strconv.FormatBool(rng.IntN(12) == 0), "boolean"))
		t.add(c, p(claim.PropConfidence), typed("0."+strconv.Itoa(50+rng.IntN(50)), "decimal"))
		t.add(c, p(claim.PropRule), text([]string{"subject verb object", "passive", "infobox row", "appositive"}[rng.IntN(4)]))
		t.add(c, p(claim.PropEvidence), span)
		t.add(span, rdfType, p(claim.ClassSpan))
		t.add(span, p(claim.PropDocument), document)
		start := rng.IntN(9000)
		t.add(span, p(claim.PropStart), integer(start))
		t.add(span, p(claim.PropEnd), integer(start+20+rng.IntN(200)))
		t.add(span, p(claim.PropQuote), text(words(rng, 6+rng.IntN(8))))
		if q != id("proposition", i) {
			continue
		}
		t.add(q, rdfType, p(claim.ClassProposition))
		t.add(q, rdfsLabel, text(words(rng, 4)))
		t.add(q, p(claim.PropKind), iri(claim.NSKind+kind))
		t.add(q, p(claim.PropAgent), agent)
		if patient != agent {
			t.add(q, p(claim.PropPatient), patient)
		}
		t.add(q, p(claim.PropPlace), where)
		t.add(q, p(claim.PropEvent), id("event", rng.IntN(events)))
		interval := id("interval", i)
		begin := time.Date(2010, 1, 1+rng.IntN(5400), 0, 0, 0, 0, time.UTC)
		date := func(after int) string { return typed(begin.AddDate(0, 0, after).Format(time.DateOnly), "date") }
		t.add(q, p(claim.PropTime), interval)
		t.add(interval, rdfType, p(claim.ClassInterval))
		t.add(interval, p(claim.PropLexical), text(begin.Format("2006-01")))
		t.add(interval, p(claim.PropEarliestBegin), date(0))
		t.add(interval, p(claim.PropLatestBegin), date(rng.IntN(3)))
		t.add(interval, p(claim.PropEarliestEnd), date(3+rng.IntN(3)))
		t.add(interval, p(claim.PropLatestEnd), date(6+rng.IntN(30)))
		if rng.IntN(2) == 0 {
			quantity, least := id("quantity", i), rng.IntN(400)
			t.add(q, p(claim.PropQuantity), quantity)
			t.add(quantity, rdfType, p(claim.ClassQuantity))
			t.add(quantity, p(claim.PropMetric), iri(claim.NSMetric+metrics[rng.IntN(len(metrics))]))
			t.add(quantity, p(claim.PropParty), patient)
			t.add(quantity, p(claim.PropMin), integer(least))
			t.add(quantity, p(claim.PropMax), integer(least+rng.IntN(80)))
		}
		edge := id("edge", i)
		t.add(c, p(claim.PropEdge), edge)
		t.add(edge, rdfType, p(claim.ClassEdge))
		t.add(edge, p(rdf.RDFSubject), agent)
		t.add(edge, p(rdf.RDFPredicate), bg(kind))
		t.add(edge, p(rdf.RDFObject), where)
		t.add(agent, bg(kind), where)
	}
}
