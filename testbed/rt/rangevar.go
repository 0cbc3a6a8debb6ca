package rt

// RangeVar is the start of `for v := range ch` in a file of a Go version before
// 1.22, where v is one variable for all iterations.
func RangeVar[T any](ch <-chan T) (<-chan T, T) {
	var zero T
	return ch, zero
}
