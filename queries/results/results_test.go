package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// terms are what writers must get right: one row per kind of difficulty.
var terms = []struct {
	name string
	term rdf.Term
}{
	{"unbound", nil},
	{"IRI", rdf.IRI("http://example.org/a?b=c&d=é#x")},
	{"blank node", rdf.BlankNode("b0")},
	{"string", rdf.NewString("plain")},
	{"empty string", rdf.NewString("")},
	{"quotes and commas", rdf.NewString(`a "b", 'c' \d`)},
	{"white space", rdf.NewString("tab\tfeed\nreturn\r\nend ")},
	{"markup", rdf.NewString("<b>&amp;]]></b>")},
	{"beyond the BMP", rdf.NewString("𝄞 食べ物 \u2028")},
	{"language", rdf.NewLang("chat", "fr-BE")},
	{"direction", rdf.NewDirLang("قطة", "ar", rdf.RTL)},
	{"integer", rdf.NewTyped("042", rdf.XSDInteger)},
	{"decimal", rdf.NewTyped("-1.50", rdf.XSDDecimal)},
	{"decimal without fraction", rdf.NewTyped("5", rdf.XSDDecimal)},
	{"decimal with bare point", rdf.NewTyped("5.", rdf.XSDDecimal)},
	{"double", rdf.NewTyped("1.0E0", rdf.XSDDouble)},
	{"double without exponent", rdf.NewTyped("1.5", rdf.XSDDouble)},
	{"ill-typed integer", rdf.NewTyped("abc", rdf.XSDInteger)},
	{"boolean", rdf.NewBoolean(true)},
	{"other datatype", rdf.NewTyped("x", "http://example.org/dt#a")},
	{"triple term", rdf.Triple{Subject: rdf.IRI("http://example.org/s"), Predicate: rdf.IRI("http://example.org/p"), Object: rdf.NewString("o )>> \" x")}},
	{"nested triple term", rdf.Triple{Subject: rdf.BlankNode("s"), Predicate: rdf.IRI("http://example.org/p"),
		Object: rdf.Triple{Subject: rdf.IRI("http://example.org/s"), Predicate: rdf.IRI("http://example.org/p"), Object: rdf.NewTyped("7", rdf.XSDInteger)}}},
	{"looks like a blank node", rdf.NewString("_:b")},
}

// lossless are the formats that read back what was written.
var lossless = []Format{JSON, XML, TSV}

func write(t testing.TB, f Format, vars []algebra.Var, rows [][]rdf.Term) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, f, vars)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.WriteRow(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w.Rows() != int64(len(rows)) {
		t.Fatalf("%s: %d rows counted, %d written", f, w.Rows(), len(rows))
	}
	return b.Bytes()
}

func readAll(doc io.Reader, f Format) ([]algebra.Var, [][]rdf.Term, error) {
	r, err := NewReader(doc, f, ReaderOptions{})
	if err != nil {
		return nil, nil, err
	}
	var rows [][]rdf.Term
	for {
		row, err := r.Next()
		if err == io.EOF {
			return r.Vars(), rows, nil
		}
		if err != nil {
			return r.Vars(), rows, err
		}
		rows = append(rows, row)
	}
}

func sameRows(a, b [][]rdf.Term) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for j := range a[i] {
			if a[i][j] != b[i][j] {
				return false
			}
		}
	}
	return true
}

func TestRoundTrip(t *testing.T) {
	for _, f := range lossless {
		for _, row := range terms {
			t.Run(f.String()+"/"+row.name, func(t *testing.T) {
				vars := []algebra.Var{"x", "y", "z"}
				rows := [][]rdf.Term{{row.term, nil, row.term}, {nil, row.term, nil}, {nil, nil, nil}}
				doc := write(t, f, vars, rows)
				gotVars, got, err := readAll(bytes.NewReader(doc), f)
				if err != nil {
					t.Fatalf("%v\n%s", err, doc)
				}
				if len(gotVars) != 3 || gotVars[0] != "x" || !sameRows(rows, got) {
					t.Errorf("wrote %v, read %v %v from\n%s", rows, gotVars, got, doc)
				}
			})
		}
	}
}

