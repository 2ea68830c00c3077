package ffmpeg

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"strconv"

	"sightline/backend/fault"
)

// headerRoom is how long a line of YUV4MPEG2 may be, in bytes. Pictures are read past this buffer, straight into their planes.
const headerRoom = 1024

// y4m reads pictures from a stream of YUV4MPEG2 with 4:2:0 planes.
type y4m struct {
	in            *bufio.Reader
	width, height int // 0 before the header
	fps           float64
}

func newY4M(in io.Reader) *y4m { return &y4m{in: bufio.NewReaderSize(in, headerRoom)} }

// next is the next picture; io.EOF at the end, which is nowhere but between two pictures.
func (y *y4m) next() (*image.YCbCr, error) {
	if y.width == 0 {
		if err := y.header(); err != nil {
			return nil, err
		}
	}
	line, err := y.in.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF) && len(line) == 0:
		return nil, io.EOF
	case err != nil:
		return nil, fmt.Errorf("read a picture's first line: %w", whole(err))
	case !bytes.HasPrefix(line, []byte("FRAME")):
		return nil, fmt.Errorf("no picture but %.20q", line)
	}
	picture := image.NewYCbCr(image.Rect(0, 0, y.width, y.height), image.YCbCrSubsampleRatio420)
	for _, plane := range [][]byte{picture.Y, picture.Cb, picture.Cr} {
		if _, err := io.ReadFull(y.in, plane); err != nil {
			return nil, fmt.Errorf("read a picture: %w", whole(err))
		}
	}
	return picture, nil
}

// whole is err for what ended in the middle.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// header reads the stream's first line.
func (y *y4m) header() error {
	line, err := y.in.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) == 0 {
		return io.EOF
	}
	if err != nil {
		return fmt.Errorf("read the video's first line: %w", whole(err))
	}
	words := bytes.Fields(line)
	if len(words) == 0 || string(words[0]) != "YUV4MPEG2" {
		return fmt.Errorf("no video but %.20q", line)
	}
	var width, height int
	var fps float64
	for _, word := range words[1:] {
		value := string(word[1:])
		switch word[0] {
		case 'W':
			width, err = strconv.Atoi(value)
		case 'H':
			height, err = strconv.Atoi(value)
		case 'F':
			fps = ratio(value)
		case 'C':
			err = planar420(value)
		}
		if err != nil {
			return fmt.Errorf("read %.20q in the video's first line: %w", word, err)
		}
	}
	if err := inLimits(width, height); err != nil {
		return err
	}
	y.width, y.height, y.fps = width, height, fps
	return nil
}

func inLimits(width, height int) error {
	if width < 1 || height < 1 {
		return fmt.Errorf("a video of %d×%d pixels", width, height)
	}
	if width > MaxSide || height > MaxSide {
		return &fault.Error{
			Code: codeSize, Message: fmt.Sprintf("The video's pictures are too large: %d×%d pixels.", width, height), Blame: fault.Question,
			Hint: fmt.Sprintf("Choose one of at most %d pixels a side.", MaxSide),
		}
	}
	return nil
}

// planar420 refuses every layout but eight bits with one colour sample for four pixels. Where exactly in the four it sits does not matter.
func planar420(value string) error {
	switch value {
	case "420", "420jpeg", "420mpeg2", "420paldv":
		return nil
	}
	return errors.New("the planes are not 4:2:0 of 8 bits")
}

// ratio reads 30000:1001; 0 where it is none.
func ratio(value string) float64 {
	over, under, _ := bytes.Cut([]byte(value), []byte(":"))
	a, err := strconv.ParseUint(string(over), 10, 32)
	b, err2 := strconv.ParseUint(string(under), 10, 32)
	if err != nil || err2 != nil || b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
