package sparql

import "fmt"

// In lists of what was expected, exprWant stands for everything that may start
// an expression and operatorWant for everything that may continue one.
const (
	exprWant     = "expression"
	operatorWant = "operator"
)

// aggregateState tells whether aggregates may stand here, and whether one did.
type aggregateState struct{ allowed, inside, seen bool }

func (p *parser) allowAggregates(yes bool) { p.aggs.allowed = yes }

// atCall reports whether a call is next: of a built-in, an aggregate, EXISTS,
// or a function named by an IRI.
func (p *parser) atCall() bool {
	if p.tok.kind == tokWord && (isBuiltin(p.tok.val) || isAggregate(p.tok.val) || p.tok.val == "EXISTS" || p.tok.val == "NOT") {
		return true
	}
	p.want = append(p.want, "function call")
	return p.tok.kind == tokIRI || p.tok.kind == tokPName
}

// atConstraint reports whether a constraint of FILTER, HAVING or ORDER BY is
// next.
func (p *parser) atConstraint() bool { return p.is("(") || p.atCall() }

// constraint parses a bracketed expression or a call.
func (p *parser) constraint() Expr {
	if p.is("(") {
		return p.bracketed()
	}
	if p.atCall() {
		return p.call()
	}
	switch p.tok.kind {
	case tokVar, tokString, tokInteger, tokDecimal, tokDouble:
		p.failAt(Pos(p.tok.start), "write FILTER (…)", "a condition must be in parentheses")
	case tokWord:
		p.want = append(p.want, exprWant)
	case tokPunct:
		if p.tok.val == "!" {
			p.failAt(Pos(p.tok.start), "write FILTER (!…)", "a condition must be in parentheses")
		}
	}
	p.unexpected()
	return TermExpr{IRI{}}
}

func (p *parser) bracketed() Expr {
	open := Pos(p.tok.start)
	p.need("(")
	e := p.expression()
	p.needClose(")", open)
	return e
}

// call parses a call that must be one: an IRI alone is not enough.
func (p *parser) call() Expr {
	if p.tok.kind == tokWord {
		return p.builtinCall()
	}
	f := p.iri()
	if !p.is("(") {
		p.unexpected()
		return TermExpr{f}
	}
	return p.functionCall(f)
}

func (p *parser) expression() Expr {
	if !p.enter() {
		return TermExpr{IRI{}}
	}
	defer func() { p.depth-- }()
	left := p.conjunction()
	for h := p.high; p.isOp("||"); h = p.rise(h) {
		pos := Pos(p.tok.start)
		p.advance()
		left = &Binary{pos, "||", left, p.conjunction()}
	}
	return left
}

func (p *parser) conjunction() Expr {
	left := p.relational()
	for h := p.high; p.isOp("&&"); h = p.rise(h) {
		pos := Pos(p.tok.start)
		p.advance()
		left = &Binary{pos, "&&", left, p.relational()}
	}
	return left
}

func (p *parser) relational() Expr {
	left := p.additive()
	h := p.high
	pos := Pos(p.tok.start)
	for _, op := range [...]string{"=", "!=", "<", ">", "<=", ">="} {
		if p.isOp(op) {
			p.advance()
			e := &Binary{pos, op, left, p.additive()}
			p.rise(h)
			if p.err == nil && p.tok.kind == tokPunct {
				switch p.tok.val {
				case "=", "!=", "<", ">", "<=", ">=":
					p.failAt(Pos(p.tok.start), "join two comparisons by &&", "comparisons cannot be chained")
				}
			}
			return e
		}
	}
	not := p.peekWord("NOT")
	if not || p.peekWord("IN") {
		if not {
			p.advance()
		}
		p.needWord("IN")
		e := &In{Pos: pos, X: left, Not: not, List: p.expressionList()}
		p.rise(h)
		return e
	}
	p.wantOnce(operatorWant)
	return left
}

func (p *parser) expressionList() []Expr {
	open := Pos(p.tok.start)
	var out []Expr
	p.high = 1
	if !p.need("(") || p.take(")") {
		return out
	}
	h := 1
	for {
		out = append(out, p.expression())
		h = max(h, p.high)
		if !p.take(",") {
			break
		}
	}
	p.high = h
	p.needClose(")", open)
	return out
}

func (p *parser) additive() Expr {
	left := p.multiplicative(p.unary())
	for h := p.high; ; h = p.rise(h) {
		pos := Pos(p.tok.start)
		switch {
		case p.isOp("+") || p.isOp("-"):
			op := p.tok.val
			p.advance()
			left = &Binary{pos, op, left, p.multiplicative(p.unary())}
		case p.atSignedNumber():
			// In "?x -1" the lexer saw a negative number; here it is a
			// subtraction (grammar rule AdditiveExpression).
			t := p.tok
			p.advance()
			op := t.val[:1]
			t.val = t.val[1:]
			t.start++
			p.high = 1
			left = &Binary{pos, op, left, p.multiplicative(TermExpr{number(t)})}
		default:
			return left
		}
	}
}

func (p *parser) atSignedNumber() bool {
	switch p.tok.kind {
	case tokInteger, tokDecimal, tokDouble:
		return p.tok.val[0] == '+' || p.tok.val[0] == '-'
	}
	return false
}

func (p *parser) multiplicative(left Expr) Expr {
	for h := p.high; p.isOp("*") || p.isOp("/"); h = p.rise(h) {
		pos, op := Pos(p.tok.start), p.tok.val
		p.advance()
		left = &Binary{pos, op, left, p.unary()}
	}
	return left
}

