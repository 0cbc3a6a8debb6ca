package abandoned

import (
	"context"
	"errors"
	"time"
)

// A server that answers requests in its own goroutine.
type server struct {
	reqs   chan *lookup
	counts chan count
	closed chan struct{}
}

type lookup struct {
	key   string
	reply chan string
}

type count struct {
	reply chan int
	err   chan error
}

func (s *server) loop() {
	defer close(s.closed)
	for {
		select {
		case q := <-s.reqs:
			q.reply <- "v" // want `sender blocks forever on q.reply when lookup gives up through ctx.Done`
		case c := <-s.counts:
			select {
			case c.reply <- 1:
			default:
			}
			c.err <- nil // want `sender blocks forever on c.err when count gives up through time.After\(time.Second\)`
		}
	}
}

func (s *server) lookup(ctx context.Context, key string) (string, error) {
	q := &lookup{key: key, reply: make(chan string)}
	select {
	case s.reqs <- q:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	select {
	case v := <-q.reply:
		return v, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *server) count() (int, error) {
	reply, err := make(chan int), make(chan error)
	s.counts <- count{reply, err}
	n := <-reply
	select {
	case err := <-err:
		return n, err
	case <-time.After(time.Second):
		return 0, errors.New("timeout")
	}
}

// A server whose requesters wait until it has gone, or leave room, or receive
// after all.
type patient struct {
	stops  chan stop
	rooms  chan room
	drains chan drain
	closed chan struct{}
}

type stop struct{ reply chan int }
type room struct{ reply chan int }
type drain struct{ reply chan int }

func (p *patient) loop() {
	defer close(p.closed)
	for {
		select {
		case s := <-p.stops:
			s.reply <- 1
			return
		case r := <-p.rooms:
			r.reply <- 1
		case d := <-p.drains:
			d.reply <- 1
		}
	}
}

func (p *patient) stop() int {
	reply := make(chan int)
	p.stops <- stop{reply}
	select {
	case n := <-reply:
		return n
	case <-p.closed:
		return 0
	}
}

func (p *patient) room(ctx context.Context) int {
	reply := make(chan int, 1)
	p.rooms <- room{reply}
	select {
	case n := <-reply:
		return n
	case <-ctx.Done():
		return 0
	}
}

func (p *patient) drain(ctx context.Context) int {
	reply := make(chan int)
	p.drains <- drain{reply}
	select {
	case n := <-reply:
		return n
	case <-ctx.Done():
		<-reply
		return 0
	}
}

// Somebody else receives what the requester leaves.
type shared struct{ ch chan int }

func collect(s shared) { <-s.ch }

func answer1(s shared) { s.ch <- 1 }

func (p *patient) shared(ctx context.Context, hand func(shared)) int {
	s := shared{make(chan int)}
	hand(s)
	select {
	case n := <-s.ch:
		return n
	case <-ctx.Done():
		return 0
	}
}
