package rt

import "sync"

// CondWait is c.Wait().
func CondWait(s Site, c *sync.Cond) { c.Wait() }

// CondSignal is c.Signal().
func CondSignal(s Site, c *sync.Cond) { c.Signal() }

// CondBroadcast is c.Broadcast().
func CondBroadcast(s Site, c *sync.Cond) { c.Broadcast() }
