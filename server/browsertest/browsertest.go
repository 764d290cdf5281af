// Package browsertest drives pages in a headless Chromium and watches what they
// do: every request to another origin is blocked and reported, and so is every
// uncaught error. It is test support; tests that use it are skipped where there
// is no Chromium.
//
//	page := browsertest.Open(t, handler, browsertest.Options{})
//	page.Go("/")
//	page.Click("#run")
//	page.WaitFor(`document.querySelectorAll("tr").length > 3`)
//	page.Shot("home")
//
// At the end of the test the page must not have tried to leave its origin nor
// have raised an error.
package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ShotsEnv names the environment variable with the folder for screenshots. When
// it is not set they are taken, so that rendering is tested, and thrown away.
const ShotsEnv = "BELLIGRAPH_SHOTS"

// ChromiumEnv names the environment variable with the browser to use.
const ChromiumEnv = "BELLIGRAPH_CHROMIUM"

// Options says how the page is shown. The zero value is 1440 × 900, light.
type Options struct {
	Width, Height int64
	Dark          bool
	// Timeout bounds each step; 30 s.
	Timeout time.Duration
	// AllowStatus admits responses with these status codes, as a test of
	// errors has them; otherwise 4xx and 5xx are faults.
	AllowStatus []int64
	// AllowOrigins are other origins that the page may ask, such as
	// http://127.0.0.1:40000.
	AllowOrigins []string
}

// Page is a browser window on a server of its own.
type Page struct {
	t   testing.TB
	ctx context.Context
	URL string // of the server, without a slash at the end

	allowed []int64
	origins []string
	timeout time.Duration
	mu      sync.Mutex
	outside []string // requests to other origins
	faults  []string // uncaught errors and failed requests
	dialogs []string
}

// Chromium returns the path of a Chromium, or "" and where it was looked for.
func Chromium() (path, sought string) {
	if path := os.Getenv(ChromiumEnv); path != "" {
		return path, ""
	}
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome-headless-shell"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, ""
		}
	}
	return "", strings.Join(names, ", ")
}

// Open serves h and opens a window on it. It skips the test when there is no
// Chromium.
func Open(t testing.TB, h http.Handler, o Options) *Page {
	t.Helper()
	binary, sought := Chromium()
	if binary == "" {
		t.Skipf("no Chromium here (looked for %s, and $%s): install the package chromium", sought, ChromiumEnv)
	}
	if o.Width == 0 {
		o.Width = 1440
	}
	if o.Height == 0 {
		o.Height = 900
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)

	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		// A second barrier below the interception of requests.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.WindowSize(int(o.Width), int(o.Height)),
	)
	ctx, cancelBrowser := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	p := &Page{t: t, ctx: ctx, URL: server.URL, allowed: o.AllowStatus, origins: o.AllowOrigins, timeout: o.Timeout}
	t.Cleanup(func() {
		cancelTab()
		cancelBrowser()
		p.verdict()
	})

	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}
	if o.Dark {
		features[0].Value = "dark"
	}
	err := chromedp.Listen(ctx, p.watch)
	for _, step := range []func() error{
		func() error { return call(ctx, network.Enable, network.EnableParams{}) },
		func() error { return call(ctx, fetch.Enable, fetch.EnableParams{}) },
		func() error {
			return call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		},
		func() error {
			return call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
				Width: o.Width, Height: o.Height, DeviceScaleFactor: 1, Mobile: o.Width < 600,
			})
		},
	} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		t.Fatalf("start %s: %v", binary, err)
	}
	return p
}

// call sends a command whose result does not matter.
func call[P, R any](ctx context.Context, cmd cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, cmd, params)
	return err
}

