package rt

import (
	"runtime/debug"
	"testing"
)

// TRun is t.Run(name, f). The subtest runs on a goroutine of package testing,
// while the caller waits for it: for the scheduler they are one goroutine.
func TRun(s Site, t *testing.T, name string, f func(*testing.T)) bool {
	g := enter()
	if g == nil {
		return t.Run(name, f)
	}
	outer := g.gp
	ok := t.Run(name, func(t *testing.T) {
		g.gp = getg()
		defer func() {
			if r := recover(); r != nil {
				g.e.panicked(g, r, string(debug.Stack()))
				g.e.schedule(g) // does not return
			}
			if g.e.phase == killing {
				t.SkipNow() // ends this goroutine without an alarm
			}
		}()
		f(t)
	})
	g.gp = outer
	if g.e.phase == killing {
		g.leave()
	}
	return ok
}
