package selects

import "time"

func get() chan int { return nil }

func all(a, b chan int, stop <-chan struct{}, list []int) (v int, ok bool) {
outer:
	for {
		select {
		case v, ok := <-a:
			if !ok {
				break outer
			}
			_ = v
		case v, ok = <-b:
			continue outer
		case list[0] = <-get():
			break
		case b <- func() int {
			// moves to the header
			x := `raw
string`
			return len(x)
		}():
			return 1, false
		case <-time.After(time.Second):
			select {
			case a <- <-b:
			default:
			}
		case <-stop:
			return
		}
	}
	select {
	case <-a:
	default:
		println("none")
	}
	select {
	default:
	}
	select { // ends the function
	case x := <-a:
		return x, true
	case <-stop:
		panic("stop")
	}
}

func forever() int {
	select {}
}

func last(a <-chan int) int {
	select {
	case v := <-a:
		return v
	}
}

func multi(a chan []int) {
	select {
	case a <- []int{
		1,
		2,
	}:
		println("sent")
	case _ = <-a:
	case _, ok := <-a:
		println(ok)
	}
}
