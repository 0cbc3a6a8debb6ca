package ranges

import "iter"

type chans map[string]chan int

func all[M ~map[K]V, K comparable, V any](ch chan int, named chans, m M, seq iter.Seq[int]) int {
	for v := range ch {
		v := v + 1
		_ = v
	}
	for range ch {
		continue
	}
	var x int
	for x = range named["a"] {
		if x > 3 {
			break
		}
	}
outer:
	for v := range ch {
		for range m {
			continue outer
		}
		if v == 2 {
			goto skip
		}
	skip:
		for k, c := range named {
			k, c := k, c
			for i := range c {
				defer println(k, i)
				if i == 3 {
					break outer
				}
			}
			delete(named, k)
		}
	}
	for k := range m {
		_ = k
	}
	var k string
	for k = range named {
	}
	for _, c := range named {
		_ = c
	}
	for _, _ = range named {
	}
	for i := range 3 {
		x += i
	}
	for i := range seq {
		x += i
	}
	for v := range map[chan int]bool{
		ch: true,
	} {
		_ = v
	}
	return x + len(k)
}
