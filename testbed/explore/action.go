package explore

import "fmt"

// An Op is the kind of a visible operation.
type Op uint8

// The operations of Go's synchronisation. Those marked (no point) happen
// inside a step: they only release, so a choice before them changes nothing.
const (
	OpNone  Op = iota
	OpStart    // a goroutine's first step
	OpGo       // the parent goes on after a go statement
	OpExit     // the goroutine ends (no point)

	OpSend
	OpRecv
	OpClose
	OpSelect

	OpLock
	OpTryLock
	OpUnlock // (no point)
	OpRLock
	OpTryRLock
	OpRUnlock // (no point)

	OpAdd  // WaitGroup.Add of a positive number
	OpDone // WaitGroup.Done, or Add of a negative number (no point)
	OpWait // WaitGroup.Wait
	OpCondWait
	OpSignal
	OpBroadcast
	OpOnce
	OpOnceEnd // the function of a Once has returned (no point)

	OpAtomic // an operation on shared memory that cannot block
	OpSleep
	OpTimer // Timer or Ticker: Stop and Reset
	OpYield
	OpPool // a worker slot is asked for or given back

	OpClock   // the clock jumps to the next timer although goroutines can run
	OpForeign // a call that is not instrumented
	numOps
)

var opNames = [numOps]string{
	OpNone: "none", OpStart: "start", OpGo: "go", OpExit: "exit",
	OpSend: "chan send", OpRecv: "chan receive", OpClose: "close", OpSelect: "select",
	OpLock: "Lock", OpTryLock: "TryLock", OpUnlock: "Unlock",
	OpRLock: "RLock", OpTryRLock: "TryRLock", OpRUnlock: "RUnlock",
	OpAdd: "WaitGroup.Add", OpDone: "WaitGroup.Done", OpWait: "WaitGroup.Wait",
	OpCondWait: "Cond.Wait", OpSignal: "Cond.Signal", OpBroadcast: "Cond.Broadcast", OpOnce: "Once.Do", OpOnceEnd: "end of Once.Do",
	OpAtomic: "atomic", OpSleep: "sleep", OpTimer: "timer", OpYield: "yield", OpPool: "worker slot",
	OpClock: "clock", OpForeign: "uncontrolled call",
}

func (o Op) String() string {
	if int(o) < len(opNames) {
		return opNames[o]
	}
	return "unknown operation"
}

// MarshalText implements encoding.TextMarshaler.
func (o Op) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Op) UnmarshalText(b []byte) error {
	for i, name := range opNames {
		if name == string(b) {
			*o = Op(i)
			return nil
		}
	}
	return fmt.Errorf("unknown operation %q", b)
}

// Clock is the goroutine number of the action [OpClock].
const Clock = -1

// An Action is one thing that can happen next: a goroutine performs the
// operation that it has announced. The operation may turn out to block; then
// the step ends with the goroutine parked.
type Action struct {
	G    int    // the goroutine, or Clock
	Op   Op     // what it is about to do
	Obj  uint32 // the object it does it on, numbered by first touch; 0 if none
	Site uint32 // where; opaque to this package
	// Yield says that the goroutine gave way: it polls, and others should run.
	Yield bool
}

// A Footprint is the set of objects that a step touched. Two steps with
// disjoint footprints commute. A step that wakes or parks a goroutine through
// several objects (a select) touches the goroutine too.
type Footprint []uint32

func (f Footprint) disjoint(g Footprint) bool {
	for _, x := range f {
		for _, y := range g {
			if x == y {
				return false
			}
		}
	}
	return true
}

// union returns f with the objects of g added.
func (f Footprint) union(g Footprint) Footprint {
	for _, y := range g {
		f = f.Add(y)
	}
	return f
}

// Add returns f with the object x in it.
func (f Footprint) Add(x uint32) Footprint {
	for _, y := range f {
		if x == y {
			return f
		}
	}
	return append(f, x)
}
