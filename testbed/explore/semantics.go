package explore

// A Sync is the abstract state of one synchronisation object: what it takes to
// say whether an operation on it can go on, and who is let go by it. Goroutines
// are known by number. Queues are first come, first served.
type Sync struct {
	// Channels.
	Cap, Len  int
	Closed    bool
	Receivers []int
	Senders   []int

	// Locks. RW separates RWMutex, in which Held says that a writer has it or
	// waits for Readers to leave; then Pending is the one that waits, plus 1.
	RW      bool
	Held    bool
	Readers int
	Pending int
	Writers []int // blocked in Lock
	Waiters []int // blocked in RLock, WaitGroup.Wait, Cond.Wait, Once.Do

	Count int  // of a WaitGroup
	Busy  bool // a Once whose function runs
	Done  bool // a Once whose function has run

	// Fault is what an operation that the runtime does not allow is called; the
	// execution ends with it.
	Fault string
}

// Semantics is what an operation means.
type Semantics struct {
	// Point says that the operation is a scheduling point. Those that are none
	// only release: whatever could happen just before them can as well happen at
	// the point before, or after them.
	Point bool
	// Enabled reports whether goroutine g could complete the operation now.
	Enabled func(o *Sync, g int) bool
	// Try performs the operation. woken says that g has been blocked in it and
	// was let go. If done is false g is blocked now. let are the goroutines that
	// can go on because of it, in order; each then performs its own operation
	// with woken set.
	Try func(o *Sync, g int, woken bool) (done bool, let []int)
}

// Table is the meaning of the operations on one object. Select, timers and the
// pair of objects of Cond.Wait (the waiter gets in line before it lets go of the
// lock, and takes the lock when it has been let go) are for the system to compose.
var Table = [numOps]Semantics{
	OpSend:      {true, sendEnabled, trySend},
	OpRecv:      {true, recvEnabled, tryRecv},
	OpClose:     {true, always, tryClose},
	OpLock:      {true, lockEnabled, tryLock},
	OpTryLock:   {true, always, tryTryLock},
	OpUnlock:    {false, always, tryUnlock},
	OpRLock:     {true, func(o *Sync, _ int) bool { return !o.Held }, tryRLock},
	OpTryRLock:  {true, always, tryTryRLock},
	OpRUnlock:   {false, always, tryRUnlock},
	OpAdd:       {true, always, func(o *Sync, _ int, _ bool) (bool, []int) { o.Count++; return true, nil }},
	OpDone:      {false, always, tryDone},
	OpWait:      {true, func(o *Sync, _ int) bool { return o.Count == 0 }, tryWait},
	OpCondWait:  {true, func(*Sync, int) bool { return false }, tryCondWait},
	OpSignal:    {true, always, trySignal},
	OpBroadcast: {true, always, tryBroadcast},
	OpOnce:      {true, func(o *Sync, _ int) bool { return !o.Busy }, tryOnce},
	OpOnceEnd:   {false, always, tryOnceEnd},
	OpAtomic:    {true, always, nothing},
	OpYield:     {true, always, nothing},
}

func always(*Sync, int) bool { return true }

func nothing(*Sync, int, bool) (bool, []int) { return true, nil }

// pop takes the first of a queue.
func pop(q *[]int) []int {
	if len(*q) == 0 {
		return nil
	}
	first := (*q)[:1:1]
	*q = (*q)[1:]
	return first
}

// all takes everybody of a queue.
func all(q *[]int) []int {
	let := *q
	*q = nil
	return let
}

// enqueue puts g at the end, or, if it was let go and lost, in front.
func enqueue(q *[]int, g int, woken bool) {
	if woken {
		*q = append([]int{g}, *q...)
	} else {
		*q = append(*q, g)
	}
}

func sendEnabled(o *Sync, _ int) bool { return o.Closed || len(o.Receivers) > 0 || o.Len < o.Cap }

func trySend(o *Sync, g int, woken bool) (bool, []int) {
	switch {
	case o.Closed:
		o.Fault = "send on closed channel"
	case woken: // the receiver has taken the value
	case len(o.Receivers) > 0:
		return true, pop(&o.Receivers)
	case o.Len < o.Cap:
		o.Len++
	default:
		o.Senders = append(o.Senders, g)
		return false, nil
	}
	return true, nil
}

