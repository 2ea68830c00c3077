package detector

import (
	"image"
	"math"
	"slices"
)

// change is what differs between two looks that can be compared.
type change struct {
	amount amount
	where  where // for some and much
	light  light
}

// amount is how much of the picture moved.
type amount int

const (
	nothing amount = iota
	some
	much
	everything
)

// light is how the light on the scene changed, whatever moved.
type light int

const (
	sameLight light = iota
	darker
	brighter
)

// Limits of motion, found on photographs shifted, relit and made noisy (motion_test.go), in luma steps 0–255 and shares of the cells.
const (
	cellPixels   = 10   // a cell's edge: 100 pixels average noise to a tenth
	tolerance    = 8.0  // a mean that strays no further is the same
	shake        = 0.12 // of the contrast around a cell: about what a pixel of camera shake each way makes of it
	relitDoubt   = 3.0  // times the logarithm of the light's change: strong changes clip, and explain less well
	certain      = 3.0  // times its tolerance: a cell this different counts without a neighbour
	muchShare    = 0.15
	wholeShare   = 0.55
	lightFactor  = 1.2 // a change of light a person would mention
	whereShare   = 0.6 // of what moved is there
	spreadShare  = 0.3 // of what moved is on either side: several places
	darknessStep = 16  // added before logarithms, so that noise in black weighs little
)

// compare tells what changed since before; nil where that cannot be told: nothing before, another size, or a blank picture.
func compare(before, now *look) *change {
	if before == nil || before.size != now.size || before.blank != notBlank || now.blank != notBlank {
		return nil
	}
	relit := fitLight(before.grid, now.grid)
	moved := relit.moved(before.grid, now.grid)
	c := &change{amount: amountOf(moved), where: whereOf(moved, now.grid.cols), light: relit.word()}
	if c.amount != nothing && relit.unrelated() {
		c.amount = everything
	}
	return c
}

// grid is the luma of cells, row by row.
type grid struct {
	cols, rows int
	cells      []float64 // means
	spread     []float64 // standard deviations within
}

func gridOf(img *image.YCbCr) grid {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	g := grid{cols: max(1, w/cellPixels), rows: max(1, h/cellPixels)}
	for r := range g.rows {
		for c := range g.cols {
			cell := image.Rect(c*w/g.cols, r*h/g.rows, (c+1)*w/g.cols, (r+1)*h/g.rows)
			mean, spread := lumaOf(img, cell.Add(img.Rect.Min))
			g.cells, g.spread = append(g.cells, mean), append(g.spread, spread)
		}
	}
	return g
}

func lumaOf(img *image.YCbCr, cell image.Rectangle) (mean, spread float64) {
	sum, squares := 0, 0
	for y := cell.Min.Y; y < cell.Max.Y; y++ {
		from := img.YOffset(cell.Min.X, y)
		for _, luma := range img.Y[from : from+cell.Dx()] {
			sum += int(luma)
			squares += int(luma) * int(luma)
		}
	}
	n := float64(cell.Dx() * cell.Dy())
	mean = float64(sum) / n
	return mean, math.Sqrt(max(0, float64(squares)/n-mean*mean))
}

// around calls visit with each neighbour of cell i, up to eight.
func (g grid) around(i int, visit func(j int)) {
	row, col := i/g.cols, i%g.cols
	for r := max(0, row-1); r <= min(g.rows-1, row+1); r++ {
		for c := max(0, col-1); c <= min(g.cols-1, col+1); c++ {
			if j := r*g.cols + c; j != i {
				visit(j)
			}
		}
	}
}

// contrast is the range of luma in and around cell i: between the cells, or among its pixels (a range is about four deviations).
func (g grid) contrast(i int) float64 {
	low, high := g.cells[i], g.cells[i]
	g.around(i, func(j int) {
		low, high = min(low, g.cells[j]), max(high, g.cells[j])
	})
	return max(high-low, 4*g.spread[i])
}

// moved gives each cell the luma by which it differs beyond what light, noise and shake explain; 0 where they explain it.
func (l relight) moved(before, now grid) []float64 {
	excess := make([]float64, len(now.cells))
	sure := make([]bool, len(now.cells))
	for i := range excess {
		off := math.Abs(now.cells[i] - l.expect(before, i))
		allowed := tolerance*l.doubt(before, i) + shake*max(before.contrast(i), now.contrast(i))
		excess[i] = max(0, off-allowed)
		sure[i] = off > certain*allowed
	}
	return withoutSpecks(now, excess, sure)
}

// withoutSpecks drops cells that differ alone and little.
func withoutSpecks(g grid, excess []float64, sure []bool) []float64 {
	kept := slices.Clone(excess)
	for i := range kept {
		company := sure[i]
		g.around(i, func(j int) { company = company || excess[j] > 0 })
		if !company {
			kept[i] = 0
		}
	}
	return kept
}

func amountOf(moved []float64) amount {
	n := 0
	for _, m := range moved {
		if m > 0 {
			n++
		}
	}
	switch part := float64(n) / float64(len(moved)); {
	case n == 0:
		return nothing
	case part < muchShare:
		return some
	case part < wholeShare:
		return much
	}
	return everything
}

// where is the part of the picture in which something moved: -1 left or top, 0 the middle, 1 right or bottom.
type where struct {
	across, down int
	spread       bool // in several places
}

func whereOf(moved []float64, cols int) where {
	var across, down [3]float64
	rows, all := len(moved)/cols, 0.0
	for i, m := range moved {
		across[third(i%cols, cols)] += m
		down[third(i/cols, rows)] += m
		all += m
	}
	x, torn := side(across, all)
	y, tornToo := side(down, all)
	return where{across: x, down: y, spread: torn || tornToo}
}

func third(i, n int) int { return (2*i + 1) * 3 / (2 * n) }

// side is the third in which most of it is, and whether it is torn between the first and the last.
func side(thirds [3]float64, all float64) (at int, torn bool) {
	switch {
	case thirds[0] >= whereShare*all:
		return -1, false
	case thirds[2] >= whereShare*all:
		return 1, false
	}
	return 0, thirds[0] >= spreadShare*all && thirds[2] >= spreadShare*all
}