// watch records what the page does. It must not block, so answers to the
// browser are sent from goroutines.
func (p *Page) watch(event any) {
	switch e := event.(type) {
	case *fetch.EventRequestPaused:
		own := p.isOwn(e.Request.URL)
		if !own {
			p.mu.Lock()
			p.outside = append(p.outside, e.Request.URL)
			p.mu.Unlock()
		}
		go func() { // the calls fail only when the window is gone
			if own {
				_ = call(p.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
				return
			}
			_ = call(p.ctx, fetch.FailRequest, fetch.FailRequestParams{
				RequestID: e.RequestID, ErrorReason: network.ErrorReasonBlockedByClient,
			})
		}()
	case *runtime.EventExceptionThrown:
		what := e.ExceptionDetails.Text
		if ex := e.ExceptionDetails.Exception; ex != nil {
			what += " " + ex.Description
		}
		p.fault("uncaught error: " + what)
	case *network.EventResponseReceived:
		if status := e.Response.Status; status >= 400 && !p.admits(status) {
			p.fault(fmt.Sprintf("status %d for %s", status, e.Response.URL))
		}
	case *page.EventJavascriptDialogOpening:
		p.mu.Lock()
		p.dialogs = append(p.dialogs, e.Message)
		p.mu.Unlock()
		go func() {
			_ = call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
}

func (p *Page) isOwn(url string) bool {
	for _, origin := range p.origins {
		if strings.HasPrefix(url, origin+"/") {
			return true
		}
	}
	return url == p.URL || strings.HasPrefix(url, p.URL+"/") || strings.HasPrefix(url, "data:") ||
		strings.HasPrefix(url, "blob:") || strings.HasPrefix(url, "about:")
}

func (p *Page) admits(status int64) bool {
	for _, s := range p.allowed {
		if s == status {
			return true
		}
	}
	return false
}

func (p *Page) fault(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, what)
}

// verdict fails the test for what the page did wrong.
func (p *Page) verdict() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, url := range p.outside {
		p.t.Errorf("the page asked another origin: %s", url)
	}
	for _, f := range p.faults {
		p.t.Errorf("the page: %s", f)
	}
}

// Outside returns the requests to other origins up to now.
func (p *Page) Outside() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.outside...)
}

// Dialogs returns the texts of the alerts up to now, all of which were accepted.
func (p *Page) Dialogs() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.dialogs...)
}

// run runs an action and returns its value.
func run[T any](p *Page, what string, a chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.timeout)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return v
}

// Go opens a path of the server and waits until it has loaded.
func (p *Page) Go(path string) {
	p.t.Helper()
	run(p, "open "+path, chromedp.Navigate(p.URL+path))
}

// Path returns the path of the address that is shown, with its query.
func (p *Page) Path() string {
	p.t.Helper()
	return strings.TrimPrefix(run(p, "location", chromedp.Location()), p.URL)
}

// Click clicks on the first element that a CSS selector finds.
func (p *Page) Click(selector string) {
	p.t.Helper()
	run(p, "click "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Type replaces the content of an input.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.Do("document.querySelector(" + strconv.Quote(selector) + `).value = ""`)
	run(p, "type into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Upload chooses a file in a file input.
func (p *Page) Upload(selector, file string) {
	p.t.Helper()
	run(p, "upload into "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}

// Do runs JavaScript for its effect.
func (p *Page) Do(script string) {
	p.t.Helper()
	run(p, "run "+script, chromedp.Evaluate[chromedp.Void](script))
}

// Eval returns the value of a JavaScript expression.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return run(p, "evaluate "+expression, chromedp.Evaluate[T](expression))
}

// Text returns the visible text of the first element that a CSS selector finds.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return run(p, "text of "+selector, chromedp.Text(chromedp.CSS(selector)))
}

// WaitFor waits up to 15 seconds until a JavaScript expression is true.
func (p *Page) WaitFor(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 15*time.Second)
	defer cancel()
	for {
		// While the page changes there may be nothing to evaluate in.
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if ok {
			return
		}
		if ctx.Err() != nil {
			p.t.Fatalf("still not true after 15 s: %s (%v)", condition, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Shot takes a screenshot and returns its path, "" if no folder is given.
func (p *Page) Shot(name string) string {
	p.t.Helper()
	png := run(p, "screenshot", chromedp.CaptureScreenshot())
	if len(png) == 0 {
		p.t.Fatal("the screenshot is empty")
	}
	dir := os.Getenv(ShotsEnv)
	if dir == "" {
		return ""
	}
	path := filepath.Join(dir, name+".png")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		p.t.Fatal(err)
	}
	return path
}
