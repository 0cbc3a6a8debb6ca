package rt

import "sync"

// At is a scheduling point before an operation on *p that cannot block: an
// atomic, or a method of a sync.Map. It returns p.
func At[T any](s Site, p *T) *T { return p }

// SyncMapRange is m.Range(f).
func SyncMapRange(s Site, m *sync.Map, f func(k, v any) bool) { m.Range(f) }

// PoolGet is p.Get().
func PoolGet(s Site, p *sync.Pool) any { return p.Get() }

// PoolPut is p.Put(x).
func PoolPut(s Site, p *sync.Pool, x any) { p.Put(x) }

// Gosched is runtime.Gosched().
func Gosched(s Site) {}

// NumGoroutine is runtime.NumGoroutine.
func NumGoroutine() int { return 1 }