// One column is where a row may be an empty line.
func TestRoundTripNarrow(t *testing.T) {
	for _, f := range []Format{JSON, XML, TSV, CSV} {
		for _, c := range []struct {
			name string
			vars []algebra.Var
			rows [][]rdf.Term
		}{
			{"no variables, no rows", nil, nil},
			{"no variables, two rows", nil, [][]rdf.Term{{}, {}}},
			{"one variable, no rows", []algebra.Var{"x"}, nil},
			{"one variable, unbound rows", []algebra.Var{"x"}, [][]rdf.Term{{nil}, {rdf.NewString("")}, {nil}}},
			{"a variable called true", []algebra.Var{"true"}, [][]rdf.Term{{rdf.NewString("x")}}},
		} {
			t.Run(f.String()+"/"+c.name, func(t *testing.T) {
				doc := write(t, f, c.vars, c.rows)
				vars, rows, err := readAll(bytes.NewReader(doc), f)
				if err != nil {
					t.Fatalf("%v\n%q", err, doc)
				}
				if len(vars) != len(c.vars) || !sameRows(rows, c.rows) {
					t.Errorf("wrote %v %v, read %v %v from %q", c.vars, c.rows, vars, rows, doc)
				}
			})
		}
	}
}

func TestCSVText(t *testing.T) {
	vars := []algebra.Var{"a", "b", "c"}
	doc := write(t, CSV, vars, [][]rdf.Term{
		{rdf.IRI("http://e/x"), nil, rdf.NewLang(`say "hi"`, "en")},
		{rdf.BlankNode("b"), rdf.NewTyped("01", rdf.XSDInteger), rdf.NewString("a,b\nc")},
		{nil, rdf.NewString(""), rdf.Triple{Subject: rdf.IRI("http://e/s"), Predicate: rdf.IRI("http://e/p"), Object: rdf.NewString("o")}},
	})
	want := "a,b,c\r\n" +
		"http://e/x,,\"say \"\"hi\"\"\"\r\n" +
		"_:b,01,\"a,b\nc\"\r\n" +
		",\"\",\"<<( <http://e/s> <http://e/p> \"\"o\"\" )>>\"\r\n"
	if string(doc) != want {
		t.Errorf("got  %q\nwant %q", doc, want)
	}
	_, rows, err := readAll(bytes.NewReader(doc), CSV)
	if err != nil || len(rows) != 3 {
		t.Fatalf("read back: %v %v", rows, err)
	}
	if rows[0][1] != nil || rows[2][1] != rdf.Term(rdf.NewString("")) || rows[1][0] != rdf.Term(rdf.BlankNode("b")) {
		t.Errorf("read back %v", rows)
	}
}

func TestTSVText(t *testing.T) {
	doc := write(t, TSV, []algebra.Var{"a", "b"}, [][]rdf.Term{
		{rdf.NewTyped("1", rdf.XSDInteger), rdf.NewString("t\tn\n\"")},
		{rdf.NewTyped("true", rdf.XSDBoolean), rdf.NewDirLang("x", "ar", rdf.RTL)},
	})
	want := "?a\t?b\n1\t\"t\\tn\\n\\\"\"\n\"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>\t\"x\"@ar--rtl\n"
	if string(doc) != want {
		t.Errorf("got  %q\nwant %q", doc, want)
	}
}

