package rt

// Go is the statement `go f()`.
func Go(s Site, f func()) { spawn(s, f, f) }

// spawn starts run on a goroutine of its own. name is the function that the
// source names, for findings.
func spawn(s Site, name any, run func()) {
	go run()
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
