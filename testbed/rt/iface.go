package rt

import (
	"reflect"
	"sync"
)

// Operations called through an interface or a type parameter, whose dynamic
// type decides: the sync types are controlled, any other type gets its own
// method called (the rewriter has instrumented that one).

// IfaceLock is l.Lock().
func IfaceLock(s Site, l any) {
	switch l := l.(type) {
	case *sync.Mutex:
		MuLock(s, l)
	case *sync.RWMutex:
		RWLock(s, l)
	default:
		if rw := readLocker(l); rw != nil {
			RWRLock(s, rw)
			return
		}
		l.(interface{ Lock() }).Lock()
	}
}

// IfaceUnlock is l.Unlock().
func IfaceUnlock(s Site, l any) {
	switch l := l.(type) {
	case *sync.Mutex:
		MuUnlock(s, l)
	case *sync.RWMutex:
		RWUnlock(s, l)
	default:
		if rw := readLocker(l); rw != nil {
			RWRUnlock(s, rw)
			return
		}
		l.(interface{ Unlock() }).Unlock()
	}
}

// readLockerType is the unexported type of what RWMutex.RLocker returns; it is
// a pointer to the RWMutex under another name.
var readLockerType = reflect.TypeOf(new(sync.RWMutex).RLocker())

// readLocker returns the RWMutex of which l is the RLocker, or nil.
func readLocker(l any) *sync.RWMutex {
	if v := reflect.ValueOf(l); v.IsValid() && v.Type() == readLockerType {
		return (*sync.RWMutex)(v.UnsafePointer())
	}
	return nil
}

// IfaceRLock is l.RLock().
func IfaceRLock(s Site, l any) {
	if rw, ok := l.(*sync.RWMutex); ok {
		RWRLock(s, rw)
		return
	}
	l.(interface{ RLock() }).RLock()
}

// IfaceRUnlock is l.RUnlock().
func IfaceRUnlock(s Site, l any) {
	if rw, ok := l.(*sync.RWMutex); ok {
		RWRUnlock(s, rw)
		return
	}
	l.(interface{ RUnlock() }).RUnlock()
}

// IfaceTryLock is l.TryLock().
func IfaceTryLock(s Site, l any) bool {
	switch l := l.(type) {
	case *sync.Mutex:
		return MuTryLock(s, l)
	case *sync.RWMutex:
		return RWTryLock(s, l)
	}
	return l.(interface{ TryLock() bool }).TryLock()
}

// IfaceTryRLock is l.TryRLock().
func IfaceTryRLock(s Site, l any) bool {
	if rw, ok := l.(*sync.RWMutex); ok {
		return RWTryRLock(s, rw)
	}
	return l.(interface{ TryRLock() bool }).TryRLock()
}

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
