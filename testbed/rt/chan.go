package rt

// Send is the first half of `ch <- v`: the channel, evaluated before the value.
func Send[T any](s Site, ch chan<- T) Sender[T] { return Sender[T]{s, ch} }

// A Sender is a send that waits for its value.
type Sender[T any] struct {
	site Site
	ch   chan<- T
}

// V sends v.
func (x Sender[T]) V(v T) {
	x.ch <- v
}

// Recv is `<-ch`.
func Recv[T any](s Site, ch <-chan T) T {
	v, _ := Recv2(s, ch)
	return v
}

// Recv2 is `v, ok := <-ch`.
func Recv2[T any](s Site, ch <-chan T) (T, bool) {
	v, ok := <-ch
	return v, ok
}

// Close is close(ch).
func Close[T any](s Site, ch chan<- T) {
	close(ch)
}
