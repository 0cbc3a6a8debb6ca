package rt

import "sync"

// MuLock is m.Lock().
func MuLock(s Site, m *sync.Mutex) { m.Lock() }

// MuUnlock is m.Unlock().
func MuUnlock(s Site, m *sync.Mutex) { m.Unlock() }

// MuTryLock is m.TryLock().
func MuTryLock(s Site, m *sync.Mutex) bool { return m.TryLock() }
