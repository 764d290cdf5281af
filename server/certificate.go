package server

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is a certificate in files that are read again when they change, so
// that a renewed one counts without a restart.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	looked  time.Time
	changed [2]time.Time // of the files that were read
}

// lookAgain is how long files are trusted not to have changed.
const lookAgain = 10 * time.Second

func newCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log}
	if err := c.read(time.Now()); err != nil {
		return nil, fmt.Errorf("server: certificate: %w", err)
	}
	return c, nil
}

// times returns when the files changed.
func (c *certificate) times() (t [2]time.Time, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return t, err
		}
		t[i] = info.ModTime()
	}
	return t, nil
}

func (c *certificate) read(now time.Time) error {
	c.looked = now
	changed, err := c.times()
	if err != nil || c.pair != nil && changed == c.changed {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.pair, c.changed = &pair, changed
	return nil
}

// get is the callback of tls.Config. Files that cannot be read, as while they
// are being replaced, leave the certificate that was there.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.looked) >= lookAgain {
		if err := c.read(now); err != nil {
			c.log.Error("the certificate cannot be read; the one before still counts", "error", err)
		}
	}
	return c.pair, nil
}
