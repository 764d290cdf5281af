package link

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// sssomColumns are the slots of SSSOM that are written, in order.
var sssomColumns = []string{
	"subject_id", "subject_label", "predicate_modifier", "predicate_id", "object_id", "object_label", "mapping_justification",
	"confidence", "subject_source", "object_source", "mapping_tool", "comment",
}

// SSSOM is an option of [WriteSSSOM].
type SSSOM struct {
	Set     string // IRI of the mapping set
	Private bool   // also write links of events that stand in named graphs
}

// WriteSSSOM writes the accepted links and the denied ones as an SSSOM mapping
// set in TSV, with its metadata before it. It returns how many were written.
func WriteSSSOM(w io.Writer, r *Result, o SSSOM) (int, error) {
	b := bufio.NewWriter(w)
	set := o.Set
	if set == "" {
		set = string(documentOf(nil))
	}
	fmt.Fprintf(b, "#curie_map:\n#  bg: %s\n#  skos: %s\n#  semapv: https://w3id.org/semapv/vocab/\n", claim.NS, claim.NSSkos)
	fmt.Fprintf(b, "#mapping_set_id: %s\n#license: https://creativecommons.org/publicdomain/zero/1.0/\n#mapping_tool: %s\n", set, rule)
	fmt.Fprintln(b, strings.Join(sssomColumns, "\t"))
	n := 0
	row := func(cells ...string) {
		for i, c := range cells {
			cells[i] = strings.Map(func(r rune) rune {
				if r == '\t' || r == '\n' || r == '\r' {
					return ' '
				}
				return r
			}, c)
		}
		fmt.Fprintln(b, strings.Join(cells, "\t"))
		n++
	}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		if p.Verdict == Review || !o.Private && (p.A.Graph != nil || p.B.Graph != nil) {
			continue
		}
		modifier, justification, tool := "", "semapv:CompositeMatching", rule
		confidence := p.Score
		if p.Verdict == Rejected {
			modifier, confidence = "Not", 1-p.Score
		}
		if p.Given {
			justification, tool, confidence = "semapv:ManualMappingCuration", "", 1
		}
		var reasons []string
		for _, f := range p.Features {
			reasons = append(reasons, fmt.Sprintf("%s %+.2f", f.Name, f.Weight))
		}
		row(string(p.A.IRI), p.A.Label, modifier, "bg:"+p.Kind, string(p.B.IRI), p.B.Label, justification,
			strconv.FormatFloat(round(confidence), 'f', -1, 64), p.A.Source, p.B.Source, tool, strings.Join(reasons, ", "))
	}
	for _, a := range r.Actors {
		if !o.Private && (r.private[a.A] || r.private[a.B]) {
			continue
		}
		predicate := "skos:closeMatch"
		if a.Kind != KindCorresponds {
			predicate = "bg:" + a.Kind
		}
		justification := "semapv:LexicalMatching"
		if strings.HasPrefix(a.Reason, "said by ") {
			justification = "semapv:ManualMappingCuration"
		}
		row(string(a.A), "", "", predicate, string(a.B), "", justification, strconv.FormatFloat(round(a.Strength), 'f', -1, 64),
			sourceOf(a.A), sourceOf(a.B), rule, a.Reason)
	}
	return n, b.Flush()
}

// sssomRequired are the columns that a mapping set has.
var sssomRequired = []string{"subject_id", "predicate_id", "object_id", "mapping_justification"}

// RecogniseSSSOM reports whether a file begins as a mapping set in TSV: with the
// names of its columns, after metadata in comments.
func RecogniseSSSOM(head []byte) bool {
	for line := range bytes.Lines(head) {
		if line[0] == '#' || len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		names := strings.Split(strings.TrimRight(string(line), "\r\n"), "\t")
		return !slices.ContainsFunc(sssomRequired, func(need string) bool { return !slices.Contains(names, need) })
	}
	return false
}

// Imported tells what became of a mapping set.
type Imported struct {
	Mappings, Quads, New int
	Problems             []claim.Problem
}

// ImportSSSOM puts the mappings of a set into a graph, as what their authors
// say. A set that is there already adds nothing.
func ImportSSSOM(ctx context.Context, g graph.Graph, name string, r io.Reader, in rdf.Term) (Imported, error) {
	var res Imported
	name = filepath.Base(name)
	sum := sha256.New()
	claims, err := ReadSSSOM(io.TeeReader(r, sum), name, func(p claim.Problem) { res.Problems = append(res.Problems, p) })
	if err != nil {
		return res, fmt.Errorf("%w: %w", graph.ErrBadRequest, err)
	}
	ex := Decisions(name, hex.EncodeToString(sum.Sum(nil)), claims)
	res.Mappings = len(claims)
	err = g.Update(ctx, func(tx graph.Tx) (err error) {
		res.Quads, res.New, err = claim.Put(ctx, tx, ex, claim.EncodeOptions{Graph: in, NoDerived: true})
		return err
	})
	return res, err
}

