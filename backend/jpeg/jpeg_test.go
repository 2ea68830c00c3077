package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"runtime"
	"sync"
	"testing"
)

func TestPictureSurvivesEncodingAndDecoding(t *testing.T) {
	sizes := []image.Point{{64, 48}, {sceneW, sceneH}, {1, 1}, {1, 17}, {17, 1}, {2, 2}, {3, 5}, {16, 16}, {33, 9}}
	for _, ratio := range ratios {
		for _, size := range sizes {
			t.Run(fmt.Sprint(ratio, size), func(t *testing.T) {
				want := scene(size.X, size.Y, ratio)
				got, err := Decode(encoded(t, want, 95), size.X, size.Y)
				if err != nil {
					t.Fatal(err)
				}
				if got.Rect != want.Rect {
					t.Fatalf("decoded to %v, want %v", got.Rect, want.Rect)
				}
				if got.SubsampleRatio == ratio {
					wantAlike(t, got, want, 1.5, 12)
				} else { // the standard library always encodes 4:2:0, which blurs the few colours of a tiny picture
					wantAlike(t, got, want, 6, 14)
				}
			})
		}
	}
}

func TestEveryUsualKindOfJPEGDecodes(t *testing.T) {
	for _, name := range []string{"444", "422", "420", "440", "411", "doubled", "progressive", "restart"} {
		wantScene(t, name, file(t, name))
	}
}

func TestGreyPictureHasNeutralColours(t *testing.T) {
	for name, data := range map[string][]byte{"grey": file(t, "grey"), "grey that states factors of 2": withFactor(t, file(t, "grey"), 0x22)} {
		got, err := Decode(data, sceneW, sceneH)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := scene(sceneW, sceneH, image.YCbCrSubsampleRatio420)
		neutral(want)
		wantAlike(t, got, want, 1.5, 6)
	}
}

func TestScaledDecodeLooksLikeTheScaledWhole(t *testing.T) {
	for _, name := range []string{"444", "422", "420", "440", "411", "grey", "progressive", "restart"} {
		data := file(t, name)
		whole, err := Decode(data, sceneW, sceneH)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, size := range []image.Point{{66, 44}, {60, 40}, {34, 23}, {33, 22}, {25, 17}, {9, 6}, {8, 5}, {1, 1}, {67, 1}, {1, 45}, {5, 40}, {90, 100}} {
			got, err := Decode(data, size.X, size.Y)
			if err != nil {
				t.Fatalf("%s %v: %v", name, size, err)
			}
			wantAlike(t, got, Scale(whole, size.X, size.Y), 4, 14) // eighths of odd sizes lie up to a pixel off
		}
	}
}

func TestPictureCutShortIsAFaultWhereverItIsCut(t *testing.T) {
	for _, name := range []string{"420", "422", "grey", "progressive", "restart"} {
		data := file(t, name)
		for n := range data {
			edge := 1 + n%sceneW // at all sizes, for each is decoded in its own way
			_, err := Decode(data[:n], edge, edge)
			wantFault(t, err, CodeBroken)
			if t.Failed() {
				t.Fatalf("%s cut to %d of %d bytes", name, n, len(data))
			}
		}
	}
}

func TestPictureThatEndsTooSoonIsAFault(t *testing.T) {
	data := file(t, "420")
	for n := len(data) / 2; n < len(data)-8; n++ {
		_, err := Decode(append(bytes.Clone(data[:n]), 0xff, markerEOI), sceneW, sceneH)
		wantFault(t, err, CodeBroken)
	}
}

func TestGarbageIsAFault(t *testing.T) {
	jfif := file(t, "420")
	for name, data := range map[string][]byte{
		"nothing":             nil,
		"one byte":            {0xff},
		"only a start":        {0xff, markerSOI},
		"start and end":       {0xff, markerSOI, 0xff, markerEOI},
		"text":                []byte("<html>404</html>"),
		"PNG":                 []byte("\x89PNG\r\n\x1a\n"),
		"zeroes":              make([]byte, 1000),
		"all ones":            bytes.Repeat([]byte{0xff}, 1000),
		"segment of length 0": {0xff, markerSOI, 0xff, markerAPP0, 0, 0, 0, 0},
		"segment too long":    {0xff, markerSOI, 0xff, markerAPP0, 0xff, 0xff, 0, 0},
		"scan before frame":   {0xff, markerSOI, 0xff, markerSOS, 0, 2, 0, 0},
		"no start":            jfif[2:],
		"frame of 0 width":    sized(t, jfif, 0, 45),
		"frame cut":           {0xff, markerSOI, 0xff, markerSOF0, 0, 4, 8, 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Size(data)
			wantFault(t, err, CodeBroken)
			_, err = Decode(data, 10, 10)
			wantFault(t, err, CodeBroken)
		})
	}
}

