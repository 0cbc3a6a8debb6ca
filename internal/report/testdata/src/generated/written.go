package generated

func double() {}
func warned() {}
func noted()  {}

func alsoCalls() {
	double() // want `double is called`
	warned() // want `warned is called`
	noted()  // want `noted is called`
}
