package lockawait

import (
	"cmp"
	"fmt"
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/registry"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// shortest is the sleep, in nanoseconds, below which one is not worth a word.
const shortest = 10_000_000

// acrossIO reports calls that wait for something outside the program under a
// lock that another function takes for something quick: that function is then
// as slow as the network. A lock that is only ever held for such calls, that
// guards the object that the call is made on, or whose name says that it puts
// them in order, serves its purpose.
func (c *checker) acrossIO(f *summary.Func, w *summary.Wait, h summary.Holding) (crossing, bool) {
	entry := w.Op.Entry
	x := crossing{rule: rule.LockAcrossIO, level: rule.Warning}
	var waits string
	switch entry.Kind {
	case registry.Sleep:
		if d, known := sleeps(w.Op.In); known && d < shortest {
			return crossing{}, false
		}
		waits = "sleeps"
	case registry.Net:
		if w.Op.Fn.Name() == "WriteTo" && w.Op.Fn.Pkg().Path() == "net" {
			return crossing{}, false // a datagram is sent, not delivered
		}
		waits = "waits for the network"
	case registry.DNS:
		waits = "waits for name resolution"
	case registry.Exec:
		waits = "waits for another process"
	case registry.DB:
		waits = "waits for the database"
	case registry.Wait:
		waits = "waits for others"
	case registry.Disk:
		waits, x.level = "waits for the disk", rule.Note
	default:
		return crossing{}, false
	}
	if !w.Certain || serialises(h) || ends(w.Op.Fn) || guards(w, h) || !c.quick(f, h) {
		return crossing{}, false
	}
	call := calls(w.Op.Fn)
	lock := c.src.lock(h)
	x.msg = fmt.Sprintf("%s is held across %s, which %s", lock, call, waits)
	if w.Via != nil {
		x.msg = fmt.Sprintf("%s is held across %s, which calls %s and %s", lock, c.src.fun(w.Site), call, waits)
	}
	return x, true
}

// calls names a function with its package or receiver.
func calls(fn *types.Func) string {
	if recv := fn.Signature().Recv(); recv != nil {
		t := recv.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		return cmp.Or(typeName(t), "a") + "." + fn.Name()
	}
	return fn.Pkg().Name() + "." + fn.Name()
}

// ends reports whether a call belongs to the end of an object's life, or
// resolves what is an address already most of the time.
func ends(fn *types.Func) bool {
	name := fn.Name()
	return strings.HasPrefix(name, "Resolve") || name == "Close" || name == "Stop" || name == "Shutdown" || strings.HasPrefix(name, "Close")
}

// guards reports whether the lock lies beside the object that the call is made
// on: it then makes the calls take turns.
func guards(w *summary.Wait, h summary.Holding) bool {
	if len(w.On) == 0 || !w.On[0].Known() || w.On[0].Base != h.Ref.Base {
		return false
	}
	if w.Op.Entry.Kind == registry.DB {
		return false // takes turns by itself
	}
	at := h.Ref.Sel[:max(strings.LastIndexByte(h.Ref.Sel, '.'), 0)]
	return strings.HasPrefix(w.On[0].Sel, at)
}

// quick reports whether other functions take the lock and do not wait for
// anything under it, more of them than do wait: else it is what the lock is for.
func (c *checker) quick(f *summary.Func, h summary.Holding) bool {
	waiting, quick := 1, 0
	for fn := range c.sums.Users(h.Class) {
		g := c.sums.Of(fn)
		if fn == f.Fn || fn.Parent() == f.Fn || g == nil {
			continue
		}
		slow, conflicts := false, h.Mode == summary.Write
		for _, w := range g.Waits {
			if d, known := sleeps(w.Op.In); known && d < shortest {
				continue
			}
			for _, held := range w.Held {
				slow = slow || held.Class == h.Class
			}
		}
		for _, t := range g.Takes {
			conflicts = conflicts || t.Class == h.Class && t.Mode == summary.Write
		}
		switch {
		case slow:
			waiting++
		case conflicts:
			quick++
		}
	}
	return quick >= waiting
}

// sleeps returns the duration of a time.Sleep when it is a constant.
func sleeps(in ssa.Instruction) (int64, bool) {
	call, ok := in.(ssa.CallInstruction)
	if !ok || len(call.Common().Args) != 1 || call.Common().IsInvoke() {
		return 0, false
	}
	if fn := call.Common().StaticCallee(); fn == nil || fn.String() != "time.Sleep" {
		return 0, false
	}
	d, ok := call.Common().Args[0].(*ssa.Const)
	if !ok || d.Value == nil {
		return 0, false
	}
	return constant.Int64Val(d.Value)
}
