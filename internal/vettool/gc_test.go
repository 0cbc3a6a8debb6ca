package vettool

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestPercent(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 4 << 20: 400, 14 << 20: 400, 24 << 20: 200, 32 << 20: 125, 48 << 20: 50, 128 << 20: 30, 1 << 30: 55} {
		if got := percent(live); got != want {
			t.Errorf("percent(%d MB) = %d, want %d", live>>20, got, want)
		}
		if next := live + live*uint64(percent(live))/100; next > max(roomyHeap, 2*live) {
			t.Errorf("percent(%d MB): the next collection comes at %d MB", live>>20, next>>20)
		}
	}
}

// A heap that grows past the bound is collected as usual, and seldom again when
// it has shrunk.
func TestCollectSeldom(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	collectSeldom()
	settled := func(want int) bool {
		for range 100 {
			runtime.GC() // the finalizer runs some time after it
			runtime.Gosched()
			got := debug.SetGCPercent(want)
			if got == want {
				return true
			}
			debug.SetGCPercent(got)
		}
		return false
	}
	big := make([][]byte, 0, 100)
	for range cap(big) {
		big = append(big, make([]byte, 1<<20))
	}
	if !settled(often) {
		t.Error("a heap of 100 MB is still collected seldom")
	}
	runtime.KeepAlive(big)
	if big = nil; !settled(seldom) {
		t.Error("a heap that has shrunk is still collected often")
	}
}
