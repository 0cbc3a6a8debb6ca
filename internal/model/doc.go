// Package model runs the concurrent part of a function in a small model of the
// scheduler, to find goroutines that nobody can set free.
//
// # What is run
//
// [Explore] takes one function, the entry, and interprets its SSA form: not
// with values, but with what is known of them (value.go). What the source fixes
// is exact: which channel a variable, a captured variable, a field or an
// argument holds, capacities, counters, nil, constants. Everything else is a
// symbol. A branch on a symbol has both outcomes, and the path remembers which
// one it took, so that a second branch on the same condition, in whatever
// goroutine, agrees with the first (branch in step.go). Messages carry their
// symbols with them: a receiver that tests the error it was sent decides the
// same thing as the sender that tested it before.
//
// The length of something unknown is taken to be 0, 1, 2 or 3 as soon as a loop
// compares a counter with it. All loops over the same thing then make the same
// number of rounds. Loops on other conditions are left after two rounds.
//
// Goroutines are switched at visible operations only: channel operations on
// channels in sight, close, cancelling a context, waiting for a WaitGroup or an
// errgroup. What lies between two of them runs in one piece. [Explore] visits
// every state that can be reached that way, depth first, each once.
//
// # What is out of sight
//
// Code that is not interpreted may do anything with what it is given. A channel
// that is returned, stored in foreign memory, put into an interface, sent on a
// foreign channel or passed to a function without a body here has escaped: every
// operation on it can proceed from then on, so nobody is ever stuck on it. What
// others can only send on (a chan<- parameter, a callback that only sends) takes
// no value away from anybody and stays in sight. Foreign channels, such as the
// Done channel of a context parameter or a timer's, may be ready at any time.
// A context that the entry derives is ready when it was cancelled in the model,
// when it has a deadline, or when its parent may be.
//
// # What is a leak
//
// When nothing can move any more, a goroutine that stands in a send on a channel
// in sight is stuck for good: by construction, nobody else has the channel. It
// is a [Leak] if a goroutine that receives from the channel elsewhere in the
// exploration has returned. A goroutine whose future was cut off by a bound
// counts as one that may do anything with what it can reach (alive in leak.go).
//
// # What can be wrong
//
// Every leak is the end of a path, so the bounds of an exploration can hide
// leaks but not invent them. A path can be impossible for three reasons, which
// callers turn into levels: conditions that are related in a way the model does
// not know; a loop whose rounds the outside decides ([Leak.Rounds]); and a
// receiver that only leaves once the stuck goroutine says so by means out of
// sight, which answers in doubt.go looks for.
//
// Bounds are counters and all orders are fixed, so the same source gives the
// same result on every machine.
package model
