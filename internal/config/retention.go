package config

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/routeproof/routeproof/internal/evidence"
)

func (v *validator) retention(d retainDoc) evidence.Retention {
	r := evidence.Retention{KeepLast: d.KeepLast}
	if d.KeepLast < 0 || d.KeepLast == 0 && v.lines["retention.keepLast"] > 0 {
		v.bad("retention.keepLast", "%d: want how many of the newest runs to keep, at least 1", d.KeepLast)
	}
	if d.KeepFor != "" {
		hours, err := ParseAge(d.KeepFor)
		if err != nil {
			v.bad("retention.keepFor", "%s", err)
		}
		r.KeepHours = hours
	}
	return r
}

// ParseAge reads an age like 36h, 90d or 52w, in hours. It is never zero.
func ParseAge(text string) (int, error) {
	m := regexp.MustCompile(`^([1-9][0-9]{0,4})([hdw])$`).FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q: want an age like 36h, 90d or 52w", text)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, err
	}
	return n * map[string]int{"h": 1, "d": 24, "w": 7 * 24}[m[2]], nil
}
