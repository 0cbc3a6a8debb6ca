package racetest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/rt"
	"github.com/asynclint/asynclint/testbed/rt/racetest"
)

// raceBody tells the test binary, built with the race detector, to run a body.
const raceBody = "RACETEST_BODY"

var bodies = []struct {
	name  string
	body  func()
	races bool
}{
	{"racy", racetest.Racy, true},
	{"racy in one order", racetest.RacyInOneOrder, true},
	{"clean", racetest.Clean, false},
}

// TestBody runs the body that the environment names.
func TestBody(t *testing.T) {
	name := os.Getenv(raceBody)
	for _, b := range bodies {
		if b.name == name {
			r, err := rt.Explore(rt.Options{Config: explore.Config{Schedules: 100}}, b.body)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Found) > 0 {
				t.Fatalf("%s: %s", r.Found[0].Kind, r.Found[0].Detail)
			}
			return
		}
	}
	if name != "" {
		t.Fatalf("no body %q", name)
	}
}

// TestUnderTheRaceDetector builds this package with -race and checks that data
// races are seen although one goroutine runs at a time, and no others are.
func TestUnderTheRaceDetector(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the standard library with the race detector")
	}
	if os.Getenv(raceBody) != "" {
		t.Skip("within itself")
	}
	const module = "github.com/asynclint/asynclint/testbed/"
	binary := t.TempDir() + "/race.test"
	build := exec.Command("go", "test", "-race", "-c", "-vet=off", "-o", binary,
		"-gcflags="+module+"rt=-race=false", "-gcflags="+module+"explore=-race=false", ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("no race detector here: %v\n%s", err, out)
	}
	for _, b := range bodies {
		cmd := exec.Command(binary, "-test.run=^TestBody$", "-test.v")
		cmd.Env = append(os.Environ(), raceBody+"="+b.name)
		out, _ := cmd.CombinedOutput() // it fails if there are races
		text := string(out)
		if !strings.Contains(text, "TestBody") || strings.Contains(text, "race_test.go") {
			t.Fatalf("%s: the body did not run:\n%s", b.name, text)
		}
		if n := strings.Count(text, "WARNING: DATA RACE"); n > 0 != b.races {
			t.Errorf("%s: %d reports of races:\n%s", b.name, n, text)
		}
	}
}
