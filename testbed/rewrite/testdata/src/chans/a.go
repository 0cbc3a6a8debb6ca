package chans

import "fmt"

type named chan int

type holder[T any] struct{ ch chan T }

func (h *holder[T]) put(v T) { h.ch <- v }

func generic[C ~chan E, E any](c C, e E) E {
	c <- e
	return <-c
}

func all(a chan int, b chan error, n named, m map[string]chan bool) (int, bool) {
	a <- 1
	b <- nil
	n <- 1<<3 | 2
	m["x"] <- len(a) > 0
	v := <-a
	w, ok := <-n
	var x, open = <-a
	_, ok = (<-a)
	if y, ok := <-b; ok && y != nil {
		fmt.Println(<-a+<-n, v, w, x, open)
	}
	<-m["x"] // a comment
	defer close(a)
	close(n)
	b <- fmt.Errorf("%d",
		<-a, // nested
	)
	for i := <-a; i < 3; i++ {
	}
	var e interface{}
	e, ok = <-a
	return <-a, ok && e != nil
}
