package graph

// Splitter is a snapshot that can tell where to cut a scan into parts, so that
// several goroutines take a part each.
type Splitter interface {
	// Splits returns fewer than n ids in ascending order, for the first free
	// column of o after the bound prefix of p. The rows of p between two
	// neighbours are about equally many; a delta that has not been folded is left
	// out of account. It is cheap: it reads the directory.
	Splits(p Pattern, o Order, n int) ([]ID, error)
}
