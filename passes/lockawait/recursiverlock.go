package lockawait

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/summary"
)

// recursiveRLock reports read locks that a path takes although it holds one of
// the same RWMutex. Once a writer waits, an RWMutex lets no new reader in: if
// the writer comes between the two, each waits for the other.
//
// That is certain when some function of the package, which may run at the same
// time, takes the write lock of an object that others can have. A lock that only
// other packages can write-lock is a warning; without a writer all is well.
func (c *checker) recursiveRLock(f *summary.Func) {
	for _, r := range f.Relocks {
		if !readsTwice(r) || roundOf(r.Pending, r.Held, r.Site) || r.Held.Crossed || c.sums.Passed(r.Held.Ref) || r.Held.Called && c.forgot[r.Held.Callee] {
			continue
		}
		c.reportRecursive(f, r)
	}
}

func readsTwice(r summary.Relock) bool { return r.Mode == summary.Read && r.Held.Mode == summary.Read }

func (c *checker) reportRecursive(f *summary.Func, r summary.Relock) {
	writer := c.sums.Writer(r.Held.Class, f.Fn)
	if writer == nil && !c.sums.Foreign(r.Held) {
		return
	}
	pos, end := c.src.span(r.Site)
	lock := c.src.lock(r.Held)
	level := rule.Error
	if writer == nil || !r.Certain {
		level = rule.Warning
	}
	const deadlock = "deadlocks if a writer asks for it in between"
	msg := fmt.Sprintf("%s is read-locked again on a path that already read-locks it: it %s", lock, deadlock)
	switch {
	case r.Callback != nil:
		msg = fmt.Sprintf("%s calls the function passed here with %s read-locked, and that read-locks it again: it %s", c.src.fun(r.Site), lock, deadlock)
	case r.Via != nil:
		msg = fmt.Sprintf("%s read-locks %s%s, which this path already read-locks: it %s", c.src.fun(r.Site), lock, chain(r.Via), deadlock)
	case r.Deferred:
		msg = fmt.Sprintf("the deferred call read-locks %s again at return: it %s", lock, deadlock)
	}
	held := lock + " is read-locked here"
	switch {
	case r.Callback != nil:
		held = "it is called here with " + lock + " read-locked"
	case r.Held.Called:
		held = c.src.fun(r.Held.Site) + " returns with " + lock + " read-locked"
	}
	var related []analysis.RelatedInformation
	if r.Site != r.Held.Site {
		related = append(related, c.at(r.Held.Site, held))
	}
	related = append(related, c.way(r.Via, "read-locks it again")...)
	if writer != nil {
		related = append(related, c.at(writer, "this writer may come in between"))
	}
	c.rep.Report(report.Finding{Rule: rule.RecursiveRLock, Level: level, Pos: pos, End: end, Message: msg, Related: related})
}
