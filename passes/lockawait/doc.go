// Package lockawait defines an analyzer that follows locks along every path.
//
// # Analyzer lockawait
//
// lockawait: find locks that are kept for ever, taken twice or held across waits
//
// A mutex in Go has no owner and is not re-entrant, so three mistakes stop every
// goroutine that needs it: leaving a function with the lock held, locking again
// what the path already holds, and waiting under the lock for somebody who needs
// it. The analyzer explores the lock states of
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
//     defer, at return;
//   - lockawait/lock-across-channel: a lock is held across a channel operation
//     that only its users, or somebody outside the package, can serve;
//   - lockawait/lock-across-wait: a lock is held while waiting for a goroutine
//     that needs it, or on a condition variable of another lock;
//   - lockawait/lock-across-callback: a lock is held while a function runs that
//     users of the package supply;
//   - lockawait/lock-across-io: a lock is held while waiting for the network, a
//     process, a database or a timer, and others need it for something quick.
package lockawait
