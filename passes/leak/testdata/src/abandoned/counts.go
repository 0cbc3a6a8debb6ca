package abandoned

import (
	"context"
	"sync"
)

func firstError(jobs []func() error) error {
	errs := make(chan error)
	for _, job := range jobs {
		go func() { errs <- job() }() // want `sending on errs when firstError returns before it receives again`
	}
	for range jobs {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func firstErrorRoom(jobs []func() error) error {
	errs := make(chan error, len(jobs))
	for _, job := range jobs {
		go func() { errs <- job() }()
	}
	for range jobs {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func everyError(jobs []func() error) (errs []error) {
	ch := make(chan error)
	for _, job := range jobs {
		go func() { ch <- job() }()
	}
	for i := 0; i < len(jobs); i++ {
		if err := <-ch; err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func everyErrorOfMap(jobs map[string]func() error) (n int) {
	ch := make(chan error)
	for _, job := range jobs {
		go func() { ch <- job() }()
	}
	for range jobs {
		if err := <-ch; err != nil {
			n++
		}
	}
	return n
}

func counted(n int) error {
	ch := make(chan error)
	for i := 0; i < n; i++ {
		go func() { ch <- fallible() }()
	}
	for i := 0; i < n; i++ {
		<-ch
	}
	return nil
}

func roomForSome() int {
	ch := make(chan int, 2)
	for range 3 {
		go func() { ch <- slow() }() // want `sending on ch when roomForSome returns after the first result|sending on ch when roomForSome returns before it receives`
	}
	if maybe() {
		return 0
	}
	return <-ch + <-ch + <-ch
}

// Two of three sends find room, the third is received.
func roomForAllButOne() int {
	ch := make(chan int, 2)
	for range 3 {
		go func() { ch <- slow() }()
	}
	return <-ch
}

// A size that is not known is taken to suffice.
func roomByParameter(n int) int {
	ch := make(chan int, n)
	go func() { ch <- slow() }()
	if maybe() {
		return 0
	}
	return <-ch
}

func roomNone() int {
	const room = 0
	ch := make(chan int, room)
	go func() { ch <- slow() }() // want `sending on ch when roomNone returns before it receives`
	if maybe() {
		return 0
	}
	return <-ch
}

// Made anew in every round.
func eachRound(ctx context.Context) {
	for {
		ch := make(chan int)
		go func() { ch <- slow() }() // want `sending on ch when the select returns through ctx.Done`
		select {
		case <-ch:
		case <-ctx.Done():
			return
		}
	}
}

func eachRoundServed() {
	for maybe() {
		ch := make(chan int)
		go func() { ch <- slow() }()
		<-ch
	}
}

func twoSends() int {
	ch := make(chan int, 1)
	go func() {
		ch <- 1
		ch <- 2 // want `sending on ch when twoSends returns before it receives`
	}()
	if maybe() {
		return 0
	}
	return <-ch + <-ch
}

func closer(jobs []func() error) error {
	errs := make(chan error)
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs <- job() // want `sending on errs when closer returns before it receives again`
		}()
	}
	go func() {
		wg.Wait()
		close(errs)
	}()
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func closerDrained(jobs []func() error) (last error) {
	errs := make(chan error)
	var wg sync.WaitGroup
	wg.Add(len(jobs))
	for _, job := range jobs {
		go func() {
			defer wg.Done()
			errs <- job()
		}()
	}
	go func() {
		wg.Wait()
		close(errs)
	}()
	for err := range errs {
		if err != nil {
			last = err
		}
	}
	return last
}

func waitGroupGo(jobs []func() error) (last error) {
	errs := make(chan error)
	var wg sync.WaitGroup
	for _, job := range jobs {
		wg.Go(func() { errs <- job() })
	}
	go func() {
		wg.Wait()
		close(errs)
	}()
	for err := range errs {
		last = err
	}
	return last
}

type pool struct{ wg sync.WaitGroup }

// The WaitGroup is out of sight; the goroutines that it waits for are not.
func (p *pool) closer(jobs []func() error) (last error) {
	errs, done := make(chan error), make(chan struct{})
	for _, job := range jobs {
		p.wg.Add(1)
		go func() {
			defer p.wg.Done()
			errs <- job()
		}()
	}
	go func() {
		p.wg.Wait()
		close(done)
	}()
	for {
		select {
		case err := <-errs:
			last = err
		case <-done:
			return last
		}
	}
}

// The function feeds workers that give up.
func feeds(items []int) error {
	work := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for it := range work {
				if it == 0 {
					return
				}
			}
		})
	}
	for _, it := range items {
		work <- it // want `feeds blocks forever sending on work when its receiver returns before it receives again`
	}
	close(work)
	wg.Wait()
	return nil
}

func feedsAll(items []int) {
	work := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range work {
			}
		})
	}
	for _, it := range items {
		work <- it
	}
	close(work)
	wg.Wait()
}

func unheard() {
	ch := make(chan int)
	go func() {
		ch <- slow() // want `goroutine blocks forever sending on ch, which nothing receives from`
		close(ch)
	}()
}

const (
	stdin  = "stdin"
	stdout = "stdout"
	stderr = "stderr"
)

// Three goroutines, two of which send.
func byName() {
	done := make(chan struct{}, 2)
	cp := func(name string) {
		slow()
		if name != stdin {
			done <- struct{}{}
		}
	}
	go cp(stdin)
	go cp(stdout)
	go cp(stderr)
	if maybe() {
		return
	}
	<-done
	<-done
}
