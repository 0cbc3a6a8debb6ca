package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run the real program: the test binary stands in for it under the
// name asynclint, also when the go command calls it as a vet tool.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"asynclint": main})
}

func TestScript(t *testing.T) {
	// The scripts share the build cache of the machine, and nothing else.
	var shared []string
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOROOT"} {
		dir, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatalf("go env %s: %v", name, err)
		}
		shared = append(shared, name+"="+strings.TrimSpace(string(dir)))
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			self, err := exec.LookPath("asynclint")
			if err != nil {
				return err
			}
			env.Vars = append(env.Vars, shared...)
			env.Vars = append(env.Vars, "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local", "GOENV=off", "BIN="+filepath.Dir(self))
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exit":    exit,
			"huge":    huge,
			"deep":    deep,
			"badutf8": badUTF8,
			"replay":  replay,
		},
	})
}

// exit runs asynclint and wants an exit code: exit CODE [args...].
func exit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exit CODE [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec("asynclint", args[1:]...); err != nil {
		var status *exec.ExitError
		if !errors.As(err, &status) {
			ts.Fatalf("asynclint: %v", err)
		}
		got = status.ExitCode()
	}
	ts.Logf("[exit code %d]", got)
	if got != want {
		ts.Fatalf("asynclint exited with %d, want %d", got, want)
	}
}

// huge writes a package whose one function has a body of a megabyte and more,
// with a mistake at its end: huge FILE.
func huge(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	b.WriteString("package huge\n\nimport \"context\"\n\nvar total int\n\nfunc Huge(ctx context.Context, in chan int) {\n")
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "\tif v := total + %d; v > total {\n\t\ttotal = v\n\t}\n", i)
	}
	b.WriteString("\tfor {\n\t\tselect {\n\t\tcase <-ctx.Done():\n\t\t\tbreak\n\t\tcase v := <-in:\n\t\t\ttotal = v\n\t\t}\n\t}\n}\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o666))
}

// deep writes a package with N nested parentheses, blocks, function literals or
// binary operators: deep FILE KIND N.
func deep(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	nest := func(open, mid, closing string) string {
		return strings.Repeat(open, n) + mid + strings.Repeat(closing, n)
	}
	body, ok := map[string]string{
		"parens": "var _ = " + nest("(", "1", ")"),
		"blocks": "func F() " + nest("{", "", "}"),
		"ifs":    "func F(c chan int) {" + nest("if len(c) > 0 {", "<-c", "}") + "}",
		"funcs":  "func F(c chan int) {" + nest("go func() {", "c <- 1", "}()") + "}",
		"terms":  "var s string\nvar _ = s" + strings.Repeat(" + s", n),
	}[args[1]]
	if !ok {
		ts.Fatalf("unknown kind %s", args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("package deep\n\n"+body+"\n"), 0o666))
}

// badUTF8 writes a package with a byte that is not UTF-8: badutf8 FILE.
func badUTF8(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("package bad\n\nvar s = \"\xff\xfe\"\n"), 0o666))
}

// The program must not depend on being built in module mode by a release.
func TestVersion(t *testing.T) {
	out, err := exec.Command("asynclint", "version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(out), "asynclint ") || !strings.Contains(string(out), runtime.Version()) {
		t.Errorf("version prints %q", out)
	}
}

// replay replays the first trace in the JSON output of explore and wants an exit
// code: replay FILE CODE.
func replay(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: replay FILE CODE")
	}
	_, rest, ok := strings.Cut(ts.ReadFile(args[0]), `"trace": "`)
	if !ok {
		ts.Fatalf("%s has no trace", args[0])
	}
	trace, _, _ := strings.Cut(rest, `"`)
	exit(ts, false, []string{args[1], "replay", trace})
}
