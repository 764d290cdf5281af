package server

import (
	"log/slog"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// boundedListener bounds the number of connections and drops those that take nothing.
// A connection too many is closed at once: one that waited to be accepted would
// keep others waiting behind it.
type boundedListener struct {
	net.Listener
	max  int64
	open atomic.Int64
	log  *slog.Logger
	told atomic.Int64 // when the log was last told, in Unix seconds
	turn int          // connections accepted; Accept is called by one goroutine
}

func newListener(l net.Listener, max int, log *slog.Logger) *boundedListener {
	return &boundedListener{Listener: l, max: int64(max), log: log}
}

// yieldAfter is how many connections are accepted in one turn. Each becomes a
// goroutine that is ready to run; when thousands wait in the system's backlog,
// requests of others would stand behind all of them.
const yieldAfter = 16

// Accept implements net.Listener.
func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		if l.turn++; l.turn%yieldAfter == 0 {
			runtime.Gosched()
		}
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.open.Add(1) <= l.max {
			return &conn{Conn: c, from: l}, nil
		}
		l.open.Add(-1)
		_ = c.Close() // there is nobody to tell
		now := time.Now().Unix()
		if last := l.told.Load(); now > last+10 && l.told.CompareAndSwap(last, now) {
			l.log.Warn("connections are refused", "open", l.max, "from", c.RemoteAddr().String())
		}
	}
}

// conn is a connection whose writes end in time, whoever makes them.
type conn struct {
	net.Conn
	from *boundedListener
	once sync.Once
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	_ = c.SetWriteDeadline(time.Now().Add(silence)) // fails on a closed connection, as Write will
	return c.Conn.Write(p)
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.once.Do(func() { c.from.open.Add(-1) })
	return c.Conn.Close()
}
