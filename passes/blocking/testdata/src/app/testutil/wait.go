// Package testutil serves tests.
package testutil

import (
	"context"
	"time"
)

func Eventually(ctx context.Context, ready func() bool) {
	for !ready() {
		time.Sleep(time.Second)
	}
}
