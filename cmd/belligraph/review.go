package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/graph/rdf/iri"
	"github.com/belligraph/belligraph/graph/review"
)

type reviewCmd struct {
	List    reviewListCmd    `cmd:"" help:"List what a person should look at, the most valuable first."`
	Accept  reviewAcceptCmd  `cmd:"" help:"Vouch for claims and links, or make claims of candidates."`
	Reject  reviewRejectCmd  `cmd:"" help:"Take claims, candidates and links out of the answers."`
	Correct reviewCorrectCmd `cmd:"" help:"Put another claim in the place of one."`
	Undo    reviewUndoCmd    `cmd:"" help:"Take decisions back."`
	History reviewHistoryCmd `cmd:"" help:"Show what was decided about a claim."`
	Export  reviewExportCmd  `cmd:"" help:"Write all decisions, to be shared."`
	Import  reviewImportCmd  `cmd:"" help:"Take over decisions that were made elsewhere."`
}

// reviewFlags are those of every command of the review.
type reviewFlags struct {
	storeFlag
	Graph string `help:"The named graph that the documents are in." placeholder:"IRI"`
}

func (f reviewFlags) term() (rdf.Term, error) {
	if f.Graph == "" {
		return nil, nil
	}
	if _, err := iri.Parse(f.Graph); err != nil {
		return nil, fmt.Errorf("%w: --graph: %w", errUsage, err)
	}
	return rdf.IRI(f.Graph), nil
}

// read calls f with a snapshot of the store.
func (f reviewFlags) read(ctx context.Context, fn func(snap graph.Snapshot, in rdf.Term) error) error {
	in, err := f.term()
	if err != nil {
		return err
	}
	s, err := f.openExisting()
	if err != nil {
		return err
	}
	defer s.Close()
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snap.Close()
	return fn(snap, in)
}

// write calls f with the store, which must be there.
func (f reviewFlags) write(fn func(g graph.Graph, in rdf.Term) error) (err error) {
	in, err := f.term()
	if err != nil {
		return err
	}
	if f.Store == "" {
		return fmt.Errorf("%w: name the store with --store PATH", errUsage)
	}
	if _, err := os.Stat(f.Store); err != nil {
		return err
	}
	s, err := f.open()
	if err != nil {
		return err
	}
	defer func() {
		if e := s.Close(); err == nil {
			err = e
		}
	}()
	return fn(s, in)
}

type reviewListCmd struct {
	reviewFlags
	Status   string `default:"open" enum:"open,accepted,rejected,corrected,withdrawn,any" help:"open, accepted, rejected, corrected, withdrawn or any."`
	What     string `enum:",claim,candidate,link,decision" default:"" help:"claim, candidate, link, or decision for those that lost their words."`
	Kind     string `help:"Only of this kind, such as captured."`
	Document string `help:"Only of this document." placeholder:"IRI"`
	Rule     string `help:"Only what this rule found."`
	Limit    int    `default:"20" help:"How many at most."`
	Format   string `enum:"text,json" default:"text" help:"text, or json: an object a line."`
}

func (c *reviewListCmd) Run(ctx context.Context, std *streams) error {
	return c.read(ctx, func(snap graph.Snapshot, in rdf.Term) error {
		q, err := review.Read(ctx, snap, in)
		if err != nil {
			return err
		}
		r, err := claim.NewReader(snap, claim.ReadOptions{Graph: in})
		if err != nil {
			return err
		}
		f := review.Filter{Sort: review.Sort(c.What), Status: claim.Status(c.Status), Kind: c.Kind, Document: claim.Ref(c.Document), Rule: c.Rule}
		if c.Status == "any" {
			f.Status = ""
		}
		found := q.Select(f)
		out := newOutput(std.out)
		for _, it := range found[:min(len(found), c.Limit)] {
			d, err := review.Describe(ctx, r, it)
			if err != nil {
				return err
			}
			if err := c.print(out, &d); err != nil {
				return err
			}
		}
		if c.Format == "text" {
			fmt.Fprintf(out, "%d of %d\n", min(len(found), c.Limit), len(found))
		}
		return out.Flush()
	})
}

func (c *reviewListCmd) print(out io.Writer, d *review.Detail) error {
	if c.Format == "json" {
		return json.NewEncoder(out).Encode(struct {
			review.Item
			Title    string            `json:"title"`
			Sentence string            `json:"sentence"`
			Claimant string            `json:"claimant"`
			Reason   string            `json:"reason"`
			Evidence []claim.Span      `json:"evidence"`
			Fields   map[string]string `json:"fields"`
		}{d.Item, d.Title, d.Sentence, d.Claimant, d.Reason, d.Evidence, d.Values()})
	}
	fmt.Fprintf(out, "%s\n  %s %s, confidence %.2f, %d sources, %d disagreements, %s\n", d.Sentence, d.Status, d.Sort, d.Confidence, d.Sources, d.Disagreements, d.Rule)
	if d.Reason != "" {
		fmt.Fprintf(out, "  no claim, because: %s\n", d.Reason)
	}
	for _, e := range d.Evidence {
		fmt.Fprintf(out, "  %s: “%s”\n", d.Title, strings.Join(strings.Fields(e.Quote), " "))
	}
	fmt.Fprintf(out, "  %s\n\n", d.IRI)
	return nil
}

