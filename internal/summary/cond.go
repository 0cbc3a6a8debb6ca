package summary

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// The L of a condition variable is a second name for the lock that the variable
// was made with. For a variable kept in a field it is known when the package
// always makes it with a lock of the same object: "s.cond = sync.NewCond(&s.mu)".

// lockCallOf resolves a call that operates on a lock, also as the L of a
// condition variable.
func (b *builder) lockCallOf(c *ssa.CallCommon) (lockCall, bool) {
	lc, ok := lockCallOf(c)
	if ok && c.IsInvoke() {
		if r := b.condLock(c.Value); r.Known() {
			lc.ref = r
			if sel, read := strings.CutSuffix(r.Sel, ".RLocker()"); read {
				lc.ref.Sel, lc.mode = sel, Read
			}
		}
	}
	return lc, ok
}

// condLock names the lock behind "x.cond.L".
func (b *builder) condLock(locker ssa.Value) Ref {
	load, ok := locker.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return Ref{}
	}
	fa := condField(load.X)
	if fa == nil {
		return Ref{}
	}
	sel, ok := b.condLocks[fieldVar(fa.X.Type(), fa.Field)]
	if !ok || sel == "" {
		return Ref{}
	}
	r := RefOf(fa.X)
	r.Sel += sel
	return r
}

// condField returns the field x.cond, a sync.Cond or a pointer to one, of the
// address of x.cond.L.
func condField(addr ssa.Value) *ssa.FieldAddr {
	l, ok := addr.(*ssa.FieldAddr)
	if !ok || !isCondL(l) {
		return nil
	}
	x := l.X
	if load, ok := x.(*ssa.UnOp); ok && load.Op == token.MUL {
		x = load.X
	}
	fa, _ := x.(*ssa.FieldAddr)
	return fa
}

func isCondL(fa *ssa.FieldAddr) bool {
	return fieldName(fa.X.Type(), fa.Field) == "L" && typeName(pointee(fa.X.Type())) == "sync.Cond"
}

// newCond returns the argument of a call of sync.NewCond.
func newCond(v ssa.Value) ssa.Value {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	fn := call.Call.StaticCallee()
	if fn == nil || len(call.Call.Args) != 1 {
		return nil
	}
	if obj, ok := fn.Object().(*types.Func); !ok || obj.FullName() != "sync.NewCond" {
		return nil
	}
	return call.Call.Args[0]
}

// collectCondLocks finds the locks that the package makes the condition
// variables in its fields with, as selectors from the object that has both.
// Fields that get locks of several names, or of other objects, map to "".
func (b *builder) collectCondLocks() {
	b.condLocks = make(map[*types.Var]string)
	for _, fn := range b.pkg.Funcs {
		for _, blk := range fn.Blocks {
			for _, in := range blk.Instrs {
				if st, ok := in.(*ssa.Store); ok {
					b.condStore(st)
				}
			}
		}
	}
}

func (b *builder) condStore(st *ssa.Store) {
	fa, lock := condField(st.Addr), st.Val
	if fa == nil {
		f, ok := st.Addr.(*ssa.FieldAddr)
		if !ok {
			return
		}
		if lock = newCond(st.Val); lock == nil {
			return
		}
		fa = f
	}
	f := fieldVar(fa.X.Type(), fa.Field)
	owner, r := RefOf(fa.X), RefOf(lock)
	sel := ""
	if owner.Known() && r.Within(owner) {
		sel = r.Sel[len(owner.Sel):]
	}
	if old, ok := b.condLocks[f]; ok && old != sel {
		sel = ""
	}
	b.condLocks[f] = sel
}
