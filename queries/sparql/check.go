package sparql

// checkProjection enforces the rules on SELECT (SPARQL 1.1 §18.2.1 and §19.8
// notes 11 to 13, SPARQL 1.2): names given by AS are new, and where solutions
// are grouped only keys and aggregates are projected. The current scope is the
// pattern's. A nil sel stands for the other query forms.
func (p *parser) checkProjection(sel *SelectClause, m *Modifiers) {
	if p.err != nil || sel == nil {
		return
	}
	grouped := len(m.GroupBy) > 0 || p.aggs.seen
	visible := p.scope
	if grouped {
		visible = newScope(nil)
		for _, c := range m.GroupBy {
			if c.As.Name != "" {
				visible.add(c.As.Name)
			} else if t, ok := c.Expr.(TermExpr); ok {
				if v, ok := t.Term.(Var); ok {
					visible.add(v.Name)
				}
			}
		}
		if sel.Star {
			p.failAt(sel.Pos, "name the keys and aggregates that you want", "SELECT * cannot be used where solutions are grouped")
			return
		}
	}
	named := newScope(nil) // by AS
	plain := newScope(nil) // without
	for _, it := range sel.Items {
		name := it.Var.Name
		if it.Expr == nil {
			if grouped && !visible.has(name) && !named.has(name) {
				p.ungrouped(it.Var)
				return
			}
			plain.add(name)
			continue
		}
		if grouped {
			if v, ok := ungroupedVar(it.Expr, visible, named); ok {
				p.ungrouped(v)
				return
			}
		}
		switch {
		case named.has(name) || plain.has(name):
			p.failAt(it.Var.Pos, "choose another name", "?%s stands in SELECT already", name)
			return
		case visible.has(name):
			what := "is bound by the pattern already"
			if grouped {
				what = "is a key of GROUP BY already"
			}
			p.failAt(it.Var.Pos, "choose another name", "?%s %s", name, what)
			return
		}
		named.add(name)
	}
}

func (p *parser) ungrouped(v Var) {
	p.failAt(v.Pos, "add it to GROUP BY, or take one value with SAMPLE(?"+v.Name+")",
		"?%s is neither a key of GROUP BY nor inside an aggregate", v.Name)
}

// ungroupedVar returns a variable of e that stands outside aggregates and is
// neither visible nor named.
func ungroupedVar(e Expr, visible, named *scope) (Var, bool) {
	switch e := e.(type) {
	case TermExpr:
		return ungroupedTerm(e.Term, visible, named)
	case *Binary:
		for {
			if v, ok := ungroupedVar(e.Right, visible, named); ok {
				return v, true
			}
			left, ok := e.Left.(*Binary)
			if !ok {
				return ungroupedVar(e.Left, visible, named)
			}
			e = left
		}
	case *Unary:
		return ungroupedVar(e.X, visible, named)
	case *In:
		if v, ok := ungroupedVar(e.X, visible, named); ok {
			return v, true
		}
		return ungroupedAny(e.List, visible, named)
	case *Call:
		return ungroupedAny(e.Args, visible, named)
	}
	return Var{}, false
}

func ungroupedAny(list []Expr, visible, named *scope) (Var, bool) {
	for _, e := range list {
		if v, ok := ungroupedVar(e, visible, named); ok {
			return v, true
		}
	}
	return Var{}, false
}

func ungroupedTerm(t Term, visible, named *scope) (Var, bool) {
	switch t := t.(type) {
	case Var:
		return t, !visible.has(t.Name) && !named.has(t.Name)
	case *TripleTerm:
		for _, m := range [...]Term{t.S, t.P, t.O} {
			if v, ok := ungroupedTerm(m, visible, named); ok {
				return v, true
			}
		}
	}
	return Var{}, false
}
