package cancelsafe

import "golang.org/x/tools/go/ast/inspector"

func (c *checker) operandBeforeSelect(cur inspector.Cursor) {}
