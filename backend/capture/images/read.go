package images

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"sightline/backend/sight"
)

// mostBytes is the largest file taken for a picture.
const mostBytes = 64 << 20

// read takes a file by its content, whatever its name says. Each call makes a new Picture: what is decoded of it lives as long as its frame
// and no longer.
func read(path string) (*sight.Picture, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // a named pipe would block for ever
		return nil, errors.New("not a regular file")
	}
	if info.Size() > mostBytes {
		return nil, fmt.Errorf("%d MiB is more than a picture takes", info.Size()>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return pictureOf(data)
}

func pictureOf(data []byte) (*sight.Picture, error) {
	if bytes.HasPrefix(data, pngSignature()) {
		return fromPNG(data)
	}
	if bytes.LastIndex(data, endOfImage()) < 0 {
		return nil, errors.New("neither PNG nor a whole JPEG")
	}
	return sight.FromJPEG(data)
}

// endOfImage is JPEG's last marker. A file that was cut short lacks it, which its header does not tell.
func endOfImage() []byte { return []byte{0xff, 0xd9} }
