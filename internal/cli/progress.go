package cli

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// progressDelay is how long a run may take before it shows that it is alive.
const progressDelay = 2 * time.Second

// progress shows on a terminal how far a long run is. It reads along with the
// output of the package processes and counts them. All methods work on nil and
// may be called concurrently.
type progress struct {
	w       io.Writer
	live    bool // w is a terminal
	started time.Time
	stop    chan struct{}
	wait    sync.WaitGroup

	mu    sync.Mutex
	done  int
	tail  []byte // the last bytes written
	shown string // the line on the terminal
}

func startProgress(w io.Writer, live bool) *progress {
	p := &progress{w: w, live: live, started: time.Now(), stop: make(chan struct{})}
	if live {
		p.wait.Go(p.run)
	}
	return p
}

func (p *progress) run() {
	wait := progressDelay
	for {
		select {
		case <-p.stop:
			return
		case <-time.After(wait):
			wait = 200 * time.Millisecond
			p.show()
		}
	}
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := fmt.Sprintf("analysing: %d packages done, %s", p.done, time.Since(p.started).Truncate(time.Second))
	if line != p.shown {
		p.shown = line
		io.WriteString(p.w, "\r\x1b[K"+line)
	}
}

// Write counts the packages in the output of go vet: each is one JSON object,
// whose last line is a closing brace in the first column.
func (p *progress) Write(b []byte) (int, error) {
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.tail = append(p.tail, b...)
		p.done += bytes.Count(p.tail, []byte("\n}\n"))
		p.tail = slices.Clone(p.tail[max(0, len(p.tail)-2):]) // the pattern may be cut anywhere
	}
	return len(b), nil
}

// say prints a message without tearing the progress line.
func (p *progress) say(text string) {
	if p == nil || text == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	io.WriteString(p.w, text)
}

func (p *progress) clear() {
	if p.shown != "" {
		io.WriteString(p.w, "\r\x1b[K")
		p.shown = ""
	}
}

// end removes the progress line.
func (p *progress) end() {
	if !p.live {
		return
	}
	close(p.stop)
	p.wait.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}
