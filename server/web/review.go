package web

// Review is the data of the pages of the review.
type Review struct {
	Items    []ReviewItem
	Total    int
	From, To int // of the items of this page, from 1
	Filters  []Select
	By       string // the name given last
	Graph    string // IRI of the graph; empty is the default graph
	Back     string // where a form leads back to
	Writable bool   // decisions can be made at all

	Previous, Next string // empty: there is none
	Done           *Decided

	// Of the page about one item.
	Fields  []Field
	Names   []string // to choose from
	History []Decided
}

// ReviewItem is one thing to look at.
type ReviewItem struct {
	ID, Sentence, Sort, Status, Kind, Rule      string
	Title, DocumentHref, Claimant, Reason, Href string
	Confidence                                  string
	Sources, Disagreements                      int
	Evidence                                    []Evidence
	Reasons                                     []string // of a link
	Decided, DecisionID                         string   // the decision that holds, in words

	Acceptable, Decidable, Correctable bool
}

// Decided is a decision in words.
type Decided struct {
	ID, Text, When, Reason string
	Stands, Undoable       bool
}

// Select is a list to choose one of.
type Select struct {
	Name, Label string
	Options     []Option
}

// Option is one of a list.
type Option struct {
	Value, Text string
	Chosen      bool
}

// Field is a field of a form: a list to choose from, a box to tick, or a text.
type Field struct {
	Name, Label, Value string
	Options            []Option
	Tick               bool
}
