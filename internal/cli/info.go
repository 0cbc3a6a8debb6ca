package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/asynclint/asynclint/internal/bundle"
	"github.com/asynclint/asynclint/internal/config"
	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// explain prints everything about one rule, or about each rule of a pass.
func explain(e *env, args []string) int {
	if len(args) != 1 {
		return e.usage("explain wants one rule, such as: asynclint explain lockawait/double-lock")
	}
	if err := config.CheckPattern(args[0]); err != nil {
		return e.usage("%v", err)
	}
	if c := bundle.Lookup(args[0]); c != nil {
		_, err := fmt.Fprintf(e.stdout, "%s: %s\n\nA check of another linter, which -with=%s runs. What to do: %s.\n%s\n", c.ID(), c.Title, c.Bundle, c.Help, c.URL)
		return e.wrote(err)
	}
	style, _ := e.style(e.stdout, "auto")
	for i, r := range rule.Matching(args[0]) {
		if i > 0 {
			fmt.Fprintln(e.stdout)
		}
		if err := render.Explain(e.stdout, r, style); err != nil {
			return e.wrote(err)
		}
	}
	return exitClean
}

// rules prints the catalogue as a table.
func rules(e *env, args []string) int {
	if len(args) != 0 {
		return e.usage("rules wants no arguments; asynclint explain RULE tells about one")
	}
	style, _ := e.style(e.stdout, "auto")
	return e.wrote(render.Rules(e.stdout, rule.All(), style))
}

// version prints what a bug report needs.
func version(e *env, args []string) int {
	if len(args) != 0 {
		return e.usage("version wants no arguments")
	}
	_, err := fmt.Fprintf(e.stdout, "asynclint %s, %d rules, built with %s for %s/%s\n",
		toolVersion(), len(rule.All()), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return e.wrote(err)
}

// toolVersion is the version of the module that the program was built from.
func toolVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
