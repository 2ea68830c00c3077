package detector

import (
	"math"
	"slices"
)

// relight is the change of light that best explains the difference between two grids where nothing moved. In logarithms of luma it is a
// constant (exposure), a slope across and down (a lamp at one side), and a part of the level before (contrast, gamma).
type relight struct {
	factors [terms]float64
	middle  float64 // mean logarithm before: the level the last term counts from
}

const (
	terms   = 4
	rounds  = 8    // of reweighting; it settles in about five
	calm    = 0.02 // least spread of residuals, so that a perfect match does not make everything else an outlier
	ridge   = 0.002
	tukey   = 4.685  // Tukey's biweight at 95 % efficiency
	toSigma = 1.4826 // from a median of absolute deviations

	unrelatedFrom = -0.7 // between −0.4, black lifted by 60, and −0.9, two different photographs
)

// fitLight finds the change of light by reweighted least squares: cells that do not fit, because something moved there, soon weigh nothing.
// It holds while less than about half of the picture moved.
func fitLight(before, now grid) relight {
	l := relight{middle: meanLog(before)}
	steps := make([]float64, len(now.cells))
	for i := range steps {
		steps[i] = logOf(now.cells[i]) - logOf(before.cells[i])
	}
	l.factors[0] = median(steps)
	for range rounds {
		l.factors = l.refit(before, steps)
	}
	return l
}

// refit weighs every cell by how well it fits so far, and fits again.
func (l relight) refit(g grid, steps []float64) [terms]float64 {
	off := make([]float64, len(steps))
	for i := range steps {
		off[i] = math.Abs(steps[i] - l.step(g, i))
	}
	reach := tukey * max(calm, toSigma*median(off))
	var sums [terms][terms + 1]float64
	for i, step := range steps {
		if off[i] < reach {
			weight := 1 - off[i]*off[i]/(reach*reach)
			accumulate(&sums, l.basis(g, i), step, weight*weight)
		}
	}
	for t := range terms {
		sums[t][t] += ridge * float64(len(steps)) // keeps terms the picture says nothing about at nought
	}
	return solve(sums)
}

// basis is what each factor is multiplied by in cell i; places count from the middle, ±½.
func (l relight) basis(g grid, i int) [terms]float64 {
	x := (float64(i%g.cols)+0.5)/float64(g.cols) - 0.5
	y := (float64(i/g.cols)+0.5)/float64(g.rows) - 0.5
	return [terms]float64{1, x, y, logOf(g.cells[i]) - l.middle}
}

// step is by how much the logarithm of cell i should have changed.
func (l relight) step(g grid, i int) float64 {
	sum := 0.0
	for t, b := range l.basis(g, i) {
		sum += b * l.factors[t]
	}
	return sum
}

// expect is the luma of cell i, were only the light another.
func (l relight) expect(before grid, i int) float64 {
	luma := (before.cells[i]+darknessStep)*math.Exp(l.step(before, i)) - darknessStep
	return min(255, max(0, luma))
}

// doubt is how much less can be expected of cell i than if the light were the same: what was dark has its noise raised with it, and what
// was bright may have been clipped.
func (l relight) doubt(before grid, i int) float64 {
	step := l.step(before, i)
	return math.Exp(max(0, step)) * (1 + relitDoubt*math.Abs(step))
}

// unrelated says that the levels before explain nothing of those now: the last factor then takes them away whole (−1), which no light does.
func (l relight) unrelated() bool { return l.factors[terms-1] < unrelatedFrom }

// gain is by how much luma grew in the middle of the picture and of its levels.
func (l relight) gain() float64 { return math.Exp(l.factors[0]) }

func (l relight) word() light {
	switch gain := l.gain(); {
	case gain > lightFactor:
		return brighter
	case gain < 1/lightFactor:
		return darker
	}
	return sameLight
}

func logOf(luma float64) float64 { return math.Log(luma + darknessStep) }

func meanLog(g grid) float64 {
	sum := 0.0
	for _, luma := range g.cells {
		sum += logOf(luma)
	}
	return sum / float64(len(g.cells))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func accumulate(sums *[terms][terms + 1]float64, basis [terms]float64, value, weight float64) {
	for r := range terms {
		for c := range terms {
			sums[r][c] += weight * basis[r] * basis[c]
		}
		sums[r][terms] += weight * basis[r] * value
	}
}

// solve is Gauss's elimination; the matrix is symmetric with a positive diagonal (ridge), so it needs no pivoting.
func solve(m [terms][terms + 1]float64) (x [terms]float64) {
	for p := range terms {
		for r := p + 1; r < terms; r++ {
			factor := m[r][p] / m[p][p]
			for c := p; c <= terms; c++ {
				m[r][c] -= factor * m[p][c]
			}
		}
	}
	for r := terms - 1; r >= 0; r-- {
		x[r] = m[r][terms]
		for c := r + 1; c < terms; c++ {
			x[r] -= m[r][c] * x[c]
		}
		x[r] /= m[r][r]
	}
	return x
}
