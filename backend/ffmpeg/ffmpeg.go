// Package ffmpeg decodes video by the ffmpeg program of the machine, as a child process on a pipe.
package ffmpeg

import (
	"context"
	"image"
)

// CodeMissing is the code of the fault of a machine without ffmpeg.
const CodeMissing = "ffmpeg.missing"

// Program is an ffmpeg that is there.
type Program struct{ path string }

// Find looks for ffmpeg: at set, where that is not empty, else at $SIGHTLINE_FFMPEG, else beside this program, else on PATH. Where there is none, the
// fault says how to install it.
func Find(set string) (Program, error) { panic("not built yet") }

// Input is what is to be decoded.
type Input struct {
	Args []string // before -i, such as -f h264
	Name string   // a file; empty: what is written to the Decoder
	Rate string   // what becomes of the frames' times: "passthrough" (every frame once), or "cfr" (a steady rate)
}

// Decoder is a running ffmpeg. One goroutine may write while another takes pictures; Close may come from any.
type Decoder struct{}

// Start begins decoding. ctx ends it as Close does, which is needed in any case.
func (p Program) Start(ctx context.Context, in Input) (*Decoder, error) { panic("not built yet") }

// Write hands over what is to be decoded, where the input has no name. It blocks while ffmpeg is busy.
func (d *Decoder) Write(p []byte) (int, error) { panic("not built yet") }

// End says that nothing more will be written.
func (d *Decoder) End() error { panic("not built yet") }

// Next is the next picture, the caller's own, in JPEG's full range with 4:2:0 planes; io.EOF at the end. It blocks until there is one, or Close.
func (d *Decoder) Next() (*image.YCbCr, error) { panic("not built yet") }

// FPS is the rate ffmpeg says the video has; 0 before the first picture, or where it is not known.
func (d *Decoder) FPS() float64 { panic("not built yet") }

// Said is the last lines ffmpeg wrote about what went wrong, without addresses; for a log.
func (d *Decoder) Said() string { panic("not built yet") }

// Close ends the child, which never outlives it, and waits for that: a second at most.
func (d *Decoder) Close() { panic("not built yet") }
