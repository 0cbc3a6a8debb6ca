// Command command ends when serve does.
package main

import (
	"os"
	"os/signal"
)

func listen() error { return nil }

// serve is called once, by main: a warning, not an error. The test of levels
// reads this.
func serve() error {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	errs := make(chan error)
	go func() { errs <- listen() }() // want `sending on errs when the select returns through stop`
	select {
	case err := <-errs:
		return err
	case <-stop:
		return nil
	}
}

func main() {
	done := make(chan bool)
	go func() { done <- true }() // the program ends with main
	serve()
}
