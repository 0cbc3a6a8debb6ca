package operandregistry

import (
	"context"
	"store"
)

func lookup(ctx context.Context, db *store.DB, out chan<- string) {
	select {
	case out <- db.Get("key"): // want `db.Get\("key"\) waits before the select begins: ctx.Done\(\) cannot interrupt it`
	case <-ctx.Done():
	}
}
