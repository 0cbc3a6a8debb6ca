package lockawait_test

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/asynclint/asynclint/internal/report/reporttest"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/passes/lockawait"
)

// The programs that the rule pages show: the bad ones are reported, the good
// ones are not.
func TestPrograms(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Run(t, dir, lockawait.Analyzer,
		"lockawait/missing-unlock/bad", "lockawait/missing-unlock/good",
		"lockawait/double-lock/bad", "lockawait/double-lock/good",
		"lockawait/recursive-rlock/bad", "lockawait/recursive-rlock/good",
		"lockawait/lock-order/bad", "lockawait/lock-order/good",
		"lockawait/defer-unlock-in-loop/bad", "lockawait/defer-unlock-in-loop/good",
		"lockawait/lock-across-channel/bad", "lockawait/lock-across-channel/good",
		"lockawait/lock-across-wait/bad", "lockawait/lock-across-wait/good",
		"lockawait/lock-across-callback/bad", "lockawait/lock-across-callback/good",
		"lockawait/lock-across-io/bad", "lockawait/lock-across-io/good")
}

func TestShapes(t *testing.T) {
	results := reporttest.Run(t, analysistest.TestData(), lockawait.Analyzer, "missingunlock", "doublelock", "recursiverlock", "lockorder", "deferloop", "lockacross")
	reporttest.Levels(t, results, map[string]rule.Level{
		"callback": rule.Error, "await": rule.Error, "recurse": rule.Error,
		"noWriter": rule.Warning, "dynamic": rule.Warning, // no writer here; maybe another implementation
		"Put": rule.Error, "Rename": rule.Error, "Captured": rule.Error, "Delete": rule.Error,
		"Exchange": rule.Error, "Broadcast": rule.Warning, "Pop": rule.Warning, // the same types, perhaps other objects
		"counted": rule.Error, "readers": rule.Error,
	})
}
