// The relay takes events over HTTP and delivers them to the webhooks of its tenants.
//
// It is the demonstration service of asynclint: it compiles, it passes a quick
// test by hand, and every rule finds one mistake in it.
//
//	go run ./cmd/asynclint ./testdata/demo/...
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/asynclint/asynclint/testdata/demo/audit"
	"github.com/asynclint/asynclint/testdata/demo/deliver"
	"github.com/asynclint/asynclint/testdata/demo/hub"
	"github.com/asynclint/asynclint/testdata/demo/lookup"
	"github.com/asynclint/asynclint/testdata/demo/quota"
	"github.com/asynclint/asynclint/testdata/demo/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, ":8080"); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, addr string) error {
	r := &relay{
		events: store.New(1000),
		live:   hub.New(func(n int) { log.Printf("%d live connections", n) }),
		tokens: lookup.NewTokens("https://login.example.com/token"),
		trail:  new(audit.Trail),
		shared: quota.NewShared(100_000),
		tenant: map[string]*quota.Tenant{},
	}
	r.out = deliver.NewPool(8, func(e store.Event) { r.deliver(ctx, e) })
	go r.live.Run(ctx)
	go deliver.NewWorker(r.out.Submit).Run(ctx)

	srv := &http.Server{Addr: addr, Handler: r.routes()}
	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	r.out.Close()
	end, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return srv.Shutdown(end)
}

// A relay holds what the handlers share.
type relay struct {
	events *store.Store
	live   *hub.Hub
	tokens *lookup.Tokens
	trail  *audit.Trail
	shared *quota.Shared
	tenant map[string]*quota.Tenant
	out    *deliver.Pool
}

func (r *relay) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /events/{topic}", r.accept)
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(r.events.Stats())
	})
	return mux
}

func (r *relay) accept(w http.ResponseWriter, req *http.Request) {
	var e store.Event
	if err := json.NewDecoder(req.Body).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if t := r.tenant[e.Tenant]; t != nil && !t.Spend(1) {
		http.Error(w, "quota exceeded", http.StatusTooManyRequests)
		return
	}
	e.Topic = req.PathValue("topic")
	if err := r.events.Append(e); err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	r.events.Trim(e.Topic)
	r.live.Publish(e)
	r.out.Submit(e)
	w.WriteHeader(http.StatusAccepted)
}

func (r *relay) deliver(ctx context.Context, e store.Event) {
	if _, err := lookup.Host(ctx, e.Target); err != nil {
		log.Print(err)
		return
	}
	token, err := r.tokens.Get()
	if err != nil {
		log.Print(err)
		return
	}
	switch err := deliver.Post(ctx, e, token); {
	case errors.Is(err, deliver.ErrToken):
		r.tokens.Forget()
	case err != nil:
		log.Print(err)
	}
	r.trail.Record(e)
}
