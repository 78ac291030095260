package bgppeers

import (
	"strconv"
	"strings"
	"time"
)

// Age reads how long something has been so: 00:05:10, 1d02h, 3w4d, 1y2w,
// 01w2d03h, "never", or XR's and Junos's kin. Never is zero.
func Age(s string) (time.Duration, bool) {
	s = strings.TrimSuffix(s, ",")
	if strings.EqualFold(s, "never") {
		return 0, true
	}
	if h, rest, ok := strings.Cut(s, ":"); ok {
		m, sec, ok := strings.Cut(rest, ":")
		if !ok {
			m, sec = h, rest
			h = "0"
		}
		hours, err := strconv.Atoi(h)
		minutes, err2 := strconv.Atoi(m)
		seconds, err3 := strconv.Atoi(strings.SplitN(sec, ".", 2)[0])
		d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second
		return d, err == nil && err2 == nil && err3 == nil
	}
	const day = 24 * time.Hour
	units := map[byte]time.Duration{'y': 365 * day, 'w': 7 * day, 'd': day, 'h': time.Hour, 'm': time.Minute, 's': time.Second}
	var total time.Duration
	n, digits := 0, 0
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' && digits < 6 {
			n, digits = 10*n+int(c-'0'), digits+1
			continue
		}
		unit, ok := units[s[i]]
		if !ok || digits == 0 {
			return 0, false
		}
		total += time.Duration(n) * unit
		n, digits = 0, 0
	}
	return total, digits == 0 && s != ""
}

// asNumber reads an AS number, also in dotted notation (RFC 5396).
func asNumber(s string) (uint32, bool) {
	high, low, dotted := strings.Cut(s, ".")
	if !dotted {
		n, err := strconv.ParseUint(s, 10, 32)
		return uint32(n), err == nil
	}
	h, err := strconv.ParseUint(high, 10, 16)
	n, err2 := strconv.ParseUint(low, 10, 16)
	return uint32(h)<<16 | uint32(n), err == nil && err2 == nil
}
