package expr

import (
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
)

// BenchmarkCall evaluates what filters over many rows do most.
func BenchmarkCall(b *testing.B) {
	c := testContext()
	term := func(lexical string, datatype rdf.IRI) rdf.Term { return rdf.NewTyped(lexical, datatype) }
	date := term("2022-02-24T05:07:00Z", rdf.XSDDateTime)
	limit := FromTerm(term("2022-03-01T00:00:00Z", rdf.XSDDateTime)).Resolve()
	for _, row := range []struct {
		name, op string
		first    func() Value // made anew for each row
		rest     []Value
	}{
		{"integer less", "<", func() Value { return Int(41) }, []Value{Int(42)}},
		{"integer from term less", "<", func() Value { return FromTerm(integerTerm) }, []Value{Int(42)}},
		{"dateTime from term less", "<", func() Value { return FromTerm(date) }, []Value{limit}},
		{"string equal", "=", func() Value { return FromTerm(stringTerm) }, []Value{String("Shelling of the port")}},
		{"IRI equal", "=", func() Value { return FromTerm(iriTerm) }, []Value{IRI("http://belligraph.example/event/1")}},
		{"type error", "<", func() Value { return FromTerm(iriTerm) }, []Value{Int(1)}},
		{"add", "+", func() Value { return Int(41) }, []Value{Int(1)}},
		{"divide", "/", func() Value { return Int(41) }, []Value{Int(3)}},
		{"add decimals", "+", func() Value { return FromTerm(decimalTerm) }, []Value{FromTerm(decimalTerm).Resolve()}},
		{"STR", "STR", func() Value { return FromTerm(iriTerm) }, nil},
		{"LANG", "LANG", func() Value { return FromTerm(langTerm) }, nil},
		{"YEAR", "YEAR", func() Value { return FromTerm(date) }, nil},
		{"CONTAINS", "CONTAINS", func() Value { return FromTerm(langTerm) }, []Value{String("port")}},
		{"REGEX literal", "REGEX", func() Value { return FromTerm(stringTerm) }, []Value{String("port")}},
		{"REGEX", "REGEX", func() Value { return FromTerm(stringTerm) }, []Value{String("^shell.*port$"), String("i")}},
	} {
		b.Run(row.name, func(b *testing.B) {
			f, ok := Lookup(row.op, false)
			if !ok {
				b.Fatal(row.op)
			}
			args := append([]Value{{}}, row.rest...)
			b.ReportAllocs()
			for b.Loop() {
				args[0] = row.first()
				v, err := f.Call(c, args)
				_, _ = v, err
			}
		})
	}
}

var (
	integerTerm rdf.Term = rdf.NewTyped("41", rdf.XSDInteger)
	decimalTerm rdf.Term = rdf.NewTyped("12.75", rdf.XSDDecimal)
	stringTerm  rdf.Term = rdf.NewString("Shelling of the port")
	langTerm    rdf.Term = rdf.NewLang("Shelling of the port", "en")
	iriTerm     rdf.Term = rdf.IRI("http://belligraph.example/event/2")
)
