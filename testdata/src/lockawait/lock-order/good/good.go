// Everybody locks the accounts, then the journal.
package main

import (
	"fmt"
	"sync"
)

type bank struct {
	accounts sync.Mutex
	balance  map[string]int
	journal  sync.Mutex
	entries  []string
}

func (b *bank) record(e string) {
	b.journal.Lock()
	defer b.journal.Unlock()
	b.entries = append(b.entries, e)
}

func (b *bank) transfer(from, to string, n int) {
	b.accounts.Lock()
	defer b.accounts.Unlock()
	b.balance[from] -= n
	b.balance[to] += n
	b.record(from + " to " + to)
}

func (b *bank) audit() int {
	b.accounts.Lock()
	defer b.accounts.Unlock()
	b.journal.Lock()
	defer b.journal.Unlock()
	return len(b.entries) + len(b.balance)
}

func main() {
	b := &bank{balance: map[string]int{"a": 3, "b": 0}}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		b.transfer("a", "b", 1)
	}()
	fmt.Println(b.audit() > 0)
	wg.Wait()
}
