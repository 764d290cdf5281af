package algebra

import (
	"fmt"
	"strings"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
)

const ex = "http://example.org/"

func bgp(terms ...PatternTerm) *BGP {
	b := &BGP{}
	for i := 0; i+2 < len(terms); i += 3 {
		b.Patterns = append(b.Patterns, TriplePattern{terms[i], terms[i+1], terms[i+2]})
	}
	return b
}

var (
	p     = rdf.IRI(ex + "p")
	xpy   = bgp(Var("x"), p, Var("y"))
	xpz   = bgp(Var("x"), p, Var("z"))
	blank = bgp(Var("_:b"), p, Var("x"))
)

func TestScope(t *testing.T) {
	exists := &Exists{Pattern: &Filter{Input: xpz, Cond: VarExpr{"w"}}}
	for _, test := range []struct {
		name                     string
		node                     Node
		inScope, binds, mentions string
	}{
		{"a basic graph pattern", blank, "x", "_:b x", "_:b x"},
		{"a triple term", bgp(Var("s"), p, TriplePattern{Var("a"), p, TriplePattern{p, Var("b"), Var("c")}}), "s a b c", "s a b c", "s a b c"},
		{"a path", &Path{Var("x"), PathZeroOrMore{PathLink{p}}, Var("y")}, "x y", "x y", "x y"},
		{"a join", &Join{xpy, xpz}, "x y z", "x y z", "x y z"},
		{"an optional part", &LeftJoin{xpy, xpz, VarExpr{"w"}}, "x y z", "x y z", "x y z w"},
		{"a union", &Union{xpz, xpy}, "x z y", "x z y", "x z y"},
		{"what MINUS takes away", &Minus{xpy, xpz}, "x y", "x y", "x y z"},
		{"a filter", &Filter{xpy, exists}, "x y", "x y", "x y z w"},
		{"an extension", &Extend{xpy, "n", VarExpr{"m"}}, "x y n", "x y n", "x y n m"},
		{"a graph", &Graph{Var("g"), xpy}, "g x y", "g x y", "g x y"},
		{"a service", &Service{Name: Var("e"), Input: xpy}, "e x y", "e x y", "e x y"},
		{"values", &Values{Vars: []Var{"a", "b"}}, "a b", "a b", "a b"},
		{"a group", &Group{xpy, []GroupKey{{VarExpr{"x"}, "x"}, {VarExpr{"y"}, ".key0"}}, []BoundAggregate{{".agg0", Aggregate{Name: "SUM", Arg: VarExpr{"z"}}}}},
			"x", "x .key0 .agg0", "x y .key0 .agg0 z"},
		{"a projection", &Project{xpy, []Var{"y", "n"}}, "y n", "y n", "x y n"},
		{"a sorted slice", &Slice{&OrderBy{xpy, []OrderKey{{VarExpr{"o"}, true}}}, 1, 2}, "x y", "x y", "x y o"},
		{"distinct", &Distinct{&Reduced{xpy}}, "x y", "x y", "x y"},
		{"a lateral join", &Lateral{xpy, xpz}, "x y z", "x y z", "x y z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, c := range []struct {
				name string
				got  []Var
				want string
			}{{"InScope", InScope(test.node), test.inScope}, {"Binds", Binds(test.node), test.binds}, {"Mentions", Mentions(test.node), test.mentions}} {
				if got := strings.Trim(fmt.Sprintf("%s", names(c.got)), "[]"); got != c.want {
					t.Errorf("%s is %q, not %q", c.name, got, c.want)
				}
			}
		})
	}
}

func names(vars []Var) []string {
	var out []string
	for _, v := range vars {
		out = append(out, string(v))
	}
	return out
}

func TestVars(t *testing.T) {
	e := &Call{Op: "+", Args: []Expr{VarExpr{"a"}, &Call{Op: "IF", Args: []Expr{&Exists{Pattern: &Minus{xpy, xpz}}, VarExpr{"a"}, ConstExpr{p}}}}}
	if got := fmt.Sprint(names(Vars(e))); got != "[a x y z]" {
		t.Errorf("got %s", got)
	}
}

