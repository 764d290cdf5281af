// Package web renders Belligraph's own pages: HTML for people, from templates
// and assets embedded in the binary. It knows nothing of the graph; the server
// hands it values that are ready to be shown.
package web

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
)

//go:embed templates assets
var files embed.FS

// Assets is the style sheet and the icon, to be served under /assets/.
func Assets() fs.FS {
	sub, err := fs.Sub(files, "assets")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return sub
}

// Pages holds the parsed templates.
type Pages struct {
	byName map[string]*template.Template
}

// Names of the pages.
const (
	PageHome      = "home"
	PageAnswer    = "answer"
	PageQuestions = "questions"
	PageSPARQL    = "sparql"
	PageEntity    = "page"
	PageError     = "error"
	PageGuide     = "guide"
	PageExport    = "export"

	PageReview     = "review"
	PageReviewItem = "review_item"
)

// New parses the templates.
func New() (*Pages, error) {
	p := &Pages{byName: make(map[string]*template.Template)}
	for _, name := range []string{PageHome, PageAnswer, PageQuestions, PageSPARQL, PageEntity, PageError, PageGuide, PageExport, PageReview, PageReviewItem} {
		t, err := template.ParseFS(files, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		p.byName[name] = t
	}
	return p, nil
}

// Render writes the named page with its data.
func (p *Pages) Render(w io.Writer, name string, data any) error {
	t, ok := p.byName[name]
	if !ok {
		return fmt.Errorf("web: no page %q", name)
	}
	return t.ExecuteTemplate(w, "layout", data)
}

// Link is a text that may lead somewhere.
type Link struct {
	Text  string
	Href  string // empty: plain text
	Quote bool   // the text is a quotation from a source
	Short bool   // the text is a word or a date and stays on one line
}

// Home is the data of the front page.
type Home struct {
	Examples      []string
	Stats         []Stat
	Edges         []Edge
	MoreEdges     int
	Disagreements []Disagreement
	Questions     []Question
}

// Stat is one number of the graph.
type Stat struct {
	Label, Value string
}

// Edge is one plain edge between entities with those who claim it.
type Edge struct {
	Subject, SubjectHref string
	Kind, Label          string
	Object, ObjectHref   string
	When                 string
	Claimants            string
	Quote                string
}

// Disagreement is one derived disagreement in words.
type Disagreement struct {
	Kind, Text string
}

// Question is a named question.
type Question struct {
	Name, Title, Description string
	Examples                 []string
}

// Answer is the data of an answered, or not understood, question.
type Answer struct {
	Question    string
	Understood  bool
	Title       string
	Text        string
	Parameters  []Parameter
	Columns     []string
	Rows        [][]Link
	SPARQL      string
	Suggestions []string
	Without     *Without // the answer is the one without a source
	Sources     []Source // that the answer can be seen without
	Address     string   // of the answer without a source, whose IRI is put behind it
}

// Without tells what has changed because a source was left out.
type Without struct {
	Source    string
	Claims    int
	Gone, New []string
	Same      int
}

// Source is somebody whose claims an answer rests on.
type Source struct {
	Name, IRI string
}

// Parameter is a value recognised in a question.
type Parameter struct {
	Name, Label, Href string
}

// SPARQL is the data of the query form.
type SPARQL struct {
	Query    string
	Examples []Example
}

// Example is a query to start from.
type Example struct {
	Title, Query string
}

// Error is the data of an error page.
type Error struct {
	Title, Detail, Hint string
}

// Exports is the data of the page of exports.
type Exports struct {
	Formats []Export
}

// Export is one format to export to.
type Export struct {
	Name, File, Title, About string
}

// Guide is a document of docs/ as HTML.
type Guide struct {
	Title string
	Body  template.HTML
}

// Entity is the data of a page about one term.
type Entity struct {
	IRI, Label string
	Types      []Link
	Aliases    []string
	Claims     []Claims
	Text       []Piece   // the text of a document
	History    []Decided // what people decided about a claim
	Review     string    // where it is decided; empty: it is none
	Out, In    []Statements
	Alternates []Alternate
}

// Piece is a stretch of a document's text.
type Piece struct {
	Text   string
	Marked bool   // it is evidence
	ID     string // by which the page has it, where evidence begins
	Notes  []Note // of the evidence that ends with it
}

// Note leads from the text to a claim.
type Note struct {
	Number      int
	Title, Href string
}

// Statements are the values of one property.
type Statements struct {
	Property Link
	Values   []Link
}

// Claims is a list of claims under a title.
type Claims struct {
	Title string
	List  []Claim
}

// Claim is a claim in words.
type Claim struct {
	Number                                                int
	Sentence, Stance, Modality, Claimant, Via, When, Href string
	ModalityText                                          string // Modality in words
	Document                                              string // where it stands, unless that is the claimant
	Evidence                                              []Evidence
}

// Evidence is a quotation with the words around it.
type Evidence struct {
	Before, Quote, After string
	Href                 string // where the document has it; empty: its text is not there
}

// Alternate is another representation of the same thing.
type Alternate struct {
	Name, Type, Href string
}
