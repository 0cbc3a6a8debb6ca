package leak

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/asynclint/asynclint/internal/report"
	"github.com/asynclint/asynclint/internal/rule"
	"github.com/asynclint/asynclint/internal/ssabuild"
)

// abandonedReply reports leak/abandoned-sender for requests: a struct that
// carries a reply channel to a goroutine which is not started by the requester
// and so is out of the model's sight.
//
// It looks at the whole package instead of one function. The requester makes an
// unbuffered channel, stores it in an unexported field, hands the struct over
// and waits in a select that it can leave through a context or a timer without
// receiving later. If nobody else in the package receives from that field, every
// plain send on it is left alone by a requester that gave up. A requester that
// leaves through any other channel is not reported: that channel may well say
// that the sender has gone. Sends in found are known already.
func abandonedReply(pass *analysis.Pass, r *report.Reporter, source func() *source, found map[ssa.Instruction]bool) {
	pkg := pass.ResultOf[ssabuild.Analyzer].(*ssabuild.Package)
	var requests []*request
	for _, fn := range pkg.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if ch, ok := instr.(*ssa.MakeChan); ok {
					if q := newRequest(ch); q != nil && q.field.Pkg() == pass.Pkg && q.leave() {
						requests = append(requests, q)
					}
				}
			}
		}
	}
	if len(requests) == 0 {
		return
	}
	uses := fieldUses(pkg, requests)
	for _, q := range requests {
		u := uses[q.field]
		if u.other {
			continue
		}
		for _, send := range u.sends {
			if !found[send] {
				found[send] = true
				source().reply(r, q, send)
			}
		}
	}
}

// A request is a reply channel that a function stores in a field.
type request struct {
	made    *ssa.MakeChan
	object  *ssa.Alloc // the struct
	field   *types.Var
	index   int
	aliases map[ssa.Value]bool // registers of the function that hold the channel

	wait *ssa.Select // where the requester waits, and
	out  int         // the case through which it can leave
}

// newRequest recognises a reply channel: unbuffered, stored in one unexported
// field of a new struct, and otherwise only received from.
func newRequest(ch *ssa.MakeChan) *request {
	if c, ok := ch.Size.(*ssa.Const); !ok || c.Value == nil || constant.Sign(c.Value) != 0 {
		return nil
	}
	q := &request{made: ch, aliases: make(map[ssa.Value]bool)}
	if !q.follow(ch) || q.object == nil || q.field.Exported() {
		return nil
	}
	handed := false
	for _, use := range *q.object.Referrers() {
		switch use := use.(type) {
		case *ssa.FieldAddr:
			if use.Field == q.index && !q.own(use) {
				return nil
			}
		case *ssa.MakeClosure:
			return nil
		default:
			handed = true
		}
	}
	if !handed {
		return nil
	}
	return q
}

// follow reports whether every use of a register that holds the channel is one
// that keeps it in sight.
func (q *request) follow(v ssa.Value) bool {
	if q.aliases[v] {
		return true
	}
	q.aliases[v] = true
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.ChangeType:
			if !q.follow(use) {
				return false
			}
		case *ssa.Store:
			addr, ok := use.Addr.(*ssa.FieldAddr)
			if !ok {
				return false
			}
			object, ok := addr.X.(*ssa.Alloc)
			if !ok || q.object != nil && (q.object != object || q.index != addr.Field) {
				return false
			}
			q.object, q.index = object, addr.Field
			q.field = fieldOf(addr.X.Type().Underlying().(*types.Pointer).Elem(), addr.Field)
		case *ssa.UnOp:
			if use.Op != token.ARROW {
				return false
			}
		case *ssa.Select:
			for _, st := range use.States {
				if st.Send == v || st.Chan == v && st.Dir == types.SendOnly {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// own reports whether the requester's own uses of the field keep the channel in
// sight.
func (q *request) own(addr *ssa.FieldAddr) bool {
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.Store:
			if !q.aliases[use.Val] {
				return false
			}
		case *ssa.UnOp:
			if !q.follow(use) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func fieldOf(t types.Type, i int) *types.Var { return t.Underlying().(*types.Struct).Field(i).Origin() }

// leave finds a select that waits for the reply and can be left for good.
func (q *request) leave() bool {
	for v := range q.aliases {
		for _, use := range *v.Referrers() {
			sel, ok := use.(*ssa.Select)
			if !ok || !sel.Blocking || q.wait != nil && q.wait.Pos() <= sel.Pos() {
				continue
			}
			for i, st := range sel.States {
				if st.Dir == types.RecvOnly && !q.aliases[st.Chan] && givesUp(st.Chan) && q.escapes(sel, i) {
					q.wait, q.out = sel, i
					break
				}
			}
		}
	}
	return q.wait != nil
}

// givesUp reports whether a channel belongs to the requester's own patience: a
// context that was given to it or that it derived, or a timer.
func givesUp(ch ssa.Value) bool {
	switch ch := ch.(type) {
	case *ssa.Call:
		if ch.Call.IsInvoke() {
			return ch.Call.Method.FullName() == "(context.Context).Done" && local(ch.Call.Value)
		}
		fn := ch.Call.StaticCallee()
		return fn != nil && fn.String() == "time.After"
	case *ssa.UnOp: // t.C
		addr, ok := ch.X.(*ssa.FieldAddr)
		return ok && ch.Op == token.MUL && strings.HasPrefix(addr.X.Type().String(), "*time.T") && local(addr.X)
	}
	return false
}

// local reports whether a value is a parameter or the result of a call.
func local(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Parameter, *ssa.Call:
		return true
	case *ssa.Extract:
		return local(v.Tuple)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if !local(e) {
				return false
			}
		}
		return true
	}
	return false
}

// escapes reports whether case i of a select leads to a return without another
// receive from the reply channel.
func (q *request) escapes(sel *ssa.Select, i int) bool {
	body := caseBody(sel, i)
	if body == nil {
		return false
	}
	seen := make(map[*ssa.BasicBlock]bool)
	work := []*ssa.BasicBlock{body}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] || q.receives(b) {
			continue
		}
		seen[b] = true
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			return true
		}
		work = append(work, b.Succs...)
	}
	return false
}

