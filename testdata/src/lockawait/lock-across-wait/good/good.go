// Stop joins the worker first and takes the lock afterwards.
package main

import (
	"fmt"
	"sync"
)

type server struct {
	mu     sync.Mutex
	wg     sync.WaitGroup
	work   chan int
	served int
}

func (s *server) start() {
	s.wg.Add(1)
	go s.run()
}

func (s *server) run() {
	defer s.wg.Done()
	for range s.work {
		s.mu.Lock()
		s.served++
		s.mu.Unlock()
	}
}

func (s *server) stop() int {
	close(s.work)
	s.wg.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served
}

func main() {
	s := &server{work: make(chan int, 2)}
	s.start()
	s.work <- 1
	s.work <- 2
	fmt.Println(s.stop())
}