// TestTSVForms reads what other servers write.
func TestTSVForms(t *testing.T) {
	for _, c := range []struct {
		cell string
		want rdf.Term
	}{
		{"4", rdf.NewTyped("4", rdf.XSDInteger)},
		{"-5.5", rdf.NewTyped("-5.5", rdf.XSDDecimal)},
		{"1.0e6", rdf.NewTyped("1.0e6", rdf.XSDDouble)},
		{"true", rdf.NewBoolean(true)},
		{"'it\\'s'@en", rdf.NewLang("it's", "en")},
		{`'say "x"'`, rdf.NewString(`say "x"`)},
		{"<<( <http://e/s> <http://e/p> 4 )>>", rdf.Triple{Subject: rdf.IRI("http://e/s"), Predicate: rdf.IRI("http://e/p"), Object: rdf.NewTyped("4", rdf.XSDInteger)}},
	} {
		t.Run(c.cell, func(t *testing.T) {
			_, rows, err := readAll(strings.NewReader("?x\t?y\r\n"+c.cell+"\t\r\n"), TSV)
			if err != nil || len(rows) != 1 || rows[0][0] != c.want || rows[0][1] != nil {
				t.Errorf("got %v %v, want %v", rows, err, c.want)
			}
		})
	}
}

func TestBoolean(t *testing.T) {
	for _, f := range []Format{JSON, XML, TSV, CSV} {
		for _, want := range []bool{true, false} {
			var b bytes.Buffer
			if err := WriteBoolean(&b, f, want); err != nil {
				t.Fatal(err)
			}
			r, err := NewReader(&b, f, ReaderOptions{})
			if err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			if got, ok := r.Boolean(); !ok || got != want {
				t.Errorf("%s: got %v %v, want %v", f, got, ok, want)
			}
			if _, err := r.Next(); err != io.EOF {
				t.Errorf("%s: Next gives %v after a boolean", f, err)
			}
		}
	}
}

