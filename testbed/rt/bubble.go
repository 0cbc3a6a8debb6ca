//go:build go1.25

package rt

import (
	"testing"
	"testing/synctest"
	"time"
)

// A bubble is the runtime's own device for package testing/synctest. Inside of
// it the driver can wait until every goroutine is blocked for good, which tells
// precisely and without a clock that the holder of the baton is blocked in an
// operation that is not instrumented; and native time is virtual too.

const haveBubble = true

// bubbleRun runs f in a bubble. It panics if goroutines stay behind in it.
func bubbleRun(f func()) {
	// Test wants a test for its name and for reporting; it gets an empty one, so
	// that the tests under control need not be told apart from it.
	synctest.Test(new(testing.T), func(*testing.T) { f() })
}

func bubbleWait() { synctest.Wait() }

// insideBubble reports whether the caller runs in a bubble. Nothing public says
// so, but time in a bubble begins in the year 2000.
func insideBubble() bool { return time.Now().Year() < 2010 }
