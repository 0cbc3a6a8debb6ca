// Package summary computes what each function of a package does to locks.
//
// Functions are walked bottom-up over the call graph. A walk explores the lock
// states of one function path by path (walk.go): locks are named by Refs
// (ref.go), branches that repeat a condition agree along a path (atom.go), and a
// call is replaced by the summary of its callee (apply.go), which may have
// several outcomes told apart by the result ("true: locked, false: not"). What
// a walk meets on the way that a rule may want to report is kept beside the
// summary, so rules read and do not walk.
//
// All bounds are counters. Paths beyond them are not followed, the function is
// marked Incomplete, and callers then assume nothing about its net effect.
package summary

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A Func is what is known about one function of the package.
type Func struct {
	Fn *ssa.Function // nil for a function of another package
	// Params are the parameters, the receiver first, as Refs and Conds name them.
	Params []*ssa.Parameter

	// Outcomes are the ways to return, told apart by what happened to locks.
	// No outcome means that the function never returns.
	Outcomes []Outcome
	// Acquires are the locks it may take while its caller still holds what it
	// held at the call.
	Acquires []*Acquire
	// ParamCalls are its calls of functions that the caller passed in.
	ParamCalls []ParamCall
	// Writes are the struct fields that it, or what it calls, stores to.
	Writes map[*types.Var]bool
	// Waits are the operations on its paths that may block.
	Waits []*Wait
	// Takes are all the places where it takes a lock, those included that mean
	// nothing to its callers.
	Takes []*Acquire
	// Relocks and Kept are for the rules.
	Relocks []Relock
	Kept    []Kept
	Pairs   []Pair
	// Released holds, for each instruction that takes a lock, the place where
	// some path releases it again.
	Released map[ssa.Instruction]token.Pos
	// ReleasedLater holds the instructions in a loop that take a lock which some
	// path releases in a later round only. Lock and unlock are then steps that
	// data puts in order, as in an interpreter, and no path can be blamed.
	ReleasedLater map[ssa.Instruction]bool
	// HandedOver holds the calls whose callee returned with a lock held that
	// this function then released: evidence that the callee means to.
	HandedOver map[*ssa.Function]bool

	// otherNames holds the classes of which this function released a lock by a
	// name that it had not locked by, while it held one of the class.
	otherNames map[string]bool
	// around holds what every followed path holds at its calls of a function.
	around map[*ssa.Function][]Gate

	// Incomplete is set when a bound was hit: the facts above are true of the
	// paths that were followed, but there are others.
	Incomplete bool
}

// A Delta is the net effect of a function on one lock.
type Delta struct {
	Ref  Ref
	Mode Mode
	Held bool // it returns with the lock taken; else with the caller's lock released
}

// An Outcome is one way for a function to return.
type Outcome struct {
	Deltas []Delta
	// Results are what is known of the results, by index.
	Results []ResultFact
	// Conds are what must hold at entry for this outcome.
	Conds []Cond
}

// A ResultFact says that a result satisfies, or does not satisfy, a suffix as
// in atom ("==nil", or "" for a boolean).
type ResultFact struct {
	Index  int
	Suffix string
	Holds  bool
}

// A Cond is a condition at entry: on a parameter, or on a variable of an
// enclosing function that is never assigned again.
type Cond struct {
	Value  ssa.Value
	Suffix string
	Holds  bool
}

// An Acquire is a lock that a function may take.
type Acquire struct {
	Ref   Ref    // unknown when callers cannot name the lock
	Class string // see order.go; empty when unknown
	Mode  Mode
	Conds []Cond
	// Retaken is set when the caller held the lock, and it was released before.
	Retaken bool
	// Without lists the classes of the locks of the caller that are released
	// at that time.
	Without []string
	// Site is the instruction in this function: the Lock itself or the call on
	// the way to it.
	Site ssa.Instruction
	// Via is the acquisition inside the callee when Site is a call.
	Via *Acquire
	// Callee is the function called at Site, nil when Site is the Lock.
	Callee *ssa.Function
	// Certain is false when the call on the way may run something else.
	Certain bool
	// Far names the functions on the way when the Lock is in another package of
	// the module; Site and Via are nil then.
	Far []string
}

// A ParamCall is a call of a function-typed parameter, or of a method of an
// interface-typed one, with the locks held there.
type ParamCall struct {
	Param *ssa.Parameter
	Site  ssa.Instruction
	Held  []Delta
}

// A Relock is a lock taken on a path that already holds it.
type Relock struct {
	Site ssa.Instruction // the Lock, or the call that leads to it
	Ref  Ref
	Mode Mode
	Held Holding
	Via  *Acquire // the acquisition in the callee, or nil
	// Callback is set when the lock held is the callee's and the acquisition
	// happens in a function passed to it.
	Callback *ParamCall
	// Callee is the function called at Site when Via is set.
	Callee *ssa.Function
	// Deferred is set when Site is a defer statement that runs at exit.
	Deferred bool
	// Certain is false when a call on the way may run something else.
	Certain bool
	// Pending is the deferred call that would release the lock at return.
	Pending *ssa.Defer
	Trail   []Decision
}

// A Holding is a lock held at some point of a path.
type Holding struct {
	Ref   Ref
	Class string // see order.go; empty when unknown
	Mode  Mode
	Site  ssa.Instruction // the Lock, or the call that returned with it held
	// Called is set when Site is a call that returned with the lock held, of
	// Callee when that is a function of the package.
	Called bool
	Callee *ssa.Function
	// Crossed is set when the lock was kept from one round of a loop into the
	// next.
	Crossed bool
}

// An ExitKind says how a path left the region of a lock.
type ExitKind int8

const (
	Returns ExitKind = iota
	Panics
	Repeats // came round to the same Lock again
)

// A Kept is a path that leaves with a lock held that it took itself.
type Kept struct {
	Exit    ssa.Instruction
	Kind    ExitKind
	Held    Holding
	Results []ResultFact // what the path returns, for Returns
	Pending *ssa.Defer   // for Repeats: the deferred call that would release the lock at return
	Trail   []Decision
}

// A Decision is a branch that a path took.
type Decision struct {
	If   *ssa.If
	Then bool
}
