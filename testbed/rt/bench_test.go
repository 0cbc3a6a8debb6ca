package rt_test

import (
	"sync"
	"testing"
	"time"

	"github.com/asynclint/asynclint/testbed/explore"
	"github.com/asynclint/asynclint/testbed/rt"
)

// benchmarks are bodies of the size of a GoKer kernel.
var benchmarks = []struct {
	name string
	body func()
}{
	{"locks", func() {
		var a, b sync.Mutex
		done := make(chan int)
		for i := range 2 {
			rt.Go(0, func() {
				x, y := &a, &b
				if i == 1 {
					x, y = y, x
				}
				rt.MuLock(0, x)
				rt.MuLock(0, y)
				rt.MuUnlock(0, y)
				rt.MuUnlock(0, x)
				rt.Send(0, done).V(i)
			})
		}
		rt.Recv(0, done)
		rt.Recv(0, done)
	}},
	{"channels", func() {
		jobs, out := make(chan int, 2), make(chan int)
		var wg sync.WaitGroup
		for range 3 {
			rt.WgGo(0, &wg, func() {
				for {
					j, ok := rt.Recv2(0, jobs)
					if !ok {
						return
					}
					rt.Send(0, out).V(j * j)
				}
			})
		}
		rt.Go(0, func() { rt.WgWait(0, &wg); rt.Close(0, out) })
		rt.Go(0, func() {
			for j := range 4 {
				rt.Send(0, jobs).V(j)
			}
			rt.Close(0, jobs)
		})
		for {
			if _, ok := rt.Recv2(0, out); !ok {
				return
			}
		}
	}},
	{"timers", func() {
		stop := make(chan struct{})
		ticks := 0
		rt.Go(0, func() {
			ticker := rt.T(0).NewTicker(time.Millisecond)
			defer rt.TickerStop(0, ticker)
			for {
				if rt.Select(0, false, rt.SelRecv(ticker.C), rt.SelRecv(stop)) == 1 {
					return
				}
				ticks++
			}
		})
		rt.T(0).Sleep(5 * time.Millisecond)
		rt.Close(0, stop)
	}},
}

// BenchmarkSchedules measures whole executions: one operation is one schedule.
func BenchmarkSchedules(b *testing.B) {
	for _, k := range benchmarks {
		b.Run(k.name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpuTime()
			r, err := rt.Explore(rt.Options{Config: explore.Config{Strategy: "random", Schedules: b.N}}, k.body)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(r.Steps)/float64(b.N), "steps/op")
			used := cpuTime() - before
			b.ReportMetric(float64(b.N)/used.Seconds(), "schedules/cpu-s")
			b.ReportMetric(float64(used)/float64(r.Steps), "cpu-ns/step")
		})
	}
}
