package question

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/rdf"
)

// account is what one claim says of a number.
type account struct {
	row       []rdf.Term
	claimant  string
	low, high int64
	known     bool // a number is named at all
	open      bool // there is no upper bound
}

// meets reports whether both can be right: their ranges share a number.
func (a *account) meets(b *account) bool {
	return a.known && b.known && (a.open || b.low <= a.high) && (b.open || a.low <= b.high)
}

// comparison makes of rows (?side ?party ?partyLabel ?counted ?low ?best ?high
// …) the accounts of each number: beside every row the envelope that all span,
// the claimants that it agrees with, and whether it is an outlier. An account is
// one when it agrees with nobody else while two other claimants agree with each
// other; with two accounts nobody can tell which is out.
func comparison(ctx context.Context, vars []string, rows [][]rdf.Term) ([]string, [][]rdf.Term, error) {
	t := &rowText{rows: rows, column: make(map[string]int, len(vars))}
	for i, v := range vars {
		t.column[v] = i
	}
	type key struct{ side, counted string }
	groups := make(map[key][]account)
	var order []key
	seen := make(map[string]bool)
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		get := func(name string) string { v, _ := t.value(i, name); return v }
		k := key{cmp.Or(get("side"), get("party")), get("counted")}
		// A claim with several pieces of evidence has a row for each.
		once := strings.Join([]string{k.side, k.counted, get("party"), get("claim"), get("low"), get("high"), get("implied")}, " ")
		if seen[once] {
			continue
		}
		seen[once] = true
		if groups[k] == nil {
			order = append(order, k)
		}
		a := account{row: rows[i], claimant: cmp.Or(get("claimant"), get("claim"))}
		low, errLow := strconv.ParseInt(get("low"), 10, 64)
		high, errHigh := strconv.ParseInt(get("high"), 10, 64)
		a.known = errLow == nil || errHigh == nil
		a.low, a.high, a.open = low, high, errHigh != nil
		groups[k] = append(groups[k], a)
	}
	out := make([][]rdf.Term, 0, len(rows))
	for _, k := range order {
		out = append(out, compared(t, groups[k])...)
	}
	made := append(slices.Clone(vars), "sideLabel", "envelope", "agreesWith", "outlier", "account")
	return arranged(made, out)
}

// comparisonColumns come first, in the order in which people read a table of
// accounts: whose number, who says so, what, and with whom.
var comparisonColumns = []string{"sideLabel", "counted", "envelope", "claimantLabel", "low", "best", "high", "outlier", "agreesWith", "viaLabel", "behalfLabel", "relation", "quote"}

// arranged puts the columns of a comparison in order.
func arranged(vars []string, rows [][]rdf.Term) ([]string, [][]rdf.Term, error) {
	var order []int
	for _, name := range comparisonColumns {
		if i := slices.Index(vars, name); i >= 0 {
			order = append(order, i)
		}
	}
	for i := range vars {
		if !slices.Contains(order, i) {
			order = append(order, i)
		}
	}
	names := make([]string, len(order))
	for to, from := range order {
		names[to] = vars[from]
	}
	out := make([][]rdf.Term, len(rows))
	for i, row := range rows {
		out[i] = make([]rdf.Term, len(order))
		for to, from := range order {
			out[i][to] = row[from]
		}
	}
	return names, out, nil
}

// compared returns the rows of one number.
func compared(t *rowText, accounts []account) [][]rdf.Term {
	cell := func(a *account, name string) string {
		i, ok := t.column[name]
		if !ok || a.row[i] == nil {
			return ""
		}
		return text(a.row[i])
	}
	var parties []string
	envelope := envelopeOf(accounts)
	for i := range accounts {
		label := cmp.Or(cell(&accounts[i], "partyLabel"), "all")
		if !slices.Contains(parties, label) {
			parties = append(parties, label)
		}
	}
	var out [][]rdf.Term
	for i := range accounts {
		a := &accounts[i]
		var agrees []string
		for j := range accounts {
			b := &accounts[j]
			if name := cmp.Or(cell(b, "claimantLabel"), b.claimant); b.claimant != a.claimant && a.meets(b) && !slices.Contains(agrees, name) {
				agrees = append(agrees, name)
			}
		}
		outlier := a.known && len(agrees) == 0 && othersAgree(accounts, a.claimant)
		said := numberText(cell(a, "low"), cell(a, "best"), cell(a, "high"))
		said += ", according to " + cmp.Or(cell(a, "claimantLabel"), a.claimant)
		if via := cell(a, "viaLabel"); via != "" {
			said += " through " + via
		}
		if cell(a, "implied") != "" {
			said += " (implied)"
		}
		if relation := cell(a, "relation"); relation != "" {
			said += " (" + relation + ")"
		}
		if outlier {
			said += " (outlier)"
		}
		row := append(slices.Clone(a.row), rdf.NewString(strings.Join(parties, " / ")), rdf.NewString(envelope),
			rdf.NewString(strings.Join(agrees, "; ")), rdf.NewBoolean(outlier), rdf.NewString(said))
		out = append(out, row)
	}
	return out
}

// othersAgree reports whether two claimants other than the given one agree.
func othersAgree(accounts []account, but string) bool {
	for i := range accounts {
		for j := range accounts[:i] {
			a, b := &accounts[i], &accounts[j]
			if a.claimant != but && b.claimant != but && a.claimant != b.claimant && a.meets(b) {
				return true
			}
		}
	}
	return false
}

// envelopeOf is the range that the accounts span together, with a plus sign when
// one has no upper bound.
func envelopeOf(accounts []account) string {
	var low, high int64
	known, open := false, false
	for _, a := range accounts {
		if !a.known {
			continue
		}
		top := a.high
		if a.open {
			top, open = a.low, true
		}
		if !known {
			low, high, known = a.low, top, true
			continue
		}
		low, high = min(low, a.low), max(high, top)
	}
	switch {
	case !known:
		return "unknown"
	case low == high && !open:
		return strconv.FormatInt(low, 10)
	case low == high:
		return fmt.Sprintf("%d+", low)
	case open:
		return fmt.Sprintf("%d–%d+", low, high)
	default:
		return fmt.Sprintf("%d–%d", low, high)
	}
}

func numberText(low, best, high string) string {
	var s string
	switch {
	case low == "" && high == "":
		return "unknown"
	case low == high:
		s = low
	case high == "":
		s = "≥ " + low
	case low == "":
		s = "≤ " + high
	default:
		s = low + "–" + high
	}
	if best != "" && best != s {
		s += " (best " + best + ")"
	}
	return s
}
