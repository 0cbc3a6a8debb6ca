package summary

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Mode says how a lock is held.
type Mode int8

const (
	Write Mode = iota // exclusively
	Read              // together with other readers
)

// A lockOp is what a method does to a lock.
type lockOp int8

const (
	opLock lockOp = iota
	opUnlock
	opRLock
	opRUnlock
	opTryLock
	opTryRLock
	opRLocker
)

var lockOps = map[string]lockOp{
	"Lock": opLock, "Unlock": opUnlock,
	"RLock": opRLock, "RUnlock": opRUnlock,
	"TryLock": opTryLock, "TryRLock": opTryRLock,
	"RLocker": opRLocker,
}

func (op lockOp) mode() Mode {
	switch op {
	case opRLock, opRUnlock, opTryRLock:
		return Read
	}
	return Write
}

// lockMethod reports whether a call is an operation on a lock, and which.
//
// Locks are sync.Mutex and sync.RWMutex, sync.Locker and interfaces that have
// its two methods, and the types of other modules that look like a mutex: a name
// with "mutex" or "lock" in it and niladic Lock and Unlock methods without
// results. Wrappers in the module under analysis are known by their summaries
// instead, and re-entrant locks are no locks to us.
func lockMethod(c *ssa.CallCommon) (lockOp, bool) {
	var m *types.Func
	if c.IsInvoke() {
		m = c.Method
	} else if fn := c.StaticCallee(); fn != nil && fn.Signature.Recv() != nil && len(c.Args) > 0 {
		if fn.Blocks != nil {
			return 0, false // source of this package: its summary knows better
		}
		m, _ = fn.Object().(*types.Func)
	}
	return lockFunc(m)
}

func lockFunc(m *types.Func) (lockOp, bool) {
	if m == nil {
		return 0, false
	}
	op, ok := lockOps[m.Name()]
	if !ok {
		return 0, false
	}
	sig := m.Signature()
	if sig.Params().Len() != 0 || sig.Recv() == nil {
		return 0, false
	}
	recv := sig.Recv().Type()
	if p, ok := recv.(*types.Pointer); ok {
		recv = p.Elem()
	}
	named, _ := types.Unalias(recv).(*types.Named)
	if named != nil && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync" {
		switch named.Obj().Name() {
		case "Mutex", "RWMutex", "Locker":
			return op, true
		}
		return 0, false
	}
	if op == opRLocker || op == opTryLock || op == opTryRLock {
		return 0, false
	}
	if sig.Results().Len() != 0 {
		return 0, false
	}
	if types.IsInterface(recv) {
		return op, hasLockerMethods(recv)
	}
	if named == nil {
		return 0, false
	}
	name := strings.ToLower(named.Obj().Name())
	if strings.Contains(name, "reentrant") || strings.Contains(name, "recursive") {
		return 0, false
	}
	return op, (strings.Contains(name, "mutex") || strings.Contains(name, "lock")) && hasLockerMethods(types.NewPointer(recv))
}

func hasLockerMethods(t types.Type) bool {
	for _, name := range [...]string{"Lock", "Unlock"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		m, ok := obj.(*types.Func)
		if !ok || m.Signature().Params().Len() != 0 || m.Signature().Results().Len() != 0 {
			return false
		}
	}
	return true
}

// IsLockType reports whether a variable of type t (or the struct it points to)
// is itself a lock.
func IsLockType(t types.Type) bool {
	m, _, _ := types.LookupFieldOrMethod(t, true, nil, "Lock")
	fn, ok := m.(*types.Func)
	if !ok {
		return false
	}
	op, ok := lockFunc(fn)
	return ok && op == opLock
}

// A lockCall is a lock operation with the lock it is applied to.
type lockCall struct {
	op   lockOp
	mode Mode
	ref  Ref
}

// lockCallOf resolves a call that operates on a lock.
func lockCallOf(c *ssa.CallCommon) (lockCall, bool) {
	op, ok := lockMethod(c)
	if !ok || op == opRLocker {
		return lockCall{}, false
	}
	recv := c.Value
	if !c.IsInvoke() {
		recv = c.Args[0]
	}
	lc := lockCall{op: op, mode: op.mode(), ref: RefOf(recv)}
	if sel, ok := strings.CutSuffix(lc.ref.Sel, ".RLocker()"); ok {
		lc.ref.Sel, lc.mode = sel, Read
	}
	return lc, true
}