// A result that failed must never read back as complete.
func TestFail(t *testing.T) {
	for _, f := range []Format{JSON, XML, CSV, TSV} {
		for _, n := range []int{0, 1, 3} {
			for _, vars := range [][]algebra.Var{nil, {"x"}, {"x", "y"}} {
				var b bytes.Buffer
				w, _ := NewWriter(&b, f, vars)
				row := make([]rdf.Term, len(vars))
				for i := range row {
					row[i] = rdf.NewString("v")
				}
				for range n {
					if err := w.WriteRow(row); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Fail(errors.New("disk \"full\"\n<b>")); err != nil {
					t.Fatal(err)
				}
				if err := w.WriteRow(row); err == nil {
					t.Errorf("%s: a row after the end was taken", f)
				}
				if err := w.Close(); err == nil {
					t.Errorf("%s: Close after Fail completed the result", f)
				}
				_, rows, err := readAll(&b, f)
				if err == nil {
					t.Errorf("%s, %d variables: %d rows and then a clean end", f, len(vars), len(rows))
				}
			}
		}
	}
}

// No proper prefix of a JSON or XML result is a result.
func TestPrefixes(t *testing.T) {
	rows := [][]rdf.Term{{rdf.NewLang("a", "en"), nil}, {rdf.IRI("http://e/"), rdf.BlankNode("b")}}
	for _, f := range []Format{JSON, XML} {
		doc := bytes.TrimSpace(write(t, f, []algebra.Var{"x", "y"}, rows))
		for i := range doc {
			if _, _, err := readAll(bytes.NewReader(doc[:i]), f); err == nil {
				t.Fatalf("%s: the first %d bytes of %d read as complete", f, i, len(doc))
			}
		}
		if _, _, err := readAll(io.MultiReader(bytes.NewReader(doc), strings.NewReader("x")), f); err == nil {
			t.Errorf("%s: text after the end was ignored", f)
		}
	}
}

func TestWriteEncoded(t *testing.T) {
	vars := []algebra.Var{"x", "y", "z"}
	for _, f := range Formats() {
		var encoded bytes.Buffer
		w, _ := NewWriter(&encoded, f, vars)
		var rows [][]rdf.Term
		for _, x := range terms {
			row := []rdf.Term{nil, x.term, rdf.NewString("end")}
			rows = append(rows, row)
			cells := make([][]byte, len(row))
			for i, term := range row {
				if term != nil {
					cells[i] = w.AppendTerm([]byte{}, term)
				}
			}
			if err := w.WriteEncoded(cells); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if direct := write(t, f, vars, rows); !bytes.Equal(direct, encoded.Bytes()) {
			t.Errorf("%s: encoded rows differ from terms", f)
		}
	}
}

func TestInvalidUTF8(t *testing.T) {
	rows := [][]rdf.Term{{rdf.NewString("a\xffb\x00\x01")}}
	for _, f := range []Format{JSON, XML} {
		doc := write(t, f, []algebra.Var{"x"}, rows)
		_, got, err := readAll(bytes.NewReader(doc), f)
		if err != nil {
			t.Errorf("%s: %v in %q", f, err, doc)
			continue
		}
		want := map[Format]string{JSON: "a\uFFFDb\x00\x01", XML: "a\uFFFDb\uFFFD\uFFFD"}[f]
		if got[0][0] != rdf.Term(rdf.NewString(want)) {
			t.Errorf("%s: got %q", f, got[0][0])
		}
	}
	if doc := write(t, JSON, []algebra.Var{"x"}, rows); !json.Valid(doc) {
		t.Errorf("not JSON: %q", doc)
	}
}

func TestHTML(t *testing.T) {
	doc := string(write(t, HTML, []algebra.Var{"x", "y"}, [][]rdf.Term{
		{rdf.IRI("http://e/?a=1&b=2"), rdf.NewDirLang("<قطة>", "ar", rdf.RTL)},
		{rdf.IRI("javascript:alert(1)"), rdf.NewTyped("5", rdf.XSDInteger)},
	}))
	for _, want := range []string{
		`<html lang="en">`, `<th scope="col">x</th>`, `<a href="http://e/?a=1&amp;b=2">`,
		`<span lang="ar" dir="rtl">&lt;قطة&gt;</span>`, `5 <small>integer</small>`, "2 rows", "</html>",
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	if strings.Contains(doc, `href="javascript`) {
		t.Error("a script address became a link")
	}
	var b bytes.Buffer
	w, _ := NewWriter(&b, HTML, []algebra.Var{"x"})
	if err := w.Fail(errors.New("<late>")); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, "&lt;late&gt;") || strings.Contains(s, "</html>") {
		t.Errorf("broken page: %s", s)
	}
}

// Documents that no reader may take, and what each says.
func TestMalformed(t *testing.T) {
	for _, c := range []struct {
		name   string
		format Format
		doc    string
		want   string
	}{
		{"empty JSON", JSON, ``, "ends before"},
		{"JSON array", JSON, `[]`, "expected {"},
		{"JSON without results", JSON, `{"head":{"vars":["x"]}}`, "neither results"},
		{"JSON results without head", JSON, `{"results":{"bindings":[{}]}}`, "without a head"},
		{"JSON unknown variable", JSON, `{"head":{"vars":["x"]},"results":{"bindings":[{"y":{"type":"uri","value":"u"}}]}}`, "not in the head"},
		{"JSON unknown type", JSON, `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"url","value":"u"}}]}}`, "unknown type"},
		{"JSON no value", JSON, `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri"}}]}}`, "without a value"},
		{"JSON literal predicate", JSON, `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"triple","value":{"subject":{"type":"uri","value":"s"},"predicate":{"type":"literal","value":"p"},"object":{"type":"uri","value":"o"}}}}]}}`, "predicate"},
		{"JSON direction", JSON, `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"v","xml:lang":"en","its:dir":"up"}}]}}`, "neither ltr nor rtl"},
		{"not XML", XML, `hello`, "ends before|text where"},
		{"other XML", XML, `<html xmlns="http://www.w3.org/1999/xhtml"/>`, "expected the element sparql"},
		{"XML unknown variable", XML, `<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><results><result><binding name="x"><uri>u</uri></binding></result></results></sparql>`, "variable of the head"},
		{"XML two terms", XML, `<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head><results><result><binding name="x"><uri>u</uri><uri>v</uri></binding></result></results></sparql>`, "more than one term"},
		{"XML boolean", XML, `<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>yes</boolean></sparql>`, "true or false"},
		{"XML unknown entity", XML, `<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/>&x;</sparql>`, "entity"},
		{"empty TSV", TSV, ``, "no header"},
		{"TSV header", TSV, "x\ty\n", "no variable"},
		{"TSV too few", TSV, "?x\t?y\n1\n", "expected 2 cells"},
		{"TSV too many", TSV, "?x\n1\t2\n", "expected 1 cells"},
		{"TSV bare word", TSV, "?x\nhello\n", "no term"},
		{"TSV open quote", TSV, "?x\n\"a\n", "no term"},
		{"CSV open quote", CSV, "x\r\n\"a\r\n", "within quotes"},
		{"CSV stray quote", CSV, "x\r\na\"b\r\n", "quote within"},
		{"CSV width", CSV, "x,y\r\n1\r\n", "expected 2 cells"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := readAll(strings.NewReader(c.doc), c.format)
			if err == nil {
				t.Fatal("taken without an error")
			}
			var syntax *rdf.SyntaxError
			if !errors.As(err, &syntax) {
				t.Errorf("%T is no syntax error: %v", err, err)
			}
			for _, alternative := range strings.Split(c.want, "|") {
				if strings.Contains(err.Error(), alternative) {
					return
				}
			}
			t.Errorf("error %q does not say %q", err, c.want)
		})
	}
}

// TestJSONStrings reads the escapes of RFC 8259 §7.
func TestJSONStrings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`a\"\\\/\b\f\n\r\t`, "a\"\\/\b\f\n\r\t"},
		{`\u00e9\u00E9é`, "ééé"},
		{`\ud834\udd1e`, "𝄞"},
		{`\ud834x`, "\uFFFDx"},
		{`\udd1e`, "\uFFFD"},
		{`\ud834\u0041`, "\uFFFDA"},
		{`\u0000`, "\x00"},
		{strings.Repeat("long ", 50_000), strings.Repeat("long ", 50_000)},
	} {
		doc := `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"value":"` + c.text + `","type":"literal"}}]}}`
		_, rows, err := readAll(strings.NewReader(doc), JSON)
		if err != nil || rows[0][0] != rdf.Term(rdf.NewString(c.want)) {
			t.Errorf("%.40s: got %.60v %v", c.text, rows, err)
		}
	}
	for _, bad := range []string{`\x`, `\u12`, `\u12G4`, "a\nb", `\`} {
		doc := `{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"value":"` + bad + `","type":"literal"}}]}}`
		if _, rows, err := readAll(strings.NewReader(doc), JSON); err == nil {
			t.Errorf("%q was read as %v", bad, rows)
		}
	}
	for _, bad := range []string{`[1,]`, `{"a":1,}`, `01`, `nul`, `{"a" 1}`, `[1 2]`, `{a:1}`, strings.Repeat("[", 2000) + strings.Repeat("]", 2000)} {
		if _, _, err := readAll(strings.NewReader(`{"x":`+bad+`,"head":{},"boolean":true}`), JSON); err == nil {
			t.Errorf("the member %.40s was skipped", bad)
		}
	}
}

// A term that is longer than allowed is an error, not memory.
func TestTokenLimit(t *testing.T) {
	rows := [][]rdf.Term{{rdf.NewString(strings.Repeat("x", 5000))}}
	for _, f := range []Format{JSON, XML, CSV, TSV} {
		doc := write(t, f, []algebra.Var{"x"}, rows)
		r, err := NewReader(bytes.NewReader(doc), f, ReaderOptions{MaxToken: 1000})
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		if _, err := r.Next(); err == nil || err == io.EOF {
			t.Errorf("%s: a term of 5000 bytes was read: %v", f, err)
		}
	}
}

func TestJSONRowsBeforeHead(t *testing.T) {
	doc := `{"results":{"bindings":[{"x":{"type":"typed-literal","value":"1","datatype":"http://www.w3.org/2001/XMLSchema#integer"}}],"distinct":true},"head":{"link":[],"vars":["x"]}}`
	vars, rows, err := readAll(strings.NewReader(doc), JSON)
	if err != nil || len(vars) != 1 || len(rows) != 1 || rows[0][0] != rdf.Term(rdf.NewTyped("1", rdf.XSDInteger)) {
		t.Errorf("got %v %v %v", vars, rows, err)
	}
}

func TestFormatNames(t *testing.T) {
	for _, c := range []struct {
		name string
		want Format
	}{
		{"json", JSON}, {"JSON", JSON}, {"xml", XML}, {"csv", CSV}, {"tsv", TSV}, {"html", HTML}, {"srj", JSON},
		{"application/sparql-results+json", JSON}, {"application/json; charset=utf-8", JSON},
		{"text/javascript", JSON}, {"text/csv;header=present", CSV}, {"application/xml", XML},
	} {
		if got, err := Parse(c.name); err != nil || got != c.want {
			t.Errorf("%s: %v %v, want %v", c.name, got, err, c.want)
		}
	}
	if _, err := Parse("turtle"); err == nil {
		t.Error("turtle was taken for a format of results")
	}
	for _, f := range Formats() {
		if got, ok := ByFileName("result" + f.Extension()); !ok || got != f {
			t.Errorf("%s: its own extension is %v", f, got)
		}
		if got, ok := ByMediaType(f.ContentType()); !ok || got != f {
			t.Errorf("%s: its own Content-Type is %v", f, got)
		}
	}
}

// TestSuiteDocuments reads every result document of the W3C suite.
func TestSuiteDocuments(t *testing.T) {
	root := os.Getenv("RDF_TESTS")
	if root == "" {
		root = "../../../shared/w3c"
	}
	root = filepath.Join(root, "sparql")
	if _, err := os.Stat(root); err != nil {
		t.Skip("no W3C suite: clone https://github.com/w3c/rdf-tests beside the repository as shared/w3c, or set RDF_TESTS")
	}
	passed, failed := 0, 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, ok := ByFileName(path)
		if !ok || f == HTML || f == XML && !strings.HasSuffix(path, ".srx") {
			return nil
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		vars, rows, err := readAll(file, f)
		if err != nil {
			failed++
			t.Errorf("%s: %v", path, err)
			return nil
		}
		passed++
		if f != CSV { // what was read must survive being written
			doc := write(t, f, vars, rows)
			if _, again, err := readAll(bytes.NewReader(doc), f); err != nil || !sameRows(rows, again) {
				t.Errorf("%s: written again it reads as %v, %v", path, again, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("result documents: %d passed, %d failed, 0 skipped", passed, failed)
	if passed < 400 {
		t.Errorf("only %d documents found", passed)
	}
}

// genTerm draws terms with awkward text.
func genTerm() *rapid.Generator[rdf.Term] {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\"", "\\", "\t", "a\nb", "<x>", "&", ",", "_:b", "1", "1.0", "true", " ", "<<( ", ")>>", "\u2028"}))
	clean := rapid.Map(text, func(s string) string { // what XML cannot hold
		return strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF || r == 0xFFFD {
				return -1
			}
			return r
		}, s)
	})
	iri := rapid.SampledFrom([]rdf.Term{rdf.IRI("http://example.org/a"), rdf.IRI("urn:x:é&"), rdf.IRI("http://e/'q'?a=(b)")})
	leaf := rapid.OneOf(
		iri,
		rapid.SampledFrom([]rdf.Term{rdf.BlankNode("b0"), rdf.BlankNode("x.y-z")}),
		rapid.Map(clean, func(s string) rdf.Term { return rdf.NewString(s) }),
		rapid.Map(clean, func(s string) rdf.Term { return rdf.NewLang(s, "en-GB") }),
		rapid.Map(clean, func(s string) rdf.Term { return rdf.NewDirLang(s, "he", rdf.RTL) }),
		rapid.Custom(func(t *rapid.T) rdf.Term {
			return rdf.NewTyped(clean.Draw(t, "lexical"), rapid.SampledFrom([]rdf.IRI{rdf.XSDInteger, rdf.XSDDecimal, rdf.XSDDouble, rdf.XSDBoolean, "urn:dt"}).Draw(t, "datatype"))
		}),
	)
	nest := func(object *rapid.Generator[rdf.Term]) *rapid.Generator[rdf.Term] {
		return rapid.Custom(func(t *rapid.T) rdf.Term {
			return rdf.Triple{Subject: rapid.OneOf(iri, rapid.Just(rdf.Term(rdf.BlankNode("s")))).Draw(t, "s"), Predicate: iri.Draw(t, "p"), Object: object.Draw(t, "o")}
		})
	}
	return rapid.OneOf(rapid.Just[rdf.Term](nil), leaf, nest(leaf), nest(nest(leaf)))
}

func TestRoundTripRandom(t *testing.T) {
	gen := genTerm()
	for _, f := range lossless {
		t.Run(f.String(), rapid.MakeCheck(func(t *rapid.T) {
			width := rapid.IntRange(1, 3).Draw(t, "width")
			vars := []algebra.Var{"a", "b", "c"}[:width]
			rows := rapid.SliceOfN(rapid.SliceOfN(gen, width, width), 0, 4).Draw(t, "rows")
			var b bytes.Buffer
			w, _ := NewWriter(&b, f, vars)
			for _, r := range rows {
				if err := w.WriteRow(r); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			_, got, err := readAll(bytes.NewReader(b.Bytes()), f)
			if err != nil || !sameRows(rows, got) {
				t.Fatalf("wrote %v, read %v, %v from %q", rows, got, err, b.String())
			}
		}))
	}
}

// FuzzReader feeds readers anything: no panic, no endless loop, and what is
// read in full can be written and read again.
func FuzzReader(f *testing.F) {
	rows := [][]rdf.Term{}
	for _, x := range terms {
		rows = append(rows, []rdf.Term{x.term, rdf.NewString("y")})
	}
	for _, format := range []Format{JSON, XML, CSV, TSV} {
		f.Add(uint8(format), write(f, format, []algebra.Var{"x", "y"}, rows))
		var b bytes.Buffer
		if err := WriteBoolean(&b, format, true); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(format), b.Bytes())
	}
	f.Fuzz(func(t *testing.T, format uint8, doc []byte) {
		ff := Format(format%4) + JSON
		vars, rows, err := readAll(bytes.NewReader(doc), ff)
		if len(rows) > len(doc) {
			t.Errorf("%d rows from %d bytes", len(rows), len(doc))
		}
		if err != nil {
			return
		}
		if ff == JSON && !json.Valid(doc) {
			t.Errorf("read %q, which is no JSON", doc)
		}
		// Whatever was read can be written and read again.
		if r, err := NewReader(bytes.NewReader(doc), ff, ReaderOptions{}); err != nil {
			t.Error(err)
		} else if _, ask := r.Boolean(); ask || ff == CSV {
			return
		}
		for _, v := range vars {
			if v == "" || strings.ContainsAny(string(v), "\t\r\n") || !utf8.ValidString(string(v)) {
				return // a name that only JSON can spell
			}
		}
		again := write(t, JSON, vars, rows)
		if _, got, err := readAll(bytes.NewReader(again), JSON); err != nil || len(got) != len(rows) {
			t.Errorf("%q is written as %q, which reads as %v, %v", doc, again, got, err)
		}
	})
}
