// Package intests has a function that only its test leaves behind.
package intests

func produce(out chan int) {
	for i := range 3 {
		out <- i
	}
}

func drain(in chan int) (sum int) {
	for range 3 {
		sum += <-in
	}
	return sum
}

func Sum() int {
	c := make(chan int)
	go produce(c)
	return drain(c)
}
