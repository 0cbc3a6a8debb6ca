package rt

// A go statement whose call has arguments: they are evaluated and converted in
// the parent, by position. The name says the parameters, R the results, V that
// the last parameter is variadic.

func Go0R1[R1 any](s Site, fn func() R1) func() {
	return func() { spawn(s, fn, func() { fn() }) }
}

func Go0R2[R1, R2 any](s Site, fn func() (R1, R2)) func() {
	return func() { spawn(s, fn, func() { fn() }) }
}

func Go0R3[R1, R2, R3 any](s Site, fn func() (R1, R2, R3)) func() {
	return func() { spawn(s, fn, func() { fn() }) }
}

func Go1[A any](s Site, fn func(A)) func(A) {
	return func(a A) { spawn(s, fn, func() { fn(a) }) }
}

func Go1R1[A, R1 any](s Site, fn func(A) R1) func(A) {
	return func(a A) { spawn(s, fn, func() { fn(a) }) }
}

func Go1R2[A, R1, R2 any](s Site, fn func(A) (R1, R2)) func(A) {
	return func(a A) { spawn(s, fn, func() { fn(a) }) }
}

func Go1R3[A, R1, R2, R3 any](s Site, fn func(A) (R1, R2, R3)) func(A) {
	return func(a A) { spawn(s, fn, func() { fn(a) }) }
}

func Go2[A, B any](s Site, fn func(A, B)) func(A, B) {
	return func(a A, b B) { spawn(s, fn, func() { fn(a, b) }) }
}

func Go2R1[A, B, R1 any](s Site, fn func(A, B) R1) func(A, B) {
	return func(a A, b B) { spawn(s, fn, func() { fn(a, b) }) }
}

func Go2R2[A, B, R1, R2 any](s Site, fn func(A, B) (R1, R2)) func(A, B) {
	return func(a A, b B) { spawn(s, fn, func() { fn(a, b) }) }
}

func Go2R3[A, B, R1, R2, R3 any](s Site, fn func(A, B) (R1, R2, R3)) func(A, B) {
	return func(a A, b B) { spawn(s, fn, func() { fn(a, b) }) }
}

func Go3[A, B, C any](s Site, fn func(A, B, C)) func(A, B, C) {
	return func(a A, b B, c C) { spawn(s, fn, func() { fn(a, b, c) }) }
}

func Go3R1[A, B, C, R1 any](s Site, fn func(A, B, C) R1) func(A, B, C) {
	return func(a A, b B, c C) { spawn(s, fn, func() { fn(a, b, c) }) }
}

func Go3R2[A, B, C, R1, R2 any](s Site, fn func(A, B, C) (R1, R2)) func(A, B, C) {
	return func(a A, b B, c C) { spawn(s, fn, func() { fn(a, b, c) }) }
}

func Go3R3[A, B, C, R1, R2, R3 any](s Site, fn func(A, B, C) (R1, R2, R3)) func(A, B, C) {
	return func(a A, b B, c C) { spawn(s, fn, func() { fn(a, b, c) }) }
}

func Go4[A, B, C, D any](s Site, fn func(A, B, C, D)) func(A, B, C, D) {
	return func(a A, b B, c C, d D) { spawn(s, fn, func() { fn(a, b, c, d) }) }
}

func Go4R1[A, B, C, D, R1 any](s Site, fn func(A, B, C, D) R1) func(A, B, C, D) {
	return func(a A, b B, c C, d D) { spawn(s, fn, func() { fn(a, b, c, d) }) }
}

func Go4R2[A, B, C, D, R1, R2 any](s Site, fn func(A, B, C, D) (R1, R2)) func(A, B, C, D) {
	return func(a A, b B, c C, d D) { spawn(s, fn, func() { fn(a, b, c, d) }) }
}

func Go4R3[A, B, C, D, R1, R2, R3 any](s Site, fn func(A, B, C, D) (R1, R2, R3)) func(A, B, C, D) {
	return func(a A, b B, c C, d D) { spawn(s, fn, func() { fn(a, b, c, d) }) }
}

func Go5[A, B, C, D, E any](s Site, fn func(A, B, C, D, E)) func(A, B, C, D, E) {
	return func(a A, b B, c C, d D, e E) { spawn(s, fn, func() { fn(a, b, c, d, e) }) }
}

func Go5R1[A, B, C, D, E, R1 any](s Site, fn func(A, B, C, D, E) R1) func(A, B, C, D, E) {
	return func(a A, b B, c C, d D, e E) { spawn(s, fn, func() { fn(a, b, c, d, e) }) }
}

func Go5R2[A, B, C, D, E, R1, R2 any](s Site, fn func(A, B, C, D, E) (R1, R2)) func(A, B, C, D, E) {
	return func(a A, b B, c C, d D, e E) { spawn(s, fn, func() { fn(a, b, c, d, e) }) }
}

