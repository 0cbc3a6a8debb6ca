// Package check holds tests that are to fail; see TestCheckFails.
package check

import (
	"os"
	"testing"

	"github.com/asynclint/asynclint/testbed"
)

func TestDeadlock(t *testing.T) {
	options := []testbed.Option{testbed.Schedules(100), testbed.Replay(os.Getenv("CHECK_TRACE"))}
	testbed.Check(t, func(t *testing.T) {
		done := make(chan bool)
		go func() { close(done) }()
		<-done
		<-make(chan int)
	}, options...)
}

func TestSecond(t *testing.T) {
	testbed.Check(t, func(t *testing.T) { t.Log("the first body") })
	t.Run("sub", func(t *testing.T) {
		testbed.Check(t, func(t *testing.T) {
			n := 0
			go func() { n++ }()
			if n > 0 {
				t.Error("the second body fails")
			}
		})
	})
}

func TestFine(t *testing.T) {
	testbed.Check(t, func(t *testing.T) {
		ch := make(chan int)
		go func() { ch <- 1 }()
		<-ch
	})
}