func TestString(t *testing.T) {
	for _, test := range []struct {
		node interface{ String() string }
		want string
	}{
		{bgp(), "(bgp)"},
		{xpy, "(bgp (triple ?x <http://example.org/p> ?y))"},
		{&Join{&Join{&BGP{}, &BGP{}}, &Join{&BGP{}, &BGP{}}}, "(join (bgp) (bgp) (join (bgp) (bgp)))"},
		{&LeftJoin{Left: &BGP{}, Right: &BGP{}}, "(leftjoin (bgp) (bgp))"},
		{&Slice{&BGP{}, 0, -1}, "(slice 0 _ (bgp))"},
		{&Values{Vars: []Var{"x"}, Rows: [][]rdf.Term{{nil}, {rdf.NewLang("é", "fr")}}}, `(values (?x) (undef) ("é"@fr))`},
		{&Service{Name: p, Input: &BGP{}, Silent: true}, "(service silent <http://example.org/p> (bgp))"},
		{&Path{Var("x"), PathAlt{PathInverse{PathLink{p}}, PathNegated{Inverse: []rdf.IRI{p}, HasInverse: true}}, Var("_:.0")}, "(path ?x (alt (inv <http://example.org/p>) (notoneof (inv <http://example.org/p>))) _:.0)"},
		{PathSeq{PathOneOrMore{PathLink{p}}, PathZeroOrOne{PathLink{p}}}, "(seq (path+ <http://example.org/p>) (path? <http://example.org/p>))"},
		{&Call{Op: "not in", Args: []Expr{VarExpr{"x"}, ConstExpr{rdf.NewTyped("-7", rdf.XSDInteger)}}}, "(not in ?x -7)"},
		{&Call{Op: ex + "f", IRI: true, Distinct: true, Args: []Expr{ConstExpr{rdf.NewTyped("007", rdf.XSDInteger)}}}, "(<http://example.org/f> distinct 007)"},
		{&Exists{Pattern: &BGP{}, Not: true}, "(notexists (bgp))"},
		{Aggregate{Name: "GROUP_CONCAT", Distinct: true, Arg: VarExpr{"x"}, HasSep: true, Separator: "\n"}, `(group_concat distinct ?x (separator "\n"))`},
		{Aggregate{Name: ex + "median", Arg: VarExpr{"x"}}, "(<http://example.org/median> ?x)"},
		{&Modify{With: p, Pattern: &BGP{}}, "(modify (with <http://example.org/p>) (bgp))"},
		{&Clear{Graph: GraphRef{Kind: GraphAllNamed}, Drop: true, Silent: true}, "(drop silent named)"},
		{&Transfer{Op: "MOVE", From: GraphRef{Kind: GraphDefault}, To: GraphRef{IRI: p}}, "(move default <http://example.org/p>)"},
		{QuadPattern{TriplePattern{rdf.BlankNode("b"), p, Var("o")}, Var("g")}, "(graph ?g (triple _:b <http://example.org/p> ?o))"},
	} {
		if got := test.node.String(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestFormatBreaksLongLines(t *testing.T) {
	n := &Filter{
		Input: &LeftJoin{Left: bgp(Var("x"), p, Var("y"), Var("x"), p, Var("z")), Right: &Values{Vars: []Var{"x", "y"}, Rows: [][]rdf.Term{{p, nil}}}},
		Cond:  &Call{Op: "=", Args: []Expr{VarExpr{"x"}, VarExpr{"y"}}},
	}
	want := `(filter (= ?x ?y)
  (leftjoin
    (bgp
      (triple ?x <http://example.org/p> ?y)
      (triple ?x <http://example.org/p> ?z))
    (values (?x ?y) (<http://example.org/p> undef))))`
	if got := Format(n); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestDeepTreesPrintInLinearSize guards the limits that keep plans of generated
// queries printable.
func TestDeepTreesPrintInLinearSize(t *testing.T) {
	const depth = 50_000
	var join, optional Node = &BGP{}, &BGP{}
	var or Expr = VarExpr{"x"}
	for range depth {
		join = &Join{join, &BGP{}}
		optional = &LeftJoin{Left: optional, Right: &BGP{}}
		or = &Call{Op: "||", Args: []Expr{or, VarExpr{"y"}}}
	}
	for name, n := range map[string]Node{"joins": join, "optional parts": optional, "disjunctions": &Filter{&BGP{}, or}} {
		if got := len(Format(n)); got > 200*depth {
			t.Errorf("%s print in %d bytes", name, got)
		}
		if got := len(n.String()); got > 30*depth {
			t.Errorf("%s print in %d bytes on one line", name, got)
		}
	}
}

func TestChildrenAndWalk(t *testing.T) {
	n := &Project{&Union{&Minus{xpy, xpz}, &Graph{p, &Distinct{blank}}}, []Var{"x"}}
	var kinds []string
	Walk(n, func(n Node) bool {
		kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", n), "*algebra."))
		_, skip := n.(*Graph)
		return !skip
	})
	if got := strings.Join(kinds, " "); got != "Project Union Minus BGP BGP Graph" {
		t.Errorf("walked %s", got)
	}
}
