package cli

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/asynclint/asynclint/internal/bundle"
	"github.com/asynclint/asynclint/internal/config"
	"github.com/asynclint/asynclint/internal/render"
	"github.com/asynclint/asynclint/internal/rule"
)

// explain prints everything about one rule, or about each rule of a pass. The
// checks of others have a page of their own, so only the way there is told.
func explain(e *env, args []string) int {
	if len(args) != 1 {
		return e.usage("explain wants one rule, such as: asynclint explain lockawait/double-lock")
	}
	name := config.Pattern(args[0])
	if err := config.CheckPattern(args[0]); err != nil {
		return e.usage("%v", err)
	}
	var out bytes.Buffer
	style, _ := e.style(e.stdout, "auto")
	for _, r := range rule.Matching(args[0]) {
		if out.Len() > 0 {
			out.WriteString("\n")
		}
		if err := render.Explain(&out, r, style); err != nil {
			return e.wrote(err)
		}
	}
	for _, c := range bundle.Checks() {
		if name.Matches(c.ID()) {
			if out.Len() > 0 {
				out.WriteString("\n")
			}
			fmt.Fprintf(&out, "%s: %s\n\nA check of another linter, which -with=%s runs.\nWhat to do: %s.\n%s\n", c.ID(), c.Title, c.Bundle, c.Help, c.URL)
		}
	}
	_, err := e.stdout.Write(out.Bytes())
	return e.wrote(err)
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
