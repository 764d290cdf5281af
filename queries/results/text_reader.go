package results

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/turtle"
	"github.com/belligraph/belligraph/queries/algebra"
)

// tsvReader reads TSV line by line. A last line without its line end was cut
// short only if it does not parse: the specification asks for the line end, but
// files without it are common.
type tsvReader struct {
	r       *bufio.Reader
	o       ReaderOptions
	vars    []algebra.Var
	boolean *bool
	line    int
}

func newTSVReader(r io.Reader, o ReaderOptions) (*tsvReader, error) {
	t := &tsvReader{r: bufio.NewReaderSize(r, 64<<10), o: o}
	head, err := t.readLine()
	if err == io.EOF {
		return nil, faulty(TSV, 1, 1, 0, "no header line")
	}
	if err != nil {
		return nil, err
	}
	switch head {
	case "":
		return t, nil // no variables
	case "true", "false":
		t.boolean = new(bool)
		*t.boolean = head == "true"
		return t, nil
	}
	for _, name := range strings.Split(head, "\t") {
		if len(name) < 2 || name[0] != '?' && name[0] != '$' {
			return nil, faulty(TSV, 1, 1, 0, "the header line holds %q, which is no variable", printable(name))
		}
		t.vars = append(t.vars, algebra.Var(name[1:]))
	}
	return t, nil
}

func (t *tsvReader) Vars() []algebra.Var { return t.vars }

func (t *tsvReader) Boolean() (value, ok bool) {
	if t.boolean == nil {
		return false, false
	}
	return *t.boolean, true
}

// readLine returns the next line without its end.
func (t *tsvReader) readLine() (string, error) {
	var long []byte
	for {
		chunk, err := t.r.ReadSlice('\n')
		if len(long)+len(chunk) > t.o.MaxToken {
			return "", faulty(TSV, t.line+1, 1, 0, "the line is too long")
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, chunk...)
			continue
		}
		if err != nil && err != io.EOF {
			return "", err
		}
		if err == io.EOF && len(long)+len(chunk) == 0 {
			return "", io.EOF
		}
		t.line++
		s := string(append(long, chunk...))
		s = strings.TrimSuffix(s, "\n")
		return strings.TrimSuffix(s, "\r"), nil
	}
}

func (t *tsvReader) Next() ([]rdf.Term, error) {
	line, err := t.readLine()
	if err != nil {
		return nil, err
	}
	if t.boolean != nil {
		return nil, faulty(TSV, t.line, 1, 0, "text after the end of the result")
	}
	row := make([]rdf.Term, len(t.vars))
	if len(t.vars) == 0 {
		if line != "" {
			return nil, faulty(TSV, t.line, 1, 0, "a row of a result without variables must be empty")
		}
		return row, nil
	}
	rest, column := line, 1
	for i := range row {
		cell, more, found := strings.Cut(rest, "\t")
		if found != (i < len(row)-1) {
			return nil, faulty(TSV, t.line, column, 0, "expected %d cells", len(row))
		}
		if row[i], err = parseCell(cell, t.o.MaxDepth); err != nil {
			return nil, faulty(TSV, t.line, column, 0, "%q is no term: %s", printable(cell), reason(err))
		}
		rest = more
		column += len([]rune(cell)) + 1
	}
	return row, nil
}

func reason(err error) string {
	var syntax *rdf.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Message
	}
	return err.Error()
}

// parseCell reads a term as SPARQL and Turtle write it; "" is unbound.
func parseCell(s string, maxDepth int) (rdf.Term, error) {
	s = strings.Trim(s, " ")
	switch {
	case s == "":
		return nil, nil
	case s == "true" || s == "false":
		return rdf.NewTyped(s, rdf.XSDBoolean), nil
	case s[0] == '<' && !strings.HasPrefix(s, "<<") || s[0] == '_' || s[0] == '"':
		return turtle.ParseTerm(s)
	case strings.HasPrefix(s, "<<("):
		return parseTripleCell(s, maxDepth)
	case s[0] == '\'':
		return parseSingleQuoted(s)
	}
	if datatype := numeralType(s); datatype != "" {
		return rdf.NewTyped(s, datatype), nil
	}
	return nil, errNoTerm
}

var (
	errNoTerm  = errors.New("not an IRI, a blank node, a literal or a triple term")
	errTooDeep = errors.New("triple terms nest too deep")
)

// parseTripleCell reads <<( s p o )>>, whose parts may be bare numbers too.
func parseTripleCell(s string, depth int) (rdf.Term, error) {
	if depth <= 0 {
		return nil, errTooDeep
	}
	inner, ok := strings.CutSuffix(s[3:], ")>>")
	if !ok {
		return nil, errNoTerm
	}
	var parts [3]rdf.Term
	for i := range parts {
		inner = strings.TrimLeft(inner, " ")
		end := termEnd(inner)
		var err error
		if parts[i], err = parseCell(inner[:end], depth-1); err != nil {
			return nil, err
		}
		inner = inner[end:]
	}
	if strings.Trim(inner, " ") != "" {
		return nil, errNoTerm
	}
	return tripleOf(parts[0], parts[1], parts[2])
}

