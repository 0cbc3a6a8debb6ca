package rt

import "testing"

// TRun is t.Run(name, f).
func TRun(s Site, t *testing.T, name string, f func(*testing.T)) bool { return t.Run(name, f) }
