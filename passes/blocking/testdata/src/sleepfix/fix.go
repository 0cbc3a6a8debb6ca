package sleepfix

import (
	"context"
	"errors"
	"net/http"
	"sync"
	gotime "time"
)

func plain(ctx context.Context, ready func() bool) {
	for !ready() {
		gotime.Sleep(5 * gotime.Second) // want `does not watch ctx`
	}
}

func withError(ctx context.Context, ready func() bool) error {
	for !ready() {
		if ctx.Err() == nil {
			gotime.Sleep(5 * gotime.Second) // want `does not watch ctx`
		}
	}
	return nil
}

type point struct{ x, y int }

func withResults[T any](ctx context.Context, ready func() (T, bool)) (_ T, n, m int, name string, ok bool, p point, q *point, a [2]int, err error) {
	for {
		if v, ok := ready(); ok {
			return v, n, m, name, ok, p, q, a, nil
		}
		gotime.Sleep(5 * gotime.Second) // want `does not watch ctx`
	}
}

func handler(w http.ResponseWriter, r *http.Request) {
	for {
		w.Write(nil)
		gotime.Sleep(gotime.Second) // want `does not watch r.Context\(\)`
	}
}

type looper struct {
	stop chan struct{}
	wg   sync.WaitGroup
}

func (l *looper) Close() {
	close(l.stop)
	l.wg.Wait()
}

func (l *looper) Start() {
	l.wg.Go(func() {
		for {
			select {
			case <-l.stop:
				return
			default:
			}
			gotime.Sleep(gotime.Minute) // want `does not watch l.stop`
		}
	})
}

func inDefault(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-in:
		default:
			gotime.Sleep(2 * gotime.Second) // want `does not watch ctx`
		}
	}
}

var errStopped = errors.New("stopped")

// The function already says what it returns when it is told to stop.
func likeSibling(quit <-chan struct{}, call func() (int, error)) (int, error) {
	for {
		select {
		case <-quit:
			return 0, errStopped
		default:
		}
		if n, err := call(); err == nil {
			return n, nil
		}
		gotime.Sleep(2 * gotime.Second) // want `does not watch quit`
	}
}
