//go:build go1.21

package old

func all(ch chan int, m map[string]int) {
	for v := range ch {
		defer func() { println(v) }()
	}
	for k := range m {
		println(k)
	}
}
