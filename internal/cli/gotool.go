package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// goTool is the go command.
type goTool struct{ path string }

var errNoGo = errors.New("there is no go command in PATH: install Go (https://go.dev/dl) or add its bin directory to PATH")

func findGo() (*goTool, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, errNoGo
	}
	return &goTool{path}, nil
}

// run executes the go command in a directory. The error says only that it did
// not succeed; stderr says why. Extra environment variables go before args.
func (g *goTool) run(dir string, environ []string, stdout io.Writer, args ...string) (stderr string, err error) {
	cmd := exec.Command(g.path, args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), environ...)
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = stdout, &errs
	err = cmd.Run()
	return errs.String(), err
}

// output is run for a command that prints a short answer.
func (g *goTool) output(dir string, environ []string, args ...string) (string, error) {
	var out strings.Builder
	stderr, err := g.run(dir, environ, &out, args...)
	if err != nil {
		if msg := strings.TrimSpace(stderr); msg != "" {
			return "", errors.New(msg)
		}
		return "", fmt.Errorf("go %s: %w", args[0], err)
	}
	return out.String(), nil
}

// goEnv is what the front end wants to know about the go command's settings.
type goEnv struct {
	GOWORK             string
	CGO_ENABLED, CC    string
	GOOS, GOHOSTOS     string
	GOARCH, GOHOSTARCH string
}

func (g *goTool) env(dir string) (*goEnv, error) {
	text, err := g.output(dir, nil, "env", "-json", "GOWORK", "CGO_ENABLED", "CC", "GOOS", "GOHOSTOS", "GOARCH", "GOHOSTARCH")
	if err != nil {
		return nil, err
	}
	e := new(goEnv)
	if err := json.Unmarshal([]byte(text), e); err != nil {
		return nil, fmt.Errorf("reading the output of go env: %w", err)
	}
	return e, nil
}

// lacksCompiler reports whether the go command leaves cgo out only because it
// found no C compiler. It does so silently.
func (e *goEnv) lacksCompiler(getenv func(string) string) bool {
	return e.CGO_ENABLED == "0" && getenv("CGO_ENABLED") == "" && e.GOOS == e.GOHOSTOS && e.GOARCH == e.GOHOSTARCH
}

// workspaceModules returns the directories of the workspace's modules.
func (g *goTool) workspaceModules(dir string) ([]string, error) {
	text, err := g.output(dir, nil, "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), nil
}

// A listed is a package as `go list` describes it.
type listed struct {
	ImportPath   string
	ForTest      string
	Dir          string
	DepOnly      bool
	Error        *listError
	DepsErrors   []*listError
	Deps         []string
	GoFiles      []string
	CgoFiles     []string
	TestGoFiles  []string
	XTestGoFiles []string
}

type listError struct {
	ImportStack []string
	Pos, Err    string
}

func (e *listError) String() string {
	text := e.Err
	if e.Pos != "" {
		text = e.Pos + ": " + text
	}
	if strings.HasPrefix(e.Err, "import cycle") {
		text += ": " + strings.Join(e.ImportStack, " -> ")
	}
	return text
}

var listFields = "-json=ImportPath,ForTest,Dir,DepOnly,Error,DepsErrors,Deps,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles"

// list describes packages. It returns what it could learn together with the
// error.
func (g *goTool) list(dir string, environ []string, args ...string) ([]*listed, error) {
	var out bytes.Buffer
	stderr, err := g.run(dir, environ, &out, append([]string{"list", "-e", listFields}, args...)...)
	if err != nil {
		err = errors.New(strings.TrimSpace(stderr))
	}
	var pkgs []*listed
	for dec := json.NewDecoder(&out); ; {
		p := new(listed)
		if derr := dec.Decode(p); derr != nil {
			if derr != io.EOF && err == nil {
				err = fmt.Errorf("reading the output of go list: %w", derr)
			}
			return pkgs, err
		}
		pkgs = append(pkgs, p)
	}
}
