package camera

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
)

const (
	markerDHT = 0xC4
	markerSOI = 0xD8
	markerSOS = 0xDA
)

const endOfImage = "\xFF\xD9"

// copyJPEG copies a camera's JPEG without what some cameras leave behind its end. Motion JPEG may leave out the Huffman tables, for everyone
// knows them; not everyone does, so they are put in. It is false for a picture that is cut short.
func copyJPEG(data []byte) ([]byte, bool) {
	scan, tables, ok := survey(data)
	end := bytes.LastIndex(data, []byte(endOfImage)) + len(endOfImage)
	if !ok || end <= scan {
		return nil, false
	}
	if tables > 0 {
		return bytes.Clone(data[:end]), true
	}
	return bytes.Join([][]byte{data[:scan], standardTables(), data[scan:end]}, nil), true
}

// survey finds where a JPEG's scan starts, and its first Huffman tables before that, 0 where there are none (ITU-T T.81, annex B).
func survey(data []byte) (scan, tables int, ok bool) {
	if len(data) < 2 || data[0] != 0xFF || data[1] != markerSOI {
		return 0, 0, false
	}
	for at := 2; at+4 <= len(data) && data[at] == 0xFF; {
		switch data[at+1] {
		case markerSOS:
			return at, tables, true
		case markerDHT:
			if tables == 0 {
				tables = at
			}
		case 0xFF: // padding
			at++
			continue
		}
		at += 2 + int(binary.BigEndian.Uint16(data[at+2:]))
	}
	return 0, 0, false
}

// standardTables is the segment with the Huffman tables of annex K.3, which are those the standard library writes (20 µs).
func standardTables() []byte {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio420), nil); err != nil {
		panic(err) // a buffer takes everything
	}
	data := buf.Bytes()
	_, at, _ := survey(data)
	return data[at : at+2+int(binary.BigEndian.Uint16(data[at+2:]))]
}
