package lockorder

import "testing"

// A test need not hold the gate: nobody else has its object.
func TestLayers(t *testing.T) {
	l := new(layers)
	l.up()
	l.down()
}
