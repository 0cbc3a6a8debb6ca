package rewrite

import (
	"slices"
	"strings"
)

// A method of package sync or time that package rt performs. The keys are
// "path.Type.Method".
type method struct {
	// name is a function of package rt: x.M(args) becomes name(s, &x, args).
	name string
	// at keeps the method and puts a scheduling point before it, inside the
	// operand: At(s, &x).M(args).
	at bool
}

var methods = map[string]method{
	"sync.Mutex.Lock":       {name: "MuLock"},
	"sync.Mutex.Unlock":     {name: "MuUnlock"},
	"sync.Mutex.TryLock":    {name: "MuTryLock"},
	"sync.RWMutex.Lock":     {name: "RWLock"},
	"sync.RWMutex.Unlock":   {name: "RWUnlock"},
	"sync.RWMutex.TryLock":  {name: "RWTryLock"},
	"sync.RWMutex.RLock":    {name: "RWRLock"},
	"sync.RWMutex.RUnlock":  {name: "RWRUnlock"},
	"sync.RWMutex.TryRLock": {name: "RWTryRLock"},
	"sync.RWMutex.RLocker":  {name: "RWRLocker"},
	"sync.WaitGroup.Add":    {name: "WgAdd"},
	"sync.WaitGroup.Done":   {name: "WgDone"},
	"sync.WaitGroup.Wait":   {name: "WgWait"},
	"sync.WaitGroup.Go":     {name: "WgGo"},
	"sync.Cond.Wait":        {name: "CondWait"},
	"sync.Cond.Signal":      {name: "CondSignal"},
	"sync.Cond.Broadcast":   {name: "CondBroadcast"},
	"sync.Once.Do":          {name: "OnceDo"},
	"sync.Pool.Get":         {name: "PoolGet"},
	"sync.Pool.Put":         {name: "PoolPut"},

	"sync.Map.Load":             {at: true},
	"sync.Map.Store":            {at: true},
	"sync.Map.LoadOrStore":      {at: true},
	"sync.Map.LoadAndDelete":    {at: true},
	"sync.Map.Delete":           {at: true},
	"sync.Map.Swap":             {at: true},
	"sync.Map.CompareAndSwap":   {at: true},
	"sync.Map.CompareAndDelete": {at: true},
	"sync.Map.Clear":            {at: true},
	"sync.Map.Range":            {name: "SyncMapRange"},

	"time.Timer.Stop":   {name: "TimerStop"},
	"time.Timer.Reset":  {name: "TimerReset"},
	"time.Ticker.Stop":  {name: "TickerStop"},
	"time.Ticker.Reset": {name: "TickerReset"},

	"reflect.Value.Send":    {name: "ReflectSend"},
	"reflect.Value.Recv":    {name: "ReflectRecv"},
	"reflect.Value.TrySend": {name: "ReflectTrySend"},
	"reflect.Value.TryRecv": {name: "ReflectTryRecv"},
	"reflect.Value.Close":   {name: "ReflectClose"},
}

// ifaceMethods are methods that a call through an interface or a type parameter
// may dispatch to a sync type; the keys are "Name signature".
var ifaceMethods = map[string]string{
	"Lock func()":          "IfaceLock",
	"Unlock func()":        "IfaceUnlock",
	"RLock func()":         "IfaceRLock",
	"RUnlock func()":       "IfaceRUnlock",
	"TryLock func() bool":  "IfaceTryLock",
	"TryRLock func() bool": "IfaceTryRLock",
	"Wait func()":          "IfaceWait",
}

// A function that package rt performs. The keys are "path.Func".
type function struct {
	// selector replaces `pkg.Func` itself, with the function's own signature,
	// so that calls and values both work; "%s" stands for the site.
	selector string
	// call is a function of package rt that takes the site before the
	// arguments.
	call string
	// context says that the name lives in the instrumented copy of package
	// context under its own name.
	context bool
}

