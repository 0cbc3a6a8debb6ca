// A transfer locks the accounts, then the journal; an audit does it the other
// way round.
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
	b.record(from + " to " + to) // want `\(\*bank\).transfer takes b.journal with b.accounts held, and \(\*bank\).audit takes them the other way round: each may wait for the other \(lockawait/lock-order\)`
}

func (b *bank) audit() int {
	b.journal.Lock()
	defer b.journal.Unlock()
	b.accounts.Lock()
	defer b.accounts.Unlock()
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