// deciding are the flags of commands that decide.
type deciding struct {
	reviewFlags
	By  string `help:"Who decides; the name of the user unless it is given." placeholder:"NAME"`
	Why string `help:"The reason."`
}

func (f deciding) decide(ctx context.Context, std *streams, targets []string, v claim.Verdict, correction map[string]string) error {
	by := f.By
	if by == "" {
		u, err := user.Current()
		if err != nil || u.Username == "" {
			return fmt.Errorf("%w: say who decides with --by NAME", errUsage)
		}
		by = u.Username
	}
	var wishes []review.Wish
	for _, t := range targets {
		wishes = append(wishes, review.Wish{Target: claim.Ref(t), Verdict: v, By: by, Reason: f.Why, Correction: correction})
	}
	return f.write(func(g graph.Graph, in rdf.Term) error {
		made, err := review.Decide(ctx, g, wishes, review.Options{Graph: in})
		for i := range made {
			if err == nil {
				fmt.Fprintf(std.out, "%s\n", made[i].ID)
			}
		}
		return err
	})
}

type reviewAcceptCmd struct {
	deciding
	Targets []string `arg:"" name:"iri" help:"Claims, candidates or links."`
}

func (c *reviewAcceptCmd) Run(ctx context.Context, std *streams) error {
	return c.decide(ctx, std, c.Targets, claim.Accept, nil)
}

type reviewRejectCmd struct {
	deciding
	Targets []string `arg:"" name:"iri" help:"Claims, candidates or links."`
}

func (c *reviewRejectCmd) Run(ctx context.Context, std *streams) error {
	return c.decide(ctx, std, c.Targets, claim.Reject, nil)
}

type reviewCorrectCmd struct {
	deciding
	Set    map[string]string `mapsep:"none" required:"" help:"A field and what it should be, as in --set agent=\"Ansar Dine\"; may be repeated. Fields: kind, agent, patient, place, from, to, metric, party, min, max, comparator, claimant, onBehalfOf, stance, modality, negated, text." placeholder:"FIELD=VALUE"`
	Target string            `arg:"" name:"iri" help:"The claim, candidate or link."`
}

func (c *reviewCorrectCmd) Run(ctx context.Context, std *streams) error {
	return c.decide(ctx, std, []string{c.Target}, claim.Correct, c.Set)
}

type reviewUndoCmd struct {
	deciding
	Targets []string `arg:"" name:"decision" help:"Decisions, as accept, reject and correct print them."`
}

func (c *reviewUndoCmd) Run(ctx context.Context, std *streams) error {
	return c.decide(ctx, std, c.Targets, claim.Undo, nil)
}

type reviewHistoryCmd struct {
	reviewFlags
	Target string `arg:"" name:"iri" help:"The claim, candidate or link."`
}

func (c *reviewHistoryCmd) Run(ctx context.Context, std *streams) error {
	return c.read(ctx, func(snap graph.Snapshot, in rdf.Term) error {
		r, err := claim.NewReader(snap, claim.ReadOptions{Graph: in})
		if err != nil {
			return err
		}
		past, err := r.History(ctx, claim.Ref(c.Target))
		if err != nil {
			return err
		}
		standing := claim.Standing(past)
		for i := range past {
			d := &past[i]
			label, err := r.Label(ctx, d.ID)
			if err != nil {
				return err
			}
			state := "holds"
			if !standing[d.ID] {
				state = "does not hold any more"
			}
			fmt.Fprintf(std.out, "%s  %s\n  %s\n", d.At.Format("2006-01-02 15:04:05"), label, state)
			if d.Reason != "" {
				fmt.Fprintf(std.out, "  %s\n", d.Reason)
			}
			fmt.Fprintf(std.out, "  %s\n", d.ID)
		}
		return nil
	})
}

type reviewExportCmd struct {
	reviewFlags
	Format string `enum:"jsonl,tsv" default:"jsonl" help:"jsonl or tsv."`
}

func (c *reviewExportCmd) Run(ctx context.Context, std *streams) error {
	return c.read(ctx, func(snap graph.Snapshot, in rdf.Term) error {
		_, err := review.Export(ctx, std.out, snap, in, review.Format(c.Format))
		return err
	})
}

type reviewImportCmd struct {
	reviewFlags
	Files []string `arg:"" name:"file" help:"Decisions as review export writes them; - is standard input."`
}

func (c *reviewImportCmd) Run(ctx context.Context, std *streams) error {
	return c.write(func(g graph.Graph, in rdf.Term) error {
		for _, name := range c.Files {
			r, closeFile, err := openInput(name, std)
			if err != nil {
				return err
			}
			all, err := review.ReadFile(r, func(p claim.Problem) {
				fmt.Fprintf(std.err, "%s:%d:%d: %s\n", name, p.Line, p.Column, p.Message)
			})
			closeFile()
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			added, err := review.Import(ctx, g, all, in)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintf(std.out, "%s: %d decisions, %d new\n", name, len(all), added)
		}
		return nil
	})
}
