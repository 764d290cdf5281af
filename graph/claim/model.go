// Package claim holds the model at the heart of Belligraph: who says what about
// a conflict, through whom, when, and in which words. A [Claim] is one
// utterance of one [Proposition]; equal propositions are one node in the graph,
// so that agreement is a count of claims and a denial is a stance on the very
// proposition that others assert.
//
// The package turns an [Extraction] into RDF and back, derives the plain edges
// and the disagreements, and checks that nothing is asserted without a claim.
// It never reads text: package extract does.
package claim

// Ref names an entity by its IRI. Empty means none.
type Ref string

// Document is a source: an article, a report, a row of a dataset.
type Document struct {
	IRI       Ref
	Title     string
	Language  string // BCP 47
	Text      string // the whole text; offsets of spans count its code points
	SHA256    string // of the bytes as read, in lower-case hex
	Source    string // where it was read from, for people
	Revision  string
	Modified  string // when the source says that this revision was made, as it writes it
	Publisher string
	Licence   string // IRI
}

// Span is a stretch of a document's text, in Unicode code points, [Start,End),
// with the words that stand there.
type Span struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Quote string `json:"quote"`
}

// EntityKind is the type of an entity; the values are local names of classes of
// the ontology.
type EntityKind string

// The kinds of entities.
const (
	ArmedGroup   EntityKind = "ArmedGroup"
	StateForce   EntityKind = "StateForce"
	Government   EntityKind = "Government"
	Organisation EntityKind = "Organisation" // any other, also unknown, organised actor
	Media        EntityKind = "MediaOrganisation"
	Person       EntityKind = "Person"
	Anonymous    EntityKind = "AnonymousSource"
	Civilians    EntityKind = "Civilians"
	Country      EntityKind = "Country"
	Place        EntityKind = "Place"
	Installation EntityKind = "Installation"
	Conflict     EntityKind = "Conflict"
	Battle       EntityKind = "Battle"
	Incident     EntityKind = "Incident" // what a dataset counts as one event: a battle, an attack, a protest
	Operation    EntityKind = "MilitaryOperation"
)

// Entity is an actor, a place, a conflict or an event that claims speak of.
type Entity struct {
	IRI      Ref        `json:"iri,omitempty"`
	Kind     EntityKind `json:"kind,omitempty"`
	Label    string     `json:"label,omitempty"`
	Aliases  []string   `json:"aliases,omitempty"`
	Of       Ref        `json:"of,omitempty"`     // the state, organisation or whole it belongs to or speaks for
	Within   Ref        `json:"within,omitempty"` // the place that contains it
	Near     []Ref      `json:"near,omitempty"`   // places that a text sets it near to
	SameAs   []Ref      `json:"sameAs,omitempty"` // verified links to other datasets only
	From     Date       `json:"from,omitempty"`   // since when the name has meant an actor, and until when; empty is open
	To       Date       `json:"to,omitempty"`
	Known    bool       `json:"known,omitempty"` // from the gazetteer; otherwise recognised by form and context
	Mentions []Mention  `json:"-"`
}

// Mention is a place in the text that stands for an entity, with the rule that
// resolved it: "gazetteer", or the id of a coreference rule.
type Mention struct {
	Span Span
	Rule string
}

// Date is a day, month or year of the proleptic Gregorian calendar in ISO form:
// "2012-02-07", "2012-02" or "2012". Empty means unknown.
type Date string

// Interval is a time as far as it is known: it began between EarliestBegin and
// LatestBegin, and ended between EarliestEnd and LatestEnd. An exact day has
// four equal points; "of the battle" has the battle's bounds.
type Interval struct {
	EarliestBegin Date   `json:"earliestBegin,omitempty"`
	LatestBegin   Date   `json:"latestBegin,omitempty"`
	EarliestEnd   Date   `json:"earliestEnd,omitempty"`
	LatestEnd     Date   `json:"latestEnd,omitempty"`
	Text          string `json:"text,omitempty"` // the words it was read from
	Rule          string `json:"rule,omitempty"` // how it was resolved: "explicit", "next-day", "context-year", …
}

// IsZero reports whether nothing is known of the time.
func (i Interval) IsZero() bool {
	return i.EarliestBegin == "" && i.LatestBegin == "" && i.EarliestEnd == "" && i.LatestEnd == ""
}

// Start and End are the widest bounds, the form of exchange formats.
func (i Interval) Start() Date { return i.EarliestBegin }

// End returns the latest possible end.
func (i Interval) End() Date { return i.LatestEnd }

// Comparator tells how a quantity relates to its number.
type Comparator string

// The comparators. "more than 34" is MoreThan with Min 35 and no Max; a stated
// "unknown" is Unknown with neither, which is not the same as no quantity.
const (
	Exactly  Comparator = "="
	MoreThan Comparator = ">"
	AtLeast  Comparator = ">="
	LessThan Comparator = "<"
	AtMost   Comparator = "<="
	About    Comparator = "~"
	Unknown  Comparator = "unknown"
)

