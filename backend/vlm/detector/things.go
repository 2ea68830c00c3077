package detector

import (
	"slices"
	"strconv"

	"sightline/backend/sight"
)

// Limits of what is said of things; docs/detector.md tells what they are taken from.
const (
	sureFrom  = 0.53 // a thing is named from this score,
	staysFrom = 0.45 // and stays down to this one where it was named in a picture like this
	samePlace = 0.3  // overlap from which it is in the place where it was

	leftEnd, rightEnd = 1.0 / 3, 2.0 / 3 // of the middle
	wide              = 0.6              // what is wider is on no side
	closeFrom         = 0.45             // area of what is close up
	farBelow          = 0.12             // height of what is far away, where it is something big
	nearEdge          = 0.02
	slack             = 0.04 // by which these are passed before the words change for something that was there before

	mostKinds = 5 // named in one sentence
	fewKinds  = 2 // for which there is room to say where they are
)

// thing is something found, with the words for its place.
type thing struct {
	box  sight.Box
	side string // "on the left"; empty: it is too wide for a side
	size string // "close up", "far away"; empty: neither
}

// sure are those of the things found that are worth naming. like is what was seen in a picture like this one; nil: there was none.
func sure(found []sight.Box, like *look) []thing {
	var named []thing
	for _, box := range found {
		before := like.thingAt(box)
		if _, known := kindOf(box.Label); !known {
			continue
		}
		if box.Score < sureFrom && (before == nil || box.Score < staysFrom) {
			continue
		}
		named = append(named, placed(box, before))
	}
	return named
}

// thingAt is what was named there, if it was the same kind of thing.
func (l *look) thingAt(box sight.Box) *thing {
	if l == nil {
		return nil
	}
	for i, t := range l.things {
		if t.box.Label == box.Label && t.box.Overlap(box) >= samePlace {
			return &l.things[i]
		}
	}
	return nil
}

// placed finds the words for a place. They are those of before unless it has clearly changed, so that a still scene gives a still sentence.
func placed(box sight.Box, before *thing) thing {
	t := thing{box: box, side: sideOf(box, 0), size: sizeOf(box, 0)}
	if before == nil {
		return t
	}
	if t.side != before.side && (sideOf(box, slack) == before.side || sideOf(box, -slack) == before.side) {
		t.side = before.side
	}
	if t.size != before.size && (sizeOf(box, slack) == before.size || sizeOf(box, -slack) == before.size) {
		t.size = before.size
	}
	return t
}

// sideOf is where the middle of a box lies, with limits that are moved by shift towards the edges of the picture.
func sideOf(box sight.Box, shift float64) string {
	middle := box.X + box.W/2
	switch {
	case box.W > wide+shift:
		return ""
	case middle < leftEnd-shift:
		return "on the left"
	case middle > rightEnd+shift:
		return "on the right"
	}
	return "in the centre"
}

func sizeOf(box sight.Box, shift float64) string {
	switch {
	case box.W*box.H >= closeFrom+shift:
		return "close up"
	case box.H < farBelow+shift && !atEdge(box):
		if k, _ := kindOf(box.Label); k.big {
			return "far away"
		}
	}
	return ""
}

// atEdge says that a thing may go on outside of the picture: nobody knows then how large it is.
func atEdge(b sight.Box) bool {
	return b.X < nearEdge || b.Y < nearEdge || b.X+b.W > 1-nearEdge || b.Y+b.H > 1-nearEdge
}

func kindOf(label string) (k kind, known bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.label == label })
	if i < 0 {
		return kind{}, false
	}
	return all[i], true
}

// thingWords names things by their kinds, in COCO's order, with how many there are: "two people and a car". Few are told with where they are.
func thingWords(named []thing) string {
	groups := grouped(named)
	if len(groups) == 0 {
		return ""
	}
	var words []string
	for _, g := range groups[:min(mostKinds, len(groups))] {
		word := counted(g)
		if len(groups) <= fewKinds {
			word += whereabouts(g)
		}
		words = append(words, word)
	}
	if len(groups) > mostKinds {
		words = append(words, "more")
	}
	return list(words)
}

// grouped puts things of a kind together.
func grouped(named []thing) [][]thing {
	var groups [][]thing
	for _, k := range kinds() {
		var group []thing
		for _, t := range named {
			if t.box.Label == k.label {
				group = append(group, t)
			}
		}
		if len(group) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

func counted(group []thing) string {
	k, _ := kindOf(group[0].box.Label)
	if len(group) == 1 {
		return k.one
	}
	return number(len(group)) + " " + k.many
}

func number(n int) string {
	words := [...]string{2: "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

// whereabouts says where a group is and how near, as far as that holds for all of it.
func whereabouts(group []thing) string {
	side, size := group[0].side, group[0].size
	for _, t := range group {
		if t.side != side {
			side = ""
		}
		if t.size != size {
			size = ""
		}
	}
	words := ""
	if size != "" {
		words = " " + size
	}
	if side != "" {
		words += " " + side
	}
	return words
}
