package finding

import "bytes"

// Offset returns the offset of a line and column, both from 1, in a file's
// content. A place outside the content gives the nearest one inside.
func Offset(content []byte, line, column int) int {
	start := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(content[start:], '\n')
		if i < 0 {
			return len(content)
		}
		start += i + 1
	}
	end := len(content)
	if i := bytes.IndexByte(content[start:], '\n'); i >= 0 {
		end = start + i
	}
	return min(start+max(column-1, 0), end)
}
