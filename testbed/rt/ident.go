//go:build amd64 || arm64

package rt

// getg returns the identity of the running goroutine: the address of the
// runtime's record of it, which stays the same for as long as it lives. The
// goroutine in control is known anyway; this tells it from goroutines that
// uninstrumented code has started.
func getg() uintptr
