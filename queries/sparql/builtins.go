package sparql

import "slices"

// arity is how many arguments a built-in takes; max is negative for any
// number.
type arity struct{ min, max int }

// builtins are the built-in functions by their keyword in upper case: those of
// SPARQL 1.1 §17.4 and of the draft of SPARQL 1.2, and ADJUST of the SPARQL
// community's proposal SEP-0002. EXISTS and the aggregates have a syntax of
// their own.
var builtins = map[string]arity{
	"ABS": {1, 1}, "ADJUST": {1, 2}, "BNODE": {0, 1}, "BOUND": {1, 1}, "CEIL": {1, 1}, "COALESCE": {0, -1}, "CONCAT": {0, -1},
	"CONTAINS": {2, 2}, "DATATYPE": {1, 1}, "DAY": {1, 1}, "ENCODE_FOR_URI": {1, 1}, "FLOOR": {1, 1},
	"HASLANG": {1, 1}, "HASLANGDIR": {1, 1}, "HOURS": {1, 1}, "IF": {3, 3}, "IRI": {1, 1}, "ISBLANK": {1, 1},
	"ISIRI": {1, 1}, "ISLITERAL": {1, 1}, "ISNUMERIC": {1, 1}, "ISTRIPLE": {1, 1}, "ISURI": {1, 1},
	"LANG": {1, 1}, "LANGDIR": {1, 1}, "LANGMATCHES": {2, 2}, "LCASE": {1, 1}, "MD5": {1, 1}, "MINUTES": {1, 1},
	"MONTH": {1, 1}, "NOW": {0, 0}, "OBJECT": {1, 1}, "PREDICATE": {1, 1}, "RAND": {0, 0}, "REGEX": {2, 3},
	"REPLACE": {3, 4}, "ROUND": {1, 1}, "SAMETERM": {2, 2}, "SAMEVALUE": {2, 2}, "SECONDS": {1, 1},
	"SHA1": {1, 1}, "SHA256": {1, 1}, "SHA384": {1, 1}, "SHA512": {1, 1}, "STR": {1, 1}, "STRAFTER": {2, 2},
	"STRBEFORE": {2, 2}, "STRDT": {2, 2}, "STRENDS": {2, 2}, "STRLANG": {2, 2}, "STRLANGDIR": {3, 3},
	"STRLEN": {1, 1}, "STRSTARTS": {2, 2}, "STRUUID": {0, 0}, "SUBJECT": {1, 1}, "SUBSTR": {2, 3},
	"TIMEZONE": {1, 1}, "TRIPLE": {3, 3}, "TZ": {1, 1}, "UCASE": {1, 1}, "URI": {1, 1}, "UUID": {0, 0},
	"YEAR": {1, 1},
}

// builtinSpelling holds the built-ins that are not customarily written in
// capitals throughout.
var builtinSpelling = map[string]string{
	"HASLANG": "hasLANG", "HASLANGDIR": "hasLANGDIR", "ISBLANK": "isBLANK", "ISIRI": "isIRI",
	"ISLITERAL": "isLITERAL", "ISNUMERIC": "isNUMERIC", "ISTRIPLE": "isTRIPLE", "ISURI": "isURI",
	"SAMETERM": "sameTerm", "SAMEVALUE": "sameValue",
}

func spelling(name string) string {
	if s, ok := builtinSpelling[name]; ok {
		return s
	}
	return name
}

// aggregates are the set functions of SPARQL 1.1 §18.5.1.
var aggregates = []string{"AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"}

func isAggregate(word string) bool { return slices.Contains(aggregates, word) }

func isBuiltin(word string) bool {
	_, ok := builtins[word]
	return ok
}

// builtinNames returns the names of all functions, sorted.
func builtinNames() []string {
	names := slices.Clone(aggregates)
	for n := range builtins {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