// termEnd returns the length of the term that s starts with.
func termEnd(s string) int {
	i := 0
	switch {
	case strings.HasPrefix(s, "<<("):
		for depth := 0; i < len(s); {
			switch {
			case strings.HasPrefix(s[i:], "<<("):
				depth++
				i += 3
			case strings.HasPrefix(s[i:], ")>>"):
				depth--
				i += 3
				if depth == 0 {
					return i
				}
			case s[i] == '"' || s[i] == '<':
				i += delimited(s[i:])
			default:
				i++
			}
		}
		return len(s)
	case s != "" && (s[0] == '"' || s[0] == '<'):
		i = delimited(s)
		if s[0] == '"' && strings.HasPrefix(s[i:], "^^<") {
			i += 2
			i += delimited(s[i:])
			return i
		}
	}
	for i < len(s) && s[i] != ' ' {
		i++
	}
	return i
}

// delimited returns the length of the "…" or <…> that s starts with.
func delimited(s string) int {
	end := byte('"')
	if s[0] == '<' {
		end = '>'
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case end:
			return i + 1
		}
	}
	return len(s)
}

// parseSingleQuoted reads a literal in single quotes, which Turtle allows.
func parseSingleQuoted(s string) (rdf.Term, error) {
	end := strings.LastIndexByte(s, '\'')
	if end == 0 {
		return nil, errNoTerm
	}
	body := s[1:end]
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '\\' && i+1 < len(body) && body[i+1] == '\'':
			i++
			b.WriteByte('\'')
		case c == '\\' && i+1 < len(body):
			i++
			b.WriteByte('\\')
			b.WriteByte(body[i])
		case c == '\'':
			return nil, errNoTerm
		case c == '"':
			b.WriteString(`\"`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	b.WriteString(s[end+1:])
	return turtle.ParseTerm(b.String())
}

// csvReader reads CSV after RFC 4180, with any line end.
type csvReader struct {
	r       *bufio.Reader
	o       ReaderOptions
	vars    []algebra.Var
	boolean *bool
	line    int
}

func newCSVReader(r io.Reader, o ReaderOptions) (*csvReader, error) {
	c := &csvReader{r: bufio.NewReaderSize(r, 64<<10), o: o, line: 1}
	head, err := c.record()
	if err == io.EOF {
		return nil, faulty(CSV, 1, 1, 0, "no header line")
	}
	if err != nil {
		return nil, err
	}
	if len(head) == 1 && !head[0].quoted {
		switch head[0].text {
		case "":
			return c, nil // no variables
		case "true", "false":
			// A variable may be called so: it is a boolean if nothing follows.
			if _, err := c.r.Peek(1); err == io.EOF {
				c.boolean = new(bool)
				*c.boolean = head[0].text == "true"
				return c, nil
			}
		}
	}
	for _, f := range head {
		c.vars = append(c.vars, algebra.Var(f.text))
	}
	return c, nil
}

func (c *csvReader) Vars() []algebra.Var { return c.vars }

func (c *csvReader) Boolean() (value, ok bool) {
	if c.boolean == nil {
		return false, false
	}
	return *c.boolean, true
}

type csvField struct {
	text   string
	quoted bool
}

// record reads one record; io.EOF if there is none.
func (c *csvReader) record() ([]csvField, error) {
	if _, err := c.r.Peek(1); err != nil {
		return nil, err
	}
	var fields []csvField
	var b []byte
	quoted, inQuotes := false, false
	first := c.line
	for size := 0; ; size++ {
		if size > c.o.MaxToken {
			return nil, faulty(CSV, first, 1, 0, "the record is too long")
		}
		ch, err := c.r.ReadByte()
		if err == io.EOF {
			if inQuotes {
				return nil, faulty(CSV, first, 1, 0, "the document ends within quotes")
			}
			return append(fields, csvField{string(b), quoted}), nil
		}
		if err != nil {
			return nil, err
		}
		switch {
		case inQuotes && ch == '"':
			if next, err := c.r.Peek(1); err == nil && next[0] == '"' {
				_, _ = c.r.Discard(1)
				b = append(b, '"')
			} else {
				inQuotes = false
			}
		case inQuotes:
			if ch == '\n' {
				c.line++
			}
			b = append(b, ch)
		case ch == '"' && len(b) == 0 && !quoted:
			quoted, inQuotes = true, true
		case ch == '"':
			return nil, faulty(CSV, c.line, 1, 0, "a quote within a cell that is not quoted")
		case ch == ',':
			fields = append(fields, csvField{string(b), quoted})
			b, quoted = b[:0], false
		case ch == '\r' || ch == '\n':
			if next, err := c.r.Peek(1); ch == '\r' && err == nil && next[0] == '\n' {
				_, _ = c.r.Discard(1)
			}
			c.line++
			return append(fields, csvField{string(b), quoted}), nil
		case quoted:
			return nil, faulty(CSV, c.line, 1, 0, "text after the closing quote of a cell")
		default:
			b = append(b, ch)
		}
	}
}

func (c *csvReader) Next() ([]rdf.Term, error) {
	if c.boolean != nil {
		return nil, io.EOF
	}
	line := c.line
	fields, err := c.record()
	if err != nil {
		return nil, err
	}
	if len(c.vars) == 0 && len(fields) == 1 && fields[0] == (csvField{}) {
		return []rdf.Term{}, nil
	}
	if len(fields) != len(c.vars) {
		return nil, faulty(CSV, line, 1, 0, "expected %d cells, found %d", len(c.vars), len(fields))
	}
	row := make([]rdf.Term, len(fields))
	for i, f := range fields {
		switch {
		case f.text == "" && !f.quoted:
		case strings.HasPrefix(f.text, "_:") && !f.quoted:
			row[i] = rdf.BlankNode(f.text[2:])
		default:
			row[i] = rdf.NewString(f.text)
		}
	}
	return row, nil
}
