package rt

import "time"

// T is package time, called from a site: rt.T(s).Sleep stands for time.Sleep,
// as a call or as a value.
type T Site

// Sleep is time.Sleep.
func (t T) Sleep(d time.Duration) { time.Sleep(d) }

// After is time.After.
func (t T) After(d time.Duration) <-chan time.Time { return t.NewTimer(d).C }

// AfterFunc is time.AfterFunc.
func (t T) AfterFunc(d time.Duration, f func()) *time.Timer { return time.AfterFunc(d, f) }

// Tick is time.Tick.
func (t T) Tick(d time.Duration) <-chan time.Time { return time.Tick(d) }

// NewTimer is time.NewTimer.
func (t T) NewTimer(d time.Duration) *time.Timer { return time.NewTimer(d) }

// NewTicker is time.NewTicker.
func (t T) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }

// Now is time.Now.
func (t T) Now() time.Time { return time.Now() }

// Since is time.Since.
func (t T) Since(u time.Time) time.Duration { return t.Now().Sub(u) }

// Until is time.Until.
func (t T) Until(u time.Time) time.Duration { return u.Sub(t.Now()) }

// TimerStop is t.Stop().
func TimerStop(s Site, t *time.Timer) bool { return t.Stop() }

// TimerReset is t.Reset(d).
func TimerReset(s Site, t *time.Timer, d time.Duration) bool { return t.Reset(d) }

// TickerStop is t.Stop().
func TickerStop(s Site, t *time.Ticker) { t.Stop() }

// TickerReset is t.Reset(d).
func TickerReset(s Site, t *time.Ticker, d time.Duration) { t.Reset(d) }