func (q *request) receives(b *ssa.BasicBlock) bool {
	for _, instr := range b.Instrs {
		switch instr := instr.(type) {
		case *ssa.UnOp:
			if instr.Op == token.ARROW && q.aliases[instr.X] {
				return true
			}
		case *ssa.Select:
			for _, st := range instr.States {
				if q.aliases[st.Chan] {
					return true
				}
			}
		}
	}
	return false
}

// caseBody returns the block that case i of a select goes to.
func caseBody(sel *ssa.Select, i int) *ssa.BasicBlock {
	for _, use := range *sel.Referrers() {
		index, ok := use.(*ssa.Extract)
		if !ok || index.Index != 0 {
			continue
		}
		for _, test := range *index.Referrers() {
			cmp, ok := test.(*ssa.BinOp)
			if !ok || cmp.Op != token.EQL {
				continue
			}
			c, ok := cmp.Y.(*ssa.Const)
			if !ok || c.Value == nil || constant.Compare(c.Value, token.NEQ, constant.MakeInt64(int64(i))) {
				continue
			}
			for _, branch := range *cmp.Referrers() {
				if branch, ok := branch.(*ssa.If); ok {
					return branch.Block().Succs[0]
				}
			}
		}
	}
	return nil
}

// A fieldUse is what the package does with the channels in a field.
type fieldUse struct {
	sends []*ssa.Send
	other bool // somebody besides the requesters may receive
}

// fieldUses collects the uses of the reply fields outside of their requesters.
func fieldUses(pkg *ssabuild.Package, requests []*request) map[*types.Var]*fieldUse {
	uses := make(map[*types.Var]*fieldUse)
	made := make(map[ssa.Value]bool)
	for _, q := range requests {
		uses[q.field] = new(fieldUse)
		made[q.object] = true
	}
	for _, fn := range pkg.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.FieldAddr:
					u := uses[fieldOf(instr.X.Type().Underlying().(*types.Pointer).Elem(), instr.Field)]
					if u != nil && !made[instr.X] {
						u.address(instr)
					}
				case *ssa.Field:
					if u := uses[fieldOf(instr.X.Type(), instr.Field)]; u != nil {
						u.value(instr)
					}
				}
			}
		}
	}
	return uses
}

func (u *fieldUse) address(addr *ssa.FieldAddr) {
	for _, use := range *addr.Referrers() {
		if load, ok := use.(*ssa.UnOp); ok {
			u.value(load)
		} else {
			u.other = true
		}
	}
}

func (u *fieldUse) value(v ssa.Value) {
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.Send:
			if use.X == v {
				u.other = true
			} else {
				u.sends = append(u.sends, use)
			}
		case *ssa.Select:
			for _, st := range use.States {
				if st.Chan == v && st.Dir == types.RecvOnly || st.Send == v {
					u.other = true
				}
			}
		case *ssa.BinOp, *ssa.DebugRef: // compared with nil
		case ssa.CallInstruction:
			if b, ok := use.Common().Value.(*ssa.Builtin); !ok || b.Name() != "close" {
				u.other = true
			}
		default:
			u.other = true
		}
	}
}

// reply words the finding. It has no fix: how many replies a request gets is
// for its reader to say.
func (x *source) reply(r *report.Reporter, q *request, send *ssa.Send) {
	s, ok := x.node(send).(*ast.SendStmt)
	out, _ := x.operation(q.wait, q.out).(*ast.UnaryExpr)
	if !ok || out == nil || x.test(s) {
		return
	}
	level := rule.Error
	if x.test(out) {
		level = rule.Note // the requester that gives up is a test
	}
	f := report.Finding{
		Rule:  rule.AbandonedSender,
		Level: level,
		Pos:   s.Pos(),
		End:   s.End(),
		Message: fmt.Sprintf("sender blocks forever on %s when %s gives up through %s", types.ExprString(s.Chan),
			q.made.Parent().Name(), strings.TrimSuffix(types.ExprString(out.X), "()")),
	}
	for _, rel := range []struct {
		n       ast.Node
		message string
	}{{x.node(q.made), "the channel is made here"}, {x.node(q.wait), "its receiver waits here"}, {out, "and leaves here"}} {
		if rel.n != nil {
			f.Related = append(f.Related, analysis.RelatedInformation{Pos: rel.n.Pos(), End: rel.n.End(), Message: rel.message})
		}
	}
	r.Report(f)
}
