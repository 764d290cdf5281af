package link

// Row is a candidate pair with its levels, for fitting the weights.
type Row struct {
	A, B   *Event
	Levels [respects]uint8
}

// Candidates returns all candidate pairs that compare.
func Candidates(events []Event, list []Actor) []Row {
	m := &matcher{actors: newActors(list, nil)}
	m.root = m.actors.roots()
	m.prepare(events)
	for i := range m.entries {
		m.density(int32(i))
	}
	seen := make([]bool, len(events))
	var out []Row
	for i := range m.entries {
		m.candidates(int32(i), seen, func(j int32) {
			if l, ok := m.compare(&m.entries[i], &m.entries[j]); ok {
				out = append(out, Row{m.entries[i].Event, m.entries[j].Event, l})
			}
		})
	}
	return out
}
