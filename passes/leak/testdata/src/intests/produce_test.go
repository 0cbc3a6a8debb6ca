package intests

import (
	"testing"
	"time"
)

// The send is in the other file, but this is a test, whose program ends soon.
func TestProduce(t *testing.T) {
	c := make(chan int)
	go produce(c)
	select {
	case <-c:
	case <-time.After(2 * time.Second):
		t.Fatal("nothing comes")
	}
}
