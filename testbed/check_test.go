package testbed_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/asynclint/asynclint/testbed"
)

// TestCheck uses Check as a user does, on a body that has no fault.
func TestCheck(t *testing.T) {
	want := 3 // a variable of the test around the body
	testbed.Check(t, func(t *testing.T) {
		out := make(chan int)
		for i := range want {
			go func() { out <- i }()
		}
		sum := 0
		for range want {
			sum += <-out
		}
		if sum != want {
			t.Errorf("the sum is %d, want %d", sum, want)
		}
	}, testbed.Schedules(200), testbed.ClockJumps())
}

// TestCheckFails runs the tests of testdata/check, which are to fail, and looks
// at what they print.
func TestCheckFails(t *testing.T) {
	out := runChecks(t, ".", "")
	for _, want := range []string{
		`--- FAIL: TestDeadlock`,
		`testbed: deadlock: `,
		`blocked in chan receive at testbed/testdata/check/check_test.go:17:3`,
		`(?m)^ +step +time  g0 TestDeadlock +g1 check\.TestDeadlock\.func1\.1$`,
		`replay it with testbed\.Replay\("al1:\w+:TestDeadlock%231:\S+"\) in this call of Check`,
		`--- FAIL: TestSecond/sub`,
		`testbed: test failed: the test failed`,
		`the second body fails`,
		`--- PASS: TestFine`,
		`testbed: exhausted: \d+ schedules, no finding`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "the first body") {
		t.Errorf("a body without a fault is reported:\n%s", out)
	}
	trace := regexp.MustCompile(`testbed\.Replay\("(al1:\w+:TestDeadlock%231:[^"]+)"\)`).FindStringSubmatch(out)
	if trace == nil {
		t.Fatalf("no trace in the output:\n%s", out)
	}
	if again := runChecks(t, "TestDeadlock", trace[1]); !strings.Contains(again, "testbed: deadlock: ") {
		t.Errorf("the replay of %s does not show the deadlock:\n%s", trace[1], again)
	}
}

// runChecks runs the tests that are to fail and returns what they print.
func runChecks(t *testing.T, run, trace string) string {
	t.Helper()
	cmd := exec.Command("go", "test", "-v", "-count=1", "-run="+run, "./testdata/check")
	cmd.Env = append(os.Environ(), "CHECK_TRACE="+trace)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("the tests of testdata/check pass:\n%s", out)
	}
	return string(out)
}
