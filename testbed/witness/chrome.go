package witness

import (
	"encoding/json"
	"fmt"
	"io"
)

// A chromeEvent is an entry of the Trace Event Format that Perfetto and
// chrome://tracing read. Times are in microseconds.
type chromeEvent struct {
	Name  string         `json:"name"`
	Phase string         `json:"ph"`
	Time  float64        `json:"ts"`
	Dur   float64        `json:"dur,omitempty"`
	PID   int            `json:"pid"`
	TID   int            `json:"tid"`
	ID    int            `json:"id,omitempty"`
	Cat   string         `json:"cat,omitempty"`
	Scope string         `json:"s,omitempty"`
	Bind  string         `json:"bp,omitempty"`
	Args  map[string]any `json:"args,omitempty"`
}

// WriteChrome writes the timeline in the Trace Event Format: a thread a
// goroutine, a slice for each stretch of a state, an instant for each
// operation, a flow arrow for each start and wake-up.
//
// The time axis counts events, one microsecond each: many things happen at the
// same virtual time, which stands in the arguments.
func (t *Timeline) WriteChrome(w io.Writer) error {
	events := []chromeEvent{{Name: "process_name", Phase: "M", PID: 1, Args: map[string]any{"name": t.Test + ": " + t.Finding.Kind.String()}}}
	for _, l := range t.Lanes {
		events = append(events,
			chromeEvent{Name: "thread_name", Phase: "M", PID: 1, TID: l.ID, Args: map[string]any{"name": fmt.Sprintf("g%d %s", l.ID, l.Name)}},
			chromeEvent{Name: "thread_sort_index", Phase: "M", PID: 1, TID: l.ID, Args: map[string]any{"sort_index": l.ID}})
		for _, s := range l.Spans {
			name := s.State
			if s.What != "" {
				name = "parked in " + s.What
			}
			events = append(events, chromeEvent{Name: name, Phase: "X", Cat: s.State, Time: float64(s.From), Dur: float64(s.To - s.From), PID: 1, TID: l.ID,
				Args: map[string]any{"for ever": s.Open && s.State == "parked"}})
		}
	}
	for i, r := range t.Rows {
		tid := max(r.G, 0)
		args := map[string]any{"virtual time": r.Clock(), "step": r.Step}
		if r.File != "" {
			args["position"] = fmt.Sprintf("%s:%d:%d", r.File, r.Line, r.Col)
		}
		events = append(events, chromeEvent{Name: r.Text, Phase: "i", Cat: r.Kind, Scope: "t", Time: float64(i), PID: 1, TID: tid, Args: args})
		if r.Peer < 0 {
			continue
		}
		from, to := r.G, r.Peer
		if r.Kind == "wake" {
			from, to = r.Peer, r.G
		}
		events = append(events,
			chromeEvent{Name: r.Kind, Phase: "s", Cat: "flow", ID: i + 1, Time: float64(i), PID: 1, TID: from},
			chromeEvent{Name: r.Kind, Phase: "f", Bind: "e", Cat: "flow", ID: i + 1, Time: float64(i) + 0.5, PID: 1, TID: to})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	if err := enc.Encode(map[string]any{"displayTimeUnit": "ns", "traceEvents": events}); err != nil {
		return fmt.Errorf("writing a trace: %w", err)
	}
	return nil
}
