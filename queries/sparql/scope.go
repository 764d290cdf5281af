package sparql

// scope is the set of variables in scope in a group read so far (SPARQL 1.1
// §18.2.1), in order of appearance.
type scope struct {
	outer *scope
	names []string
	index map[string]bool // nil while names is short
}

func newScope(outer *scope) *scope { return &scope{outer: outer} }

func (s *scope) has(name string) bool {
	if s.index != nil {
		return s.index[name]
	}
	for _, n := range s.names {
		if n == name {
			return true
		}
	}
	return false
}

func (s *scope) add(name string) {
	if s.has(name) {
		return
	}
	s.names = append(s.names, name)
	switch {
	case s.index != nil:
		s.index[name] = true
	case len(s.names) > 16:
		s.index = make(map[string]bool, 32)
		for _, n := range s.names {
			s.index[n] = true
		}
	}
}

func (s *scope) addAll(from *scope) {
	for _, n := range from.names {
		s.add(n)
	}
}
