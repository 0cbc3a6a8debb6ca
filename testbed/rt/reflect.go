package rt

import "reflect"

// ReflectSelect is reflect.Select(cases).
func ReflectSelect(s Site, cases []reflect.SelectCase) (int, reflect.Value, bool) {
	return reflect.Select(cases)
}

// ReflectSend is v.Send(x).
func ReflectSend(s Site, v, x reflect.Value) { v.Send(x) }

// ReflectRecv is v.Recv().
func ReflectRecv(s Site, v reflect.Value) (reflect.Value, bool) { return v.Recv() }

// ReflectTrySend is v.TrySend(x).
func ReflectTrySend(s Site, v, x reflect.Value) bool { return v.TrySend(x) }

// ReflectTryRecv is v.TryRecv().
func ReflectTryRecv(s Site, v reflect.Value) (reflect.Value, bool) { return v.TryRecv() }

// ReflectClose is v.Close().
func ReflectClose(s Site, v reflect.Value) { v.Close() }
