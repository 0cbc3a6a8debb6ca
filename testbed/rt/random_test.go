package rt_test

import (
	"testing"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/rt"
)

// TestSeed checks that a program which seeds twice gets the same values twice.
func TestSeed(t *testing.T) {
	var last uint32
	_, err := rt.Explore(rt.Options{Config: explore.Config{Schedules: 3, Strategy: "random"}}, func() {
		rt.Rand().Seed(7)
		a := rt.Rand().Uint32()
		rt.Rand().Seed(7)
		b := rt.Rand().Uint32()
		if a != b {
			t.Errorf("got %d, then %d", a, b)
		}
		last = b
	})
	if err != nil || last == 0 {
		t.Fatal(err, last)
	}
}
