package link

// bias and weights are those of a logistic regression on the candidate pairs of
// invented worlds: package linktest, seeds 1 to 4, 5,000 events, three observers.
// Worlds that are used to measure took no part in it. Levels that do not come up
// there have been set by hand: an unknown value neither speaks for a pair nor
// against it, a border between two reports speaks against them.
var (
	bias    = -4.46
	weights = [respects][]float64{
		onTime: {
			sameDay: 1.82, sameDays: 2.70, nextDay: -0.31, secondDay: -4.95, meetWithinDays: 1.75, meetWithinFortnight: 0.83,
			meetWithinMonth: 0.28, meetWithinMore: 0, apartRoughly: -2.12,
		},
		onPlace: {
			sameTown: 1.19, sameNameFar: 1.30, otherTownNear: -0.05, otherTownFar: -3.27, aroundSameTown: 1.20, aroundOtherTown: -3.64,
			aroundNowhere: 0, divisionNear: 1.24, divisionFar: 0.53, regionNear: 0.69, regionFar: 0.43, noPoint: 0.39, acrossBorder: -1.5,
		},
		onParties: {bothParties: 0.72, bothLoosely: 0.4, onePartyOthersUnnamed: 1.31, onePartyOthersDiffer: -2.98, nobodyNamed: 0.95},
		onDeaths: {
			noDeaths: 0.71, fewAlike: 0.81, fewApart: -0.85, someAlike: 0.61, someNear: -0.02, someApart: -1.17, manyAlike: 1.05,
			manyNear: 0.46, manyApart: -1.02, hugeAlike: 2.03, hugeNear: 1.28, fewerInPart: -0.19, farApart: -3.69, deathsUnknown: 0.3,
		},
		onType:    {sameType: 3.21, typesTogether: 1.39, typesRarely: -4.60, typeUnknown: 2.2},
		onDensity: {1.38, 0.43, 0.16, -0.15, -0.68, -1.11, densityUnknown: -0.04},
	}
)

// What rivals take from the log-odds of a pair, by the same regression: with the
// sum of the odds of an event's other candidates in the source of the other, as
// log(1+sum). The rivals of both ends count; those of a part count for what they
// are, those of the whole for less, since it may have several parts.
const (
	rivalsMost, rivalsLeast = -1.31, -0.26
	rivalsPart, rivalsWhole = -0.83, -0.47
	partShift, rivalsBias   = -0.27, 1.68
)
