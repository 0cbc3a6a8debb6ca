package harness

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"go/build"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/asynclint/asynclint/testbed/job"
	"github.com/asynclint/asynclint/testbed/rewrite"
)

// Build instruments and compiles the packages that the patterns name. A
// package without tests and without a main function gives a program without
// targets. The caller closes every program.
func Build(ctx context.Context, cfg Config, patterns ...string) ([]*Program, error) {
	plans, err := cfg.plan(ctx, patterns)
	if err != nil {
		return nil, err
	}
	var programs []*Program
	for _, p := range plans {
		program, err := cfg.build(ctx, p)
		if err != nil {
			for _, p := range programs {
				err = joinClose(err, p)
			}
			return nil, err
		}
		programs = append(programs, program)
	}
	return programs, nil
}

func joinClose(err error, p *Program) error {
	if e := p.Close(); e != nil {
		return fmt.Errorf("%w (and %w)", err, e)
	}
	return err
}

// A builder collects the files of one program.
type builder struct {
	*Config
	ctx     context.Context
	plan    *plan
	program *Program
	overlay map[string]string // file as the go command sees it: file with the text
	files   int
	modules map[string]string // instrumented dependencies: module path to its copied tree
}

func (c *Config) build(ctx context.Context, p *plan) (*Program, error) {
	work, err := os.MkdirTemp("", "asynclint-testbed-")
	if err != nil {
		return nil, fmt.Errorf("making a temporary directory for the testbed: %w", err)
	}
	b := &builder{Config: c, ctx: ctx, plan: p, overlay: map[string]string{}, modules: map[string]string{}}
	b.program = &Program{
		ImportPath: p.root.PkgPath, Module: p.module.Path, ModuleDir: p.module.Dir, Foreign: p.foreign, Dir: packageDir(p.root),
		work: work, env: c.Env, binary: filepath.Join(work, "worker.test"+exeSuffix()),
	}
	for _, step := range []func() error{b.addRuntime, b.addContext, b.addSources, b.addWorker, b.compile} {
		if err := step(); err != nil {
			return nil, joinClose(err, b.program)
		}
	}
	return b.program, nil
}

