package rt

import (
	"math/rand"
	randv2 "math/rand/v2"
)

// Random values come from a generator that is seeded for each execution, so
// that a replay draws the same ones. One goroutine runs at a time, which makes
// it as safe as the generators of the packages that it stands for.

// A generator is splitmix64, a source for both packages.
type generator struct {
	x    uint64
	seed uint64 // the execution's
}

func (s *generator) Uint64() uint64 {
	s.x += 0x9e3779b97f4a7c15
	z := s.x
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (s *generator) Int63() int64 { return int64(s.Uint64() >> 1) }

// Seed starts the sequence that belongs to seed in this execution: a program
// that seeds twice gets the same values twice, and executions still differ.
func (s *generator) Seed(seed int64) { s.x = s.seed ^ uint64(seed) }

// global stands for the generators of math/rand when nothing is explored.
type global struct{}

func (global) Uint64() uint64  { return randv2.Uint64() }
func (global) Int63() int64    { return randv2.Int64() }
func (global) Seed(seed int64) {}

// Rand stands for the top-level functions of math/rand.
func Rand() *rand.Rand {
	g := enter()
	if g == nil {
		return rand.New(global{})
	}
	g.e.run.Drew = true
	return rand.New(&g.e.random)
}

// Rand2 stands for the top-level functions of math/rand/v2.
func Rand2() *randv2.Rand {
	g := enter()
	if g == nil {
		return randv2.New(global{})
	}
	g.e.run.Drew = true
	return randv2.New(&g.e.random)
}

// RandN is rand.N of math/rand/v2.
func RandN[Int interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}](n Int) Int {
	if n <= 0 {
		return randv2.N(n) // panics as documented
	}
	return Int(Rand2().Uint64N(uint64(n)))
}
