package jpeg

import (
	"encoding/binary"
	"image"
)

// Scale is img at exactly w×h, both at least 1: each pixel is the average of the area it covers. It keeps the chroma sampling and puts the
// origin at (0, 0). Where img has that form and size already, it is img itself; else the planes are new.
func Scale(img *image.YCbCr, w, h int) *image.YCbCr {
	if img.Rect == image.Rect(0, 0, w, h) {
		return img
	}
	to := newPlanes(w, h, img.SubsampleRatio)
	g, phase := Grid(img.SubsampleRatio), phaseOf(img)
	lumaX, lumaY := newAxis(img.Rect.Dx(), w, 1, 0), newAxis(img.Rect.Dy(), h, 1, 0)
	chromaX, chromaY := newAxis(img.Rect.Dx(), w, g.X, phase.X), newAxis(img.Rect.Dy(), h, g.Y, phase.Y)

	from, into := planesOf(img), planesOf(to)
	scalePlane(into[0], from[0], lumaX, lumaY)
	scalePlane(into[1], from[1], chromaX, chromaY)
	scalePlane(into[2], from[2], chromaX, chromaY)
	return to
}

// one is the sum of the weights of a window. It lets four samples be weighed at once in the 16-bit lanes of one word, where no sum overflows
// into the next lane; the error it brings stays below two levels in 255.
const one = 1 << 8

// lanes picks every other byte of a word, as four lanes.
const lanes = 0x00ff_00ff_00ff_00ff

// axis says, for each sample of a scaled line, which samples of the line it came from it covers, and how much of each.
type axis struct {
	windows []window
	narrow  []narrow // the same windows; nil where one has more than four weights
	halves  bool     // every window is two whole samples, from the first on
}

type window struct {
	from    int
	weights []uint32
}

// narrow is a window whose weights lie in the lanes of a word, the first in the highest: multiplied with a word of samples, the first in the
// lowest, the highest lane is their weighed sum.
type narrow struct {
	from    int
	weights uint64
}

// newAxis scales from luma pixels to to, seen in samples of cell pixels each, the first pixel being at phase in its cell. All lengths are
// counted in units of 1/(cell·to) of a sample, so that nothing is rounded before the weights.
func newAxis(from, to, cell, phase int) axis {
	windows := make([]window, ceilDiv(to, cell))
	sample := cell * to
	weights := make([]uint32, 0, 2*len(windows)+from/cell+2)
	for i := range windows {
		start := phase*to + i*cell*from
		end := phase*to + min((i+1)*cell, to)*from
		first, n := start/sample, len(weights)
		weights = appendWeights(weights, start-first*sample, end-first*sample, sample)
		windows[i] = window{first, weights[n:]}
	}
	return axis{windows, narrowed(windows), from == 2*to && phase == 0 && to%cell == 0}
}

// appendWeights shares out one among the samples, each sample long, between start (within the first) and end. What rounding takes from one
// it gives to the next.
func appendWeights(weights []uint32, start, end, sample int) []uint32 {
	given := 0
	for next := sample; given < one; next += sample {
		upTo := (min(next, end) - start) * one / (end - start)
		weights = append(weights, uint32(upTo-given))
		given = upTo
	}
	return weights
}

func narrowed(windows []window) []narrow {
	all := make([]narrow, len(windows))
	for i, win := range windows {
		if len(win.weights) > 4 {
			return nil
		}
		all[i].from = win.from
		for k, weight := range win.weights {
			all[i].weights |= uint64(weight) << (48 - 16*k)
		}
	}
	return all
}

func scalePlane(to, from plane, x, y axis) {
	if x.halves && y.halves {
		halvePlane(to, from)
		return
	}
	line := make([]byte, 2*(from.w+8)) // one lane for each sample, and room for the last window to look beyond them with weight 0
	for i, win := range y.windows {
		averageRows(line, from, win)
		averageColumns(to.row(i), line, x)
	}
}

// averageRows averages the rows of a window column by column, eight columns at a time, into lanes.
func averageRows(line []byte, from plane, win window) {
	const half = one / 2 * (lanes / 0xff) // rounds to the nearest
	rows := from.pix[win.from*from.stride:]
	x := 0
	for ; x+8 <= from.w; x += 8 {
		even, odd := uint64(half), uint64(half)
		at := x
		for _, weight := range win.weights {
			v := binary.LittleEndian.Uint64(rows[at:])
			even += (v & lanes) * uint64(weight)
			odd += (v >> 8 & lanes) * uint64(weight)
			at += from.stride
		}
		v := even>>8&lanes | odd&^lanes
		out := line[2*x:][:16]
		binary.LittleEndian.PutUint64(out, spread(uint32(v)))
		binary.LittleEndian.PutUint64(out[8:], spread(uint32(v>>32)))
	}
	for ; x < from.w; x++ {
		sum := uint32(one / 2)
		for k, weight := range win.weights {
			sum += weight * uint32(rows[k*from.stride+x])
		}
		line[2*x] = byte(sum / one)
	}
}

// spread puts four bytes into four lanes.
func spread(b uint32) uint64 {
	v := uint64(b)
	v = (v | v<<16) & 0x0000_ffff_0000_ffff
	return (v | v<<8) & lanes
}

func averageColumns(to, line []byte, x axis) {
	if x.narrow == nil {
		averageWideColumns(to, line, x.windows)
		return
	}
	const half = one / 2 << 48
	for i, win := range x.narrow[:len(to)] {
		samples := binary.LittleEndian.Uint64(line[2*win.from:])
		to[i] = byte((samples*win.weights + half) >> 56)
	}
}

func averageWideColumns(to, line []byte, windows []window) {
	for i, win := range windows {
		sum := uint32(one / 2)
		for k, weight := range win.weights {
			sum += weight * uint32(line[2*(win.from+k)])
		}
		to[i] = byte(sum / one)
	}
}

// halvePlane averages squares of two by two.
func halvePlane(to, from plane) {
	for y := range to.h {
		halveRow(to.row(y), from.row(2*y), from.row(2*y+1))
	}
}

// halveRow makes four samples at a time, as four lanes of 16 bits in one word.
func halveRow(to, above, below []byte) {
	for len(to) >= 4 && len(above) >= 8 && len(below) >= 8 {
		binary.LittleEndian.PutUint32(to, pack(addPairs(above)+addPairs(below)))
		to, above, below = to[4:], above[8:], below[8:]
	}
	for x := range to {
		sum := uint(above[2*x]) + uint(above[2*x+1]) + uint(below[2*x]) + uint(below[2*x+1])
		to[x] = byte((sum + 2) / 4)
	}
}

// addPairs adds neighbours among eight bytes, into four lanes.
func addPairs(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	return v&lanes + v>>8&lanes
}

// pack quarters four lanes, rounded, and puts them together as bytes.
func pack(sums uint64) uint32 {
	v := (sums + 0x0002_0002_0002_0002) >> 2 & lanes
	v = (v | v>>8) & 0x0000_ffff_0000_ffff
	return uint32(v | v>>16)
}
