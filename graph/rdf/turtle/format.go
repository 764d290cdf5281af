package turtle

// Format is one of the four syntaxes of the Turtle family.
type Format uint8

// The syntaxes.
const (
	NTriples Format = iota + 1
	NQuads
	Turtle
	TriG
)

// String returns the name that the specification gives the syntax.
func (f Format) String() string {
	switch f {
	case NTriples:
		return "N-Triples"
	case NQuads:
		return "N-Quads"
	case Turtle:
		return "Turtle"
	case TriG:
		return "TriG"
	default:
		return "unknown format"
	}
}

// Lines reports whether each line of the format stands for itself.
func (f Format) Lines() bool { return f == NTriples || f == NQuads }

// Graphs reports whether the format can name graphs.
func (f Format) Graphs() bool { return f == NQuads || f == TriG }