func Go5R3[A, B, C, D, E, R1, R2, R3 any](s Site, fn func(A, B, C, D, E) (R1, R2, R3)) func(A, B, C, D, E) {
	return func(a A, b B, c C, d D, e E) { spawn(s, fn, func() { fn(a, b, c, d, e) }) }
}

func Go6[A, B, C, D, E, F any](s Site, fn func(A, B, C, D, E, F)) func(A, B, C, D, E, F) {
	return func(a A, b B, c C, d D, e E, f F) { spawn(s, fn, func() { fn(a, b, c, d, e, f) }) }
}

func Go6R1[A, B, C, D, E, F, R1 any](s Site, fn func(A, B, C, D, E, F) R1) func(A, B, C, D, E, F) {
	return func(a A, b B, c C, d D, e E, f F) { spawn(s, fn, func() { fn(a, b, c, d, e, f) }) }
}

func Go6R2[A, B, C, D, E, F, R1, R2 any](s Site, fn func(A, B, C, D, E, F) (R1, R2)) func(A, B, C, D, E, F) {
	return func(a A, b B, c C, d D, e E, f F) { spawn(s, fn, func() { fn(a, b, c, d, e, f) }) }
}

func Go6R3[A, B, C, D, E, F, R1, R2, R3 any](s Site, fn func(A, B, C, D, E, F) (R1, R2, R3)) func(A, B, C, D, E, F) {
	return func(a A, b B, c C, d D, e E, f F) { spawn(s, fn, func() { fn(a, b, c, d, e, f) }) }
}

func Go7[A, B, C, D, E, F, G any](s Site, fn func(A, B, C, D, E, F, G)) func(A, B, C, D, E, F, G) {
	return func(a A, b B, c C, d D, e E, f F, g G) { spawn(s, fn, func() { fn(a, b, c, d, e, f, g) }) }
}

func Go7R1[A, B, C, D, E, F, G, R1 any](s Site, fn func(A, B, C, D, E, F, G) R1) func(A, B, C, D, E, F, G) {
	return func(a A, b B, c C, d D, e E, f F, g G) { spawn(s, fn, func() { fn(a, b, c, d, e, f, g) }) }
}

func Go7R2[A, B, C, D, E, F, G, R1, R2 any](s Site, fn func(A, B, C, D, E, F, G) (R1, R2)) func(A, B, C, D, E, F, G) {
	return func(a A, b B, c C, d D, e E, f F, g G) { spawn(s, fn, func() { fn(a, b, c, d, e, f, g) }) }
}

func Go7R3[A, B, C, D, E, F, G, R1, R2, R3 any](s Site, fn func(A, B, C, D, E, F, G) (R1, R2, R3)) func(A, B, C, D, E, F, G) {
	return func(a A, b B, c C, d D, e E, f F, g G) { spawn(s, fn, func() { fn(a, b, c, d, e, f, g) }) }
}

func Go8[A, B, C, D, E, F, G, H any](s Site, fn func(A, B, C, D, E, F, G, H)) func(A, B, C, D, E, F, G, H) {
	return func(a A, b B, c C, d D, e E, f F, g G, h H) { spawn(s, fn, func() { fn(a, b, c, d, e, f, g, h) }) }
}

func Go8R1[A, B, C, D, E, F, G, H, R1 any](s Site, fn func(A, B, C, D, E, F, G, H) R1) func(A, B, C, D, E, F, G, H) {
	return func(a A, b B, c C, d D, e E, f F, g G, h H) { spawn(s, fn, func() { fn(a, b, c, d, e, f, g, h) }) }
}

func Go8R2[A, B, C, D, E, F, G, H, R1, R2 any](s Site, fn func(A, B, C, D, E, F, G, H) (R1, R2)) func(A, B, C, D, E, F, G, H) {
	return func(a A, b B, c C, d D, e E, f F, g G, h H) { spawn(s, fn, func() { fn(a, b, c, d, e, f, g, h) }) }
}

func Go8R3[A, B, C, D, E, F, G, H, R1, R2, R3 any](s Site, fn func(A, B, C, D, E, F, G, H) (R1, R2, R3)) func(A, B, C, D, E, F, G, H) {
	return func(a A, b B, c C, d D, e E, f F, g G, h H) { spawn(s, fn, func() { fn(a, b, c, d, e, f, g, h) }) }
}

func Go0V[Z any](s Site, fn func(...Z)) func(...Z) {
	return func(z ...Z) { spawn(s, fn, func() { fn(z...) }) }
}

func Go0VR1[Z, R1 any](s Site, fn func(...Z) R1) func(...Z) {
	return func(z ...Z) { spawn(s, fn, func() { fn(z...) }) }
}

