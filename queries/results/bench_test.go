package results

import (
	"fmt"
	"io"
	"testing"

	"github.com/belligraph/belligraph/graph/rdf"
	"github.com/belligraph/belligraph/queries/algebra"
)

// BenchmarkWrite writes rows of an IRI and a string; one operation is a row.
func BenchmarkWrite(b *testing.B) {
	var rows [][]rdf.Term
	for i := range 1000 {
		rows = append(rows, []rdf.Term{
			rdf.IRI(fmt.Sprintf("http://belligraph.example/event/%06d", i)),
			rdf.NewString(fmt.Sprintf("Shelling of district %d reported", i)),
		})
	}
	for _, f := range Formats() {
		b.Run(f.String(), func(b *testing.B) {
			w, _ := NewWriter(io.Discard, f, []algebra.Var{"event", "label"})
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := w.WriteRow(rows[i%len(rows)]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
		b.Run(f.String()+"-encoded", func(b *testing.B) {
			w, _ := NewWriter(io.Discard, f, []algebra.Var{"event", "label"})
			var cells [][][]byte
			for _, r := range rows {
				cells = append(cells, [][]byte{w.AppendTerm(nil, r[0]), w.AppendTerm(nil, r[1])})
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := w.WriteEncoded(cells[i%len(cells)]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}

// BenchmarkRead reads such rows; one operation is a row.
func BenchmarkRead(b *testing.B) {
	for _, f := range []Format{JSON, XML, CSV, TSV} {
		b.Run(f.String(), func(b *testing.B) {
			pr, pw := io.Pipe()
			defer pr.Close()
			go func() {
				w, _ := NewWriter(pw, f, []algebra.Var{"event", "label"})
				row := []rdf.Term{rdf.IRI("http://belligraph.example/event/000001"), rdf.NewLang("Shelling reported", "en")}
				for w.WriteRow(row) == nil {
				}
			}()
			r, err := NewReader(pr, f, ReaderOptions{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
