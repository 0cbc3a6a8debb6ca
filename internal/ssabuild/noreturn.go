package ssabuild

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// neverReturns lists functions of std and of common logging and test libraries
// that end the goroutine or the program. Keys are types.Func.FullName.
var neverReturns = map[string]bool{
	"os.Exit":          true,
	"runtime.Goexit":   true,
	"syscall.Exit":     true,
	"log.Fatal":        true,
	"log.Fatalf":       true,
	"log.Fatalln":      true,
	"log.Panic":        true,
	"log.Panicf":       true,
	"log.Panicln":      true,
	"k8s.io/klog.Exit": true, "k8s.io/klog.Fatal": true, "k8s.io/klog.Fatalf": true,
	"k8s.io/klog/v2.Exit": true, "k8s.io/klog/v2.Exitf": true,
	"k8s.io/klog/v2.Fatal": true, "k8s.io/klog/v2.Fatalf": true, "k8s.io/klog/v2.Fatalln": true,
	"github.com/sirupsen/logrus.Fatal": true, "github.com/sirupsen/logrus.Fatalf": true, "github.com/sirupsen/logrus.Fatalln": true,
	"github.com/sirupsen/logrus.Panic": true, "github.com/sirupsen/logrus.Panicf": true,
	"github.com/golang/glog.Fatal": true, "github.com/golang/glog.Fatalf": true, "github.com/golang/glog.Exit": true, "github.com/golang/glog.Exitf": true,
}

// neverReturnMethods lists methods by receiver type, so that methods promoted
// from unexported embedded types (testing.common) and interfaces are covered.
var neverReturnMethods = map[string][]string{
	"log.Logger":                              {"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln"},
	"testing.common":                          {"Fatal", "Fatalf", "FailNow", "Skip", "Skipf", "SkipNow"},
	"testing.TB":                              {"Fatal", "Fatalf", "FailNow", "Skip", "Skipf", "SkipNow"},
	"go.uber.org/zap.Logger":                  {"Fatal", "Panic"},
	"go.uber.org/zap.SugaredLogger":           {"Fatal", "Fatalf", "Fatalw", "Fatalln", "Panic", "Panicf", "Panicw"},
	"github.com/sirupsen/logrus.Logger":       {"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf"},
	"github.com/sirupsen/logrus.Entry":        {"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf"},
	"google.golang.org/grpc/grpclog.LoggerV2": {"Fatal", "Fatalf", "Fatalln"},
}

// NeverReturns reports whether the table says that a call of fn does not
// return.
func NeverReturns(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return neverReturns[fn.FullName()]
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := t.(*types.Named)
	if !ok {
		return false
	}
	for _, m := range neverReturnMethods[fn.Pkg().Path()+"."+named.Obj().Name()] {
		if m == fn.Name() {
			return true
		}
	}
	return false
}

// MayReturn is the predicate that go/cfg asks about calls: false for panic and
// for the functions of the table.
func MayReturn(info *types.Info) func(*ast.CallExpr) bool {
	return func(call *ast.CallExpr) bool {
		switch fn := typeutil.Callee(info, call).(type) {
		case *types.Builtin:
			return fn.Name() != "panic"
		case *types.Func:
			return !NeverReturns(fn)
		}
		return true
	}
}

// noReturn extends the table by the package's own functions whose last
// statement never returns and which have no return statement: fatalf wrappers.
// Functions with loops or recover are left out, so the predicate never cuts a
// path that exists.
func noReturn(pass *analysis.Pass) func(*types.Func) bool {
	own := make(map[*types.Func]bool)
	ends := func(call *ast.CallExpr) bool {
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			switch obj := pass.TypesInfo.Uses[fun].(type) {
			case *types.Builtin:
				return obj.Name() == "panic"
			case *types.Func:
				return own[obj] || NeverReturns(obj)
			}
		case *ast.SelectorExpr:
			obj, _ := pass.TypesInfo.Uses[fun.Sel].(*types.Func)
			return own[obj] || NeverReturns(obj)
		}
		return false
	}
	for changed := true; changed; {
		changed = false
		for _, f := range pass.Files {
			for _, d := range f.Decls {
				fd, ok := d.(*ast.FuncDecl)
				if !ok || fd.Body == nil || len(fd.Body.List) == 0 || len(fd.Body.List) > 8 {
					continue
				}
				obj, _ := pass.TypesInfo.Defs[fd.Name].(*types.Func)
				if obj == nil || own[obj] || strings.HasPrefix(fd.Name.Name, "Test") {
					continue
				}
				last, ok := fd.Body.List[len(fd.Body.List)-1].(*ast.ExprStmt)
				if !ok {
					continue
				}
				if call, ok := last.X.(*ast.CallExpr); ok && ends(call) && straight(fd.Body) {
					own[obj] = true
					changed = true
				}
			}
		}
	}
	return func(fn *types.Func) bool { return own[fn] || NeverReturns(fn) }
}

// straight reports whether a body reaches its last statement on every path that
// goes on: no return, branch, goto or recover outside function literals.
func straight(body *ast.BlockStmt) bool {
	ok := true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt, *ast.BranchStmt:
			ok = false
		case *ast.DeferStmt:
			ok = false
		case *ast.Ident:
			if n.Name == "recover" {
				ok = false
			}
		}
		return ok
	})
	return ok
}
