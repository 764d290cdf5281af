package extract

import (
	"github.com/belligraph/belligraph/graph/claim"
)

// thing is what a noun phrase speaks of.
type thing struct {
	class thingClass
	ents  []*entity
	noun  string
	np    *nounPhrase
}

type thingClass string

const (
	isNothing      thingClass = ""
	isActor        thingClass = "actor"
	isPeople       thingClass = "people"
	isCivilian     thingClass = "civilian"
	isCaptive      thingClass = "captive"
	isPlace        thingClass = "place"
	isInstallation thingClass = "installation"
	isPosition     thingClass = "position"
	isEquipment    thingClass = "equipment"
	isEvent        thingClass = "event"
	isBody         thingClass = "body"
	isOther        thingClass = "other"
)

func (t thing) one() *entity {
	if len(t.ents) == 1 {
		return t.ents[0]
	}
	return nil
}

func refsOf(ents []*entity) []claim.Ref {
	var out []claim.Ref
	for _, e := range ents {
		out = append(out, e.IRI)
	}
	return out
}
