package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/belligraph/belligraph/graph"
	"github.com/belligraph/belligraph/graph/store"
)

// Options says whom to follow.
type Options struct {
	Primary string // address of the server, such as http://10.0.0.1:8080
	Token   string // an administrator's
	Path    string // file of the copy
	Client  *http.Client
	Logger  *slog.Logger
	Store   store.Options
}

// Replica is a copy that follows. It is a graph for reading, and can itself be
// copied and followed.
type Replica struct {
	o    Options
	base *url.URL

	mu     sync.Mutex
	store  *store.Store // nil until there is a copy
	behind time.Time    // since when the copy has not been seen to be up to date; zero when it is
}

// New returns a replica. With a copy at the path it can be read at once, also
// when the primary cannot be reached.
func New(o Options) (*Replica, error) {
	base, err := url.Parse(strings.TrimSuffix(o.Primary, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("replica: %w: the primary is named by its address, such as http://127.0.0.1:8080, not %q", graph.ErrBadRequest, o.Primary)
	}
	if o.Path == "" {
		return nil, fmt.Errorf("replica: %w: the copy wants a file", graph.ErrBadRequest)
	}
	if o.Client == nil {
		o.Client = &http.Client{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	r := &Replica{o: o, base: base, behind: time.Now()}
	// A copy that was not whole when the process ended is of no use.
	if err := os.Remove(r.partPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("replica: %w", err)
	}
	if _, err := os.Stat(o.Path); err == nil {
		if r.store, err = store.Open(o.Path, o.Store); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Replica) partPath() string { return r.o.Path + ".part" }

// Store returns the copy, nil while there is none. It is closed some time after
// another has taken its place.
func (r *Replica) Store() *store.Store {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.store
}

// Behind returns for how long the copy has not been seen to be up to date.
func (r *Replica) Behind() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.behind.IsZero() {
		return 0
	}
	return time.Since(r.behind)
}

func (r *Replica) setCurrent(current bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case current:
		r.behind = time.Time{}
	case r.behind.IsZero():
		r.behind = time.Now()
	}
}

// The pauses between attempts to reach the primary grow up to a bound.
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
)

// Start returns when there is a copy.
func (r *Replica) Start(ctx context.Context) error {
	if err := r.run(ctx, func() bool { return r.Store() == nil }); err != nil {
		return err
	}
	return ctx.Err()
}

// Run follows the primary until ctx is done. It fails when the copy cannot be
// written, and when the primary has gone back to an earlier commit, with
// [ErrWentBack].
func (r *Replica) Run(ctx context.Context) error {
	return r.run(ctx, func() bool { return true })
}

func (r *Replica) run(ctx context.Context, more func() bool) error {
	pause := firstPause
	for ctx.Err() == nil && more() {
		err := r.step(ctx)
		if err == nil {
			pause = firstPause
			continue
		}
		if ctx.Err() != nil {
			break
		}
		r.setCurrent(false)
		if errors.Is(err, errLocal) || errors.Is(err, ErrWentBack) {
			return err
		}
		r.o.Logger.Warn("the primary cannot be followed, will try again", "error", err, "in", pause)
		// Replicas of a primary that comes back do not all come at once.
		select {
		case <-time.After(pause/2 + rand.N(pause)):
		case <-ctx.Done():
		}
		pause = min(2*pause, maxPause)
	}
	return nil
}

// ErrWentBack is the error of a primary that has another history than the copy
// had, and is not further in it: what was remembered by the version of the graph
// may be of the other. The copy is right; whoever reads it begins anew.
var ErrWentBack = errors.New("replica: the primary has gone back to an earlier commit")

// errLocal marks failures of the copy itself, after which trying again is no
// use.
var errLocal = errors.New("replica: the copy cannot be written")

// step makes a copy when there is none or it cannot go on, and otherwise asks
// for the next commits and applies them.
func (r *Replica) step(ctx context.Context) error {
	s := r.Store()
	if s == nil {
		return r.copy(ctx)
	}
	records, primary, err := r.fetch(ctx, s.Position())
	if errors.Is(err, store.ErrNotInLog) {
		r.o.Logger.Info("the log of the primary does not go on from this copy, which is made anew", "at", FormatPosition(s.Position()))
		r.setCurrent(false)
		return r.copy(ctx)
	}
	if len(records) > 0 {
		switch applyErr := s.Apply(ctx, records); {
		case errors.Is(applyErr, store.ErrNotInLog), errors.Is(applyErr, graph.ErrCorrupt):
			return fmt.Errorf("records that do not fit: %w", applyErr) // asked for again, they will
		case applyErr != nil && ctx.Err() == nil:
			return fmt.Errorf("%w: %w", errLocal, applyErr)
		case applyErr != nil:
			return applyErr
		}
	}
	if err == nil {
		r.setCurrent(primary.Commit <= s.Position().Commit)
	}
	return err
}

func (r *Replica) request(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	u := r.base.JoinPath(path)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+r.o.Token)
	return r.o.Client.Do(req)
}

