package render

import (
	"bytes"
	"encoding/json"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// encodeSARIF encodes a log without what is not set. The library writes every
// property with its default: -1 for absent numbers and empty lists, which are most
// of the text, and which Microsoft's validator warns of. What stays is in the
// order of names.
func encodeSARIF(log *sarif.Report) ([]byte, error) {
	full, err := json.Marshal(log)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(full))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	dropUnset(tree)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err = enc.Encode(tree)
	return out.Bytes(), err
}

// dropUnset removes unset properties below a value. Two empty lists have a meaning:
// no results is what a clean run has, and no runs would be no log.
func dropUnset(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			dropUnset(e)
		}
	case map[string]any:
		for name, e := range v {
			dropUnset(e)
			if unset(e) && name != "results" && name != "runs" {
				delete(v, name)
			}
		}
	}
}

func unset(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return v == "-1"
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return v == nil
}
