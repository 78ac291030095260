# METADATA
# title: Words
# description: How policies write addresses and lists in their messages.
package lib.words

# METADATA
# description: A class's on-premises and Azure addresses, in the direction of the packets.
# scope: document
flow(class, "forward") := sprintf("%s -> %s", [_side(class.onprem), _side(class.azure)])

flow(class, "return") := sprintf("%s -> %s", [_side(class.azure), _side(class.onprem)])

# METADATA
# description: Names as a person lists them, in their order, the rest counted.
# scope: document
list(names) := concat(", ", names) if {
	count(names) <= 3
} else := sprintf("%s and %d more", [concat(", ", array.slice(names, 0, 3)), count(names) - 3])

# METADATA
# description: Several reasons as one sentence.
# scope: document
reasons(texts) := concat("; ", sort(texts))

# METADATA
# description: A count with its thousands apart, as 41,942,400.
# scope: document
count_of(n) := "0" if {
	n == 0
} else := trim_left(concat(",", groups), "0") if {
	digits := sprintf("%d", [n])
	padded := concat("", [substring("00", 0, (3 - (count(digits) % 3)) % 3), digits])
	groups := [substring(padded, 3 * i, 3) | some i in numbers.range(0, (count(padded) / 3) - 1)]
}

# METADATA
# description: How many of the equal-cost branches are meant; nothing when it is all of them.
# scope: document
share(n, n) := ""

share(n, of) := sprintf(" on %d of %d equal-cost paths", [n, of]) if n < of

_side(side) := sprintf("%s%s", [list(side.prefixes), _except(side)]) if {
	count(side.prefixes) > 0
} else := object.get(side, "subnet", object.get(side, "site", "an unknown network"))

_except(side) := sprintf(" except %s", [list(side.except)]) if {
	count(side.except) > 0
} else := ""
