package rt

import "sync"

// RWLock is rw.Lock().
func RWLock(s Site, rw *sync.RWMutex) { rw.Lock() }

// RWUnlock is rw.Unlock().
func RWUnlock(s Site, rw *sync.RWMutex) { rw.Unlock() }

// RWTryLock is rw.TryLock().
func RWTryLock(s Site, rw *sync.RWMutex) bool { return rw.TryLock() }

// RWRLock is rw.RLock().
func RWRLock(s Site, rw *sync.RWMutex) { rw.RLock() }

// RWRUnlock is rw.RUnlock().
func RWRUnlock(s Site, rw *sync.RWMutex) { rw.RUnlock() }

// RWTryRLock is rw.TryRLock().
func RWTryRLock(s Site, rw *sync.RWMutex) bool { return rw.TryRLock() }

// RWRLocker is rw.RLocker().
func RWRLocker(s Site, rw *sync.RWMutex) sync.Locker { return rw.RLocker() }
