package markup

import (
	"html"
	"regexp"
	"strings"
)

var (
	comments   = regexp.MustCompile(`(?s)<!--.*?-->`)
	references = regexp.MustCompile(`(?is)<ref[^>/]*/>|<ref[^>]*>.*?</ref>|<(gallery|math|timeline|syntaxhighlight|imagemap|score)[^>]*>.*?</(gallery|math|timeline|syntaxhighlight|imagemap|score)>`)
	breaks     = regexp.MustCompile(`(?i)<br\s*/?\s*>`)
	rules      = regexp.MustCompile(`(?i)<hr\s*/?\s*>|-{4,}`)
	tags       = regexp.MustCompile(`(?s)</?[a-zA-Z][^>]*>`)
	magic      = regexp.MustCompile(`__[A-Z]+__`)
	external   = regexp.MustCompile(`\[(?:https?:)?//[^ \]]+ ?([^\]]*)\]`)
)

// FromWikitext returns the plain form of a page of MediaWiki: the parameters of
// its first infobox are the infobox, templates inside are unfolded where they
// hold words (flags, lists, dates, fates) and dropped where they do not (notes,
// citations).
func FromWikitext(title, src string) string {
	src = comments.ReplaceAllString(src, "")
	src = references.ReplaceAllString(src, "")
	p := &page{title: title}
	if i, j := infoboxAt(src); i >= 0 {
		for n, par := range parameters(src[i+2 : j-2]) {
			if n == 0 || par.key == "" {
				continue
			}
			value := boxValue(par.value)
			if key := boxKey(par.key); key != "" && value != "" {
				p.box = append(p.box, entry{key, value})
			}
		}
		src = src[:i] + src[j:]
	}
	if p.title == "" {
		for _, e := range p.box {
			if e.key == "Conflict" || e.key == "Title" {
				p.title = e.value
				break
			}
		}
	}
	src = dropTables(src)
	prose := breaks.ReplaceAllString(inline(src), " ")
	blank := true
	for l := range strings.Lines(prose) {
		l = strings.TrimSpace(tags.ReplaceAllString(l, ""))
		l = strings.TrimLeft(l, ":;#")
		l = squeeze(html.UnescapeString(l))
		switch {
		case l == "" && blank, l == "*", l == "|", l == "}}":
			continue
		case strings.HasPrefix(l, "=") && strings.HasSuffix(l, "=") && len(l) > 2:
			if !blank {
				p.body.WriteByte('\n')
			}
			p.body.WriteString(l + "\n")
			blank = false
			continue
		}
		p.body.WriteString(l + "\n")
		blank = l == ""
	}
	return p.String()
}

// infoboxAt returns where the first infobox stands, -1 for none.
func infoboxAt(src string) (int, int) {
	low := strings.ToLower(src)
	for from := 0; ; {
		i := strings.Index(low[from:], "{{infobox")
		if i < 0 {
			return -1, -1
		}
		i += from
		if j := closing(src, i); j > 0 {
			return i, j
		}
		from = i + 2
	}
}

// closing returns where the template that opens at i ends, -1 where it never
// does.
func closing(src string, i int) int {
	depth := 0
	for k := i; k+1 < len(src); k++ {
		switch {
		case src[k] == '{' && src[k+1] == '{':
			depth++
			k++
		case src[k] == '}' && src[k+1] == '}':
			depth--
			k++
			if depth == 0 {
				return k + 1
			}
		}
	}
	return -1
}

type parameter struct{ key, value string }

// parameters cuts the inside of a template at its own bars; the first is its
// name. A parameter without a key is numbered by its place.
func parameters(body string) []parameter {
	var out []parameter
	depth, links, start := 0, 0, 0
	add := func(end int) {
		part := body[start:end]
		key, value, ok := strings.Cut(part, "=")
		if !ok || strings.ContainsAny(key, "{[<") || len(out) == 0 {
			out = append(out, parameter{value: strings.TrimSpace(part)})
			return
		}
		out = append(out, parameter{strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)})
	}
	for k := 0; k < len(body); k++ {
		two := ""
		if k+1 < len(body) {
			two = body[k : k+2]
		}
		switch {
		case two == "{{":
			depth++
			k++
		case two == "}}":
			depth--
			k++
		case two == "[[":
			links++
			k++
		case two == "]]":
			links--
			k++
		case body[k] == '|' && depth == 0 && links <= 0:
			add(k)
			start = k + 1
		}
	}
	add(len(body))
	return out
}

