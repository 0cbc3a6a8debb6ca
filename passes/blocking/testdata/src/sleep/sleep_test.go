package sleep

import (
	"context"
	"testing"
	"time"
)

func TestSleep(t *testing.T) {
	eventually(context.Background(), func() bool { return true })
}

func eventually(ctx context.Context, ready func() bool) {
	for !ready() {
		time.Sleep(time.Second)
	}
}
