package rt

import "sync"

// Operations called through an interface or a type parameter, whose dynamic
// type decides: the sync types are controlled, any other type gets its own
// method called (the rewriter has instrumented that one).

// IfaceLock is l.Lock().
func IfaceLock(s Site, l any) { l.(interface{ Lock() }).Lock() }

// IfaceUnlock is l.Unlock().
func IfaceUnlock(s Site, l any) { l.(interface{ Unlock() }).Unlock() }

// IfaceRLock is l.RLock().
func IfaceRLock(s Site, l any) { l.(interface{ RLock() }).RLock() }

// IfaceRUnlock is l.RUnlock().
func IfaceRUnlock(s Site, l any) { l.(interface{ RUnlock() }).RUnlock() }

// IfaceTryLock is l.TryLock().
func IfaceTryLock(s Site, l any) bool { return l.(interface{ TryLock() bool }).TryLock() }

// IfaceTryRLock is l.TryRLock().
func IfaceTryRLock(s Site, l any) bool { return l.(interface{ TryRLock() bool }).TryRLock() }

// IfaceWait is l.Wait(), of a *sync.WaitGroup or *sync.Cond among others.
func IfaceWait(s Site, l any) {
	switch l := l.(type) {
	case *sync.WaitGroup:
		WgWait(s, l)
	case *sync.Cond:
		CondWait(s, l)
	default:
		l.(interface{ Wait() }).Wait()
	}
}
