package lockorder

import "testing"

// A test need not hold the gate: nobody else has its object.
func TestLayers(t *testing.T) {
	l := new(layers)
	l.up()
	l.down()
}

func TestHeldOnPurpose(t *testing.T) {
	l := new(upOnly)
	l.b.Lock()
	l.a.Lock()
	l.a.Unlock()
	l.b.Unlock()
	go l.Up()
}
