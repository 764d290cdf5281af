package export

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
)

// sssomPredicates are the links between sources, by kind of proposition, and the
// predicates of a mapping. owl:sameAs is none of them: two sources that report
// one event are not one thing.
var sssomPredicates = map[string]string{
	claim.KindReportsSameEvent: "bg:reportsSameEvent", claim.KindPartOfReported: "bg:partOfReported",
	claim.KindCorrespondsTo: "skos:closeMatch", claim.KindSucceededBy: "bg:succeededBy",
}

var sssomColumns = []string{
	"subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label", "mapping_justification",
	"author_label", "confidence", "mapping_tool", "comment",
}

// maxNamespaces bounds the prefixes of a mapping set.
const maxNamespaces = 500

// writeSSSOM writes the accepted and the denied links as a mapping set in TSV.
// Pairs that wait for a person, which are only inferred, are not in it.
func writeSSSOM(w *writer) error {
	prefixes, err := w.mappedNamespaces()
	if err != nil {
		return err
	}
	w.out.WriteString("#curie_map:\n#  bg: " + claim.NS + "\n#  skos: " + claim.NSSkos + "\n#  semapv: https://w3id.org/semapv/vocab/\n")
	names := make([]string, 0, len(prefixes))
	for ns := range prefixes {
		names = append(names, ns)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(prefixes[a], prefixes[b]) })
	for _, ns := range names {
		w.out.WriteString("#  " + prefixes[ns] + ": " + ns + "\n")
	}
	w.out.WriteString("#mapping_set_id: " + claim.NSID + "document/links\n#license: https://creativecommons.org/publicdomain/zero/1.0/\n")
	w.out.WriteString(strings.Join(sssomColumns, "\t") + "\n")
	return w.eachLink(func(s claim.Stated) error {
		p := &s.Proposition
		labels, err := w.names([]claim.Ref{p.Agent[0], p.Patient[0], s.Claimant})
		if err != nil {
			return err
		}
		modifier, justification, author, tool := "", "semapv:ManualMappingCuration", labels[2], ""
		if s.Stance == claim.Denies || s.Negated {
			modifier = "Not"
		}
		if name, ours := strings.CutPrefix(string(s.Claimant), claim.NSID+"software/"); ours {
			author, tool, justification = "", name, "semapv:CompositeMatching"
			if p.Kind == claim.KindCorrespondsTo {
				justification = "semapv:LexicalMatching"
			}
		}
		var reasons []string
		for _, name := range sortedKeys(p.Manner) {
			reasons = append(reasons, name+" "+p.Manner[name])
		}
		cells := []string{
			curie(p.Agent[0], prefixes), labels[0], sssomPredicates[p.Kind], modifier, curie(p.Patient[0], prefixes), labels[1],
			justification, author, strconv.FormatFloat(s.Confidence, 'f', -1, 64), tool, strings.Join(reasons, ", "),
		}
		for i, c := range cells {
			cells[i] = strings.Map(func(r rune) rune {
				if r < ' ' {
					return ' '
				}
				return r
			}, c)
		}
		w.out.WriteString(strings.Join(cells, "\t"))
		w.out.WriteByte('\n')
		return w.row()
	})
}

// eachLink calls f with the claims of links that are accepted or denied.
func (w *writer) eachLink(f func(claim.Stated) error) error {
	return w.reader.EachClaim(w.ctx, func(s claim.Stated) error {
		p := &s.Proposition
		if sssomPredicates[p.Kind] == "" || len(p.Agent) != 1 || len(p.Patient) != 1 || s.Modality == claim.Inferred || s.Modality == claim.Planned {
			return w.ctx.Err()
		}
		return f(s)
	})
}

// mappedNamespaces gives the namespaces of what is linked a prefix each.
func (w *writer) mappedNamespaces() (map[string]string, error) {
	prefixes := make(map[string]string)
	err := w.eachLink(func(s claim.Stated) error {
		for _, r := range []claim.Ref{s.Proposition.Agent[0], s.Proposition.Patient[0]} {
			ns, local := splitIRI(r)
			if prefixes[ns] == "" && local != "" && len(prefixes) < maxNamespaces {
				prefixes[ns] = prefixFor(ns, prefixes)
			}
		}
		return nil
	})
	return prefixes, err
}

// splitIRI cuts an IRI after its last slash or number sign.
func splitIRI(r claim.Ref) (ns, local string) {
	s := string(r)
	at := strings.LastIndexAny(s, "/#") + 1
	return s[:at], s[at:]
}

// prefixFor makes a prefix of the last words of a namespace.
func prefixFor(ns string, taken map[string]string) string {
	words := strings.FieldsFunc(strings.ToLower(strings.TrimPrefix(ns, claim.NSID)), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	base := "ns"
	if n := len(words); n > 0 {
		base = strings.Join(words[max(0, n-2):], "_")
	}
	used := func(name string) bool {
		if name == "bg" || name == "skos" || name == "semapv" {
			return true
		}
		for _, t := range taken {
			if t == name {
				return true
			}
		}
		return false
	}
	name := base
	for i := 2; used(name); i++ {
		name = base + strconv.Itoa(i)
	}
	return name
}

// curie shortens an IRI, which stays as it is when it has no prefix.
func curie(r claim.Ref, prefixes map[string]string) string {
	ns, local := splitIRI(r)
	if p := prefixes[ns]; p != "" && local != "" {
		return p + ":" + local
	}
	return string(r)
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
