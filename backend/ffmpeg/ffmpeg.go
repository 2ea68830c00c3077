// Package ffmpeg decodes video by the ffmpeg program of the machine, as a child process on a pipe.
//
// What an ffmpeg cannot do is found out by trying, and a Program remembers it: find it once and keep it.
package ffmpeg

import "context"

// The codes of this package's faults.
const (
	CodeMissing = "ffmpeg.missing" // no ffmpeg on this machine
	CodeStart   = "ffmpeg.start"   // it is there and cannot be run
	CodeFailed  = "ffmpeg.failed"  // it could not decode what it was given
	codeSize    = "ffmpeg.size"
)

// Program is an ffmpeg that is there. Copies of it learn together.
type Program struct {
	path     string
	hardware string // how this machine's hardware is asked to decode; empty: not at all
	learned  *lessons
}

// Path is where the program is.
func (p Program) Path() string { return p.path }

// Input is what is to be decoded.
type Input struct {
	Args []string // before -i, such as -f h264
	Name string   // a file; empty: what is written to the Decoder
	Rate string   // what becomes of the frames' times: Passthrough, or CFR

	// Colour is what is known of its colours: Look tells it of a file, and the SPS of H.264. Unknown colours are right too, for four
	// times the price.
	Colour Colour
}

// What becomes of the frames' times.
const (
	Passthrough = "passthrough" // every frame once
	CFR         = "cfr"         // a steady rate, 60 frames a second at most
)

// MaxSide is the longest side of a picture, in pixels. A larger one is refused.
const MaxSide = 8192

// LiveH264 are the Args for a camera's H.264 (Annex B), of which each picture is wanted as soon as it is there. A picture comes out only when the next one begins, or
// H264End is written behind it.
func LiveH264() []string {
	return []string{"-flags", "low_delay", "-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0", "-threads", "1", "-f", "h264"}
}

// H264End is what tells ffmpeg that all of a picture's H.264 is there: an access unit delimiter. Written behind each picture it saves the time until the
// next one.
func H264End() []byte { return []byte{0, 0, 0, 1, 9, 0xf0} }

// Start begins decoding. ctx ends it as Close does, which is needed in any case.
func (p Program) Start(ctx context.Context, in Input) (*Decoder, error) {
	d := &Decoder{program: p, in: in, ctx: ctx}
	c, err := d.launch()
	if err != nil {
		return nil, err
	}
	d.adoptLocked(c) // nobody else knows it yet
	d.forget = context.AfterFunc(ctx, d.quit)
	return d, nil
}

// command is all arguments of a child that decodes in. Whatever the input holds, ffmpeg opens no other protocol for it.
func command(in Input, known known, hardware string) []string {
	args := []string{"-nostdin", "-hide_banner", "-loglevel", "error"}
	if hardware != "" {
		args = append(args, "-hwaccel", hardware)
	}
	args = append(args, in.Args...)
	args = append(args, source(in.Name)...)
	args = append(args, "-an", "-sn", "-dn", "-map", "0:V:0")
	args = append(args, rate(in.Rate, known)...)
	return append(args, "-vf", in.Colour.filter(known.noColourspace), "-strict", "-1", "-flush_packets", "1", "-f", "yuv4mpegpipe", "pipe:1")
}

// source names the input so that nothing in the name is taken for an option, a protocol or the pattern of a sequence of pictures.
func source(name string) []string {
	if name == "" {
		return []string{"-protocol_whitelist", "pipe", "-i", "pipe:0"}
	}
	args := []string{"-protocol_whitelist", "file"}
	if namesSequence(name) {
		args = append(args, "-f", "image2", "-pattern_type", "none")
	}
	return append(args, "-i", "file:"+name)
}

func rate(mode string, known known) []string {
	option := "-fps_mode"
	if known.oldRate { // before 5.1
		option = "-vsync"
	}
	args := []string{option, mode}
	if mode == CFR && !known.noMaxRate {
		args = append(args, "-fpsmax", "60") // some files claim 1000
	}
	return args
}
