package claim

import (
	"maps"
	"slices"
	"strings"
)

// Kinds that the code treats in a way of their own. All others are events.
const (
	KindPartOf           = "partOf"
	KindDate             = "date"
	KindPlace            = "place"
	KindResult           = "result"
	KindParticipant      = "participant"
	KindStrength         = "strength"
	KindCasualties       = "casualties"
	KindCharacterisation = "characterisation"
	KindOutcome          = "outcome"
	KindFighting         = "fighting"
	KindLossOfLife       = "lossOfLife"
	KindEventType        = "eventType"
	KindClaimedControl   = "claimedControl"
	KindControlled       = "controlled"
	KindAttacked         = "attacked"
	KindCaptured         = "captured"

	// Of links between sources.
	KindReportsSameEvent = "reportsSameEvent"
	KindPartOfReported   = "partOfReported"
	KindCorrespondsTo    = "correspondsTo"
	KindSucceededBy      = "succeededBy"

	// Of what people claim about claims when they decide.
	KindAcceptedClaim  = "acceptedClaim"
	KindRejectedClaim  = "rejectedClaim"
	KindCorrectedClaim = "correctedClaim"
	KindUndidDecision  = "undidDecision"
)

// edgeForm tells which entities the plain edge of a kind links.
type edgeForm uint8

const (
	noEdge         edgeForm = iota
	agentPatient            // agent → patient; → place when there is no patient
	agentTarget             // as agentPatient, and → place when the patient lies there
	agentPlace              // agent → place; → patient when there is no place
	eventAgent              // event → agent
	eventPlace              // event → place
	agentTerritory          // agent → place captured; none when things or people are captured
)

// kindInfo describes a kind of proposition.
type kindInfo struct {
	edge     string   // local name of the plain edge
	form     edgeForm // what it links
	verb     string   // between agent and patient in a sentence
	stem     string   // of qualified edges, capitalised: claimedControl has "Control"
	role     string   // of the agent, a local name
	counter  string   // role of the patient
	event    bool     // something that happens, of which an event node is derived
	fighting bool     // implies that there was fighting
}

// kinds lists the kinds that differ from the default of an event kind, whose
// edge has its own name and runs from agent to patient.
var kinds = map[string]kindInfo{
	KindPartOf:           {edge: "partOf", form: agentPatient, verb: "is part of", stem: "PartOf"},
	KindPlace:            {edge: "tookPlaceAt", form: eventPlace, verb: "took place at", stem: "Place"},
	KindParticipant:      {edge: "participant", form: eventAgent, verb: "took part in", stem: "Participant"},
	KindResult:           {edge: "victor", form: eventAgent, verb: "had the result", stem: "Victor"},
	KindDate:             {verb: "took place"},
	KindStrength:         {},
	KindCasualties:       {},
	KindCharacterisation: {},
	KindOutcome:          {verb: "ended in"},
	KindFighting:         {},
	KindLossOfLife:       {},
	KindEventType:        {verb: "was"},

	KindReportsSameEvent: {edge: KindReportsSameEvent, form: agentPatient, verb: "reports the same event as"},
	KindPartOfReported:   {edge: KindPartOfReported, form: agentPatient, verb: "reports part of the event that is reported as"},
	KindCorrespondsTo:    {edge: KindCorrespondsTo, form: agentPatient, verb: "corresponds to"},
	KindSucceededBy:      {edge: KindSucceededBy, form: agentPatient, verb: "was succeeded by"},

	"memberOf":       {edge: "memberOf", form: agentPatient, verb: "was a member of"},
	"associatedWith": {edge: "associatedWith", form: agentPatient, verb: "was associated with"},
	"owned":          {edge: "owned", form: agentPatient, verb: "owned"},
	"represented":    {edge: "represented", form: agentPatient, verb: "represented"},

	KindAcceptedClaim:  {verb: "accepted"},
	KindRejectedClaim:  {verb: "rejected"},
	KindCorrectedClaim: {verb: "corrected"},
	KindUndidDecision:  {verb: "took back"},

	KindClaimedControl: {edge: "claimedControl", form: agentPlace, verb: "controlled", stem: "Control", role: "holder", counter: "place", event: true},
	KindControlled:     {edge: "controlled", form: agentPlace, verb: "controlled", stem: "Control", role: "holder", counter: "place", event: true},

	KindAttacked:      {edge: "attacked", form: agentTarget, verb: "attacked", role: "attacker", counter: "target", fighting: true},
	"shelled":         {edge: "shelled", form: agentTarget, verb: "shelled", role: "attacker", counter: "target", fighting: true},
	"bombed":          {edge: "bombed", form: agentTarget, verb: "bombed", role: "attacker", counter: "target", fighting: true},
	"suicideBombed":   {edge: "suicideBombed", form: agentTarget, verb: "carried out a suicide bombing against", role: "attacker", counter: "target", fighting: true},
	"ambushed":        {edge: "ambushed", form: agentTarget, verb: "ambushed", role: "attacker", counter: "target", fighting: true},
	"clashedWith":     {edge: "clashedWith", form: agentPatient, verb: "clashed with", role: "combatant", counter: "combatant", fighting: true},
	"besieged":        {edge: "besieged", form: agentTarget, verb: "besieged", role: "attacker", counter: "target"},
	"repelled":        {edge: "repelled", form: agentPatient, verb: "repelled", role: "defender", counter: "attacker", fighting: true},
	"defended":        {edge: "defended", form: agentPlace, verb: "defended", role: "defender", counter: "place", fighting: true},
	"defeated":        {edge: "defeated", form: agentPatient, verb: "defeated", role: "victor", counter: "defeated", fighting: true},
	KindCaptured:      {edge: "captured", form: agentTerritory, verb: "captured", role: "captor", counter: "captive"},
	"retook":          {edge: "retook", form: agentTerritory, verb: "retook", role: "captor", counter: "captive"},
	"entered":         {edge: "entered", form: agentPlace, verb: "entered", role: "mover", counter: "destination"},
	"seizedEquipment": {verb: "seized", role: "captor"},

	"withdrewTo":   {edge: "withdrewTo", form: agentPlace, verb: "withdrew to", role: "mover", counter: "destination"},
	"withdrewFrom": {edge: "withdrewFrom", form: agentPlace, verb: "withdrew from", role: "mover", counter: "origin"},
	"withdrew":     {edge: "withdrewFrom", form: noEdge, verb: "withdrew", role: "mover"},
	"retreated":    {edge: "retreatedFrom", form: noEdge, verb: "retreated", role: "mover"},
	"retreatedTo":  {edge: "retreatedTo", form: agentPlace, verb: "retreated to", role: "mover", counter: "destination"},
	"lostControl":  {edge: "lostControl", form: agentPatient, verb: "lost control of", role: "mover", counter: "origin"},
	"abandoned":    {edge: "abandoned", form: agentPatient, verb: "abandoned", role: "mover", counter: "origin"},
	"evacuated":    {edge: "evacuated", form: agentPatient, verb: "evacuated", role: "evacuator", counter: "evacuated"},
	"fledTo":       {edge: "fledTo", form: agentPlace, verb: "fled to", role: "mover", counter: "destination"},
	"defectedTo":   {edge: "defectedTo", form: agentPlace, verb: "defected to", role: "mover", counter: "destination"},
	"retrieved":    {edge: "retrieved", form: agentPatient, verb: "retrieved", role: "retriever", counter: "retrieved"},

	"surrenderedTo":  {edge: "surrenderedTo", form: agentPatient, verb: "surrendered to", role: "mover", counter: "captor"},
	"surrendered":    {verb: "surrendered", role: "mover"},
	"executed":       {edge: "executed", form: agentPatient, verb: "executed", role: "killer", counter: "victim"},
	"negotiatedWith": {edge: "negotiatedWith", form: agentPatient, verb: "negotiated with", role: "party", counter: "party"},
	"reinforced":     {edge: "reinforced", form: agentPatient, verb: "reinforced", role: "supporter", counter: "supported"},
	"commanded":      {edge: "commanded", form: agentPatient, verb: "commanded", role: "commander", counter: "commanded"},
	"alliedWith":     {edge: "alliedWith", form: agentPatient, verb: "was allied with", role: "party", counter: "party"},
	"destroyed":      {edge: "destroyed", form: agentPatient, verb: "destroyed", role: "attacker", counter: "target"},
	"declared":       {verb: "declared", role: "claimant"},
	"requested":      {verb: "requested", role: "claimant"},
}

