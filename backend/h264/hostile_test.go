//go:build cgo && (linux || windows) && !noh264

package h264

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"sightline/backend/fault"
)

func wantBroken(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, &fault.Error{Code: CodeBroken}) {
		t.Errorf("got %v", err)
	}
}

func TestDecodingBeginsWithAKeyAndAgainAfterDamage(t *testing.T) {
	units, pictures := film(t, 160, 90, 62)
	d := decoder(t, units[0])
	_, err := d.Decode(units[1].Data)
	wantBroken(t, err)
	for _, i := range []int{0, 1, 2} {
		if _, err := d.Decode(units[i].Data); err != nil {
			t.Fatal(err)
		}
	}
	_, err = d.Decode(units[3].Data[:len(units[3].Data)/2])
	wantBroken(t, err)
	_, err = d.Decode(units[4].Data)
	wantBroken(t, err)
	if !units[60].Key {
		t.Fatal("the 60th is no key")
	}
	for _, i := range []int{60, 61, 0, 1} { // on, and back again
		img, err := d.Decode(units[i].Data)
		if err != nil {
			t.Fatalf("picture %d: %v", i, err)
		}
		if db := likeness(img, pictures[i]); db < 36 {
			t.Errorf("picture %d: %.1f dB", i, db)
		}
	}
}

func TestUnitThatIsCutShortIsDamaged(t *testing.T) {
	units, _ := film(t, 64, 48, 2)
	for n := range len(units[0].Data) {
		_, err := decoder(t, units[0]).Decode(units[0].Data[:n])
		wantBroken(t, err)
		if n < 10 || n > len(units[0].Data)-10 {
			continue // the last bytes may say nothing that is missed
		}
		short := bytes.Clone(units[0].Data[:n])
		binary.BigEndian.PutUint32(short, uint32(n-4)) // a unit that claims to be whole
		_, err = decoder(t, units[0]).Decode(short)
		wantBroken(t, err)
	}
}

func TestFlippedBytesNeverCrash(t *testing.T) {
	units, _ := film(t, 64, 48, 4)
	d := decoder(t, units[0])
	for i := range units[0].Data {
		for _, flip := range []byte{1, 0x10, 0xff} {
			data := bytes.Clone(units[0].Data)
			data[i] ^= flip
			_, _ = d.Decode(data)
			_, _ = d.Decode(units[1].Data)
		}
	}
	if _, err := d.Decode(units[0].Data); err != nil {
		t.Errorf("the decoder no longer decodes: %v", err)
	}
}

func TestParameterSetsWithinAUnitChangeNothing(t *testing.T) {
	small, _ := film(t, 64, 48, 1)
	large, _ := film(t, 320, 180, 1)
	d := decoder(t, small[0])
	var data []byte
	for _, nal := range [][]byte{large[0].SPS, large[0].PPS} {
		data = append(append(data, 0, 0, 0, byte(len(nal))), nal...)
	}
	img, err := d.Decode(append(data, small[0].Data...))
	if err != nil || img.Rect.Dx() != 64 {
		t.Errorf("got %v", err)
	}
}

func TestHostileParameterSetsAreRefused(t *testing.T) {
	units, _ := film(t, 64, 48, 1)
	for _, sps := range [][]byte{nil, {0x67}, {0x67, 66, 0, 31}, units[0].PPS, bytes.Repeat([]byte{0x67}, 2000)} {
		if _, err := NewDecoder(sps, units[0].PPS); err == nil {
			t.Errorf("took the SPS %x", sps)
		}
	}
	main := bytes.Clone(units[0].SPS)
	main[1] = 77
	if _, err := NewDecoder(main, units[0].PPS); !errors.Is(err, &fault.Error{Code: CodeUnsupported}) {
		t.Errorf("main profile: %v", err)
	}
	for _, pps := range [][]byte{nil, {0x68}, units[0].SPS, make([]byte, 5000)} {
		if _, err := NewDecoder(units[0].SPS, pps); err == nil {
			t.Errorf("took the PPS %x", pps)
		}
	}
}

func TestLargePicturesAreRefusedBeforeTheyCostMemory(t *testing.T) {
	for _, blocks := range []struct{ across, down, refs int }{{257, 1, 1}, {1, 257, 1}, {256, 256, 1}, {240, 135, 16}, {1 << 20, 1 << 20, 1}} {
		if w, h, err := sizeOf(setOf(blocks.across, blocks.down, blocks.refs)); err == nil {
			t.Errorf("took %+v as %d×%d", blocks, w, h)
		}
	}
	if w, h, err := sizeOf(setOf(240, 135, 1)); err != nil || w != 3840 || h != 2160 {
		t.Errorf("3840×2160 is read as %d×%d, %v", w, h, err)
	}
}

// setOf is a sequence parameter set for pictures of so many macroblocks.
func setOf(across, down, refs int) []byte {
	var w bitWriter
	for _, n := range []int{0, 0, 2, refs} { // number, frame numbers, order, references
		w.number(n)
	}
	w.bits(0, 1)
	w.number(across - 1)
	w.number(down - 1)
	w.bits(0b1101, 4) // frames only, direct inference, no cropping, and a one to end with
	return append([]byte{0x67, 66, 0, 52}, w.done()...)
}

type bitWriter struct{ all []byte } // a byte a bit

func (w *bitWriter) bits(v, n int) {
	for n--; n >= 0; n-- {
		w.all = append(w.all, byte(v>>n&1))
	}
}

func (w *bitWriter) number(v int) {
	n := 0
	for (v+1)>>(n+1) > 0 {
		n++
	}
	w.bits(0, n)
	w.bits(v+1, n+1)
}

func (w *bitWriter) done() []byte {
	out := make([]byte, len(w.all)/8+2)
	for i, b := range w.all {
		out[i/8] |= b << (7 - i%8)
	}
	return out
}

func FuzzDecode(f *testing.F) {
	units, _ := film(f, 64, 48, 3)
	key := units[0]
	for _, unit := range units {
		f.Add(key.SPS, key.PPS, unit.Data)
		f.Add(key.SPS, key.PPS, unit.Data[:len(unit.Data)*2/3])
	}
	f.Add(setOf(4, 3, 1), key.PPS, key.Data)
	f.Fuzz(func(t *testing.T, sps, pps, data []byte) {
		w, h, err := sizeOf(sps)
		if err == nil && w*h > 1<<20 {
			t.Skip("takes too long here")
		}
		d, err := NewDecoder(sps, pps)
		if err != nil {
			return
		}
		defer d.Close()
		for _, unit := range [][]byte{data, units[0].Data, data, units[1].Data, data} {
			img, err := d.Decode(unit)
			if err != nil {
				wantBroken(t, err)
			} else if img.Rect.Dx() != w || img.Rect.Dy() != h {
				t.Errorf("decoded to %v, want %d×%d", img.Rect, w, h)
			}
		}
	})
}
