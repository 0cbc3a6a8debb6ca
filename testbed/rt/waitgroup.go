package rt

import "sync"

// WgAdd is wg.Add(n).
func WgAdd(s Site, wg *sync.WaitGroup, n int) { wg.Add(n) }

// WgDone is wg.Done().
func WgDone(s Site, wg *sync.WaitGroup) { wg.Done() }

// WgWait is wg.Wait().
func WgWait(s Site, wg *sync.WaitGroup) { wg.Wait() }

// WgGo is wg.Go(f).
func WgGo(s Site, wg *sync.WaitGroup, f func()) { wg.Go(f) }
