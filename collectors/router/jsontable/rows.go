package jsontable

import (
	"bytes"
	"encoding/json"
)

// Each calls row for each element of the array raw, or for raw itself when it is
// no array, with the lines that it starts and ends on. raw starts on line first.
func Each(raw []byte, first int, row func(raw []byte, first, last int)) {
	var elements []json.RawMessage
	if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &elements) != nil {
		row(raw, first, first+lineEnds(raw))
		return
	}
	Walk(raw, first, elements, row)
}

// Walk calls row for each of the values in raw, which stand there in this order.
func Walk(raw []byte, first int, values []json.RawMessage, row func(raw []byte, first, last int)) {
	for _, v := range values {
		at := max(bytes.Index(raw, v), 0)
		first += lineEnds(raw[:at])
		last := first + lineEnds(v)
		row(v, first, last)
		raw, first = raw[at+len(v):], last
	}
}

func lineEnds(b []byte) int { return bytes.Count(b, []byte{'\n'}) }
