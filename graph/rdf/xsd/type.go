// Package xsd holds the typed values behind RDF literals: the XML Schema 1.1
// datatypes that SPARQL knows, their lexical and canonical forms, comparison,
// arithmetic and casts, as XPath Functions and Operators 3.1 defines them.
//
// The central noun is [Value], a small struct that holds a value of any of the
// types without allocating for the common ones. Integers and decimals share
// one exact representation, [Decimal]. Dates and times are seconds on a
// proleptic Gregorian time line, see [DateTime]; year 0000 is 1 BC, as in
// XML Schema 1.1.
//
// The package knows lexical forms and values, never terms of a graph.
package xsd

import (
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// Type is a datatype whose values this package knows. The zero Type is none
// of them.
type Type uint8

// The types. The integer types lie together, Integer first.
const (
	Unknown Type = iota
	String
	Boolean
	Integer
	NonPositiveInteger
	NegativeInteger
	Long
	Int
	Short
	Byte
	NonNegativeInteger
	UnsignedLong
	UnsignedInt
	UnsignedShort
	UnsignedByte
	PositiveInteger
	DecimalType
	Float
	Double
	DateTimeType
	DateTimeStamp
	Date
	Time
	GYear
	GYearMonth
	GMonthDay
	GDay
	GMonth
	DurationType
	DayTimeDuration
	YearMonthDuration
	HexBinary
	Base64Binary
	AnyURI
	numTypes
)

var typeNames = [numTypes]string{
	String: "string", Boolean: "boolean",
	Integer: "integer", NonPositiveInteger: "nonPositiveInteger", NegativeInteger: "negativeInteger",
	Long: "long", Int: "int", Short: "short", Byte: "byte",
	NonNegativeInteger: "nonNegativeInteger", UnsignedLong: "unsignedLong", UnsignedInt: "unsignedInt",
	UnsignedShort: "unsignedShort", UnsignedByte: "unsignedByte", PositiveInteger: "positiveInteger",
	DecimalType: "decimal", Float: "float", Double: "double",
	DateTimeType: "dateTime", DateTimeStamp: "dateTimeStamp", Date: "date", Time: "time",
	GYear: "gYear", GYearMonth: "gYearMonth", GMonthDay: "gMonthDay", GDay: "gDay", GMonth: "gMonth",
	DurationType: "duration", DayTimeDuration: "dayTimeDuration", YearMonthDuration: "yearMonthDuration",
	HexBinary: "hexBinary", Base64Binary: "base64Binary", AnyURI: "anyURI",
}

// typeIRIs is typeNames with the namespace; constant strings, so that asking
// for a type's IRI never allocates.
var typeIRIs = [numTypes]rdf.IRI{
	String: rdf.XSDString, Boolean: rdf.XSDBoolean,
	Integer: rdf.XSDInteger, NonPositiveInteger: rdf.NSXSD + "nonPositiveInteger", NegativeInteger: rdf.NSXSD + "negativeInteger",
	Long: rdf.NSXSD + "long", Int: rdf.NSXSD + "int", Short: rdf.NSXSD + "short", Byte: rdf.NSXSD + "byte",
	NonNegativeInteger: rdf.NSXSD + "nonNegativeInteger", UnsignedLong: rdf.NSXSD + "unsignedLong", UnsignedInt: rdf.NSXSD + "unsignedInt",
	UnsignedShort: rdf.NSXSD + "unsignedShort", UnsignedByte: rdf.NSXSD + "unsignedByte", PositiveInteger: rdf.NSXSD + "positiveInteger",
	DecimalType: rdf.XSDDecimal, Float: rdf.XSDFloat, Double: rdf.XSDDouble,
	DateTimeType: rdf.XSDDateTime, DateTimeStamp: rdf.NSXSD + "dateTimeStamp", Date: rdf.XSDDate, Time: rdf.XSDTime,
	GYear: rdf.XSDGYear, GYearMonth: rdf.XSDGYearMonth, GMonthDay: rdf.NSXSD + "gMonthDay", GDay: rdf.NSXSD + "gDay", GMonth: rdf.NSXSD + "gMonth",
	DurationType: rdf.XSDDuration, DayTimeDuration: rdf.XSDDayTimeDuration, YearMonthDuration: rdf.XSDYearMonthDuration,
	HexBinary: rdf.NSXSD + "hexBinary", Base64Binary: rdf.NSXSD + "base64Binary", AnyURI: rdf.XSDAnyURI,
}

// TypeOf returns the type that a datatype IRI names, Unknown for others.
func TypeOf(datatype rdf.IRI) Type {
	if !strings.HasPrefix(string(datatype), rdf.NSXSD) {
		return Unknown
	}
	switch string(datatype[len(rdf.NSXSD):]) {
	case "string":
		return String
	case "boolean":
		return Boolean
	case "integer":
		return Integer
	case "nonPositiveInteger":
		return NonPositiveInteger
	case "negativeInteger":
		return NegativeInteger
	case "long":
		return Long
	case "int":
		return Int
	case "short":
		return Short
	case "byte":
		return Byte
	case "nonNegativeInteger":
		return NonNegativeInteger
	case "unsignedLong":
		return UnsignedLong
	case "unsignedInt":
		return UnsignedInt
	case "unsignedShort":
		return UnsignedShort
	case "unsignedByte":
		return UnsignedByte
	case "positiveInteger":
		return PositiveInteger
	case "decimal":
		return DecimalType
	case "float":
		return Float
	case "double":
		return Double
	case "dateTime":
		return DateTimeType
	case "dateTimeStamp":
		return DateTimeStamp
	case "date":
		return Date
	case "time":
		return Time
	case "gYear":
		return GYear
	case "gYearMonth":
		return GYearMonth
	case "gMonthDay":
		return GMonthDay
	case "gDay":
		return GDay
	case "gMonth":
		return GMonth
	case "duration":
		return DurationType
	case "dayTimeDuration":
		return DayTimeDuration
	case "yearMonthDuration":
		return YearMonthDuration
	case "hexBinary":
		return HexBinary
	case "base64Binary":
		return Base64Binary
	case "anyURI":
		return AnyURI
	}
	return Unknown
}

// IRI returns the IRI of the type, empty for Unknown.
func (t Type) IRI() rdf.IRI { return typeIRIs[t] }

// String returns the local name of the type.
func (t Type) String() string {
	if t == Unknown || t >= numTypes {
		return "unknown"
	}
	return typeNames[t]
}

// IsInteger reports whether t is xsd:integer or derived from it.
func (t Type) IsInteger() bool { return t >= Integer && t <= PositiveInteger }

// IsNumeric reports whether t is one of the types of XPath arithmetic.
func (t Type) IsNumeric() bool { return t >= Integer && t <= Double }

// IsTemporal reports whether values of t lie on the time line: dateTime, date,
// time and the five g types.
func (t Type) IsTemporal() bool { return t >= DateTimeType && t <= GMonth }

// IsDuration reports whether t is one of the three duration types.
func (t Type) IsDuration() bool { return t >= DurationType && t <= YearMonthDuration }

// Primitive returns the type that t is derived from and that comparisons and
// arithmetic see: Integer for the integer types, dateTime for dateTimeStamp,
// duration for its two parts.
func (t Type) Primitive() Type {
	switch {
	case t.IsInteger():
		return Integer
	case t == DateTimeStamp:
		return DateTimeType
	case t.IsDuration():
		return DurationType
	}
	return t
}
