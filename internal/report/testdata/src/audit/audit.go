package audit

func double() {}
func leaky()  {}
func quiet()  {}

func used() {
	//asynclint:ignore lockawait/double-lock it is used
	double()
	//asynclint:ignore leak it is used
	leaky()
	//asynclint:ignore lockawait/missing-unlock,lockawait/double-lock one of the two is used
	double()
	//asynclint:ignore all it is used
	double()
}

func unused() {
	//asynclint:ignore lockawait/double-lock repaired // want `no finding of lockawait/double-lock here: this comment suppresses nothing \(directive/unused-ignore\)`
	quiet()
	//asynclint:ignore lockawait,leak repaired // want `no finding of lockawait or leak here: this comment suppresses nothing`
	quiet()
	//lint:ignore asynclint/leak repaired // want `no finding of leak here: this comment suppresses nothing`
	quiet()
	//asynclint:ignore all repaired // want `no finding of all here: this comment suppresses nothing`
	quiet()
	/* want `no finding of lockawait/double-lock here` */ //asynclint:ignore lockawait/double-lock behind a comment it covers its own line
	double()
	//nolint:asynclint
	quiet()
}

func wrong() {
	/* want `this comment gives no reason, so it suppresses nothing \(directive/missing-reason\)` */ //asynclint:ignore lockawait/double-lock
	double()
	/* want `this comment gives no reason, so it suppresses nothing` */ //lint:ignore asynclint/lockawait
	double()
	//asynclint:ignore lockawait/dubble-lock why not // want `there is no rule “lockawait/dubble-lock”, so this comment suppresses nothing \(directive/unknown-rule\)`
	double()
	//asynclint:ignore lockawait,nothing why not // want `there is no rule “nothing”, so this comment suppresses nothing`
	quiet()
	/* want `the comment names no rule, so it suppresses nothing` */ //asynclint:ignore
	double()
	//lint:ignore SA2001 addressed to another tool
	quiet()
	//nolint:errcheck
	quiet()
}

func aboutComments() {
	//asynclint:ignore directive/unused-ignore only some builds need the comment below
	//asynclint:ignore lockawait/double-lock it suppresses nothing in this build
	quiet()
}