func recvEnabled(o *Sync, _ int) bool { return o.Len > 0 || o.Closed || len(o.Senders) > 0 }

func tryRecv(o *Sync, g int, woken bool) (bool, []int) {
	switch {
	case woken: // the sender has left the value, or the channel was closed
	case o.Len > 0:
		let := pop(&o.Senders) // whose value takes the place of the one received
		if let == nil {
			o.Len--
		}
		return true, let
	case len(o.Senders) > 0:
		return true, pop(&o.Senders)
	case !o.Closed:
		o.Receivers = append(o.Receivers, g)
		return false, nil
	}
	return true, nil
}

func tryClose(o *Sync, _ int, _ bool) (bool, []int) {
	if o.Closed {
		o.Fault = "close of closed channel"
		return true, nil
	}
	o.Closed = true
	return true, append(all(&o.Receivers), all(&o.Senders)...)
}

func lockEnabled(o *Sync, g int) bool {
	return !o.Held && o.Readers == 0 || o.Pending == g+1 && o.Readers == 0
}

func tryLock(o *Sync, g int, woken bool) (bool, []int) {
	switch {
	case o.Pending == g+1: // the last reader has left
		o.Pending = 0
		return true, nil
	case o.Held:
		enqueue(&o.Writers, g, woken)
		return false, nil
	}
	o.Held = true
	if o.Readers > 0 {
		o.Pending = g + 1
		return false, nil
	}
	return true, nil
}

func tryTryLock(o *Sync, _ int, _ bool) (bool, []int) {
	if !o.Held && o.Readers == 0 {
		o.Held = true
	}
	return true, nil
}

// tryUnlock lets all readers in that wait, who need not compete any more, and
// the first writer compete.
func tryUnlock(o *Sync, _ int, _ bool) (bool, []int) {
	if !o.Held || o.Pending != 0 {
		o.Fault = "unlock of unlocked lock"
		return true, nil
	}
	o.Held = false
	o.Readers += len(o.Waiters)
	return true, append(all(&o.Waiters), pop(&o.Writers)...)
}

func tryRLock(o *Sync, g int, woken bool) (bool, []int) {
	switch {
	case woken: // the writer has counted it in
	case o.Held:
		o.Waiters = append(o.Waiters, g)
		return false, nil
	default:
		o.Readers++
	}
	return true, nil
}

func tryTryRLock(o *Sync, _ int, _ bool) (bool, []int) {
	if !o.Held {
		o.Readers++
	}
	return true, nil
}

func tryRUnlock(o *Sync, _ int, _ bool) (bool, []int) {
	if o.Readers == 0 {
		o.Fault = "RUnlock of unlocked lock"
		return true, nil
	}
	if o.Readers--; o.Readers == 0 && o.Pending != 0 {
		return true, []int{o.Pending - 1}
	}
	return true, nil
}

func tryDone(o *Sync, _ int, _ bool) (bool, []int) {
	if o.Count--; o.Count < 0 {
		o.Fault = "negative WaitGroup counter"
		return true, nil
	}
	if o.Count > 0 {
		return true, nil
	}
	return true, all(&o.Waiters)
}

func tryWait(o *Sync, g int, woken bool) (bool, []int) {
	if !woken && o.Count > 0 {
		o.Waiters = append(o.Waiters, g)
		return false, nil
	}
	return true, nil
}

func tryCondWait(o *Sync, g int, woken bool) (bool, []int) {
	if !woken {
		o.Waiters = append(o.Waiters, g)
	}
	return woken, nil
}

func trySignal(o *Sync, _ int, _ bool) (bool, []int) { return true, pop(&o.Waiters) }

func tryBroadcast(o *Sync, _ int, _ bool) (bool, []int) { return true, all(&o.Waiters) }

// tryOnce makes g the one that runs the function, if nobody has been.
func tryOnce(o *Sync, g int, woken bool) (bool, []int) {
	if !woken && o.Busy {
		o.Waiters = append(o.Waiters, g)
		return false, nil
	}
	o.Busy = !o.Done
	return true, nil
}

func tryOnceEnd(o *Sync, _ int, _ bool) (bool, []int) {
	o.Busy, o.Done = false, true
	return true, all(&o.Waiters)
}
