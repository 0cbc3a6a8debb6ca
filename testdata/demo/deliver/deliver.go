// Package deliver sends events to webhooks.
package deliver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/asynclint/asynclint/testdata/demo/store"
)

// ErrToken says that a target did not take the token.
var ErrToken = errors.New("token refused")

const attempts = 6

// Post sends an event to its target, again and again with growing delays.
func Post(ctx context.Context, e store.Event, token string) error {
	var err error
	for i := range attempts {
		if err = post(ctx, e, token); err == nil {
			return nil
		}
		time.Sleep(time.Second << i)
	}
	return fmt.Errorf("giving up on %s: %w", e.Target, err)
}

func post(ctx context.Context, e store.Event, token string) error {
	req, err := http.NewRequestWithContext(ctx, "POST", e.Target, strings.NewReader(e.Body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		return ErrToken
	case resp.StatusCode >= 300:
		return fmt.Errorf("%s answered %s", e.Target, resp.Status)
	}
	return nil
}
