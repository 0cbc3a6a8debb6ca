//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A tool's cost is that of the processes it starts: the test starts itself
// through another process, to use processor time and memory.
func TestCostCountsDescendants(t *testing.T) {
	if os.Getenv("BENCH_TEST_SPEND") != "" {
		spend()
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(script string) cost {
		t.Helper()
		c, err := tool{"probe", []string{"sh", "-c", script, "sh", self}, []int{0}}.run(t.TempDir(), []string{"BENCH_TEST_SPEND=1"})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	idle := run("true; true")
	busy := run(`"$1" -test.run=TestCostCountsDescendants; true`)
	if busy.megabytes < idle.megabytes+64 {
		t.Errorf("a child with 96 MB raises the peak from %.0f to %.0f MB", idle.megabytes, busy.megabytes)
	}
	if busy.seconds < idle.seconds+0.01 {
		t.Errorf("a child that works raises the time from %.3f to %.3f s", idle.seconds, busy.seconds)
	}
}

var spent byte

// spend touches 96 MB.
func spend() {
	block := make([]byte, 96<<20)
	for round := range 4 {
		for i := range block {
			block[i] += byte(round + i)
		}
	}
	spent = block[len(block)/2]
}

func TestRunRefusesFailure(t *testing.T) {
	_, err := tool{"probe", []string{"sh", "-c", "echo broken; exit 3"}, []int{0, 1}}.run(t.TempDir(), nil)
	if err == nil || !strings.Contains(err.Error(), "broken") || !strings.Contains(err.Error(), "exit code 3") {
		t.Errorf("error is %v", err)
	}
}

func TestMedian(t *testing.T) {
	got := median([]sample{
		{cold: cost{3, 10}, warm: cost{1, 1}},
		{cold: cost{1, 30}, warm: cost{2, 1}},
		{cold: cost{2, 20}, warm: cost{9, 5}},
	})
	if want := (sample{cold: cost{2, 20}, warm: cost{2, 1}}); got != want {
		t.Errorf("median = %v, want %v", got, want)
	}
}

func TestPage(t *testing.T) {
	b := &bench{rounds: 3}
	text, err := b.page([]row{{"example.com/m@v1.0.0", []cell{
		{"go vet", sample{cold: cost{10, 100}, warm: cost{1, 50}}},
		{"asynclint", sample{cold: cost{9, 110}, warm: cost{1, 40}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"### example.com/m@v1.0.0\n",
		"| go vet | 10.00 | 1.00 | 1.00 | 1.00 | 100 | 1.00 |\n",
		"| asynclint | 9.00 | 0.90 (over 0.8) | 1.00 | 1.00 | 110 | 1.10 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}

	name := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(name, []byte("above\n"+begin+"\nold\n"+end+"\nbelow\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time over the first
		if err := splice(name, "new"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if want := "above\n" + begin + "\n\nnew\n" + end + "\nbelow\n"; err != nil || string(got) != want {
		t.Errorf("spliced page is %q, %v; want %q", got, err, want)
	}
}
