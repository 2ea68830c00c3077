package images

import (
	"cmp"
	"strings"
)

// byName orders names as a person does: numbers by their value, so that frame2 comes before frame10, and upper case beside lower.
func byName(a, b string) int {
	return cmp.Or(natural(a, b), strings.Compare(a, b))
}

func natural(a, b string) int {
	for a != "" && b != "" {
		var order int
		if isDigit(a[0]) && isDigit(b[0]) {
			var x, y string
			x, a = number(a)
			y, b = number(b)
			order = cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
		} else {
			order = cmp.Compare(lower(a[0]), lower(b[0]))
			a, b = a[1:], b[1:]
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(a), len(b))
}

// number cuts off the digits that s starts with, leaving out zeros in front: what is longer is then larger, however long.
func number(s string) (digits, rest string) {
	end := 0
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
