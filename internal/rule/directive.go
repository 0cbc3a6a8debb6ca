package rule

var directiveRules = []*Rule{MissingReason, UnknownRule, UnusedIgnore}

// MissingReason is directive/missing-reason.
var MissingReason = &Rule{
	Pass: "directive", Slug: "missing-reason", Level: Warning, Lowest: Warning,
	Title:  "a suppression does not say why",
	What:   "An `//asynclint:ignore RULE` or `//lint:ignore asynclint/RULE` comment has no reason behind the rule. It suppresses nothing until it has one.",
	Why:    "A suppression outlives the person who wrote it. Without the reason nobody can tell whether it still holds.",
	Fine:   "`//nolint` comments need no reason here; golangci-lint has its own policy for them.",
	Bad:    "//asynclint:ignore lockawait/double-lock\ns.reload()",
	Good:   "//asynclint:ignore lockawait/double-lock reload runs only before Start, without a second goroutine\ns.reload()",
	Limits: "The reason is not judged.",
	Help:   "write the reason behind the rule name",
	Since:  "v0.1.0",
}

// UnknownRule is directive/unknown-rule.
var UnknownRule = &Rule{
	Pass: "directive", Slug: "unknown-rule", Level: Warning, Lowest: Warning,
	Title:  "a suppression names a rule that does not exist",
	What:   "The rule in an `//asynclint:ignore` or `//lint:ignore asynclint/...` comment is neither a rule, nor a pass, nor all.",
	Why:    "The comment suppresses nothing, and its reader believes that it does.",
	Fine:   "Never.",
	Bad:    "//asynclint:ignore lockawait/doublelock reload runs only before Start",
	Good:   "//asynclint:ignore lockawait/double-lock reload runs only before Start",
	Limits: "",
	Help:   "use a name that `asynclint rules` lists",
	Since:  "v0.1.0",
}

// UnusedIgnore is directive/unused-ignore.
var UnusedIgnore = &Rule{
	Pass: "directive", Slug: "unused-ignore", Level: Warning, Lowest: Warning,
	Title:  "a suppression suppresses nothing",
	What:   "No finding of the named rule stands on the line of the comment or on the line below it.",
	Why:    "The code was repaired, or moved. The comment would hide the next finding at this place, which may be a real one.",
	Fine:   "A comment for code that only some build tags compile: run with those tags, or move the comment into that file.",
	Bad:    "//asynclint:ignore lockawait/double-lock reload runs only before Start\ns.reloadLocked()",
	Good:   "s.reloadLocked()",
	Limits: "Only rules that ran are judged.",
	Help:   "remove the comment",
	Since:  "v0.1.0",
}
