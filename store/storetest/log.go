package storetest

import (
	"bytes"
	"sync"
)

// Log is what a logger, or another process, writes: it can be read meanwhile. The
// zero value is empty and ready.
type Log struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write takes some more; it cannot fail.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

// String is all that was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
