package rt

import "reflect"

// A Case is one communication clause of a select statement.
type Case interface {
	native() reflect.SelectCase
	done(v reflect.Value, ok bool)
}

// A RecvCase is a receive clause; Val and OK hold what was received once
// Select has returned its index.
type RecvCase[T any] struct {
	Val T
	OK  bool
	ch  <-chan T
}

// SelRecv is the clause `case ... = <-ch`.
func SelRecv[T any](ch <-chan T) *RecvCase[T] { return &RecvCase[T]{ch: ch} }

func (c *RecvCase[T]) native() reflect.SelectCase {
	return reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c.ch)}
}

func (c *RecvCase[T]) done(v reflect.Value, ok bool) {
	c.Val, _ = v.Interface().(T)
	c.OK = ok
}

// A SendCase is a send clause.
type SendCase[T any] struct {
	ch chan<- T
	v  T
}

// SelSend is the first half of the clause `case ch <- v`.
func SelSend[T any](ch chan<- T) SelSender[T] { return SelSender[T]{ch} }

// A SelSender is a send clause that waits for its value.
type SelSender[T any] struct{ ch chan<- T }

// V gives the clause its value.
func (x SelSender[T]) V(v T) *SendCase[T] { return &SendCase[T]{x.ch, v} }

func (c *SendCase[T]) native() reflect.SelectCase {
	return reflect.SelectCase{Dir: reflect.SelectSend, Chan: reflect.ValueOf(c.ch), Send: reflect.ValueOf(&c.v).Elem()}
}

func (c *SendCase[T]) done(reflect.Value, bool) {}

// Select is a select statement: it returns the index of the clause that
// communicated, or -1 for the default clause.
func Select(s Site, hasDefault bool, cases ...Case) int {
	native := make([]reflect.SelectCase, len(cases), len(cases)+1)
	for i, c := range cases {
		native[i] = c.native()
	}
	if hasDefault {
		native = append(native, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	i, v, ok := reflect.Select(native)
	if i == len(cases) {
		return -1
	}
	cases[i].done(v, ok)
	return i
}

// Forever stands before `select {}`, which blocks for ever.
func Forever(s Site) {}
