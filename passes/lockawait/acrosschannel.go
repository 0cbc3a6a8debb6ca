package lockawait

import (
	"fmt"
	"go/types"
	"slices"

	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// A verdict is what is known of the goroutines that can serve one case of a
// channel operation.
type verdict struct {
	// closed: everybody who can serve is in the package.
	closed bool
	peers  int
	// all: each of them takes a lock of the class on every way to the operation;
	// exact: the very lock.
	all, exact bool
	need       *summary.Need // the first exact one, else the first of the lock's class
	// buffer: the channel has one, or nobody can say that it has none.
	buffer bool
	// again: the peer takes the lock between two rounds of serving.
	again bool
	// join: the channel is only ever closed.
	join bool
}

// serve judges one case of a channel operation under a lock.
func (c *checker) serve(w *summary.Wait, i int, h summary.Holding) verdict {
	cs := w.Op.Cases[i]
	u := c.peer().Of(cs.Chan)
	n, known := u.Cap()
	v := verdict{buffer: !known || n > 0, all: true, exact: true, closed: !u.OpenSend}
	sites := slices.Concat(u.Sends, u.Closes)
	if cs.Send {
		v.closed, sites = !u.OpenRecv, u.Recvs
	} else {
		v.join = len(u.Sends) == 0 && len(u.Closes) > 0
	}
	sites = slices.DeleteFunc(c.peer().Serving(w.Op, slices.Clone(sites)), func(s summary.ServeSite) bool { return s.In == w.Op.In })
	if c.peer().Unrelated(sites, h.Class) {
		return verdict{join: v.join}
	}
	for _, site := range sites {
		if cs.Send && v.buffer && site.Polls && site.Fn == w.Op.In.Parent() && summary.Follows(site.In, w.Op.In) {
			return verdict{} // it makes room first
		}
		v.peers++
		need, all := c.peer().Needs(site, w.On[i], h)
		if need == nil || !all {
			return verdict{join: v.join} // this one comes without the lock
		}
		v.exact = v.exact && need.Exact
		if v.need == nil || need.Exact && !v.need.Exact {
			v.need = need
			v.again = need.At != nil && summary.Follows(need.At, need.Take.Site)
		}
	}
	v.all = v.all && v.peers > 0
	v.closed = v.closed && len(u.Makes) > 0 // else it comes from where nobody looked
	return v
}

// acrossChannel reports channel operations under a lock.
//
// It is a deadlock when everybody who can serve the operation has to take the
// same lock first: the lock is then the reason that nobody comes. That is
// decided for channels that do not leave the package, from all their operations
// in it. A goroutine that serves without the lock clears the operation, however
// long it may take. A buffer makes the deadlock a matter of load, and a select
// with another way out one of time.
func (c *checker) acrossChannel(w *summary.Wait, h summary.Holding) (crossing, bool) {
	if len(w.Op.Cases) == 0 {
		return crossing{}, false
	}
	blocked, first, timed := 0, -1, false
	var hit verdict
	others := true // every other case only ends the wait
	for i, cs := range w.Op.Cases {
		timed = timed || isTimer(cs.Chan)
		if isContext(cs.Chan) || isTimer(cs.Chan) {
			continue
		}
		v := c.serve(w, i, h)
		if v.all && (!v.buffer || v.join || v.again && v.need.Beside) {
			blocked++
			if first < 0 {
				first, hit = i, v
			}
			continue
		}
		if !v.join {
			others = false
		}
	}
	if first >= 0 {
		if timed {
			return crossing{}, false
		}
		return c.blockedChannel(w, h, first, hit, blocked == len(w.Op.Cases), others)
	}
	return c.outsideChannel(w, h)
}

// blockedChannel reports an operation that only the lock's users can serve.
func (c *checker) blockedChannel(w *summary.Wait, h summary.Holding, i int, v verdict, alone, others bool) (crossing, bool) {
	cs := w.Op.Cases[i]
	x := crossing{rule: rule.LockAcrossChannel, level: rule.Error, need: v.need}
	verb, peer := "receiving from", "send"
	switch {
	case cs.Send:
		verb, peer = "sending on", "receive"
	case v.join:
		x.rule, verb, peer = rule.LockAcrossWait, "waiting for", "close it"
	}
	lock := c.src.lock(h)
	end := "both wait forever"
	switch {
	case !alone && !others:
		return crossing{}, false
	case !alone:
		x.level, end = rule.Warning, "only the other cases can end the wait"
	case v.buffer && !v.join:
		x.level, end = rule.Warning, "both wait forever once the buffer is full"
		if !cs.Send {
			end = "both wait forever when the buffer is empty"
		}
	case !w.Certain || !v.closed || !v.exact:
		x.level, end = rule.Warning, "both may wait forever"
	}
	x.msg = fmt.Sprintf("%s, and %s needs %s before it can %s: %s",
		c.place(w, h, verb+" "+channel(w, i)), function(v.need.Fn), lock, peer, end)
	return x, true
}

// outsideChannel reports plain operations that only somebody outside the package
// can serve.
func (c *checker) outsideChannel(w *summary.Wait, h summary.Holding) (crossing, bool) {
	if len(w.Op.Cases) != 1 || w.Op.Kind != summary.Sending || !c.contended(h) {
		return crossing{}, false
	}
	cs := w.Op.Cases[0]
	u := c.peer().Of(cs.Chan)
	if n, known := u.Cap(); n > 0 || !known && len(u.Makes) > 0 || metric(cs.Chan.Type()) {
		return crossing{}, false
	}
	x := crossing{rule: rule.LockAcrossChannel, level: rule.Warning}
	recvs := c.peer().Serving(w.Op, u.Recvs)
	switch {
	case !u.OpenRecv && len(recvs) == 0 && len(u.Makes) > 0:
		x.msg = fmt.Sprintf("%s, and nothing in the package receives from it", c.place(w, h, "sending on "+channel(w, 0)))
	case u.OpenRecv && len(recvs) == 0 && !serialises(h):
		x.msg = fmt.Sprintf("%s, for as long as nobody outside the package receives", c.place(w, h, "sending on "+channel(w, 0)))
	default:
		return crossing{}, false
	}
	return x, true
}

// metric reports whether a channel carries what a Prometheus collector sends:
// its receiver is always there.
func metric(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	return ok && typePath(ch.Elem()) == "github.com/prometheus/client_golang/prometheus"
}
