package graph

// JoinStats describes how the quads of two predicates meet.
type JoinStats struct {
	Nodes uint64 // distinct terms in the given columns of both
	Rows  uint64 // pairs of quads, one of each predicate, with the same term there
}

// StarStats describes the subjects that have all of some predicates.
type StarStats struct {
	Subjects float64 // how many there are
	Rows     float64 // solutions of the star: objects multiplied out
}

// JoinStatistics is a snapshot that knows how predicates meet. What it tells is
// exact for the quads that it was counted from; it is counted anew when a
// twentieth of these has changed, so it is a guess between.
type JoinStatistics interface {
	// JoinStats tells how quads with predicate p meet quads with predicate q
	// where column pc of the one, S or O, is column qc of the other. It returns
	// false when it does not know.
	JoinStats(p ID, pc Column, q ID, qc Column) (JoinStats, bool)
	// StarStats tells about the star of quads with the given predicates, of
	// which one may occur more than once, around one subject. It returns false
	// when it does not know.
	StarStats(predicates []ID) (StarStats, bool)
}
