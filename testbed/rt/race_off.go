//go:build !race

package rt

import "unsafe"

const raceEnabled = false

// Without the race detector there is nothing to tell it.

func raceHide()                  {}
func raceShow()                  {}
func raceAcquire(unsafe.Pointer) {}
func raceRelease(unsafe.Pointer) {}
