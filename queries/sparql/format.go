package sparql

import "strings"

// Format lays out a query or an update request for people: one triple, filter
// or clause to a line, keywords in capitals, two spaces to a level. Comments
// before the first word are kept; those further on are dropped, since no tree
// holds them, which an editor should say before it replaces the text.
func Format(text string, opts Options) (string, error) {
	head := leadingComments(text)
	if isUpdate(text) {
		u, err := ParseUpdate(text, opts)
		if err != nil {
			return "", err
		}
		return head + u.String() + "\n", nil
	}
	q, err := ParseQuery(text, opts)
	if err != nil {
		return "", err
	}
	return head + q.String() + "\n", nil
}

// isUpdate tells by the first word after the prologue whether a text is meant
// as an update.
func isUpdate(text string) bool {
	l := lexer{text: text}
	for {
		t := l.next()
		switch t.kind {
		case tokEOF:
			return false
		case tokWord:
			switch t.val {
			case "BASE", "PREFIX", "VERSION":
				continue
			case "INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY":
				return true
			}
			return false
		case tokIRI, tokPName, tokString:
			continue
		default:
			return false
		}
	}
}

// leadingComments returns the comment lines before the first token.
func leadingComments(text string) string {
	l := lexer{text: text}
	l.skipSpace()
	var b strings.Builder
	for line := range strings.Lines(text[:l.pos]) {
		if s := strings.TrimSpace(line); strings.HasPrefix(s, "#") {
			b.WriteString(s)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