// boxKey returns the key of the plain form; nothing for those that hold no fact.
func boxKey(key string) string {
	key = strings.ReplaceAll(key, "_", " ")
	switch key {
	case "image", "caption", "alt", "image size", "map caption", "coordinates", "width", "notes", "campaignbox", "map mark", "map size", "map":
		return ""
	case "location":
		key = "place"
	case "perps", "perpetrator", "perp":
		key = "perpetrators"
	}
	return strings.ToUpper(key[:1]) + key[1:]
}

// boxValue unfolds the value of a parameter into one line.
func boxValue(v string) string {
	v = breaks.ReplaceAllString(v, "\n")
	v = rules.ReplaceAllString(v, "\n----\n")
	v = inline(v)
	v = breaks.ReplaceAllString(v, "\n")
	v = html.UnescapeString(tags.ReplaceAllString(v, ""))
	var items []string
	rule := false
	for l := range strings.Lines(v) {
		l = squeeze(strings.TrimLeft(strings.TrimSpace(l), "*#:; "))
		l = strings.TrimSuffix(l, ",")
		if l == "----" {
			rule = len(items) > 0
			continue
		}
		if l == "" {
			continue
		}
		if rule {
			items[len(items)-1] += " ---- " + l
			rule = false
			continue
		}
		items = append(items, l)
	}
	return strings.Join(items, ", ")
}

// inline unfolds templates and links, from the inside out: a pass for each depth.
func inline(s string) string {
	for range 40 { // deeper than pages nest
		if !strings.Contains(s, "{{") || !strings.Contains(s, "}}") {
			break
		}
		s = innermost(s)
	}
	s = strings.NewReplacer("{{", "", "}}", "").Replace(s)
	for range 10 {
		if !strings.Contains(s, "[[") || !strings.Contains(s, "]]") {
			break
		}
		s = links(s)
	}
	s = strings.NewReplacer("[[", "", "]]", "").Replace(s)
	s = external.ReplaceAllString(s, "$1")
	s = magic.ReplaceAllString(s, "")
	return strings.NewReplacer("'''''", "", "'''", "", "''", "").Replace(s)
}

// innermost unfolds every template that holds none.
func innermost(s string) string { return unfold(s, "{{", "}}", template) }

// unfold replaces every span between the marks that holds no other by its words.
func unfold(s, opening, closing string, words func(string) string) string {
	var out strings.Builder
	for {
		j := strings.Index(s, closing)
		if j < 0 {
			break
		}
		i := strings.LastIndex(s[:j], opening)
		if i < 0 {
			out.WriteString(s[:j+len(closing)]) // of one that opened before
			s = s[j+len(closing):]
			continue
		}
		out.WriteString(s[:i])
		out.WriteString(words(s[i+len(opening) : j]))
		s = s[j+len(closing):]
	}
	out.WriteString(s)
	return out.String()
}