var functions = map[string]function{
	"time.Sleep":     {selector: "T(%s).Sleep"},
	"time.After":     {selector: "T(%s).After"},
	"time.AfterFunc": {selector: "T(%s).AfterFunc"},
	"time.Tick":      {selector: "T(%s).Tick"},
	"time.NewTimer":  {selector: "T(%s).NewTimer"},
	"time.NewTicker": {selector: "T(%s).NewTicker"},
	"time.Now":       {selector: "T(%s).Now"},
	"time.Since":     {selector: "T(%s).Since"},
	"time.Until":     {selector: "T(%s).Until"},

	"sync.OnceFunc":   {selector: "OnceFunc"},
	"sync.OnceValue":  {selector: "OnceValue"},
	"sync.OnceValues": {selector: "OnceValues"},

	"maps.Keys":   {selector: "MapKeys"},
	"maps.Values": {selector: "MapValues"},
	"maps.All":    {selector: "MapAll"},

	"math/rand/v2.N": {selector: "RandN"},

	"runtime.Gosched":      {call: "Gosched"},
	"runtime.NumGoroutine": {selector: "NumGoroutine"},
	"runtime.SetFinalizer": {selector: "SetFinalizer"},
	"runtime.AddCleanup":   {selector: "AddCleanup"},
	"reflect.Select":       {call: "ReflectSelect"},

	"context.Background":        {context: true},
	"context.TODO":              {context: true},
	"context.WithCancel":        {context: true},
	"context.WithCancelCause":   {context: true},
	"context.WithDeadline":      {context: true},
	"context.WithDeadlineCause": {context: true},
	"context.WithTimeout":       {context: true},
	"context.WithTimeoutCause":  {context: true},
	"context.WithValue":         {context: true},
	"context.WithoutCancel":     {context: true},
	"context.AfterFunc":         {context: true},
	"context.Cause":             {context: true},
}

// randMethods are the names below which package rt offers the top-level
// functions of math/rand and math/rand/v2.
var randMethods = map[string]string{"math/rand": "Rand()", "math/rand/v2": "Rand2()"}

// keepAlive has, for each package of which every use may be replaced, a
// declaration that uses its import; %s is the package's name with a dot.
var keepAlive = map[string]string{
	"time":         "const _ = %sSecond",
	"context":      "var _ %sContext",
	"math/rand":    "var _ %sSource",
	"math/rand/v2": "var _ %sSource",
	"runtime":      "const _ = %sGOOS",
	"reflect":      "const _ = %sInt",
	"sync":         "var _ %sMutex",
	"maps":         "var _ = %sClone[map[int]int]",
}

// uncontrolledFuncs block, spawn or depend on the world outside in a way that
// the testbed cannot schedule. Whole packages stand in uncontrolledPackages.
var uncontrolledFuncs = map[string]bool{
	"io.Pipe":                          true,
	"os.Pipe":                          true,
	"runtime.LockOSThread":             true,
	"os.Exit":                          true,
	"runtime/pprof.Do":                 true,
	"runtime/pprof.SetGoroutineLabels": true,
	"log.Fatal":                        true,
	"log.Fatalf":                       true,
	"log.Fatalln":                      true,
	"os/signal.Notify":                 true,
	"os/signal.NotifyContext":          true,
	"crypto/rand.Read":                 true,
	"testing/synctest.Test":            true,
	"testing/synctest.Wait":            true,
}

// An uncontrolledPackage of std starts goroutines, waits for the outside world,
// or blocks inside code that is not instrumented.
type uncontrolledPackage struct {
	types string // whose methods do, separated by spaces
	names string // prefixes of the functions and of these methods
}

var uncontrolledPackages = map[string]uncontrolledPackage{
	"net":               {"Conn Listener PacketConn Dialer Resolver Buffers TCPConn UDPConn UnixConn IPConn TCPListener UnixListener", "Dial Listen Lookup Accept Read Write Pipe"},
	"net/http":          {"Client Transport RoundTripper Server", "Get Head Post Do RoundTrip ListenAndServe Serve Shutdown"},
	"net/http/httptest": {"Server", "NewServer NewTLSServer NewUnstartedServer Start Close"},
	"net/http/httputil": {"ReverseProxy", "Serve"},
	"net/rpc":           {"Client Server", "Dial Call Go Accept Serve"},
	"net/smtp":          {"Client", "Dial SendMail"},
	"os/exec":           {"Cmd", "Run Start Wait Output CombinedOutput"},
	"database/sql":      {"DB Conn Tx Stmt Rows Row", "Begin Close Conn Exec Next Ping Prepare Query Scan"},
	"crypto/tls":        {"Conn Dialer", "Dial Listen Handshake Read Write"},
	"syscall":           {"", "Read Write Wait Select Flock Accept Connect"},
}

// mayBlock reports whether a function, or a method of the named type, is one of
// an uncontrolled package's.
func mayBlock(path, typ, name string) bool {
	p, ok := uncontrolledPackages[path]
	if !ok || typ != "" && !slices.Contains(strings.Fields(p.types), typ) {
		return false
	}
	return slices.ContainsFunc(strings.Fields(p.names), func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}
