package lockacross

// What tests receive and supply says nothing about the code that they test.
func receives() {
	f := newFramer()
	go f.write()
	<-f.reset
	<-Watch(func() {})
	s := &Sub{errHandler: func(error) {}}
	s.fail(nil)
}