func TestUnusualKindsOfJPEGAreRefused(t *testing.T) {
	colour := file(t, "444")
	at := frameAt(t, colour)
	changed := func(offset int, v byte) []byte {
		data := bytes.Clone(colour)
		data[at+offset] = v
		return data
	}
	for name, data := range map[string][]byte{
		"CMYK":          file(t, "cmyk"),
		"arithmetic":    file(t, "arithmetic"),
		"lossless":      changed(1, 0xc3),
		"12 bits":       changed(4, 12),
		"odd sampling":  changed(11, 0x31),
		"unequal Cb Cr": changed(14, 0x21),
		"no height yet": sized(t, colour, 67, 0),
		"RGB":           asRGB(colour),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Size(data)
			wantFault(t, err, CodeUnsupported)
			_, err = Decode(data, sceneW, sceneH)
			wantFault(t, err, CodeUnsupported)
		})
	}
}

func TestHugePictureIsRefusedBeforeAnythingIsAllocated(t *testing.T) {
	small := file(t, "420")
	for _, c := range []struct {
		w, h int
		code string
	}{
		{65535, 65535, CodeTooLarge},
		{10001, 10000, CodeTooLarge},
		{10000, 10000, CodeBroken}, // allowed, but these are not the bytes of one
	} {
		data := sized(t, small, c.w, c.h)
		if cost := allocated(func() { _, err := Decode(data, c.w, c.h); wantFault(t, err, c.code) }); cost > 1<<20 {
			t.Errorf("%d×%d: refusing it allocated %d bytes", c.w, c.h, cost)
		}
	}
	_, err := Decode(small, 20000, 20000)
	wantFault(t, err, CodeTooLarge)
}

