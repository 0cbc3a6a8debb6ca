//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A tool is one of the programs compared.
type tool struct {
	name string
	args []string
	// finds are the exit codes that mean that the tool has worked: with or
	// without findings.
	finds []int
}

// staticcheck is the version that go.mod names, so that the bundled checks and the
// program compared are of one age.
const staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"

// build installs the tools.
func (b *bench) build() ([]tool, error) {
	bin := filepath.Join(b.dir, "bin")
	if err := os.MkdirAll(bin, 0o777); err != nil {
		return nil, err
	}
	own := filepath.Join(bin, "asynclint")
	if err := command("", nil, "go", "build", "-o", own, "./cmd/asynclint"); err != nil {
		return nil, fmt.Errorf("%w (run this at the root of the repository)", err)
	}
	if err := command(b.dir, []string{"GOBIN=" + bin, "GOFLAGS="}, "go", "install", staticcheck); err != nil {
		return nil, err
	}
	return []tool{
		{"go vet", []string{"go", "vet", "./..."}, []int{0, 1}},
		{"asynclint", []string{own, "-config=none", "./..."}, []int{0, 1}},
		{"staticcheck", []string{filepath.Join(bin, "staticcheck"), "./..."}, []int{0, 1}},
	}, nil
}

// compile returns a build cache with the compiled packages of a module, its tests
// and their dependencies: what go build and go test leave behind, without the vet
// run that go test adds. Nothing else ever runs on this cache, so it is kept.
func (b *bench) compile(src string) (string, error) {
	cache := filepath.Join(b.dir, "compiled", filepath.Base(src))
	return cache, command(src, []string{"GOCACHE=" + cache}, "go", "list", "-export", "-compiled", "-deps", "-test", "./...")
}

// A cost is what a run took: processor time of all its processes, and the memory
// of the largest one.
type cost struct{ seconds, megabytes float64 }

// A sample is one tool's cost on one module, first without and then with its
// earlier results in the cache.
type sample struct{ cold, warm cost }

// measure runs a tool on a fresh copy of the build cache, and again.
func (b *bench) measure(t tool, src, filled string) (s sample, err error) {
	caches := filepath.Join(b.dir, "caches")
	if err := os.RemoveAll(caches); err != nil {
		return s, err
	}
	defer os.RemoveAll(caches)
	if err := os.CopyFS(filepath.Join(caches, "go"), os.DirFS(filled)); err != nil {
		return s, fmt.Errorf("copying the build cache: %w", err)
	}
	env := []string{
		"GOCACHE=" + filepath.Join(caches, "go"),
		"STATICCHECK_CACHE=" + filepath.Join(caches, "staticcheck"),
	}
	if err := os.MkdirAll(filepath.Join(caches, "staticcheck"), 0o777); err != nil {
		return s, err
	}
	if s.cold, err = t.run(src, env); err != nil {
		return s, err
	}
	var warm []sample
	for range 3 { // it is short
		c, err := t.run(src, env)
		if err != nil {
			return s, err
		}
		warm = append(warm, sample{warm: c})
	}
	s.warm = median(warm).warm
	return s, nil
}

// run runs the tool once.
func (t tool) run(dir string, env []string) (cost, error) {
	cmd := exec.Command(t.args[0], t.args[1:]...)
	cmd.Dir = dir
	cmd.Env = environment(env)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); !slices.Contains(t.finds, code) {
		return cost{}, fmt.Errorf("%s: %w (exit code %d)\n%s", t.name, err, code, tail(out))
	}
	// Of a process that was waited for, the system counts the descendants that
	// it has waited for itself: their times are added, their sizes not.
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return cost{}, errors.New("this system does not say what a process has used")
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return cost{seconds: cpu.Round(time.Millisecond).Seconds(), megabytes: float64(usage.Maxrss) / 1024}, nil
}

// command runs a preparation.
func command(dir string, env []string, args ...string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = environment(env)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, tail(out))
	}
	return nil
}

// environment is the user's without what would make the tools unequal.
func environment(extra []string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GOFLAGS", "GOWORK", "GOCACHEPROG", "GOGC", "GOMEMLIMIT"}, name)
	})
	return append(append(env, "GOWORK=off"), extra...)
}

// tail is the end of what a program printed.
func tail(out []byte) []byte {
	const most = 2000
	return out[max(0, len(out)-most):]
}

// median takes each number by itself.
func median(samples []sample) sample {
	pick := func(get func(sample) float64) float64 {
		values := make([]float64, len(samples))
		for i, s := range samples {
			values[i] = get(s)
		}
		slices.Sort(values)
		return values[(len(values)-1)/2]
	}
	return sample{
		cold: cost{pick(func(s sample) float64 { return s.cold.seconds }), pick(func(s sample) float64 { return s.cold.megabytes })},
		warm: cost{pick(func(s sample) float64 { return s.warm.seconds }), pick(func(s sample) float64 { return s.warm.megabytes })},
	}
}
