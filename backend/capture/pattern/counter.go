package pattern

import (
	"hash/crc32"
	"image"
)

// The frame counter for machines is a strip of black and white cells along the lower edge of the card. It is 1/18 of the height high, and
// its 52 cells, all of the same width, take the whole width. From left to right: white, black; the counter's 32 bits, highest first, white
// for 1; the lowest 16 bits of the CRC-32 (IEEE) of its four bytes, big endian; black, white. Only luma is read, so the strip outlives
// scaling down and hard JPEG compression.
const (
	stripParts  = 18
	counterBits = 32
	checkBits   = 16
	cells       = 2 + counterBits + checkBits + 2
)

// startMark and endMark are the outer cells.
const (
	startMark = 0b10
	endMark   = 0b01
)

// stripOf is the cells for n, the first one highest.
func stripOf(n uint32) uint64 {
	return startMark<<(cells-2) | uint64(n)<<(checkBits+2) | uint64(checkOf(n))<<2 | endMark
}

func checkOf(n uint32) uint16 {
	return uint16(crc32.ChecksumIEEE([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}))
}

// stripTop is the first row of the strip.
func stripTop(height int) int { return height - height/stripParts }

// cellAt is the first column of cell i, from the left.
func cellAt(i, width int) int { return i * width / cells }

func drawCounter(img *image.YCbCr, n uint32) {
	strip := stripOf(n)
	top, w := stripTop(img.Rect.Dy()), img.Rect.Dx()
	row := img.Y[top*img.YStride:][:w]
	for i := range cells {
		luma := byte(255 * (strip >> (cells - 1 - i) & 1))
		for x := cellAt(i, w); x < cellAt(i+1, w); x++ {
			row[x] = luma
		}
	}
	for y := top + 1; y < img.Rect.Dy(); y++ {
		copy(img.Y[y*img.YStride:], row)
	}
}

// ReadCounter reads the frame counter from a picture of the whole card, in any size that leaves a cell about three pixels, even after
// encoding. ok is false where there is none, or it cannot be read for certain.
func ReadCounter(img *image.YCbCr) (n uint32, ok bool) {
	if img.Rect.Dx() < 2*cells || img.Rect.Dy() < stripParts {
		return 0, false
	}
	var strip uint64
	for i := range cells {
		bit, certain := readCell(img, i)
		if !certain {
			return 0, false
		}
		strip = strip<<1 | bit
	}
	n = uint32(strip >> (checkBits + 2))
	return n, strip == stripOf(n)
}

// readCell is the mean luma in the middle of a cell, as a bit. It is certain only when it is far from grey.
func readCell(img *image.YCbCr, i int) (bit uint64, certain bool) {
	r := cellMiddle(i, img.Rect.Dx(), img.Rect.Dy()).Add(img.Rect.Min)
	sum := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			sum += int(img.Y[img.YOffset(x, y)])
		}
	}
	mean := sum / (r.Dx() * r.Dy())
	if mean > 160 {
		return 1, true
	}
	return 0, mean < 96
}

// cellMiddle leaves out a quarter of the cell at each side.
func cellMiddle(i, width, height int) image.Rectangle {
	r := image.Rect(cellAt(i, width), stripTop(height), cellAt(i+1, width), height)
	dx, dy := r.Dx()/4, r.Dy()/4
	return image.Rect(r.Min.X+dx, r.Min.Y+dy, r.Max.X-dx, r.Max.Y-dy)
}
