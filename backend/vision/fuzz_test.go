package vision

import (
	"encoding/binary"
	"math"
	"testing"
	"unicode/utf8"

	"sightline/backend/sight"
)

// floats makes numbers of any bytes: infinite ones, and what is no number, too.
func floats(data []byte, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		if at := 4 * i % max(4, len(data)); at+4 <= len(data) {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[at:]))
		}
	}
	return values
}

func wild() [][]byte {
	var seeds [][]byte
	for _, values := range [][]float32{
		{}, {0.9}, {1, 0, 0.5}, {float32(math.NaN())}, {float32(math.Inf(1)), 0.7}, {float32(math.Inf(-1)), 0.8}, {math.MaxFloat32, -math.MaxFloat32}, {0.6, 1e30, 0.9, float32(math.NaN())},
	} {
		var data []byte
		for _, v := range values {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		seeds = append(seeds, data)
	}
	return seeds
}

func FuzzThings(f *testing.F) {
	for i, scores := range wild() {
		f.Add(scores, wild()[(i+3)%len(wild())])
	}
	f.Fuzz(func(t *testing.T, scores, distances []byte) {
		out := thingsTensors()
		for i := range looks {
			out[i].values = floats(scores, len(out[i].values))
			out[3+i].values = floats(distances, len(out[3+i].values))
		}
		for _, scale := range []float64{1, stepsBack()[0]} {
			found, ok := thingsIn(out, scale)
			if !ok || len(found) > mostThings {
				t.Fatalf("%d things, %v", len(found), ok)
			}
			for _, b := range settled(found, found, found) {
				inPicture(t, sight.Region{X: b.X, Y: b.Y, W: b.W, H: b.H})
				if !(b.Score >= leastScore && b.Score <= 1) || b.Label == "" {
					t.Fatalf("found %+v", b)
				}
			}
		}
	})
}

func FuzzPlaces(f *testing.F) {
	for _, seed := range wild() {
		f.Add(seed, uint8(64), uint8(32))
	}
	f.Fuzz(func(t *testing.T, data []byte, width, height uint8) {
		w, h := int(width)+1, int(height)+1
		for _, p := range placesIn(floats(data, w*h), w) {
			inPicture(t, p)
		}
	})
}

func FuzzLine(f *testing.F) {
	for _, seed := range wild() {
		f.Add(seed, uint8(5), uint16(60))
	}
	signs := []string{"a", "é", "中", "1"}
	f.Fuzz(func(t *testing.T, data []byte, more uint8, n uint16) {
		text, sure := lineIn(floats(data, int(n)), len(signs)+1+int(more), signs)
		if !utf8.ValidString(text) || !(sure >= 0 && sure <= 1) {
			t.Fatalf("read %q, sure %v", text, sure)
		}
	})
}

func inPicture(t *testing.T, r sight.Region) {
	t.Helper()
	const rounding = 1e-9
	if !(r.X >= 0 && r.Y >= 0 && r.W > 0 && r.H > 0 && r.X+r.W <= 1+rounding && r.Y+r.H <= 1+rounding) {
		t.Fatalf("%+v is not in the picture", r)
	}
}
