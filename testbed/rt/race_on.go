//go:build race

package rt

import (
	"runtime"
	"unsafe"
)

// The baton would order everything and so hide every race. Its operations are
// therefore hidden from the race detector, and only the edges that the
// program's own operations make are shown to it. Most of these are made by the
// real objects, which are operated in step; hand-overs through shadow queues
// are not, and use raceRelease and raceAcquire.
//
// This package must be compiled without instrumentation (-gcflags=PKG=-race=false).

const raceEnabled = true

func raceHide()                    { runtime.RaceDisable() }
func raceShow()                    { runtime.RaceEnable() }
func raceAcquire(p unsafe.Pointer) { runtime.RaceAcquire(p) }
func raceRelease(p unsafe.Pointer) { runtime.RaceReleaseMerge(p) }
