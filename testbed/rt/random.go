package rt

import (
	"math/rand"
	randv2 "math/rand/v2"
)

// Rand stands for the top-level functions of math/rand.
func Rand() *rand.Rand { return rand.New(rand.NewSource(rand.Int63())) }

// Rand2 stands for the top-level functions of math/rand/v2.
func Rand2() *randv2.Rand { return randv2.New(randv2.NewPCG(randv2.Uint64(), randv2.Uint64())) }

// RandN is rand.N of math/rand/v2.
func RandN[Int interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}](n Int) Int {
	if n <= 0 {
		return randv2.N(n) // panics as documented
	}
	return Int(Rand2().Uint64N(uint64(n)))
}
