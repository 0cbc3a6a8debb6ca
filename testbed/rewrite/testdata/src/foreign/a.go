package foreign

import (
	"io"
	"net"
	"net/http"
	"os/exec"
	"os/signal"
)

func all(c net.Conn, cl *http.Client) {
	r, w := io.Pipe()
	r.Close()
	w.Close()
	net.Dial("tcp", "localhost:1")
	c.Read(nil)
	cl.Get("http://localhost")
	exec.Command("true").Run()
	signal.Notify(nil)
	http.Header{}.Get("not the network")
	dial := net.Dial
	dial("", "")
}
