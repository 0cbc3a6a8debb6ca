//go:build !unix

package rt_test

import "time"

var start = time.Now()

// cpuTime is wall time where processor time is not to be had.
func cpuTime() time.Duration { return time.Since(start) }
