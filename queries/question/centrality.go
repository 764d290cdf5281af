package question

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/rdf"
)

// computation turns the rows of a query into those of the answer, for what
// SPARQL cannot say. The claims of the query's rows stay the evidence.
type computation func(ctx context.Context, vars []string, rows [][]rdf.Term) ([]string, [][]rdf.Term, error)

// computations are those that a question may name after "compute:".
var computations = map[string]computation{"centrality": centrality, "comparison": comparison}

// maxWork bounds the nodes times edges that one network may have: shortest ways
// between all pairs take a few seconds for so many.
const maxWork = 200_000_000

// network is who took part in an event together with whom.
type network struct {
	names  map[rdf.Term]rdf.Term // actors and their labels
	events map[rdf.Term]map[rdf.Term]bool
}

// centrality makes of rows (?quarter ?event ?actor ?actorLabel) the degree and
// the betweenness of each actor in the network of each quarter, in which two
// actors are joined when they took part in one event. The most central come
// first.
func centrality(ctx context.Context, vars []string, rows [][]rdf.Term) ([]string, [][]rdf.Term, error) {
	at := make(map[string]int)
	for i, v := range vars {
		at[v] = i
	}
	quarters := make(map[string]*network)
	for _, row := range rows {
		quarter, event, actor := row[at["quarter"]], row[at["event"]], row[at["actor"]]
		if quarter == nil || event == nil || actor == nil {
			continue
		}
		n := quarters[text(quarter)]
		if n == nil {
			n = &network{names: make(map[rdf.Term]rdf.Term), events: make(map[rdf.Term]map[rdf.Term]bool)}
			quarters[text(quarter)] = n
		}
		if n.names[actor] == nil {
			n.names[actor] = row[at["actorLabel"]]
		}
		if n.events[event] == nil {
			n.events[event] = make(map[rdf.Term]bool)
		}
		n.events[event][actor] = true
	}
	var out [][]rdf.Term
	for _, quarter := range slices.Sorted(maps.Keys(quarters)) {
		ranked, err := quarters[quarter].rank(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("question: the network of %s: %w", quarter, err)
		}
		for _, r := range ranked {
			out = append(out, append([]rdf.Term{rdf.NewString(quarter)}, r...))
		}
	}
	return []string{"quarter", "actor", "actorLabel", "degree", "events", "betweenness"}, out, nil
}

// rank returns the rows of one network.
func (n *network) rank(ctx context.Context) ([][]rdf.Term, error) {
	actors := slices.SortedFunc(maps.Keys(n.names), func(a, b rdf.Term) int { return cmp.Compare(text(a), text(b)) })
	number := make(map[rdf.Term]int, len(actors))
	for i, a := range actors {
		number[a] = i
	}
	joined := make([]map[int]bool, len(actors))
	took := make([]int, len(actors)) // part in so many events
	for i := range joined {
		joined[i] = make(map[int]bool)
	}
	for _, members := range n.events {
		for a := range members {
			took[number[a]]++
			for b := range members {
				if a != b {
					joined[number[a]][number[b]] = true
				}
			}
		}
	}
	neighbours, edges := make([][]int, len(actors)), 0
	for i := range joined {
		neighbours[i] = slices.Sorted(maps.Keys(joined[i]))
		edges += len(neighbours[i])
	}
	if len(actors)*edges > maxWork {
		return nil, fmt.Errorf("%d actors with %d edges are too many: ask for a shorter time: %w", len(actors), edges/2, graph.ErrLimit)
	}
	between, err := betweenness(ctx, neighbours)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(actors))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(between[b], between[a]), cmp.Compare(len(neighbours[b]), len(neighbours[a])), cmp.Compare(took[b], took[a]))
	})
	integer := func(n int) rdf.Term { return rdf.NewTyped(strconv.Itoa(n), rdf.XSDInteger) }
	var rows [][]rdf.Term
	for _, i := range order {
		if len(neighbours[i]) > 0 {
			rows = append(rows, []rdf.Term{actors[i], n.names[actors[i]], integer(len(neighbours[i])), integer(took[i]),
				rdf.NewTyped(strconv.FormatFloat(between[i], 'f', -1, 64), rdf.XSDDecimal)})
		}
	}
	return rows, nil
}

// betweenness returns for each node of an undirected network the sum, over all
// pairs of others, of the share of shortest ways between them that lead through
// it (Brandes, A faster algorithm for betweenness centrality, 2001), rounded to
// hundredths.
func betweenness(ctx context.Context, neighbours [][]int) ([]float64, error) {
	n := len(neighbours)
	out := make([]float64, n)
	distance, ways, share := make([]int, n), make([]float64, n), make([]float64, n)
	before := make([][]int, n)
	for s := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range n {
			distance[i], ways[i], share[i], before[i] = -1, 0, 0, before[i][:0]
		}
		distance[s], ways[s] = 0, 1
		reached := []int{s}
		for i := 0; i < len(reached); i++ {
			v := reached[i]
			for _, w := range neighbours[v] {
				if distance[w] < 0 {
					distance[w] = distance[v] + 1
					reached = append(reached, w)
				}
				if distance[w] == distance[v]+1 {
					ways[w] += ways[v]
					before[w] = append(before[w], v)
				}
			}
		}
		for i := len(reached) - 1; i > 0; i-- {
			w := reached[i]
			for _, v := range before[w] {
				share[v] += ways[v] / ways[w] * (1 + share[w])
			}
			out[w] += share[w]
		}
	}
	for i := range out {
		// Each pair was counted from both its ends.
		out[i] = float64(int64(out[i]*50+0.5)) / 100
	}
	return out, nil
}
