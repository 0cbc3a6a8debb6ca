package rt

import "github.com/asynclint/asynclint/testbed/explore"

// metrics are what an execution measures in virtual time.
type metrics struct {
	findings []explore.Finding
}

// unblocked is called when g, which was parked, can go on.
func (m *metrics) unblocked(e *exec, g *goroutine) {
}
