package locks

import (
	"sync"
	"time"
)

type inner struct{ sync.RWMutex }

type outer struct {
	inner
	*sync.Cond
	mu   sync.Mutex
	ptr  *sync.Mutex
	wg   sync.WaitGroup
	once sync.Once
	pool sync.Pool
	m    sync.Map
	tm   *time.Timer
}

func get() *outer { return nil }

func use(f func())                 { f() }
func lock[L sync.Locker](l L)      { l.Lock(); defer l.Unlock() }
func with(l sync.Locker)           { l.Lock(); l.Unlock() }
func many(ls []sync.Locker)        { ls[0].Lock() }
func rlock(l interface{ RLock() }) { l.RLock() }

type wrapped struct{ sync.Locker }

func all(o *outer, v outer, list []outer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ptr.Lock()
	o.RLock()
	v.RUnlock()
	list[0].inner.RWMutex.TryLock()
	get().Lock()
	get().mu.Lock()
	(*o).mu.Unlock()
	(&v).mu.Lock()
	o.
		mu.
		Lock()
	if o.mu.TryLock() && !o.TryRLock() {
	}
	o.wg.Add(1)
	o.wg.Go(func() {
		o.mu.Lock() // inside
	})
	defer o.wg.Done()
	o.wg.Wait()
	o.once.Do(o.mu.Lock)
	o.Wait()
	o.Cond.Signal()
	o.Broadcast()
	o.L.Lock()
	with(o.RLocker())
	with(&o.mu)
	f, g := o.mu.Lock, o.ptr.TryLock
	f()
	g()
	h := (*sync.Mutex).Unlock
	h(&o.mu)
	k := (*outer).RUnlock
	k(o)
	use(v.mu.Unlock)
	lock(&o.mu)
	wrapped{&o.mu}.Lock()
	o.pool.Put(o.pool.Get())
	o.m.Store(1, 2)
	if x, ok := o.m.LoadOrStore("k", <-make(chan int)); ok {
		_ = x
	}
	o.m.Range(func(k, v any) bool { return true })
	o.tm.Stop()
	o.tm.Reset(time.Second)
	var cond = sync.NewCond(&o.mu)
	cond.Wait()
	var local sync.Mutex
	local.Lock()
	func() { defer local.Unlock() }()
}
