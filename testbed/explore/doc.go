// Package explore is a scheduler for systems with choices: it decides who runs
// next, run after run, looking for a run that goes wrong.
//
// It knows nothing of what it schedules. A [Program] executes itself once from
// its initial state and asks its [Run] at every choice: which of the enabled
// [Action]s comes next, which of n data choices (select cases) is taken. Two
// programs exist: real Go code under testbed/rt, and any [System], a state
// machine that is stepped from outside, through [Stepped].
//
// A [Strategy] answers the questions: random walk, sticky random, PCT, POS,
// delay-bounded depth-first search, depth-first search with sleep sets, replay,
// and [Portfolio], the default, which takes them in turn. [Explore] runs a
// program under a strategy within a [Config]'s budget and returns a [Report]:
// each distinct [Finding] once, with a trace that replays it ([Trace]) and, if
// asked for, the witness with the fewest preemptions ([Minimize]), or the
// statement that every run was visited.
//
// The package imports only std, is free of maps on the path of a step and uses
// a random generator of its own: it is compiled into programs under test, also
// into those with the race detector.
package explore
