package dataset

import (
	"slices"
	"strconv"
	"strings"

	"github.com/belligraph/belligraph/graph/claim"
	"github.com/belligraph/belligraph/graph/rdf"
)

// Software names this importer in the run of a file. A change of the mapping
// changes the number, so that the file is read anew.
const Software = "belligraph dataset@2"

// GraphACLED is where rows of ACLED go when nobody names a graph: its terms do
// not allow to pass data on, so it never lies in the default graph.
const GraphACLED rdf.IRI = "https://belligraph.org/id/graph/acled"

// File is one file of a dataset.
type File struct {
	Name    string
	Version string // of the release; empty when it is not known
	SHA256  string // of its rows as read, decompressed
	Layout  Layout
	IRI     claim.Ref

	format    *format
	publisher claim.Ref // the dataset as a claimant
	records   string    // how the names of its records begin
	term      rdf.Term
}

// NewFile describes a file. An empty version is guessed from the name.
func NewFile(name, version, sha256 string, l Layout) *File {
	format := l.format
	if format == nil {
		format = formatOf(l.Dataset)
	}
	f := &File{Name: name, Version: version, SHA256: sha256, Layout: l, format: format}
	if version == "" {
		f.Version = format.release(name)
	}
	f.publisher = claim.Ref(claim.NSID + "dataset/" + format.slug)
	f.IRI = f.publisher + "/" + claim.Ref(sha256[:min(24, len(sha256))])
	f.records = claim.NSID + "record/" + format.slug + "/" + f.version() + "/"
	f.term = rdf.IRI(f.IRI)
	return f
}

func (f *File) version() string {
	if f.Version == "" {
		return "unknown"
	}
	return slug(strings.ReplaceAll(f.Version, ".", "-"))
}

// oldIDs reports whether the release is from before version 17.1, when the
// events got the numbers that they have since.
func (f *File) oldIDs() bool {
	major, _, _ := strings.Cut(f.Version, ".")
	n, err := strconv.Atoi(major)
	return err == nil && f.format.name == GED && n < 17
}

// run is the reading of the file by this version of the importer.
func (f *File) run() claim.Ref { return f.IRI + "/run/" + claim.Ref(slug(Software)) }

// rule names how rows are read, with the version of the mapping.
func (f *File) rule() string { return f.format.rule }

// claimant is the dataset as one who says what its rows say.
func (f *File) claimant() claim.Entity {
	return claim.Entity{IRI: f.publisher, Kind: claim.Organisation, Label: f.Layout.Dataset, Known: true}
}

// describe returns what is said of the file and its run before the first row.
func (f *File) describe() []rdf.Triple {
	var out []rdf.Triple
	add := func(s claim.Ref, p rdf.IRI, o rdf.Term) {
		out = append(out, rdf.Triple{Subject: rdf.IRI(s), Predicate: p, Object: o})
	}
	title := f.Layout.Dataset
	if f.Version != "" {
		title += " " + f.Version
	}
	add(f.IRI, rdf.RDFType, claim.ClassDocument)
	add(f.IRI, rdf.RDFSLabel, rdf.NewString(title))
	add(f.IRI, claim.PropTitle, rdf.NewString(title))
	add(f.IRI, claim.PropSHA256, rdf.NewString(f.SHA256))
	add(f.IRI, claim.PropPublisher, rdf.IRI(f.publisher))
	if f.Version != "" {
		add(f.IRI, claim.PropRevision, rdf.NewString(f.Version))
	}
	if f.format.licence != "" {
		add(f.IRI, claim.PropLicense, rdf.IRI(f.format.licence))
	}
	add(f.run(), rdf.RDFType, claim.ClassRun)
	add(f.run(), rdf.RDFSLabel, rdf.NewString("Import of "+title+" by "+Software))
	add(f.run(), claim.PropUsed, rdf.IRI(f.IRI))
	add(f.run(), claim.PropSoftware, rdf.NewString(Software))
	add(f.run(), claim.PropRule, rdf.NewString(f.rule()))
	add(f.publisher, rdf.RDFType, rdf.IRI(claim.NS+string(claim.Organisation)))
	add(f.publisher, rdf.RDFSLabel, rdf.NewString(f.Layout.Dataset))
	add(f.publisher, claim.PropKnown, rdf.NewBoolean(true))
	return out
}

// propRows is on the run of a file that was read to its end: how many rows
// were read. An import that was interrupted lacks it and is done again.
const propRows rdf.IRI = "https://belligraph.org/ontology#rows"

// sorted returns the names of the columns in order.
func (l *Layout) sorted() []string {
	if l.names == nil {
		for name := range l.columns {
			l.names = append(l.names, name)
		}
		slices.Sort(l.names)
		for _, name := range l.names {
			l.places = append(l.places, l.columns[name])
		}
	}
	return l.names
}
