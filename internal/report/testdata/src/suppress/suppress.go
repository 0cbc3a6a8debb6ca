package suppress

func double()  {}
func missing() {}

func pass(func()) {}

func forms() {
	double() // want `double is called \(lockawait/double-lock\)`

	double() //asynclint:ignore lockawait/double-lock own line

	//asynclint:ignore lockawait/double-lock line above
	double()

	//asynclint:ignore lockawait whole pass
	missing()

	//asynclint:ignore all every rule
	double()

	//asynclint:ignore lockawait/missing-unlock,lockawait/double-lock two rules
	double()

	//lint:ignore asynclint/lockawait/double-lock staticcheck's form
	double()

	//lint:ignore SA2001,asynclint/lockawait together with another tool's
	double()

	double() //nolint:asynclint
	double() //nolint: errcheck, lockawait // golangci-lint's form
	double() // nolint:asynclint
}

func reach() {
	//asynclint:ignore lockawait/double-lock covers one line
	pass(
		func() { double() }) // want `double is called`

	double() // want `double is called`
	//asynclint:ignore lockawait/double-lock does not cover the line above

	pass(nil) //asynclint:ignore lockawait/double-lock behind code it covers its own line
	double()  // want `double is called`

	//nolint:asynclint
	pass(func() {
		double()
		double()
	})
	double() // want `double is called`
}

//nolint:lockawait
func wholeFunction() {
	double()
	if true {
		missing()
	}
}

func others() {
	//asynclint:ignore lockawait/missing-unlock another rule
	double() // want `double is called`

	//asynclint:ignore leak another pass
	double() // want `double is called`

	//asynclint:ignore lockawait/double-lock
	double() // want `double is called`

	//lint:ignore asynclint/lockawait/double-lock
	double() // want `double is called`

	//lint:ignore lockawait/double-lock addressed to another tool
	double() // want `double is called`

	double() //nolint:errcheck // want `double is called`

	// asynclint:ignore lockawait/double-lock prose, not a directive
	double() // want `double is called`
}

// Positions that a //line comment changes are still those of the same file.
func moved() {
	//asynclint:ignore lockawait/double-lock before the line comment
	double()
//line other.y:1000
	//asynclint:ignore lockawait/double-lock behind the line comment
	double()
	double() //asynclint:ignore lockawait/double-lock behind it too
}