// logTimeout bounds one request for records. The primary answers a request
// without news well before.
const logTimeout = time.Minute

// fetch returns the records after a position and the primary's position before
// it looked.
func (r *Replica) fetch(ctx context.Context, after store.Position) (records [][]byte, primary store.Position, err error) {
	ctx, cancel := context.WithTimeout(ctx, logTimeout)
	defer cancel()
	resp, err := r.request(ctx, "/admin/log", url.Values{"after": {FormatPosition(after)}})
	if err != nil {
		return nil, primary, err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
		if records, err = readRecords(resp.Body); err != nil {
			return records, primary, err
		}
	case http.StatusNoContent:
	case http.StatusGone:
		return nil, primary, store.ErrNotInLog
	default:
		return nil, primary, unexpected(resp)
	}
	primary, err = ParsePosition(resp.Header.Get(PositionHeader))
	return records, primary, err
}

// unexpected is the error of an answer of another status.
func unexpected(resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 300)) // what there is of it
	return fmt.Errorf("the primary answers %s: %s", resp.Status, strings.TrimSpace(string(text)))
}

// copy fetches a backup beside the copy and puts it in its place.
func (r *Replica) copy(ctx context.Context) error {
	if err := r.download(ctx); err != nil {
		return errors.Join(err, os.Remove(r.partPath()))
	}
	fresh, err := store.Open(r.partPath(), r.o.Store)
	if err != nil {
		return errors.Join(err, os.Remove(r.partPath()))
	}
	// The file keeps its lock under its new name; that of the old one, if it is
	// still read, goes away when it is closed.
	if err := os.Rename(r.partPath(), r.o.Path); err != nil {
		return fmt.Errorf("%w: %w", errLocal, errors.Join(err, fresh.Close()))
	}
	r.mu.Lock()
	old := r.store
	r.store = fresh
	r.mu.Unlock()
	r.o.Logger.Info("copied the primary", "at", FormatPosition(fresh.Position()))
	if old == nil {
		return nil
	}
	back := fresh.Position().Commit <= old.Position().Commit
	go retire(old)
	if back {
		return ErrWentBack
	}
	return nil
}

// download writes a backup to the part file, durably.
func (r *Replica) download(ctx context.Context) (err error) {
	resp, err := r.request(ctx, "/admin/backup", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return unexpected(resp)
	}
	f, err := os.OpenFile(r.partPath(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", errLocal, err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	if _, err := io.Copy(f, resp.Body); err != nil {
		return fmt.Errorf("copying: %w", err)
	}
	return f.Sync()
}

// retire closes a copy when nobody reads it any more.
func retire(old *store.Store) {
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		if err := old.Close(); err == nil {
			return
		}
		time.Sleep(wait)
	}
}