func Go0VR2[Z, R1, R2 any](s Site, fn func(...Z) (R1, R2)) func(...Z) {
	return func(z ...Z) { spawn(s, fn, func() { fn(z...) }) }
}

func Go0VR3[Z, R1, R2, R3 any](s Site, fn func(...Z) (R1, R2, R3)) func(...Z) {
	return func(z ...Z) { spawn(s, fn, func() { fn(z...) }) }
}

func Go1V[A, Z any](s Site, fn func(A, ...Z)) func(A, ...Z) {
	return func(a A, z ...Z) { spawn(s, fn, func() { fn(a, z...) }) }
}

func Go1VR1[A, Z, R1 any](s Site, fn func(A, ...Z) R1) func(A, ...Z) {
	return func(a A, z ...Z) { spawn(s, fn, func() { fn(a, z...) }) }
}

func Go1VR2[A, Z, R1, R2 any](s Site, fn func(A, ...Z) (R1, R2)) func(A, ...Z) {
	return func(a A, z ...Z) { spawn(s, fn, func() { fn(a, z...) }) }
}

func Go1VR3[A, Z, R1, R2, R3 any](s Site, fn func(A, ...Z) (R1, R2, R3)) func(A, ...Z) {
	return func(a A, z ...Z) { spawn(s, fn, func() { fn(a, z...) }) }
}

func Go2V[A, B, Z any](s Site, fn func(A, B, ...Z)) func(A, B, ...Z) {
	return func(a A, b B, z ...Z) { spawn(s, fn, func() { fn(a, b, z...) }) }
}

func Go2VR1[A, B, Z, R1 any](s Site, fn func(A, B, ...Z) R1) func(A, B, ...Z) {
	return func(a A, b B, z ...Z) { spawn(s, fn, func() { fn(a, b, z...) }) }
}

func Go2VR2[A, B, Z, R1, R2 any](s Site, fn func(A, B, ...Z) (R1, R2)) func(A, B, ...Z) {
	return func(a A, b B, z ...Z) { spawn(s, fn, func() { fn(a, b, z...) }) }
}

func Go2VR3[A, B, Z, R1, R2, R3 any](s Site, fn func(A, B, ...Z) (R1, R2, R3)) func(A, B, ...Z) {
	return func(a A, b B, z ...Z) { spawn(s, fn, func() { fn(a, b, z...) }) }
}

func Go3V[A, B, C, Z any](s Site, fn func(A, B, C, ...Z)) func(A, B, C, ...Z) {
	return func(a A, b B, c C, z ...Z) { spawn(s, fn, func() { fn(a, b, c, z...) }) }
}

func Go3VR1[A, B, C, Z, R1 any](s Site, fn func(A, B, C, ...Z) R1) func(A, B, C, ...Z) {
	return func(a A, b B, c C, z ...Z) { spawn(s, fn, func() { fn(a, b, c, z...) }) }
}

func Go3VR2[A, B, C, Z, R1, R2 any](s Site, fn func(A, B, C, ...Z) (R1, R2)) func(A, B, C, ...Z) {
	return func(a A, b B, c C, z ...Z) { spawn(s, fn, func() { fn(a, b, c, z...) }) }
}

func Go3VR3[A, B, C, Z, R1, R2, R3 any](s Site, fn func(A, B, C, ...Z) (R1, R2, R3)) func(A, B, C, ...Z) {
	return func(a A, b B, c C, z ...Z) { spawn(s, fn, func() { fn(a, b, c, z...) }) }
}

func Go4V[A, B, C, D, Z any](s Site, fn func(A, B, C, D, ...Z)) func(A, B, C, D, ...Z) {
	return func(a A, b B, c C, d D, z ...Z) { spawn(s, fn, func() { fn(a, b, c, d, z...) }) }
}

func Go4VR1[A, B, C, D, Z, R1 any](s Site, fn func(A, B, C, D, ...Z) R1) func(A, B, C, D, ...Z) {
	return func(a A, b B, c C, d D, z ...Z) { spawn(s, fn, func() { fn(a, b, c, d, z...) }) }
}

func Go4VR2[A, B, C, D, Z, R1, R2 any](s Site, fn func(A, B, C, D, ...Z) (R1, R2)) func(A, B, C, D, ...Z) {
	return func(a A, b B, c C, d D, z ...Z) { spawn(s, fn, func() { fn(a, b, c, d, z...) }) }
}

func Go4VR3[A, B, C, D, Z, R1, R2, R3 any](s Site, fn func(A, B, C, D, ...Z) (R1, R2, R3)) func(A, B, C, D, ...Z) {
	return func(a A, b B, c C, d D, z ...Z) { spawn(s, fn, func() { fn(a, b, c, d, z...) }) }
}