// template returns the words of a template without templates inside.
func template(body string) string {
	pars := parameters(body)
	name := strings.ToLower(strings.TrimSpace(pars[0].value))
	var plain []string
	for _, p := range pars[1:] {
		if p.key == "" || p.key == "1" || p.key == "2" && len(plain) == 1 {
			plain = append(plain, p.value)
		}
	}
	first := func() string {
		if len(plain) > 0 {
			return plain[0]
		}
		return ""
	}
	switch name {
	case "kia", "†", "dagger", "killed in action":
		return "KIA"
	case "wia", "wounded in action":
		return "WIA"
	case "pow", "prisoner of war":
		return "POW"
	case "mia":
		return "MIA"
	case "dow":
		return "DOW"
	case "surrendered", "white flag":
		return "Surrendered"
	case "executed":
		return "Executed"
	case "flagicon", "flag icon", "flagdeco", "flagicon image", "efn", "refn", "sfn", "sfnp", "notetag", "cn", "fact", "citation needed", "when", "who", "clarify", "by whom", "better source needed", "dubious", "according to whom", "page needed", "coord", "campaignbox", "main", "see also", "further", "use dmy dates", "use mdy dates", "short description", "about", "other uses", "for", "reflist", "portal", "commons category", "authority control", "clear", "pp", "toc limit":
		return ""
	case "flag", "flagcountry", "flagu", "flag country", "flaglist", "country data", "flagteam":
		return first()
	case "army", "navy", "air force", "marines", "coast guard", "naval", "army link":
		if first() == "" {
			return ""
		}
		return first() + " " + strings.ToUpper(strings.TrimSuffix(name, " link")[:1]) + strings.TrimSuffix(name, " link")[1:]
	case "start date", "end date", "start-date", "dts", "date":
		return date(plain)
	case "start and end dates", "date range":
		if len(plain) >= 6 {
			return date(plain[:3]) + " – " + date(plain[3:6])
		}
		return date(plain)
	case "plainlist", "unbulleted list", "ubl", "ublist", "flatlist", "hlist", "tree list", "collapsible list", "bulleted list", "br separated entries", "tree list/end":
		return strings.Join(plain, "\n")
	case "ndash", "snd", "spaced ndash", "–", "endash":
		return "–"
	case "mdash", "spaced mdash":
		return "—"
	case "circa", "c.", "c", "ca":
		return "c. " + first()
	case "convert", "cvt":
		if len(plain) > 1 {
			return plain[0] + " " + plain[1]
		}
		return first()
	case "lang", "transl", "transliteration", "langx":
		if len(plain) > 1 {
			return plain[len(plain)-1]
		}
		return first()
	case "nowrap", "small", "smaller", "nobold", "big", "nobr", "resize", "abbr", "tooltip", "ill", "interlanguage link", "ship", "uss", "hms", "sclass", "formatnum", "nbsp", "no wrap", "longitem", "center", "left", "efn-ua text", "linktext", "visible anchor", "nom", "sic", "not a typo", "sup", "age in years":
		if name == "nbsp" {
			return " "
		}
		return first()
	}
	if strings.HasPrefix(name, "lang-") {
		return first()
	}
	return ""
}

// date writes "2012|2|7" as an ISO date.
func date(parts []string) string {
	var out []string
	for n, p := range parts {
		p = strings.TrimSpace(p)
		if n > 2 || p == "" || strings.IndexFunc(p, func(r rune) bool { return r < '0' || r > '9' }) >= 0 {
			break
		}
		if n > 0 && len(p) == 1 {
			p = "0" + p
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return strings.Join(parts, " ")
	}
	return strings.Join(out, "-")
}

// links unfolds every [[A|B]] that holds none, and drops files and categories.
func links(s string) string { return unfold(s, "[[", "]]", link) }

// link returns the words of a link.
func link(inner string) string {
	low := strings.ToLower(inner[:min(len(inner), 10)])
	if strings.HasPrefix(low, "file:") || strings.HasPrefix(low, "image:") || strings.HasPrefix(low, "category:") {
		return ""
	}
	if k := strings.LastIndexByte(inner, '|'); k >= 0 {
		return inner[k+1:]
	}
	return strings.TrimPrefix(inner, ":")
}

// dropTables takes tables off: their cells are no sentences.
func dropTables(s string) string {
	for range 1000 {
		j := strings.Index(s, "\n|}")
		if j < 0 {
			return s
		}
		i := strings.LastIndex(s[:j], "{|")
		if i < 0 {
			return s[:j] + s[j+3:]
		}
		s = s[:i] + s[j+3:]
	}
	return s
}
