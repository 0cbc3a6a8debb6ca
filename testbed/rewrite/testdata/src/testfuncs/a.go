package testfuncs

import (
	"testing"

	"github.com/asynclint/asynclint/testbed"
)

type suite struct{ *testing.T }

func run(t *testing.T, s suite) {
	t.Parallel()
	t.Run("sub", func(t *testing.T) {
		t.Parallel()
	})
	s.Run("suite", func(t *testing.T) {})
	testbed.Check(t, func(t *testing.T) {})
	options := []testbed.Option{testbed.Schedules(3)}
	testbed.Check(t, func(t *testing.T) {
		<-make(chan int)
	}, options...)
	testbed.Check(t, func(t *testing.T) {},
		testbed.Schedules(10),
		testbed.Strategy("random"),
	)
}
