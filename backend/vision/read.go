package vision

import (
	"cmp"
	"context"
	"image"
	"slices"
	"strings"

	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

// PP-OCRv4's network that reads a line of text.
const (
	lineHeight  = 48
	widestLine  = 1200
	leastHeight = 8    // pixels of the picture: smaller text is not read
	upright     = 1.5  // a place this much higher than wide is no line; text that runs down is not read
	besides     = 2    // classes that are no signs of the list: the first is none, the last a space
	leastSure   = 0.7  // mean probability of a line's signs
	readWidth   = 1500 // of all lines of a picture together: reading takes time in proportion, and a page would take seconds
)

func readModel() model {
	return model{file: readFile, input: "x", outputs: []string{"softmax_11.tmp_0"}}
}

func lineInks() inks { return inks{{127.5, 127.5}, {127.5, 127.5}, {127.5, 127.5}} }

// readAll reads places of img, the largest first as far as there is time, and gives those that could be read in reading order.
func (n *networks) readAll(ctx context.Context, img *image.YCbCr, places []sight.Region) ([]sight.Box, error) {
	var read []sight.Box
	left := readWidth
	for _, place := range places {
		width := widthFor(place, img.Rect.Size())
		if width == 0 || width > left {
			continue
		}
		left -= width
		line, err := n.readLine(ctx, img, place, width)
		if err != nil {
			return nil, err
		}
		if line.Label != "" {
			read = append(read, line)
		}
	}
	return inReadingOrder(read), nil
}

// widthFor is how wide a place is as the network wants it; 0 where it is nothing to be read.
func widthFor(place sight.Region, size image.Point) int {
	w, h := place.W*float64(size.X), place.H*float64(size.Y)
	if h < leastHeight || h > upright*w {
		return 0
	}
	return int(min(widestLine, max(lineHeight, w*lineHeight/h)))
}

func (n *networks) readLine(ctx context.Context, img *image.YCbCr, place sight.Region, width int) (sight.Box, error) {
	signs, err := n.signs()
	if err != nil {
		return sight.Box{}, err
	}
	input := n.input(lineHeight, width)
	fillLine(input.values, width, img, place)
	output, err := n.run(ctx, readModel(), input)
	if err != nil {
		return sight.Box{}, err
	}
	classes := len(signs) + besides
	if len(output) != 1 || len(output[0].shape) != 3 || output[0].shape[2] != int64(classes) {
		return sight.Box{}, notThatModel(readFile + " or " + signsFile)
	}
	text, sure := lineIn(output[0].values, classes, signs)
	return sight.Box{Label: text, Kind: KindText, Score: sure, X: place.X, Y: place.Y, W: place.W, H: place.H}, nil
}

// fillLine cuts a line out of the picture. Large writing is averaged down first, since sampling it would skip pixels.
func fillLine(to []float32, width int, img *image.YCbCr, place sight.Region) {
	size := img.Rect.Size()
	if place.H*float64(size.Y) <= 2*lineHeight {
		fill(to, width, lineHeight, img, place, lineInks())
		return
	}
	line := image.Rect(
		int(place.X*float64(size.X)), int(place.Y*float64(size.Y)),
		int((place.X+place.W)*float64(size.X)), int((place.Y+place.H)*float64(size.Y)),
	).Add(img.Rect.Min)
	small := jpeg.Scale(part(img, line), width, lineHeight)
	fill(to, width, lineHeight, small, sight.Region{W: 1, H: 1}, lineInks())
}

func part(img *image.YCbCr, r image.Rectangle) *image.YCbCr {
	if cut, ok := img.SubImage(r).(*image.YCbCr); ok && !cut.Rect.Empty() {
		return cut
	}
	return img
}

// lineIn reads the network's output: for each step along the line a probability of each sign, 0 being none. Neighbours that are the same are one.
// It gives nothing for less than two signs, or where it is not sure.
func lineIn(likely []float32, classes int, signs []string) (text string, sure float64) {
	var line strings.Builder
	count, before := 0, 0
	for ; len(likely) >= classes; likely = likely[classes:] {
		sign, p := best(likely[:classes])
		if sign != before && sign != 0 {
			line.WriteString(signOf(sign, signs))
			sure += float64(p)
			count++
		}
		before = sign
	}
	text = strings.TrimSpace(line.String())
	sure /= float64(max(1, count))
	if sure < leastSure || len([]rune(text)) < 2 {
		return "", 0
	}
	return text, sure
}

// signOf is the sign of a class; the one past the list is a space.
func signOf(class int, signs []string) string {
	if class > len(signs) {
		return " "
	}
	return signs[class-1]
}

// inReadingOrder sorts by lines from the top, and in a line from the left.
func inReadingOrder(boxes []sight.Box) []sight.Box {
	slices.SortStableFunc(boxes, func(a, b sight.Box) int { return cmp.Compare(a.Y+a.H/2, b.Y+b.H/2) })
	for begin := 0; begin < len(boxes); {
		end := begin + 1
		for end < len(boxes) && boxes[end].Y+boxes[end].H/2 < boxes[begin].Y+boxes[begin].H*0.75 {
			end++
		}
		slices.SortStableFunc(boxes[begin:end], func(a, b sight.Box) int { return cmp.Compare(a.X, b.X) })
		begin = end
	}
	return boxes
}
