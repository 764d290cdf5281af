package claim

import "github.com/belligraph/belligraph/graph/rdf"

// Namespaces of the RDF form. Kinds, metrics, stances, modalities, manners and
// rules are concepts with namespaces of their own, since a kind may bear the
// name of the property that is its plain edge.
const (
	NS         = "https://belligraph.org/ontology#"
	NSKind     = "https://belligraph.org/ontology/kind/"
	NSMetric   = "https://belligraph.org/ontology/metric/"
	NSStance   = "https://belligraph.org/ontology/stance/"
	NSModality = "https://belligraph.org/ontology/modality/"
	NSManner   = "https://belligraph.org/ontology/manner/"
	NSType     = "https://belligraph.org/ontology/disagreement/"
	NSRole     = "https://belligraph.org/ontology/role/"
	NSID       = "https://belligraph.org/id/"

	NSProv    = "http://www.w3.org/ns/prov#"
	NSSkos    = "http://www.w3.org/2004/02/skos/core#"
	NSDcterms = "http://purl.org/dc/terms/"
)

// Terms of the ontology.
const (
	ClassDocument      rdf.IRI = NS + "Document"
	ClassRecord        rdf.IRI = NS + "Record"
	ClassSpan          rdf.IRI = NS + "Span"
	ClassClaim         rdf.IRI = NS + "Claim"
	ClassProposition   rdf.IRI = NS + "Proposition"
	ClassQuantity      rdf.IRI = NS + "Quantity"
	ClassInterval      rdf.IRI = NS + "Interval"
	ClassEdge          rdf.IRI = NS + "Edge"
	ClassRun           rdf.IRI = NS + "Run"
	ClassEvent         rdf.IRI = NS + "Event"
	ClassParticipation rdf.IRI = NS + "Participation"
	ClassControlSpell  rdf.IRI = NS + "ControlSpell"
	ClassEnvelope      rdf.IRI = NS + "Envelope"
	ClassDisagreement  rdf.IRI = NS + "Disagreement"

	// Of entities.
	PropOf       rdf.IRI = NS + "of"
	PropWithin   rdf.IRI = NS + "within"
	PropNear     rdf.IRI = NS + "near"
	PropKnown    rdf.IRI = NS + "known"
	PropAltLabel rdf.IRI = NSSkos + "altLabel"
	PropSameAs   rdf.IRI = rdf.NSOWL + "sameAs"

	// Of documents and runs.
	PropText      rdf.IRI = NS + "text"
	PropSHA256    rdf.IRI = NS + "sha256"
	PropRevision  rdf.IRI = NS + "revision"
	PropTitle     rdf.IRI = NSDcterms + "title"
	PropLanguage  rdf.IRI = NSDcterms + "language"
	PropOrigin    rdf.IRI = NSDcterms + "source"
	PropPublisher rdf.IRI = NSDcterms + "publisher"
	PropLicense   rdf.IRI = NSDcterms + "license"
	PropUsed      rdf.IRI = NSProv + "used"
	PropGenerated rdf.IRI = NSProv + "wasGeneratedBy"
	PropDerived   rdf.IRI = NSProv + "wasDerivedFrom"
	PropSoftware  rdf.IRI = NS + "software"

	// Of spans.
	PropDocument   rdf.IRI = NS + "document"
	PropStart      rdf.IRI = NS + "start"
	PropEnd        rdf.IRI = NS + "end"
	PropQuote      rdf.IRI = NS + "quote"
	PropMentions   rdf.IRI = NS + "mentions"
	PropResolvedBy rdf.IRI = NS + "resolvedBy"

	// Of claims.
	PropProposition rdf.IRI = NS + "proposition"
	PropClaimant    rdf.IRI = NS + "claimant"
	PropOnBehalfOf  rdf.IRI = NS + "onBehalfOf"
	PropVia         rdf.IRI = NS + "via"
	PropChain       rdf.IRI = NS + "chain"
	PropUtterance   rdf.IRI = NS + "utterance"
	PropSaidOn      rdf.IRI = NS + "saidOn"
	PropStance      rdf.IRI = NS + "stance"
	PropModality    rdf.IRI = NS + "modality"
	PropNegated     rdf.IRI = NS + "negated"
	PropSource      rdf.IRI = NS + "source"
	PropEvidence    rdf.IRI = NS + "evidence"
	PropRule        rdf.IRI = NS + "rule"
	PropConfidence  rdf.IRI = NS + "confidence"
	PropEdge        rdf.IRI = NS + "edge"
	PropTimeText    rdf.IRI = NS + "timeText"
	PropTimeRule    rdf.IRI = NS + "timeRule"
	PropSaidText    rdf.IRI = NS + "saidOnText"
	PropSaidRule    rdf.IRI = NS + "saidOnRule"
	PropWording     rdf.IRI = NS + "wording"

	// Of propositions.
	PropKind     rdf.IRI = NS + "kind"
	PropAgent    rdf.IRI = NS + "agent"
	PropPatient  rdf.IRI = NS + "patient"
	PropPlace    rdf.IRI = NS + "place"
	PropEvent    rdf.IRI = NS + "event"
	PropSide     rdf.IRI = NS + "side"
	PropTime     rdf.IRI = NS + "time"
	PropQuantity rdf.IRI = NS + "quantity"
	PropContent  rdf.IRI = NS + "content"

	// Of quantities and intervals.
	PropMetric        rdf.IRI = NS + "metric"
	PropParty         rdf.IRI = NS + "party"
	PropMin           rdf.IRI = NS + "min"
	PropMax           rdf.IRI = NS + "max"
	PropBest          rdf.IRI = NS + "best"
	PropComparator    rdf.IRI = NS + "comparator"
	PropIncludes      rdf.IRI = NS + "includes"
	PropEarliestBegin rdf.IRI = NS + "earliestBegin"
	PropLatestBegin   rdf.IRI = NS + "latestBegin"
	PropEarliestEnd   rdf.IRI = NS + "earliestEnd"
	PropLatestEnd     rdf.IRI = NS + "latestEnd"
	PropLexical       rdf.IRI = NS + "lexical"

	// Of what is derived.
	PropVerb           rdf.IRI = NS + "verb"
	PropDerivationRule rdf.IRI = NS + "derivationRule"
	PropReason         rdf.IRI = NS + "reason"
	PropFromClaim      rdf.IRI = NS + "fromClaim"
	PropSideA          rdf.IRI = NS + "sideA"
	PropSideB          rdf.IRI = NS + "sideB"
	PropDisagreement   rdf.IRI = NS + "disagreementType"
	PropContradictory  rdf.IRI = NS + "contradictory"
	PropHolder         rdf.IRI = NS + "holder"
	PropStatus         rdf.IRI = NS + "status"
	PropSince          rdf.IRI = NS + "since"
	PropUntil          rdf.IRI = NS + "until"
	PropOpen           rdf.IRI = NS + "open"
	PropRange          rdf.IRI = NS + "range"
	PropParticipation  rdf.IRI = NS + "participation"
	PropParticipant    rdf.IRI = NS + "actor"
	PropRole           rdf.IRI = NS + "role"
	PropSubEventOf     rdf.IRI = NS + "subEventOf"
	PropQualifies      rdf.IRI = NS + "qualifies"
	PropQualifier      rdf.IRI = NS + "qualifier"
)
