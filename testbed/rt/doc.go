// Package rt is the runtime that instrumented programs run on.
//
// The rewriter (testbed/rewrite) replaces every synchronisation operation of a
// program by a call of this package, at the same source position. When no
// exploration is active each call performs the operation it stands for on the
// real channel, lock or timer, and nothing else. During an exploration
// ([Explore]) one goroutine runs at a time: each call announces its operation,
// hands the choice of who runs next to a strategy of package explore, and then
// either completes the operation or parks the goroutine in a shadow queue.
// Time is virtual, and every choice is recorded, so that a run can be replayed.
//
// The package imports only std and testbed/explore; both are injected into the
// program under test together, as source.
//
// # What the rewriter emits
//
// s is a [Site]: the position of the operation. Each rewritten file ends with
//
//	var _rts7 = rt.Sites("pkg/f.go", 0x9e37..., "41:3 s.mu.Lock", "44:7 ch <-", ...)
//
// whose arguments are the file as findings should name it, a hash of the
// file's contents (all of them together identify the program that a trace
// belongs to), and one string per site: "LINE:COL TEXT". The call returns the
// first site; the others follow by adding 1.
//
//	source                          rewritten
//	ch <- v                         rt.Send(s, ch).V(v)
//	<-ch                            rt.Recv(s, ch)
//	v, ok := <-ch                   v, ok := rt.Recv2(s, ch)
//	close(ch)                       rt.Close(s, ch)
//	for v := range ch { ... }       for _rc := (ch); ; { v, _rok := rt.Recv2(s, _rc); if !_rok { break }; ... }
//	select { case v := <-a: ...     switch _r0, _r1 := rt.SelRecv(a), rt.SelSend(b).V(x); rt.Select(s, hasDefault, _r0, _r1) {
//	  case b <- x: ...              case 0: v, ok := _r0.Val, _r0.OK; ...
//	  default: ... }                case 1: ...   default: ... }
//	select {}                       rt.Forever(s); select {}
//	go f()                          rt.Go(s, f)                     f func()
//	go f(x, y)                      rt.Go2(s, f)(x, y)              f func(A, B); up to Go8
//	go f(x) with results            rt.Go1R2(s, f)(x)               R1, R2: number of results, from Go0R1
//	go f(x, ys...)                  rt.Go1V(s, f)(x, ys...)         V: variadic, after 0 to 4 fixed parameters, from Go0V; Go1VR1 too
//	mu.Lock() Unlock TryLock        rt.MuLock(s, &mu) MuUnlock MuTryLock
//	rw.Lock() ...                   rt.RWLock(s, &rw) RWUnlock RWTryLock RWRLock RWRUnlock RWTryRLock
//	rw.RLocker()                    rt.RWRLocker(s, &rw)            a sync.Locker
//	l.Lock() of an interface or     rt.IfaceLock(s, l) IfaceUnlock IfaceRLock IfaceRUnlock IfaceTryLock IfaceTryRLock IfaceWait:
//	  a type parameter              the operation of the sync type inside, else l's own method
//	wg.Add(n) Done Wait Go          rt.WgAdd(s, &wg, n) WgDone(s, &wg) WgWait(s, &wg) WgGo(s, &wg, f)
//	c.Wait() Signal Broadcast       rt.CondWait(s, c) CondSignal CondBroadcast
//	once.Do(f)                      rt.OnceDo(s, &once, f)
//	sync.OnceFunc(f) ...            rt.OnceFunc(f) OnceValue OnceValues   same signatures; also as values
//	m.Load(k) ... of a sync.Map     rt.At(s, &m).Load(k)            every method but Range
//	m.Range(f) of a sync.Map        rt.SyncMapRange(s, &m, f)
//	p.Get() p.Put(x) of sync.Pool   rt.PoolGet(s, &p) rt.PoolPut(s, &p, x)
//	atomic.AddInt32(&v, 1)          atomic.AddInt32(rt.At(s, &v), 1)
//	a.Load() of an atomic type      rt.At(s, &a).Load()
//	time.Sleep                      rt.T(s).Sleep                   replaces the selector, so calls and values both work;
//	                                                                also After AfterFunc Tick NewTimer NewTicker Now Since Until
//	t.Stop() t.Reset(d)             rt.TimerStop(s, t) rt.TimerReset(s, t, d)     t *time.Timer
//	t.Stop() t.Reset(d)             rt.TickerStop(s, t) rt.TickerReset(s, t, d)   t *time.Ticker
//	rand.Intn                       rt.Rand().Intn                  math/rand, every top-level function but New*, Seed too
//	rand.IntN                       rt.Rand2().IntN                 math/rand/v2; the generic rand.N is rt.RandN
//	for k, v := range m (a map)     for _m := rt.MapIter(s, m); _m.Next(); { k, v := _m.Key, _m.Val; { ... }}
//	                                in an order that depends on the keys only; deleted entries are skipped
//	maps.Keys Values All            rt.MapKeys MapValues MapAll     same signatures
//	runtime.Gosched()               rt.Gosched(s)
//	runtime.NumGoroutine            rt.NumGoroutine                 same signature
//	reflect.Select(cases)           rt.ReflectSelect(s, cases)
//	v.Send(x) Recv TrySend TryRecv  rt.ReflectSend(s, v, x) ReflectRecv(s, v) ReflectTrySend ReflectTryRecv, ReflectClose
//	a method as a value: x.Lock     rt.Bind0(s, rt.MuLock, &x.Mutex)      no result; Bind0R(s, rt.MuTryLock, &x.Mutex): one result;
//	                                Bind1, Bind1R: one parameter, as WgAdd, OnceDo, TimerReset
//	t.Run(name, f) of a *testing.T  rt.TRun(s, t, name, f)          t.Parallel() is left out
//
// Conditions: ch is evaluated before v, as the language has it; pointers are
// taken of addressable operands (`&mu`), or are the pointer itself.
// Select returns the index of the case that was taken, or -1 for default.
// Without a default clause the last case may be printed as `default:`.
//
// context, errgroup, semaphore and singleflight have no counterpart here: the
// rewriter instruments a copy of their sources, which inherits every detail of
// their semantics.
//
// Everything else in this package (Explore, Options, Report, ...) is the
// interface for testbed.Check and the explore command, not for rewritten code.
package rt
