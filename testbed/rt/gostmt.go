package rt

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/asynclint/asynclint/testbed/explore"
)

// Go is the statement `go f()`.
func Go(s Site, f func()) { spawn(s, f, f) }

// spawn starts run on a goroutine of its own. name is the function that the
// source names, for findings.
//
// The scheduling point comes after the creation: what the parent does next,
// even without synchronisation, may then come after the child's first steps.
func spawn(s Site, name any, run func()) {
	g := enter()
	if g == nil {
		go run()
		return
	}
	if g.dying() {
		return
	}
	child := g.e.spawn(g, s, name, run)
	g.inherit(child)
	if g.e.run.Recording {
		g.e.event(explore.Event{G: g.id, Kind: explore.EvSpawn, Op: explore.OpGo, At: s.Pos(), Peer: child.id, Note: child.name()})
	}
	g.point(explore.OpGo, nil, s)
}

// spawn makes a goroutine that is ready to run.
func (e *exec) spawn(parent *goroutine, s Site, name any, run func()) *goroutine {
	g := e.newGoroutine(parent, s, name)
	g.op, g.site = explore.OpStart, s
	e.makeReady(g)
	e.runners.start(g, func() { g.main(run) })
	return g
}

func (e *exec) newGoroutine(parent *goroutine, s Site, name any) *goroutine {
	g := &goroutine{e: e, id: len(e.gs), fn: name, started: s, parent: parent, state: ended}
	e.gs = append(e.gs, g)
	return g
}

// main is the root frame of a goroutine.
func (g *goroutine) main(run func()) {
	defer g.exit()
	g.await()
	g.gp = getg()
	run()
	g.finished = true
}

// exit ends a goroutine: it returned, panicked, or called Goexit.
func (g *goroutine) exit() {
	e := g.e
	if !g.finished && e.phase == exploring {
		if r := recover(); r != nil {
			e.panicked(g, r, string(debug.Stack()))
		}
	} else {
		recover()
	}
	if g.state == foreign && e.phase == exploring {
		g.comeBack()
	}
	g.gp = 0
	forget(g)
	if g.finished && e.phase == exploring && !raceEnabled {
		e.runners.put(g)
	} else {
		census.Add(-1)
	}
	switch {
	case e.phase == killing:
		g.state = ended
		e.handOver(nil)
	case e.phase == native:
		g.state = ended
	default:
		e.unready(g, ended)
		if e.run.Recording {
			e.event(explore.Event{G: g.id, Kind: explore.EvEnd, Op: explore.OpExit})
		}
		if g.id == 0 {
			e.rootDone, e.rootTime, e.rootStep = true, e.clock.now, e.run.Steps
		}
		e.schedule(g)
	}
}

// panicked makes a finding of a panic that g did not recover from.
func (e *exec) panicked(g *goroutine, value any, stack string) {
	if e.failure != nil {
		return
	}
	detail := panicText(value)
	key := explore.KeyOf(explore.Panic, uint64(g.site), hashString(detail))
	e.failure = &explore.Finding{Kind: explore.Panic, Key: key, Detail: detail}
	if e.run.Recording {
		e.event(explore.Event{G: g.id, Kind: explore.EvPanic, Op: g.op, At: g.site.Pos(), Note: detail})
		d := e.describe(g)
		d.State, d.Stack = "panicked", trimStack(stack)
		e.failure.Goroutines = []explore.Goroutine{d}
	}
}

// forget removes g from the goroutines left behind, if it is one of them.
func forget(g *goroutine) {
	if g.state == foreign {
		zombies.Lock()
		zombies.gs = slices.DeleteFunc(zombies.gs, func(z *goroutine) bool { return z == g })
		zombies.Unlock()
	}
}

// panicText renders the value of a panic, without calling methods of the program's.
func panicText(value any) string {
	switch v := value.(type) {
	case runtime.Error:
		return v.Error()
	case string:
		return v
	case error:
		return errorText(v)
	}
	return "panic with a value of type " + reflect.TypeOf(value).String()
}

// errorText calls Error, which is the program's and may itself panic.
func errorText(err error) (text string) {
	defer func() {
		if recover() != nil {
			text = "panic with an error whose Error method panics"
		}
	}()
	return err.Error()
}

// name is the function that g runs.
func (g *goroutine) name() string {
	if g.fn == nil {
		return ""
	}
	v := reflect.ValueOf(g.fn)
	if v.Kind() != reflect.Func {
		return ""
	}
	f := runtime.FuncForPC(v.Pointer())
	if f == nil {
		return ""
	}
	return f.Name()
}

// Bind0 is a method value of an operation without parameters.
func Bind0[P any](s Site, op func(Site, P), p P) func() { return func() { op(s, p) } }

// Bind0R is a method value of an operation with one result.
func Bind0R[P, R any](s Site, op func(Site, P) R, p P) func() R { return func() R { return op(s, p) } }

// Bind1 is a method value of an operation with one parameter.
func Bind1[P, A any](s Site, op func(Site, P, A), p P) func(A) { return func(a A) { op(s, p, a) } }

// Bind1R is a method value of an operation with one parameter and one result.
func Bind1R[P, A, R any](s Site, op func(Site, P, A) R, p P) func(A) R {
	return func(a A) R { return op(s, p, a) }
}
