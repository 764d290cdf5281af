package algebra

// InScope returns the variables of n that are in scope (SPARQL 1.1 §18.2.1) in
// order of their first appearance: those that SELECT * shows. Blank nodes and
// internal variables are not among them; see [Binds].
func InScope(n Node) []Var {
	s := scope{seen: make(map[Var]bool)}
	s.node(n)
	return s.vars
}

// Binds returns every variable that a solution of n may bind, also those of
// blank nodes, aggregates and unnamed group keys, in order of appearance.
func Binds(n Node) []Var {
	s := scope{seen: make(map[Var]bool), all: true}
	s.node(n)
	return s.vars
}

// Vars returns the variables that e mentions, in order of appearance. For
// EXISTS these are all the variables mentioned anywhere in its pattern, any of
// which a substitution may replace.
func Vars(e Expr) []Var {
	s := scope{seen: make(map[Var]bool), all: true}
	s.expr(e)
	return s.vars
}

// Mentions returns every variable that occurs anywhere in n: bound, compared,
// projected away or inside EXISTS.
func Mentions(n Node) []Var {
	s := scope{seen: make(map[Var]bool), all: true, mentions: true}
	s.node(n)
	return s.vars
}

// TermVars returns the variables of a pattern term.
func TermVars(t PatternTerm) []Var {
	s := scope{seen: make(map[Var]bool), all: true}
	s.term(t)
	return s.vars
}

// scope collects variables, each once, in order.
type scope struct {
	seen     map[Var]bool
	vars     []Var
	all      bool // blank nodes and internal variables too
	mentions bool // not only what is bound
}

func (s *scope) add(v Var) {
	if s.seen[v] || !s.all && (v.IsBlank() || v.IsInternal()) {
		return
	}
	s.seen[v] = true
	s.vars = append(s.vars, v)
}

func (s *scope) term(t PatternTerm) {
	switch t := t.(type) {
	case Var:
		s.add(t)
	case TriplePattern:
		s.term(t.S)
		s.term(t.P)
		s.term(t.O)
	}
}

func (s *scope) node(n Node) {
	switch n := n.(type) {
	case *BGP:
		for _, t := range n.Patterns {
			s.term(t)
		}
	case *Path:
		s.term(n.S)
		s.term(n.O)
	case *Minus:
		s.node(n.Left)
		if s.mentions {
			s.node(n.Right)
		}
	case *Extend:
		s.node(n.Input)
		s.add(n.Var)
	case *Graph:
		s.term(n.Name)
		s.node(n.Input)
	case *Service:
		s.term(n.Name)
		s.node(n.Input)
	case *Values:
		for _, v := range n.Vars {
			s.add(v)
		}
	case *Group:
		if s.mentions {
			s.node(n.Input)
		}
		for _, k := range n.Keys {
			s.add(k.Var)
		}
		for _, a := range n.Aggregates {
			s.add(a.Var)
		}
	case *Project:
		if s.mentions {
			s.node(n.Input)
		}
		for _, v := range n.Vars {
			s.add(v)
		}
	default:
		for _, c := range Children(n) {
			s.node(c)
		}
	}
	if s.mentions {
		for _, e := range Exprs(n) {
			s.expr(e)
		}
	}
}

func (s *scope) expr(e Expr) {
	WalkExpr(e, func(e Expr) bool {
		switch e := e.(type) {
		case VarExpr:
			s.add(e.Var)
		case *Exists:
			for _, v := range Mentions(e.Pattern) {
				s.add(v)
			}
		}
		return true
	})
}