// Quantity is how many of what, of whose. The metrics are local names:
// strength, killed, wounded, captured, defected, fled, missing, retrieved,
// vehiclesCaptured, campsCaptured, and so on.
type Quantity struct {
	Metric     string     `json:"metric,omitempty"`
	Party      Ref        `json:"party,omitempty"` // whose soldiers, vehicles, …; empty when not known
	Min        *int64     `json:"min,omitempty"`
	Max        *int64     `json:"max,omitempty"`
	Best       *int64     `json:"best,omitempty"` // the estimate that the source itself prefers within the bounds
	Comparator Comparator `json:"comparator,omitempty"`
	Includes   []Quantity `json:"includes,omitempty"` // parts named in brackets, such as one officer
}

// Proposition is what is said, apart from who says it. Propositions with equal
// content are the same proposition; see [Proposition.Key].
type Proposition struct {
	// Kind is a local name of the ontology: an event kind (attacked, captured,
	// repelled, withdrewTo, defectedTo, claimedControl, retrieved, …), or
	// partOf, date, place, result, participant, strength, casualties,
	// characterisation, outcome, fighting, lossOfLife.
	Kind     string    `json:"kind,omitempty"`
	Agent    []Ref     `json:"agent,omitempty"`   // who does it
	Patient  []Ref     `json:"patient,omitempty"` // to whom or what it is done; the destination of a movement is in Place
	Place    Ref       `json:"place,omitempty"`
	Event    Ref       `json:"event,omitempty"` // the battle or sub-event it belongs to
	Side     int       `json:"side,omitempty"`  // side in an infobox, from 1; 0 for none
	Time     Interval  `json:"time,omitzero"`
	Quantity *Quantity `json:"quantity,omitempty"`
	Text     string    `json:"text,omitempty"` // the words of a characterisation or result, in the language of the source
	// Manner holds further qualifications by local name, such as reason,
	// duration, instrument, with their words.
	Manner map[string]string `json:"manner,omitempty"`

	// What follows is of rows of datasets, which say many things of one event in
	// one breath. [Proposition.Parts] tells them apart.

	Also   []string   `json:"also,omitempty"`   // further kinds that the proposition is of, sorted
	Counts []Quantity `json:"counts,omitempty"` // further quantities
	Whole  Ref        `json:"whole,omitempty"`  // the conflict of which the event is part
}

// Stance is what a claimant does with a proposition.
type Stance string

// The stances.
const (
	Asserts       Stance = "asserts"
	Denies        Stance = "denies"
	Concedes      Stance = "concedes"
	Characterises Stance = "characterises"
)

// Modality is how the source puts the proposition.
type Modality string

// The modalities. StatedAsFact is said in the document's own voice; Reported is
// laid in a speaker's mouth without distance ("according to", "said");
// ClaimedOnly is marked as a claim ("claimed to have"); Inferred is drawn by a
// named rule from what is stated, never stated itself; Planned covers requests,
// orders and announcements of what did not happen, or not yet.
const (
	StatedAsFact Modality = "statedAsFact"
	Reported     Modality = "reported"
	ClaimedOnly  Modality = "claimed"
	Inferred     Modality = "inferred"
	Planned      Modality = "planned"
)

// Claim is one utterance of one proposition by one claimant.
type Claim struct {
	Proposition Proposition `json:"proposition,omitzero"`
	Claimant    Ref         `json:"claimant,omitempty"`   // the speaker, or the document itself
	OnBehalfOf  Ref         `json:"onBehalfOf,omitempty"` // the organisation spoken for
	Via         []Ref       `json:"via,omitempty"`        // through whom it reached us, nearest to us first; the document is implied at its head
	Utterance   string      `json:"utterance,omitempty"`  // "statement", "report", … when the text names one
	SaidOn      Interval    `json:"saidOn,omitzero"`
	Stance      Stance      `json:"stance,omitempty"`
	Modality    Modality    `json:"modality,omitempty"`
	Negated     bool        `json:"negated,omitempty"` // the text states the proposition in the negative ("was not captured")
	Source      string      `json:"source,omitempty"`  // "infobox" or "prose"
	Evidence    []Span      `json:"evidence,omitempty"`
	Rule        string      `json:"rule,omitempty"` // id of the extraction rule, with its version: "attack-active@1"
	Confidence  float64     `json:"confidence,omitempty"`

	// Decision is what a person decided about the claim, and Replaces the claim
	// of the extractor in whose place it stands because of that.
	Decision Ref `json:"-"`
	Replaces Ref `json:"-"`
}

// Rejected is a candidate that did not become a claim, with the reason.
type Rejected struct {
	Span   Span
	Rule   string
	Reason string
	// Claim is what the candidate would have become, nil when that is not known:
	// nobody who could be named did it. Entities describes what it refers to.
	Claim    *Claim
	Entities []Entity
}

// Extraction is all that was read from one document.
type Extraction struct {
	Document Document
	Entities []Entity // by IRI
	Claims   []Claim  // in the order of their evidence
	Rejected []Rejected
	Skipped  []Problem

	aside []aside // what stands beside the claims, see [settle]
	run   Ref     // of the reading that people's decisions were applied to; empty: this one
}

// Problem is a part of the input that could not be read. Line and Column count
// from one, columns in code points.
type Problem struct {
	Line, Column int
	Message      string
}
