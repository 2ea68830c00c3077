package detector

import "strings"

// Limits of what is worth saying of a colour, as shares of the picture.
const (
	allShare  = 0.99
	mostShare = 0.85
	mainShare = 0.22
	someShare = 0.08
	maxNames  = 3
)

// describe puts a look into a sentence, in the pieces in which it is told. Without a change nothing is said of motion.
func describe(l *look, c *change) []string {
	switch l.blank {
	case allBlack:
		return []string{"The picture is black:", " the lens may be covered, or there is no light."}
	case allWhite:
		return []string{"The picture is white:", " there may be far too much light."}
	}
	pieces := append([]string{brightness(l.level)}, colours(l.colours)...)
	if c != nil {
		pieces = append(pieces, "; "+motion(c))
	}
	pieces[len(pieces)-1] += "."
	return pieces
}

// brightness is in words; most photographs have a mean luma of 90 to 150.
func brightness(level float64) string {
	switch {
	case level < 30:
		return "A very dark picture"
	case level < 60:
		return "A dark picture"
	case level < 90:
		return "A dim picture"
	case level < 150:
		return "A picture of medium brightness"
	case level < 205:
		return "A bright picture"
	}
	return "A very bright picture"
}

// unusual is brightness where it matters beside what was found.
func unusual(level float64) string {
	switch {
	case level < 30:
		return "very dark"
	case level < 60:
		return "dark"
	case level >= 205:
		return "very bright"
	}
	return ""
}

// brief is the colours in few words.
func brief(shares []share) string {
	first := shares[0]
	switch main, _ := split(shares); {
	case first.part >= allShare:
		return "all " + first.name
	case first.part >= mostShare:
		return "almost all " + first.name
	case len(main) == 0:
		return "of many colours"
	default:
		return "mostly " + list(main)
	}
}

func colours(shares []share) []string {
	first := shares[0]
	switch {
	case first.part >= allShare:
		return []string{", all " + first.name}
	case first.part >= mostShare:
		return []string{", almost all " + first.name}
	}
	main, rest := split(shares)
	if len(main) == 0 {
		return []string{", of many colours", ", most of all " + first.name}
	}
	pieces := []string{", mostly " + list(main)}
	if len(rest) > 0 {
		pieces = append(pieces, ", some "+list(rest))
	}
	return pieces
}

// split gives the names of the main colours, and of those there is some of: three at most.
func split(shares []share) (main, rest []string) {
	for _, s := range shares[:min(maxNames, len(shares))] {
		switch {
		case s.part >= mainShare:
			main = append(main, s.name)
		case s.part >= someShare:
			rest = append(rest, s.name)
		}
	}
	return main, rest
}

func list(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func motion(c *change) string {
	switch c.amount {
	case some:
		return "something moved " + c.where.words() + c.light.words(" and")
	case much:
		if c.where.spread {
			return "much of the picture moved" + c.light.words(" and")
		}
		return "much moved " + c.where.words() + c.light.words(" and")
	case everything:
		return "the whole picture changed"
	}
	return "nothing moved" + c.light.words(", but")
}

func (w where) words() string {
	if w.spread {
		return "in several places"
	}
	switch side := [...]string{"left", "", "right"}[w.across+1]; {
	case w.down < 0:
		return strings.TrimSpace("at the top " + side)
	case w.down > 0:
		return strings.TrimSpace("at the bottom " + side)
	case side != "":
		return "on the " + side
	}
	return "in the centre"
}

func (l light) words(joined string) string {
	switch l {
	case darker:
		return joined + " it got darker"
	case brighter:
		return joined + " it got brighter"
	}
	return ""
}
