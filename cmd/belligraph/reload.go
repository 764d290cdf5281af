package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"

	"github.com/alecthomas/kong"

	"github.com/belligraph/belligraph/server"
)

// reloadOn calls f for each signal until stop is called.
func reloadOn(sig os.Signal, log *slog.Logger, f func() error) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, sig)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-signals:
				if err := f(); err != nil {
					log.Error("the configuration cannot be read again, nothing has changed", "error", err)
					continue
				}
				log.Info("the configuration has been read again")
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// reload reads the command line, the environment and the file again and takes
// over what can change while requests run: how much is logged. Files of tokens
// and certificates are looked at by themselves; all else waits for a restart.
func reload(args arguments, level *slog.LevelVar, h *server.Server) error {
	options, err := configured(args)
	if err != nil {
		return err
	}
	fresh := &cli{}
	parser, err := kong.New(fresh, options...)
	if err != nil {
		return err
	}
	if _, err := parser.Parse(args); err != nil {
		return err
	}
	level.Set(fresh.Serve.level())
	h.SetSlowQuery(fresh.Serve.SlowQuery)
	return nil
}

// notify tells systemd how the service does, where it has asked for that
// (sd_notify(3)).
func notify(log *slog.Logger, state string) {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return
	}
	if name[0] == '@' { // an abstract socket
		name = "\x00" + name[1:]
	}
	conn, err := net.Dial("unixgram", name)
	if err == nil {
		_, err = fmt.Fprint(conn, state)
		conn.Close()
	}
	if err != nil {
		log.Warn("systemd is not told", "state", state, "error", err)
	}
}
