package levels

func double()  {}
func warned()  {}
func missing() {}
func noted()   {}

func calls() {
	double()
	warned()
	missing()
	noted()
}

func comments() {
	//asynclint:ignore lockawait/double-lock there is nothing
	_ = 0
	//asynclint:ignore leak there is nothing
	_ = 0
}
