//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// A row is a module, with a cell for each tool. The first is the one that the
// others are compared with.
type row struct {
	module string
	cells  []cell
}

type cell struct {
	tool string
	sample
}

// Targets for asynclint, as multiples of go vet's cost.
const (
	coldTarget   = 0.8
	warmTarget   = 1.1
	memoryTarget = 1.2
)

// page renders what docs/benchmarks.md shows.
func (b *bench) page(rows []row) (string, error) {
	version, err := exec.Command("go", "version").Output()
	if err != nil {
		return "", fmt.Errorf("go version: %w", err)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s, %d processors, %s, medians of %d rounds.\n",
		strings.TrimSpace(strings.TrimPrefix(string(version), "go version ")), runtime.NumCPU(), staticcheck, b.rounds)
	for _, r := range rows {
		fmt.Fprintf(&out, "\n### %s\n\n", r.module)
		out.WriteString("| tool | cold CPU s | x go vet | warm CPU s | x go vet | peak MB | x go vet |\n")
		out.WriteString("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
		base := r.cells[0].sample
		for _, c := range r.cells {
			own := c.tool == "asynclint"
			fmt.Fprintf(&out, "| %s | %.2f | %s | %.2f | %s | %.0f | %s |\n", c.tool,
				c.cold.seconds, ratio(c.cold.seconds, base.cold.seconds, own, coldTarget),
				c.warm.seconds, ratio(c.warm.seconds, base.warm.seconds, own, warmTarget),
				c.peak(), ratio(c.peak(), base.peak(), own, memoryTarget))
		}
	}
	return out.String(), nil
}

// peak is the memory of the largest process in either run.
func (s sample) peak() float64 { return max(s.cold.megabytes, s.warm.megabytes) }

// ratio compares with go vet, and says so where a target is missed.
func ratio(value, base float64, judged bool, target float64) string {
	x := value / base
	text := fmt.Sprintf("%.2f", x)
	if judged && x > target {
		text += fmt.Sprintf(" (over %.1f)", target)
	}
	return text
}

// The generated part of the page stands between these lines.
const (
	begin = "<!-- bench:begin -->"
	end   = "<!-- bench:end -->"
)

// splice puts the text between the markers of a file.
func splice(name, text string) error {
	page, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(page), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %s and %s", name, begin, end)
	}
	return os.WriteFile(name, []byte(head+begin+"\n\n"+text+"\n"+end+tail), 0o644)
}
