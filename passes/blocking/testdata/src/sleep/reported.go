package sleep

import (
	"context"
	"math/rand"
	"net/http"
	"sync"
	"time"

	. "time"
)

// The plain case: a context parameter, a loop, a long delay.
func parameter(ctx context.Context, ready func() bool) {
	for !ready() {
		time.Sleep(5 * time.Second) // want `time.Sleep\(5 \* time.Second\) in a loop does not watch ctx`
	}
}

// A delay that nothing bounds counts as long.
func backoff(ctx context.Context, call func() error, delay time.Duration) {
	for call() != nil {
		time.Sleep(delay) // want `time.Sleep\(delay\) in a loop does not watch ctx`
		delay *= 2
	}
}

func configured(ctx context.Context, cfg struct{ Interval time.Duration }) {
	for range 10 {
		Sleep(cfg.Interval) // want `Sleep\(cfg.Interval\) in a loop does not watch ctx`
	}
}

// The loop looks at the context, but not while it sleeps.
func polls(ctx context.Context) error {
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(3 * time.Second) // want `does not watch ctx`
	}
}

func pollsInDefault(ctx context.Context, in <-chan int) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-in:
		default:
			time.Sleep(3 * time.Second) // want `does not watch ctx`
		}
	}
}

// A short delay in a loop that never looks.
func shortDelay(ctx context.Context, ready func() bool) {
	for !ready() {
		time.Sleep(100 * time.Millisecond) // want `does not watch ctx`
	}
}

// Captured by a literal.
func captured(ctx context.Context, ready func() bool) {
	go func() {
		for !ready() {
			time.Sleep(2 * time.Second) // want `in a loop does not watch ctx`
		}
	}()
}

// Derived from another one.
func derived(parent context.Context, ready func() bool) {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	defer cancel()
	for !ready() || ctx.Value(1) == nil {
		time.Sleep(2 * time.Second) // want `does not watch ctx`
	}
}

// A goroutine that was given the context and begins with a long delay.
func delayed(ctx context.Context, f func(context.Context)) {
	go func() {
		time.Sleep(time.Minute) // want `in a goroutine does not watch ctx`
		f(ctx)
	}()
}

// A request carries a context.
func handler(w http.ResponseWriter, r *http.Request) {
	for i := 0; i < 100; i++ {
		w.Write([]byte("tick\n"))
		time.Sleep(time.Second) // want `does not watch r.Context\(\)`
	}
}

type worker struct {
	ctx  context.Context
	stop chan struct{}
	wg   sync.WaitGroup
}

func (w *worker) contextField(ready func() bool) {
	for !ready() {
		time.Sleep(2 * time.Second) // want `does not watch w.ctx`
	}
}

type looper struct {
	stop chan struct{}
	wg   sync.WaitGroup
}

func (l *looper) work() bool { return true }

func (l *looper) Start() {
	l.wg.Add(2)
	go l.run()
	go l.checks()
}

func (l *looper) Close() {
	close(l.stop)
	l.wg.Wait()
}

// The goroutine that watches the channel waits in here.
func (l *looper) run() {
	defer l.wg.Done()
	for {
		l.retry()
		select {
		case <-l.stop:
			return
		case <-time.After(time.Minute):
		}
	}
}

func (l *looper) retry() {
	for !l.work() {
		time.Sleep(time.Minute) // want `in a loop does not watch l.stop`
	}
}

// The loop asks the channel that it does not watch while it sleeps.
func (l *looper) checks() {
	defer l.wg.Done()
	for {
		select {
		case <-l.stop:
			return
		default:
		}
		time.Sleep(time.Minute) // want `in a loop does not watch l.stop`
	}
}

// The goroutine sleeps once, and only then begins to watch.
func firstSleep(stop <-chan struct{}, due time.Duration, f func()) {
	go func() {
		time.Sleep(due) // want `in a goroutine does not watch stop`
		for {
			select {
			case <-stop:
				return
			case <-time.After(due):
				f()
			}
		}
	}()
}

// The counter bounds the delay, not enough.
func counted(ctx context.Context, call func() error) {
	for i := range 10 {
		if call() == nil {
			return
		}
		time.Sleep(time.Duration(i) * time.Second) // want `does not watch ctx`
	}
}

func jitter(ctx context.Context, call func() error) {
	for call() != nil {
		time.Sleep(time.Duration(rand.Intn(10)) * time.Second) // want `does not watch ctx`
	}
}

// A default for callers that have none does not take theirs away.
func defaulted(ctx context.Context, ready func() bool) {
	if ctx == nil {
		ctx = context.Background()
	}
	for !ready() {
		time.Sleep(5 * time.Second) // want `does not watch ctx`
	}
}

// The goroutine may be meant to outlive the context; the channel is its own.
func ownStop(ctx context.Context, quit chan bool, due time.Duration, f func()) {
	go func(stop chan bool) {
		time.Sleep(due) // want `in a goroutine does not watch stop`
		select {
		case <-stop:
			return
		default:
		}
		f()
	}(quit)
}

// Nobody cancels this context while the loop runs: the channel is what ends it.
func localContext(stop <-chan struct{}, call func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		select {
		case <-stop:
			return
		default:
		}
		if call(ctx) != nil {
			time.Sleep(time.Second) // want `in a loop does not watch stop`
		}
	}
}

// This one is cancelled elsewhere, or in time.
func localCancelled(later func(func()), call func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	later(cancel)
	for call(ctx) != nil {
		time.Sleep(time.Second) // want `in a loop does not watch ctx`
	}
}

func localTimeout(call func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	for call(ctx) != nil {
		time.Sleep(time.Second) // want `in a loop does not watch ctx`
	}
}

// However short the delay, nothing on the way round looks at the context.
func blindTurn(ctx context.Context, try func() bool, throttle time.Duration) error {
	for {
		if throttle > 0 {
			select {
			case <-time.After(throttle):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if try() {
			return nil
		}
		time.Sleep(10 * time.Millisecond) // want `in a loop does not watch ctx: the loop has a way round that never looks at it`
	}
}

// The context of one turn is over; the one around the loop is meant.
func ownTurn(ctx context.Context, call func(context.Context) error) {
	for {
		turn, cancel := context.WithTimeout(ctx, time.Minute)
		err := call(turn)
		cancel()
		if err == nil {
			return
		}
		time.Sleep(5 * time.Second) // want `in a loop does not watch ctx`
	}
}

func openTurn(ctx context.Context, call func(context.Context) error) {
	for {
		turn, cancel := context.WithTimeout(ctx, time.Minute)
		if call(turn) == nil {
			cancel()
			return
		}
		time.Sleep(5 * time.Second) // want `in a loop does not watch ctx`
	}
}

// A loop is a loop by goto as well.
func byGoto(ctx context.Context, call func() error) {
again:
	if call() != nil {
		time.Sleep(5 * time.Second) // want `in a loop does not watch ctx`
		goto again
	}
}

// The context is a field of a generic type.
type queue[T any] struct {
	ctx   context.Context
	items []T
}

func (q *queue[T]) drain(take func(T) error) {
	for _, item := range q.items {
		for take(item) != nil {
			if q.ctx.Err() != nil {
				return
			}
			time.Sleep(5 * time.Second) // want `in a loop does not watch q.ctx`
		}
	}
}
