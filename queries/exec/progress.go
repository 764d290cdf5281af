package exec

import (
	"context"
	"sync/atomic"
)

// Progress is how far a query has come, for goroutines that look on. The zero
// value is a query that has not begun. When a request runs several queries, their
// rows add up and the memory is that of the last.
type Progress struct {
	read, made, spilled atomic.Int64
	memory              atomic.Pointer[budget]
}

// ProgressReport is a [Progress] at one moment.
type ProgressReport struct {
	RowsRead   int64 // by scans and look-ups in the graph
	RowsMade   int64 // solutions of the whole pattern
	Memory     int64 // bytes that operators hold
	PeakMemory int64 // the most that they have held
	Spilled    int64 // bytes written to temporary files
}

// Report returns what is known now.
func (p *Progress) Report() ProgressReport {
	r := ProgressReport{RowsRead: p.read.Load(), RowsMade: p.made.Load(), Spilled: p.spilled.Load()}
	if b := p.memory.Load(); b != nil {
		r.Memory, r.PeakMemory = b.used.Load(), b.peak.Load()
	}
	return r
}

type progressKey struct{}

// WithProgress returns a context whose queries report to p. It is in the context
// because what runs a query need not know who looks on.
func WithProgress(ctx context.Context, p *Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, p)
}

func progressOf(ctx context.Context) *Progress {
	p, _ := ctx.Value(progressKey{}).(*Progress)
	return p
}

func (p *Progress) begin(b *budget) {
	if p != nil {
		p.memory.Store(b)
	}
}

// hasRead is called once per batch, so that goroutines which share p seldom
// meet.
func (p *Progress) hasRead(rows int) {
	if p != nil {
		p.read.Add(int64(rows))
	}
}

func (p *Progress) hasMade(rows int) {
	if p != nil {
		p.made.Add(int64(rows))
	}
}

func (p *Progress) hasSpilled(bytes int64) {
	if p != nil {
		p.spilled.Add(bytes)
	}
}