func exeSuffix() string {
	if build.Default.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

func packageDir(pkg *packages.Package) string {
	for _, list := range [][]string{pkg.GoFiles, pkg.OtherFiles, pkg.IgnoredFiles} {
		if len(list) > 0 {
			return filepath.Dir(list[0])
		}
	}
	return pkg.Dir
}

// put makes text the contents of the file at path.
func (b *builder) put(path string, text []byte) error {
	b.files++
	name := filepath.Join(b.program.work, fmt.Sprintf("f%d.go", b.files))
	if err := os.WriteFile(name, text, 0o666); err != nil {
		return fmt.Errorf("writing an instrumented file: %w", err)
	}
	b.overlay[path] = name
	return nil
}

func (b *builder) addRuntime() error {
	files, err := injected(b.Sources, b.plan.module.Path)
	if err != nil {
		return err
	}
	for _, name := range sortedKeys(files) {
		if err := b.put(filepath.Join(b.plan.module.Dir, name), files[name]); err != nil {
			return err
		}
	}
	return nil
}

// addContext instruments the installed Go's package context.
func (b *builder) addContext() error {
	src, err := contextSource(build.Default.GOROOT)
	if err != nil {
		return err
	}
	path := filepath.Join(b.plan.module.Dir, injectedDir, "context", "context.go")
	pkgs, err := b.load(b.ctx, syntax, false, map[string][]byte{path: src}, []string{importPath(b.plan.module.Path, "context")})
	if err != nil {
		return err
	}
	for _, e := range pkgs[0].Errors {
		return fmt.Errorf("%w: instrumenting package context: %v", ErrBuild, e)
	}
	read := func(string) ([]byte, error) { return src, nil }
	cfg := b.rewriteConfig()
	cfg.Context = "" // the copy stands by itself
	cfg.Name = func(string) string { return "context/context.go" }
	files, err := rewrite.Rewrite(sourceOf(pkgs[0], read), cfg)
	if err != nil {
		return err
	}
	return b.put(path, files[0].Text)
}

func (b *builder) rewriteConfig() *rewrite.Config {
	return &rewrite.Config{
		Runtime: importPath(b.plan.module.Path, "rt"),
		Context: importPath(b.plan.module.Path, "context"),
		Worker:  importPath(b.plan.module.Path, "worker"),
		Name:    relativeTo(b.plan.module.Dir),
		Atomics: b.Atomics,
	}
}

func sourceOf(pkg *packages.Package, read func(string) ([]byte, error)) *rewrite.Package {
	return &rewrite.Package{Fset: pkg.Fset, Files: pkg.Syntax, Types: pkg.Types, Info: pkg.TypesInfo, Src: read}
}

// addSources instruments the package under test and its dependencies.
func (b *builder) addSources() error {
	for i, pkg := range b.plan.sources {
		cfg := b.rewriteConfig()
		cfg.Prefix = fmt.Sprintf("%d_", i)
		files, err := rewrite.Rewrite(sourceOf(pkg, os.ReadFile), cfg)
		if err != nil {
			return err
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Path, ".go") || b.overlay[f.Path] != "" {
				continue // what cgo made, or a file of two variants
			}
			b.program.Sites += f.Sites
			b.program.Notes = append(b.program.Notes, f.Notes...)
			if err := b.place(pkg, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// place puts a rewritten file where the compiler will find it: over the
// original, or, as the go command allows no overlay in the module cache, in a
// copy of the module.
func (b *builder) place(pkg *packages.Package, f *rewrite.File) error {
	if !f.Changed {
		return nil
	}
	if inside(b.plan.module.Dir, f.Path) || pkg.Module == nil || pkg.Module.Main {
		return b.put(f.Path, f.Text)
	}
	m := pkg.Module
	if m.Replace != nil {
		m = m.Replace
	}
	copied, err := b.copyModule(pkg.Module.Path, m.Dir)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(m.Dir, f.Path)
	if err != nil {
		return fmt.Errorf("placing %s: %w", f.Path, err)
	}
	if err := os.WriteFile(filepath.Join(copied, rel), f.Text, 0o666); err != nil {
		return fmt.Errorf("writing an instrumented file: %w", err)
	}
	return nil
}

// copyModule copies the tree of a dependency, once.
func (b *builder) copyModule(path, dir string) (string, error) {
	if to, ok := b.modules[path]; ok {
		return to, nil
	}
	to := filepath.Join(b.program.work, fmt.Sprintf("mod%d", len(b.modules)))
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		return "", fmt.Errorf("copying %s to instrument it: %w", path, err)
	}
	// The module cache is read-only, and its copy must not be.
	err := filepath.WalkDir(to, func(name string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(name, 0o777)
		}
		return os.Chmod(name, 0o666)
	})
	if err != nil {
		return "", fmt.Errorf("copying %s to instrument it: %w", path, err)
	}
	if err := b.raiseModule(to); err != nil {
		return "", err
	}
	b.modules[path] = to
	return to, nil
}

// leastVersion is the oldest language version that can call the runtime, whose
// functions are generic. Nothing else changes between an older version and it.
const leastVersion = "1.18"

func tooOld(goVersion string) bool {
	return version.Compare("go"+cmp.Or(goVersion, "1.16"), "go"+leastVersion) < 0
}

// raiseModule gives the copy of a dependency a language version that will do.
func (b *builder) raiseModule(dir string) error {
	name := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("reading a dependency's go.mod: %w", err)
	}
	if os.IsNotExist(err) {
		return fmt.Errorf("%w: a dependency without a go.mod cannot be instrumented: %s", ErrBuild, filepath.Base(dir))
	}
	if !tooOld(goDirective(text)) {
		return nil
	}
	return b.editModule(name, "-go="+leastVersion)
}

// goDirective is the version in a go.mod's go directive.
func goDirective(gomod []byte) string {
	for line := range strings.Lines(string(gomod)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "go "); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// editModule runs go mod edit on a file of ours.
func (b *builder) editModule(name string, edits ...string) error {
	cmd := exec.CommandContext(b.ctx, "go", append(append([]string{"mod", "edit"}, edits...), name)...)
	cmd.Dir, cmd.Env = b.program.work, b.Env
	if msg, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("writing a go.mod for the instrumented build: %w: %s", err, bytes.TrimSpace(msg))
	}
	return nil
}

// addWorker adds the entry of a worker process to the package's tests.
func (b *builder) addWorker() error {
	var internal, external []string
	main := false
	for _, pkg := range b.plan.sources {
		switch {
		case pkg.PkgPath == b.plan.root.PkgPath:
			internal = append(internal, targets(pkg)...)
			main = hasMain(pkg)
		case pkg.ForTest == b.plan.root.PkgPath:
			external = append(external, targets(pkg)...)
		}
	}
	b.program.Targets = append(append(b.program.Targets, internal...), external...)
	worker := importPath(b.plan.module.Path, "worker")
	var body strings.Builder
	fmt.Fprintf(&body, "package %s\n\nimport (\n\t_altesting \"testing\"\n\n\t_alworker %q\n)\n\n", b.plan.root.Name, worker)
	fmt.Fprintf(&body, "func %s(t *_altesting.T) { _alworker.Main(t) }\n\nfunc init() {\n", job.TestName)
	for _, name := range internal {
		fmt.Fprintf(&body, "\t_alworker.Register(%q, %s)\n", name, name)
	}
	if main {
		b.program.Targets = append(b.program.Targets, job.MainTarget)
		fmt.Fprintf(&body, "\t_alworker.Register(%q, func(*_altesting.T) { main() })\n", job.MainTarget)
	}
	body.WriteString("}\n")
	if err := b.put(filepath.Join(b.program.Dir, "asynclint_worker_test.go"), []byte(body.String())); err != nil {
		return err
	}
	if len(external) == 0 {
		return nil
	}
	body.Reset()
	fmt.Fprintf(&body, "package %s_test\n\nimport _alworker %q\n\nfunc init() {\n", b.plan.root.Name, worker)
	for _, name := range external {
		fmt.Fprintf(&body, "\t_alworker.Register(%q, %s)\n", name, name)
	}
	body.WriteString("}\n")
	return b.put(filepath.Join(b.program.Dir, "asynclint_workerx_test.go"), []byte(body.String()))
}

// compile builds the test binary.
func (b *builder) compile() error {
	overlay, err := json.Marshal(map[string]any{"Replace": b.overlay})
	if err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	name := filepath.Join(b.program.work, "overlay.json")
	if err := os.WriteFile(name, overlay, 0o666); err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	args := []string{"test", "-c", "-vet=off", "-overlay=" + name, "-o", b.program.binary}
	if b.Tags != "" {
		args = append(args, "-tags="+b.Tags)
	}
	if b.Race {
		args = append(args, "-race")
		for _, pkg := range injectedPackages {
			args = append(args, "-gcflags="+importPath(b.plan.module.Path, pkg)+"=-race=false")
		}
	}
	if len(b.modules) > 0 || tooOld(b.plan.module.GoVersion) {
		modfile, err := b.modfile()
		if err != nil {
			return err
		}
		args = append(args, "-modfile="+modfile)
	}
	cmd := exec.CommandContext(b.ctx, "go", append(args, b.plan.root.PkgPath)...)
	cmd.Dir, cmd.Env = b.plan.module.Dir, b.Env
	if b.LeakProfile {
		cmd.Env = append(cmd.Environ(), "GOEXPERIMENT=goroutineleakprofile")
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %w\n%s", ErrBuild, err, bytes.TrimSpace(out))
	}
	return nil
}

// modfile writes a go.mod that replaces the instrumented dependencies by their
// copies, and its go.sum.
func (b *builder) modfile() (string, error) {
	text, err := os.ReadFile(b.plan.module.GoMod)
	if err != nil {
		return "", fmt.Errorf("reading go.mod: %w", err)
	}
	out := filepath.Join(b.program.work, "go.mod")
	if err := os.WriteFile(out, text, 0o666); err != nil {
		return "", fmt.Errorf("writing a go.mod for the instrumented build: %w", err)
	}
	var edits []string
	if tooOld(b.plan.module.GoVersion) {
		edits = append(edits, "-go="+leastVersion)
	}
	for _, path := range sortedKeys(b.modules) {
		edits = append(edits, "-replace="+path+"="+b.modules[path])
	}
	if err := b.editModule(out, edits...); err != nil {
		return "", err
	}
	sum, err := os.ReadFile(strings.TrimSuffix(b.plan.module.GoMod, ".mod") + ".sum")
	switch {
	case os.IsNotExist(err):
		return out, nil
	case err != nil:
		return "", fmt.Errorf("reading go.sum: %w", err)
	}
	if err := os.WriteFile(strings.TrimSuffix(out, ".mod")+".sum", sum, 0o666); err != nil {
		return "", fmt.Errorf("writing a go.sum for the instrumented build: %w", err)
	}
	return out, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
