package lookup

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// Tokens caches the token that deliveries need.
type Tokens struct {
	url string

	mu      sync.Mutex
	token   string
	expires time.Time
}

// NewTokens returns a cache of the token at url.
func NewTokens(url string) *Tokens {
	return &Tokens{url: url}
}

// Get returns the token, a new one if it has expired.
func (t *Tokens) Get() (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Now().Before(t.expires) {
		return t.token, nil
	}
	resp, err := http.Get(t.url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	token, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	t.token, t.expires = string(token), time.Now().Add(time.Hour)
	return t.token, nil
}

// Forget makes the next Get ask for a new token.
func (t *Tokens) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expires = time.Time{}
}