func TestSizeReadsTheHeaderAndAllocatesNothing(t *testing.T) {
	for _, name := range []string{"420", "progressive", "restart", "grey"} {
		data := file(t, name)
		data = data[:frameAt(t, data)+40]
		if w, h, err := Size(data); w != sceneW || h != sceneH || err != nil {
			t.Errorf("%s: got %d×%d, %v", name, w, h, err)
		}
		if n := testing.AllocsPerRun(100, func() { _, _, _ = Size(data) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// Webcams write all of these every day.
func TestHarmlessOdditiesAreForgiven(t *testing.T) {
	data := file(t, "422")
	pixels, end := data[:len(data)-2], data[len(data)-2:]
	for name, odd := range map[string][]byte{
		"stray bytes before the end": join(pixels, make([]byte, 40), end),
		"padding after the end":      join(data, make([]byte, 512)),
		"fill bytes before a marker": join(data[:2], []byte{0xff, 0xff, 0xff}, data[2:]),
		"no Huffman tables":          withoutTables(t, data),
	} {
		wantScene(t, name, odd)
	}
}

func TestManyPicturesAtOnce(t *testing.T) {
	data, img := file(t, "420"), scene(sceneW, sceneH, image.YCbCrSubsampleRatio422)
	whole := encoded(t, img, 80)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range 20 {
				if got, err := Decode(data, 20+n, 20); err != nil || got.Rect.Dx() != 20+n {
					t.Errorf("decode: %v, %v", got, err)
				}
				if got, err := Encode(img, 80); err != nil || !bytes.Equal(got, whole) {
					t.Errorf("encode: %d bytes, %v; want %d", len(got), err, len(whole))
				}
			}
		})
	}
	all.Wait()
}

func TestPartOfAPictureEncodesAsThatPart(t *testing.T) {
	parts := []image.Rectangle{image.Rect(8, 8, 40, 40), image.Rect(7, 5, 40, 41), image.Rect(3, 2, 64, 45), image.Rect(66, 44, 67, 45), image.Rect(1, 1, 2, 9)}
	for _, ratio := range ratios {
		for _, r := range parts {
			t.Run(fmt.Sprint(ratio, r), func(t *testing.T) {
				part := scene(sceneW, sceneH, ratio).SubImage(r).(*image.YCbCr)
				got, err := Decode(encoded(t, part, 95), r.Dx(), r.Dy())
				if err != nil {
					t.Fatal(err)
				}
				wantAlike(t, got, part, 2, 14)
			})
		}
	}
}

func TestPartOfAPictureKeepsItsColoursInPlace(t *testing.T) {
	for _, ratio := range ratios {
		striped := scene(96, 48, ratio)
		for i := range striped.Cb {
			if x := i % striped.CStride * Grid(ratio).X; x/8%2 == 0 {
				striped.Cb[i] += 60
			}
		}
		part := striped.SubImage(image.Rect(1, 1, 81, 41)).(*image.YCbCr)
		got, err := Decode(encoded(t, part, 98), 80, 40)
		if err != nil {
			t.Fatal(err)
		}
		wantAlike(t, got, part, 3.5, 60)
	}
}

func TestOddEdgeIsNotSmeared(t *testing.T) {
	for _, ratio := range ratios {
		img := image.NewYCbCr(image.Rect(0, 0, sceneW, sceneH), ratio) // tight planes: nothing beyond the edge to take along
		fill(img.Y, 200)
		neutral(img)
		got, err := Decode(encoded(t, img, 50), sceneW, sceneH)
		if err != nil {
			t.Fatal(err)
		}
		wantAlike(t, got, img, 2, 3)
	}
}

func TestEncodedBytesAreOfExactSize(t *testing.T) {
	if data := encoded(t, scene(sceneW, sceneH, image.YCbCrSubsampleRatio420), 75); cap(data) > len(data)+len(data)/4+64 {
		t.Errorf("%d bytes hold on to %d", len(data), cap(data))
	}
}

func TestQualityIsKeptWithin1To100(t *testing.T) {
	img := scene(sceneW, sceneH, image.YCbCrSubsampleRatio420)
	for out, in := range map[int]int{-7: 1, 0: 1, 101: 100, 10000: 100} {
		if !bytes.Equal(encoded(t, img, out), encoded(t, img, in)) {
			t.Errorf("quality %d differs from %d", out, in)
		}
	}
	if low, high := len(encoded(t, img, 1)), len(encoded(t, img, 100)); low >= high {
		t.Errorf("quality 1 takes %d bytes, quality 100 %d", low, high)
	}
}

func TestPictureThatIsNoneIsNotEncoded(t *testing.T) {
	short := scene(64, 64, image.YCbCrSubsampleRatio420)
	short.Cr = short.Cr[:100]
	narrow := scene(64, 64, image.YCbCrSubsampleRatio420)
	narrow.YStride = 0
	for name, img := range map[string]*image.YCbCr{
		"empty":     {},
		"short":     short,
		"no stride": narrow,
		"too wide":  image.NewYCbCr(image.Rect(0, 0, 65536, 1), image.YCbCrSubsampleRatio444),
	} {
		if data, err := Encode(img, 80); err == nil {
			t.Errorf("%s: %d bytes, want an error", name, len(data))
		}
	}
}

func TestDecodeToNoSizeIsAnError(t *testing.T) {
	for _, size := range []image.Point{{0, 10}, {10, 0}, {-1, -1}} {
		if _, err := Decode(file(t, "420"), size.X, size.Y); err == nil {
			t.Errorf("%v: no error", size)
		}
	}
}

func wantScene(t *testing.T, name string, data []byte) {
	t.Helper()
	if w, h, err := Size(data); w != sceneW || h != sceneH || err != nil {
		t.Errorf("%s: size %d×%d, %v", name, w, h, err)
	}
	got, err := Decode(data, sceneW, sceneH)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if m, w := difference(t, got, scene(sceneW, sceneH, got.SubsampleRatio)); m > 1.5 || w > 12 {
		t.Errorf("%s: differs by %.2f on average, %d at most", name, m, w)
	}
}

// frameAt is where the frame header's marker stands in data.
func frameAt(t testing.TB, data []byte) int {
	t.Helper()
	for s := newSegments(data); s.next(); {
		if s.marker >= markerSOF0 && s.marker <= markerSOF2 {
			return len(data) - len(s.rest) - len(s.body) - 4
		}
	}
	t.Fatal("no frame header")
	return 0
}

// sized is data with another size in its header.
func sized(t testing.TB, data []byte, w, h int) []byte {
	data = bytes.Clone(data)
	at := frameAt(t, data)
	binary.BigEndian.PutUint16(data[at+5:], uint16(h))
	binary.BigEndian.PutUint16(data[at+7:], uint16(w))
	return data
}

// withFactor is data with other sampling factors for its first component.
func withFactor(t testing.TB, data []byte, factor byte) []byte {
	data = bytes.Clone(data)
	data[frameAt(t, data)+11] = factor
	return data
}

// asRGB is data whose application segment says Adobe and RGB instead of JFIF.
func asRGB(data []byte) []byte {
	adobe := []byte("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00")
	return join(data[:2], adobe, data[20:])
}

func withoutTables(t testing.TB, data []byte) []byte {
	out := bytes.Clone(data[:2])
	s := newSegments(data)
	for s.next() {
		if s.marker != markerDHT {
			out = append(out, data[len(data)-len(s.rest)-len(s.body)-4:len(data)-len(s.rest)]...)
		}
	}
	if len(s.body) == 0 || s.marker != markerSOS {
		t.Fatal("no scan")
	}
	return append(out, data[len(data)-len(s.rest)-len(s.body)-4:]...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// allocated is how many bytes of Go memory work took.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
