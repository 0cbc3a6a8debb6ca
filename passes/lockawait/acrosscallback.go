package lockawait

import (
	"fmt"
	"go/types"
	"strings"
	"unicode"

	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// acrossCallback reports calls of functions that users of the package supply,
// under a lock that the package's exported functions take, too: a user who calls
// one of them from the callback waits forever.
//
// What a function is for cannot be seen, so the rule keeps to those that are
// told of something: they return nothing or an error, and their name or the name
// of their type does not say that they log, count, compare or cancel.
func (c *checker) acrossCallback(w *summary.Wait, h summary.Holding) (crossing, bool) {
	v := w.Op.Cases[0].Chan
	field, element, ok := c.peer().Supplied(v)
	if !ok || !w.Certain || made(w.On[0]) || !tells(w, field) {
		return crossing{}, false
	}
	end := "one that needs it waits forever"
	if !c.reentrant(h) {
		if !handler(field.Name()) || !c.contended(h) {
			return crossing{}, false
		}
		end = "everybody else waits for them to return"
	}
	lock := c.src.lock(h)
	what := "a function from " + field.Name()
	name := object(w, 0)
	switch {
	case w.Op.Fn != nil:
		what = fmt.Sprintf("%s of %s", w.Op.Fn.Name(), field.Name())
	case !element && name != "":
		what = name
	}
	msg := fmt.Sprintf("%s is held while %s runs, which users of the package supply: %s", lock, what, end)
	if w.Via != nil {
		msg = fmt.Sprintf("%s is held while %s runs %s, which users of the package supply: %s", lock, c.src.fun(w.Site), what, end)
	}
	return crossing{rule: rule.LockAcrossCallback, level: rule.Warning, field: field, msg: msg}, true
}

// reentrant reports whether an exported function takes the lock by itself.
func (c *checker) reentrant(h summary.Holding) bool {
	for fn := range c.sums.Users(h.Class) {
		if obj, ok := fn.Object().(*types.Func); ok && obj.Exported() {
			return true
		}
	}
	return false
}

// quiet are words in the names of functions whose purpose is no notification.
var quiet = []string{
	"log", "debug", "trace", "print", "metric", "count", "stat", "measure", "rate", "limit", "clock", "now", "time", "rand", "hash", "key", "less", "cmp", "compare",
	"equal", "cancel", "stop", "close", "unlock", "release", "done", "sleep", "wait", "free", "alloc", "encode", "decode", "marshal", "format",
	"parse", "new", "make", "dial", "lookup", "test", "mock", "fake", "err", "wake", "signal", "cleanup", "once", "init", "fatal", "report",
}

// tells reports whether a function is one that is told of something.
func tells(w *summary.Wait, field *types.Var) bool {
	var sig *types.Signature
	if w.Op.Fn != nil {
		sig = w.Op.Fn.Signature()
	} else {
		sig, _ = w.Op.Cases[0].Chan.Type().Underlying().(*types.Signature)
	}
	if sig == nil || !tellsResult(sig) || typeNamed(w.Op.Cases[0].Chan.Type(), "CancelFunc") {
		return false
	}
	name := field.Name()
	if traces(w, name) || strings.Contains(strings.ToLower(name), "lock") {
		return false
	}
	if handler(name) {
		return true
	}
	lower := strings.ToLower(name)
	for _, word := range quiet {
		if strings.Contains(lower, word) {
			return false
		}
	}
	return w.Op.Fn == nil || handler(typeName(w.Op.Cases[0].Chan.Type()))
}

func tellsResult(sig *types.Signature) bool {
	switch r := sig.Results(); r.Len() {
	case 0:
		return true
	case 1:
		return types.Identical(r.At(0).Type(), types.Universe.Lookup("error").Type())
	}
	return false
}

// handler reports whether a name is that of a callback: onClose, ErrHandler.
func handler(name string) bool {
	if len(name) > 2 && strings.EqualFold(name[:2], "on") && unicode.IsUpper(rune(name[2])) {
		return true
	}
	lower := strings.ToLower(name)
	for _, word := range [...]string{"handler", "callback", "listener", "observer", "hook", "subscriber", "notify"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return lower == "cb" || strings.HasSuffix(name, "CB") || strings.HasSuffix(name, "Cb")
}

func typeName(t types.Type) string {
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}

func typeNamed(t types.Type, name string) bool { return typeName(t) == name }

// traces reports whether a function belongs to a set of tracing or logging
// functions.
func traces(w *summary.Wait, name string) bool {
	on := strings.ToLower(object(w, 0) + "." + name)
	return strings.Contains(on, "trace") || strings.Contains(on, "metric") || strings.Contains(on, "log.") || strings.Contains(on, "logger")
}

// made reports whether a callback is a field of an object that the function on
// the way has just made, where nobody can have put one yet.
func made(on summary.Ref) bool {
	_, ok := on.Base.(*ssa.Alloc)
	return ok && on.Sel != "" && on.Base.Parent() != nil && on.Base.(*ssa.Alloc).Comment == "complit"
}
