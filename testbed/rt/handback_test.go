package rt_test

import (
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/rt"
)

// TestHandBackBody runs in a binary that has the goroutine leak profile: a
// program that never comes to rest, with goroutines that are stuck and others
// that are only blocked at the moment.
func TestHandBackBody(t *testing.T) {
	if pprof.Lookup("goroutineleak") == nil {
		t.Skip("built without GOEXPERIMENT=goroutineleakprofile; TestHandBack builds it with")
	}
	opts := rt.Options{HandBack: true, Config: explore.Config{Schedules: 10, MaxSteps: 400, Only: []explore.Kind{explore.Leak, explore.Deadlock}}}
	healthy := func() {
		tick, stop := make(chan int), make(chan int)
		rt.Go(at+1, func() {
			for {
				rt.T(at + 2).Sleep(time.Second)
				rt.Select(at+3, true, rt.SelSend(tick).V(1), rt.SelRecv(stop))
			}
		})
		rt.Go(at+4, func() { // waits for ticks that may come
			for {
				rt.Recv(at+5, tick)
			}
		})
		rt.Go(at+6, func() { // waits for one that sleeps
			rt.Send(at+7, stop).V(1)
		})
	}
	if r := explored(t, opts, healthy); len(r.Found) > 0 || r.Limited == 0 {
		t.Errorf("healthy: %s, %d limited: %+v", r.Summary(), r.Limited, r.Found)
	}
	r := explored(t, opts, func() {
		healthy()
		var a, b sync.Mutex
		var rw sync.RWMutex
		var wg sync.WaitGroup
		cond := sync.NewCond(new(sync.Mutex))
		rt.Go(0, func() { rt.MuLock(0, &a); rt.T(0).Sleep(1); rt.MuLock(at+10, &b) })
		rt.Go(0, func() { rt.MuLock(0, &b); rt.T(0).Sleep(1); rt.MuLock(at+11, &a) })
		rt.Go(0, func() { rt.Recv(at+12, make(chan int)) })
		rt.Go(0, func() { rt.Select(at+13, false, rt.SelRecv(make(chan int)), rt.SelSend(make(chan int)).V(1)) })
		rt.Go(0, func() { rt.RWRLock(0, &rw); rt.RWLock(at+14, &rw) })
		rt.Go(0, func() { rt.WgAdd(0, &wg, 1); rt.WgWait(at+15, &wg) })
		rt.Go(0, func() { rt.MuLock(0, cond.L.(*sync.Mutex)); rt.CondWait(at+16, cond) })
	})
	f := wantOne(t, r, explore.Leak)
	var lines []int
	for _, g := range f.Goroutines {
		lines = append(lines, g.At.Line)
	}
	if len(lines) != 7 || lines[0] != 10 || lines[6] != 16 {
		t.Errorf("leaked at lines %v, want 10 to 16", lines)
	}
}

func TestHandBack(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the standard library with an experiment")
	}
	if pprof.Lookup("goroutineleak") != nil {
		t.Skip("TestHandBackBody runs in this binary")
	}
	cmd := exec.Command("go", "test", "-count=1", "-v", "-vet=off", "-run=^TestHandBackBody$", ".")
	cmd.Env = append(os.Environ(), "GOEXPERIMENT=goroutineleakprofile")
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "unknown GOEXPERIMENT") {
		t.Skip("this version of Go has no such experiment")
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: TestHandBackBody") {
		t.Errorf("%v\n%s", err, out)
	}
}
