package link

import (
	"math"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Event is an event as one source reports it, no more precisely than the source
// knows it.
type Event struct {
	IRI    claim.Ref
	Source string // events of one source are not compared
	Label  string
	Graph  rdf.Term // in which the source stands; nil is the default graph

	From, To int32 // days since 1970-01-01 between which it happened, both included

	HasPoint  bool
	Lat, Long float64
	Radius    float64 // km around the point in which the place lies
	Place     string  // skeleton of the named place, empty when a division is all that is known
	Country   string  // key of the country, see [CountryKey]
	Border    bool    // the source says that the place is at a border

	Actors []claim.Ref
	Type   Type

	HasDeaths bool
	Low, High int64
}

// Type is what kind of violence an event was, as far as sources agree on kinds.
type Type uint8

// The types. A fight may be reported as shelling and a massacre as an attack on
// civilians, so not all that differ exclude each other.
const (
	AnyType Type = iota
	Fight
	Remote    // shelling, bombs, drones
	Civilians // violence against civilians
	Protest
	Strategic // agreements, arrests, moves
)

// typeOf maps the words of sources.
func typeOf(words string) Type {
	switch strings.ToLower(words) {
	case "state-based violence", "non-state violence", "battles":
		return Fight
	case "explosions/remote violence":
		return Remote
	case "one-sided violence", "violence against civilians":
		return Civilians
	case "protests", "riots", "riots/protests":
		return Protest
	case "strategic developments":
		return Strategic
	default:
		return AnyType
	}
}

// days is how many days the interval covers.
func (e *Event) days() int32 { return e.To - e.From + 1 }

// gap is how many days lie between two intervals, 0 when they meet.
func gap(a, b *Event) int32 { return max(0, a.From-b.To, b.From-a.To) }

const earthRadius = 6371.0

// Distance is that between two points, in km along a great circle.
func Distance(latA, longA, latB, longB float64) float64 {
	const rad = math.Pi / 180
	dLat, dLong := (latB-latA)*rad, (longB-longA)*rad
	h := math.Sin(dLat/2)*math.Sin(dLat/2) + math.Cos(latA*rad)*math.Cos(latB*rad)*math.Sin(dLong/2)*math.Sin(dLong/2)
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}
