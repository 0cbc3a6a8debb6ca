package gos

import (
	"fmt"
	"sync"
	"time"
)

type T struct {
	mu sync.Mutex
	wg *sync.WaitGroup
}

func (t *T) run(n int, s string)         {}
func (t T) value(xs ...int) error        { return nil }
func pair() (int, string)                { return 1, "" }
func generic[A any](a A, f func(A))      { f(a) }
func many(a, b, c, d, e, f, g, h, i int) {}
func four() (a, b, c, d int)             { return }

type fn func(int)

func all(t *T, f fn, ch chan int, iface fmt.Stringer, m map[int]func()) {
	go func() { ch <- 1 }()
	go func(x int) {
		ch <- x
	}(<-ch)
	go t.run(1, "x")
	go t.run(pair())
	go T{}.value(1, 2)
	go t.value([]int{}...)
	go f(3)
	go generic(2, func(int) {})
	go generic[int](2, nil)
	go many(1, 2, 3, 4, 5, 6, 7, 8, len(ch))
	go four()
	go close(ch)
	go println("x", t)
	go t.mu.Lock()
	go t.wg.Wait()
	go t.wg.Add(1)
	go time.Sleep(time.Second)
	go fmt.Println("a", 1)
	go iface.String()
	go m[1]()
	go (func() {})()
	go func(a *T, b error) {}(nil, nil)
	var once sync.Once
	go once.Do(func() {})
loop:
	go fmt.Println()
	if ch == nil {
		goto loop
	}
	for range 3 {
		go func() { go t.run(1, "") }()
	}
}
