// Package lockawait defines an analyzer that follows locks along every path.
//
// # Analyzer lockawait
//
// lockawait: find locks that are kept for ever or taken twice
//
// A mutex in Go has no owner and is not re-entrant, so two mistakes stop every
// goroutine that needs it: leaving a function with the lock held, and locking
// again what the path already holds. The analyzer explores the lock states of
// every function path by path, with the effects of the functions it calls, and
// reports
//
//   - lockawait/missing-unlock: a path returns, continues, breaks or panics out
//     with the lock held while another path of the function releases it;
//   - lockawait/double-lock: a path locks what it already holds, directly or
//     through callees, callbacks and interfaces with few implementations;
//   - lockawait/recursive-rlock: a path read-locks what it already read-locks,
//     which deadlocks when a writer comes between;
//   - lockawait/lock-order: two locks are taken in both orders;
//   - lockawait/defer-unlock-in-loop: a loop locks again what it releases with
//     defer, at return.
package lockawait