// ReadSSSOM reads a mapping set in TSV as decisions: rows about events, actors
// and places that are kept with the name of their author. Rows that cannot be
// read are reported and left out; mappings of other kinds are skipped.
func ReadSSSOM(r io.Reader, name string, problem func(claim.Problem)) ([]claim.Claim, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), 1<<20)
	curies := map[string]string{"bg": claim.NS, "skos": claim.NSSkos, "owl": "http://www.w3.org/2002/07/owl#", "semapv": "https://w3id.org/semapv/vocab/"}
	var columns map[string]int
	var out []claim.Claim
	inMap := false
	for line := 1; sc.Scan(); line++ {
		text := strings.TrimRight(sc.Text(), "\r")
		if meta, ok := strings.CutPrefix(text, "#"); ok && columns == nil {
			key, value, _ := strings.Cut(meta, ":")
			switch {
			case strings.HasPrefix(key, "curie_map"):
				inMap = true
			case inMap && strings.HasPrefix(meta, "  "):
				curies[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"`)
			default:
				inMap = false
			}
			continue
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		cells := strings.Split(text, "\t")
		if columns == nil {
			columns = make(map[string]int)
			for i, c := range cells {
				columns[strings.TrimSpace(c)] = i
			}
			for _, need := range sssomRequired {
				if _, ok := columns[need]; !ok {
					return nil, fmt.Errorf("line %d: no column %s; SSSOM requires it", line, need)
				}
			}
			continue
		}
		cell := func(name string) string {
			if i, ok := columns[name]; ok && i < len(cells) {
				return strings.TrimSpace(cells[i])
			}
			return ""
		}
		c, message := mappingOf(cell, curies, name)
		if message != "" {
			problem(claim.Problem{Line: line, Column: 1, Message: message})
			continue
		}
		out = append(out, c)
	}
	return out, sc.Err()
}

// expand turns a CURIE into an IRI; what has no known prefix is one already.
func expand(s string, curies map[string]string) string {
	if prefix, local, ok := strings.Cut(s, ":"); ok && !strings.HasPrefix(local, "//") && curies[prefix] != "" {
		return curies[prefix] + local
	}
	return s
}

// mappingOf makes a claim of a row, or says what is wrong with it.
func mappingOf(cell func(string) string, curies map[string]string, set string) (claim.Claim, string) {
	subject, object := expand(cell("subject_id"), curies), expand(cell("object_id"), curies)
	if !strings.Contains(subject, ":") || !strings.Contains(object, ":") {
		return claim.Claim{}, "subject_id and object_id must be IRIs or have a prefix of the curie_map"
	}
	p := claim.Proposition{Agent: []claim.Ref{claim.Ref(subject)}, Patient: []claim.Ref{claim.Ref(object)}}
	predicate := expand(cell("predicate_id"), curies)
	switch local, ours := strings.CutPrefix(predicate, claim.NS); {
	case ours && (local == KindSameEvent || local == KindPartOf || local == KindSucceeded || local == KindCorresponds):
		p.Kind = local
	case predicate == claim.NSSkos+"closeMatch", predicate == claim.NSSkos+"exactMatch", strings.HasSuffix(predicate, "#sameAs"):
		p.Kind = KindCorresponds
	case predicate == claim.NSSkos+"broadMatch":
		p.Kind = KindSucceeded // an actor coded under its alliance
	default:
		return claim.Claim{}, fmt.Sprintf("the predicate %s is no link that is known here", cell("predicate_id"))
	}
	confidence := 1.0
	if s := cell("confidence"); s != "" {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || f < 0 || f > 1 {
			return claim.Claim{}, fmt.Sprintf("confidence: %q is not a number between 0 and 1", s)
		}
		confidence = f
	}
	author := cell("author_label")
	if author == "" {
		author = cell("author_id")
	}
	if author == "" {
		author = set
	}
	c := claim.Claim{
		Proposition: p, Claimant: claim.Author(author), Stance: claim.Asserts, Modality: claim.StatedAsFact,
		Source: "record", Rule: "sssom@1", Confidence: confidence, Utterance: author,
	}
	if day := claim.Date(cell("mapping_date")); day != "" {
		if _, _, err := day.Days(); err != nil {
			return claim.Claim{}, fmt.Sprintf("mapping_date: %q is not a date", string(day))
		}
		c.SaidOn = claim.Interval{EarliestBegin: day, LatestBegin: day, EarliestEnd: day, LatestEnd: day, Rule: "explicit"}
	}
	if cell("predicate_modifier") == "Not" {
		c.Stance = claim.Denies
	}
	return c, ""
}

// Decisions makes the claims of a mapping set ready to be put into a graph: one
// document, with its authors.
func Decisions(set, sum string, claims []claim.Claim) *claim.Extraction {
	ex := &claim.Extraction{Document: claim.Document{IRI: claim.Ref(claim.NSID + "document/sssom-" + sum[:min(24, len(sum))]), Title: set, SHA256: sum}}
	seen := make(map[claim.Ref]bool)
	for _, c := range claims {
		if !seen[c.Claimant] {
			seen[c.Claimant] = true
			ex.Entities = append(ex.Entities, claim.Entity{IRI: c.Claimant, Kind: claim.Person, Label: c.Utterance})
		}
		c.Utterance = ""
		ex.Claims = append(ex.Claims, c)
	}
	return ex
}
