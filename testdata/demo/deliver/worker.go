package deliver

import (
	"context"
	"log"

	"github.com/asynclint/asynclint/testdata/demo/store"
)

// A Worker retries the events that came back.
type Worker struct {
	failed chan store.Event
	submit func(store.Event)
}

// NewWorker returns a worker that hands events to submit.
func NewWorker(submit func(store.Event)) *Worker {
	return &Worker{failed: make(chan store.Event, 16), submit: submit}
}

// Run retries until ctx is done.
func (w *Worker) Run(ctx context.Context) {
	for {
		select {
		case e := <-w.failed:
			w.submit(e)
		case <-ctx.Done():
			log.Print("retries end")
			break
		}
	}
}

// Forward moves what failed to another worker until ctx is done.
func (w *Worker) Forward(ctx context.Context, to *Worker) error {
	for {
		select {
		case to.failed <- <-w.failed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
