package explore

// A Pos is a position in the source under test.
type Pos struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	Text string `json:"text,omitempty"` // the operation as written, such as "s.mu.Lock"
}
