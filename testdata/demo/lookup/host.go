// Package lookup finds out what a delivery needs to know.
package lookup

import (
	"context"
	"fmt"
	"net"
)

// Host returns an address of a host.
func Host(ctx context.Context, name string) (string, error) {
	type answer struct {
		addrs []string
		err   error
	}
	found := make(chan answer)
	go func() {
		addrs, err := net.LookupHost(name)
		found <- answer{addrs, err}
	}()
	select {
	case a := <-found:
		if a.err != nil {
			return "", a.err
		}
		return a.addrs[0], nil
	case <-ctx.Done():
		return "", fmt.Errorf("looking up %s: %w", name, ctx.Err())
	}
}