func (p *parser) unary() Expr {
	pos := Pos(p.tok.start)
	if p.tok.kind == tokPunct {
		switch op := p.tok.val; op {
		case "!":
			if !p.enter() {
				return TermExpr{IRI{}}
			}
			p.advance()
			e := &Unary{pos, op, p.unary()}
			p.rise(0)
			p.depth--
			return e
		case "+", "-":
			p.advance()
			e := &Unary{pos, op, p.primary()}
			p.rise(0)
			return e
		}
	}
	return p.primary()
}

func (p *parser) primary() Expr {
	p.high = 1
	switch p.tok.kind {
	case tokVar:
		return TermExpr{p.variable()}
	case tokIRI, tokPName:
		i := p.iri()
		if p.is("(") {
			return p.functionCall(i)
		}
		return TermExpr{i}
	case tokString, tokInteger, tokDecimal, tokDouble:
		return TermExpr{p.literal()}
	case tokPunct:
		switch p.tok.val {
		case "(":
			return p.bracketed()
		case "<<(":
			return TermExpr{p.tripleTermOf(exprTriple)}
		case "<<":
			p.failAt(Pos(p.tok.start), "write a triple term, <<( … )>>", "an expression cannot hold a reified triple")
		case "[":
			p.failAt(Pos(p.tok.start), "use a variable", "an expression cannot hold a blank node")
		}
	case tokBlank:
		p.failAt(Pos(p.tok.start), "use a variable", "an expression cannot hold a blank node")
	case tokWord:
		if p.tok.val == "TRUE" || p.tok.val == "FALSE" {
			return TermExpr{p.literal()}
		}
		if p.atCall() {
			return p.builtinCall()
		}
		p.want = p.want[:0]
		if p.err == nil && p.peekAfter() == '(' {
			raw := p.text[p.tok.start:p.tok.end]
			hint := "functions that are not built in are named by an IRI"
			if n := nearest(p.tok.val, builtinNames(), true); n != "" {
				hint = "did you mean " + spelling(n) + "?"
			}
			p.failAt(Pos(p.tok.start), hint, "there is no function %s", raw)
		}
	}
	p.want = append(p.want, exprWant)
	p.unexpected()
	return TermExpr{IRI{}}
}

// functionCall parses the arguments of a function named by an IRI.
func (p *parser) functionCall(f IRI) Expr {
	c := &Call{Pos: f.Pos, Func: f}
	open := Pos(p.tok.start)
	p.need("(")
	h := 1
	if p.take(")") {
		return c
	}
	c.Distinct = p.takeWord("DISTINCT")
	for {
		c.Args = append(c.Args, p.expression())
		h = max(h, p.high)
		if !p.take(",") {
			break
		}
	}
	p.needClose(")", open)
	p.rise(h)
	return c
}

func (p *parser) builtinCall() Expr {
	pos := Pos(p.tok.start)
	name := p.tok.val
	switch {
	case p.takeWord("EXISTS"):
		return p.exists(pos, false)
	case p.takeWord("NOT"):
		p.needWord("EXISTS")
		return p.exists(pos, true)
	case isAggregate(name):
		return p.aggregate()
	}
	p.advance()
	p.high = 1
	c := &Call{Pos: pos, Name: name}
	open := Pos(p.tok.start)
	if !p.is("(") {
		p.unexpected()
		return c
	}
	if name == "BOUND" {
		p.advance()
		c.Args = []Expr{TermExpr{p.variable()}}
		p.needClose(")", open)
		return c
	}
	c.Args = p.expressionList()
	p.rise(0)
	n := builtins[name]
	if p.err == nil && (len(c.Args) < n.min || n.max >= 0 && len(c.Args) > n.max) {
		p.failAt(pos, "", "%s takes %s, not %d", spelling(name), n, len(c.Args))
	}
	return c
}

func (a arity) String() string {
	switch {
	case a.max < 0:
		return "any number of arguments"
	case a.min == a.max && a.min == 0:
		return "no arguments"
	case a.min == a.max:
		return count(a.min, "argument")
	default:
		return fmt.Sprintf("%d to %d arguments", a.min, a.max)
	}
}

func (p *parser) exists(pos Pos, not bool) Expr {
	aggs := p.aggs
	p.aggs = aggregateState{}
	bgp := p.bgp
	e := &Exists{Pos: pos, Not: not, Group: p.isolated()}
	p.rise(0)
	// A filter does not end the pattern around it.
	p.bgp = bgp
	p.aggs = aggs
	return e
}

func (p *parser) aggregate() Expr {
	a := &Aggregate{Pos: Pos(p.tok.start), Name: p.tok.val}
	switch {
	case p.aggs.inside:
		p.failAt(a.Pos, "compute the inner one in a sub-query", "aggregates cannot be nested")
	case !p.aggs.allowed:
		p.failAt(a.Pos, "compute it in SELECT or HAVING, or in a sub-query", "the aggregate %s cannot stand here", a.Name)
	}
	p.aggs.seen = true
	p.aggs.inside = true
	defer func() { p.aggs.inside = false }()
	p.advance()
	open := Pos(p.tok.start)
	if !p.need("(") {
		return a
	}
	a.Distinct = p.takeWord("DISTINCT")
	p.high = 1
	if a.Name == "COUNT" && p.take("*") {
		p.needClose(")", open)
		return a
	}
	a.Arg = p.expression()
	p.rise(0)
	if a.Name == "GROUP_CONCAT" && p.take(";") {
		p.needWord("SEPARATOR")
		p.need("=")
		if !p.isKind(tokString) {
			p.unexpected()
			return a
		}
		a.HasSep, a.Separator = true, p.tok.val
		p.advance()
	}
	p.needClose(")", open)
	return a
}
