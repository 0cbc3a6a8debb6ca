//go:build !go1.25

package rt

// Without bubbles a watchdog on the wall clock finds operations that block
// outside of control.

const haveBubble = false

func bubbleRun(f func()) { f() }

func bubbleWait() {}

func insideBubble() bool { return false }