// Kind tells users of the package what a kind of proposition is.
type Kind struct {
	Name string
	Edge string // local name of its plain edge; empty when it has none
	Verb string // as a caption says it
}

// Kinds returns the kinds that the package knows, by name. Others are taken as
// events with an edge of their own name from agent to patient.
func Kinds() []Kind {
	var out []Kind
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		k := info(name)
		if k.form == noEdge {
			k.edge = ""
		}
		out = append(out, Kind{name, k.edge, k.verb})
	}
	return out
}

// notEvents are the kinds that say something of a battle without being a
// happening within it.
var notEvents = map[string]bool{
	KindPartOf: true, KindDate: true, KindPlace: true, KindResult: true, KindParticipant: true,
	KindStrength: true, KindCasualties: true, KindCharacterisation: true, KindOutcome: true,
	KindFighting: true, KindLossOfLife: true, KindEventType: true, KindReportsSameEvent: true, KindPartOfReported: true,
	KindCorrespondsTo: true, KindSucceededBy: true, "alliedWith": true, "commanded": true,
	"memberOf": true, "associatedWith": true, "owned": true, "represented": true,
	KindAcceptedClaim: true, KindRejectedClaim: true, KindCorrectedClaim: true, KindUndidDecision: true,
}

// info returns the description of a kind, with the defaults of an event kind
// filled in.
func info(kind string) kindInfo {
	k, known := kinds[kind]
	if !known {
		k = kindInfo{edge: kind, form: agentPatient, role: "party", counter: "party"}
	}
	k.event = !notEvents[kind]
	if k.verb == "" && k.event {
		k.verb = words(kind)
	}
	if k.stem == "" && k.edge != "" {
		k.stem = strings.ToUpper(k.edge[:1]) + k.edge[1:]
	}
	return k
}

// edgeVerb returns the words between the two ends of an edge, which for edges
// from an event differ from those of its sentence.
func (k kindInfo) edgeVerb() string {
	switch k.edge {
	case "participant":
		return "had the participant"
	case "victor":
		return "was won by"
	case KindClaimedControl:
		return "claimed control of"
	default:
		return k.verb
	}
}

// words splits a local name at its capitals: "retreatedFrom" is "retreated
// from".
func words(local string) string {
	var b strings.Builder
	for _, r := range local {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// IsKind reports whether claims are of the kind: one that the package treats in
// a way of its own or that it has words for.
func IsKind(name string) bool {
	_, ok := kinds[name]
	return ok
}
