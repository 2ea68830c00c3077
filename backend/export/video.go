package export

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sightline/backend/archive"
	"sightline/backend/fault"
	"sightline/backend/mp4"
)

// reel is segments of video that go into one file: all of one shape, since a file has but one. Between them the last picture stands, so that
// time in the file passes as it did when it was recorded.
type reel []piece

// piece is the part of a segment that is wanted.
type piece struct {
	*archive.Video
	start    time.Duration // of the segment, since the recording's start
	from, to time.Duration // within the segment
}

// begins is when the reel begins, since the recording's start; length how long it is from there to its end.
func (r reel) begins() time.Duration { return r[0].start + r[0].from }

func (r reel) length() time.Duration {
	last := r[len(r)-1]
	return last.start + last.to - r.begins()
}

// writeVideo writes the video of the part, with its answers as subtitles: within, where there is ffmpeg, else in a file beside it.
func writeVideo(ctx context.Context, w *work) (string, error) {
	reels, unread := w.reels()
	defer closeAll(reels)
	if len(reels) == 0 {
		return "", noVideo(unread)
	}
	ffmpeg := findFFmpeg(w.FFmpeg)
	var films []film
	for i, r := range reels {
		f, err := w.film(ctx, r, fmt.Sprintf("film-%d", i+1), ffmpeg)
		if err != nil {
			return "", err
		}
		films = append(films, f)
	}
	return notes(reels, films, unread), w.release(films)
}

// reels opens what there is of the part's video. unread is why some of it is missing.
func (w *work) reels() (all []reel, unread error) {
	for _, segment := range w.manifest.Segments {
		start := time.Duration(segment.StartMS * float64(time.Millisecond))
		if w.Up != 0 && start >= w.Up {
			continue
		}
		video, err := archive.OpenVideo(w.Dir, segment)
		if err != nil {
			unread = cmp.Or(unread, err)
			continue
		}
		p := piece{Video: video, start: start, from: max(0, w.From-start), to: video.Length}
		if w.Up != 0 {
			p.to = min(p.to, w.Up-start)
		}
		if p.to <= p.from || len(video.Samples) == 0 {
			_ = video.File.Close() // only read
			continue
		}
		if n := len(all); n > 0 && all[n-1].fits(p) {
			all[n-1] = append(all[n-1], p)
		} else {
			all = append(all, reel{p})
		}
	}
	return all, unread
}

// fits says whether a player can go on with a piece behind those of the reel.
func (r reel) fits(p piece) bool {
	a, b := r[0].Track.Shape, p.Track.Shape
	return a.Width == b.Width && a.Height == b.Height && bytes.Equal(a.SPS, b.SPS) && bytes.Equal(a.PPS, b.PPS)
}

func closeAll(reels []reel) {
	for _, r := range reels {
		for _, p := range r {
			_ = p.File.Close() // only read
		}
	}
}

func noVideo(unread error) error {
	if unread != nil {
		return unread
	}
	return &fault.Error{
		Code: "export.no_video", Message: "There is no video in this part of the recording.", Hint: "Export its answers instead, or another part.", Blame: fault.Question,
	}
}

// film is a file of video in the draft.
type film struct {
	video     string
	subtitles string // the file that goes beside it; empty: they are within, or there are none
}

// film makes the file of a reel.
func (w *work) film(ctx context.Context, r reel, name, ffmpeg string) (film, error) {
	f := film{video: name + ".mp4"}
	if err := w.cut(ctx, r, f.video); err != nil {
		return f, err
	}
	shown, err := w.answers(ctx, r.begins())
	shown = slices.DeleteFunc(shown, func(e archive.Entry) bool { return e.At() >= r.length() || e.Text == "" })
	if err != nil || len(shown) == 0 {
		return f, err
	}
	text := archive.Subtitles(shown, r.length().Seconds())
	if ffmpeg != "" {
		f.subtitles, text = name+".srt", srt(text)
	} else {
		f.subtitles = name + ".vtt"
	}
	err = w.draft.write(f.subtitles, func(file *os.File) error { return writeText(file, text) })
	if err != nil || ffmpeg == "" {
		return f, err
	}
	return w.mux(ctx, r, f, ffmpeg)
}

// mux puts the subtitles of a film into its video.
func (w *work) mux(ctx context.Context, r reel, apart film, ffmpeg string) (film, error) {
	one := film{video: "with-subtitles-" + apart.video}
	m := muxing{
		video: w.draft.path(apart.video), subtitles: w.draft.path(apart.subtitles), to: w.draft.path(one.video), made: w.manifest.Started.Add(r.begins()),
	}
	err := m.run(ctx, ffmpeg, r.length())
	if m.diskFull {
		err = fullFault(w.draft.to, err)
	}
	if err != nil {
		return one, err
	}
	return one, os.Remove(m.video) // it may be large
}

// cut writes the video of a reel alone.
func (w *work) cut(ctx context.Context, r reel, name string) error {
	if len(r) == 1 {
		return w.clip(ctx, name, r[0].Track, r[0].File, r[0].from, r[0].to)
	}
	const joined = "joined.mp4"
	defer func() { _ = os.Remove(w.draft.path(joined)) }() // the draft is discarded anyway
	file, err := w.draft.create(joined)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // read to its end by then
	before, err := r.join(ctx, file)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	track, err := mp4.Read(file, info.Size())
	if err != nil {
		return err
	}
	return w.clip(ctx, name, track, file, before, before+r.length()) // which lets a picture stand until the next one comes
}

// clip writes a part of a track as a file of its own.
func (w *work) clip(ctx context.Context, name string, t *mp4.Track, from io.ReaderAt, begin, end time.Duration) error {
	return w.draft.write(name, func(file *os.File) error {
		const block = 1 << 20
		out := bufio.NewWriterSize(cancelled{ctx, file}, block)
		if err := mp4.Clip(out, t, from, begin, end); err != nil {
			return err
		}
		return out.Flush()
	})
}

// cancelled is a writer that takes no more once its context has ended.
type cancelled struct {
	ctx context.Context //nolint:containedctx // a writer has no other way to hear of it
	io.Writer
}

func (c cancelled) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Writer.Write(p)
}

// join writes the pieces one behind the other. before is how much of the file lies before the moment it is to show first: decoding has to
// begin with a key.
func (r reel) join(ctx context.Context, file io.Writer) (before time.Duration, err error) {
	out := bufio.NewWriter(file)
	writer, err := mp4.NewWriter(out, r[0].Track.Shape)
	if err != nil {
		return 0, err
	}
	first := r[0].Samples[r[0].KeyAt(r[0].from)].At
	zero := r[0].start + first
	for _, p := range r {
		if err := p.copyTo(ctx, writer, zero); err != nil {
			return 0, err
		}
	}
	return r[0].from - first, out.Flush()
}

// copyTo writes the piece's samples, a fragment for each key, their times counted from zero.
func (p piece) copyTo(ctx context.Context, writer *mp4.Writer, zero time.Duration) error {
	var fragment []mp4.Sample
	for _, span := range p.Samples[p.KeyAt(p.from):] {
		at := p.start + span.At - zero
		if span.At >= p.to {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if span.Key && len(fragment) > 0 {
			if err := writer.Fragment(fragment, at); err != nil {
				return err
			}
			fragment = fragment[:0]
		}
		data := make([]byte, span.Size)
		if _, err := p.File.ReadAt(data, span.Offset); err != nil {
			return err
		}
		fragment = append(fragment, mp4.Sample{Data: data, At: at, Key: span.Key})
	}
	return writer.Fragment(fragment, p.start+p.to-zero)
}

// release gives the films their names, all with the same number.
func (w *work) release(films []film) error {
	ext := filepath.Ext(w.To)
	var parts, endings []string
	for i, f := range films {
		part := ""
		if len(films) > 1 {
			part = fmt.Sprintf("-part%d", i+1)
		}
		parts, endings = append(parts, f.video), append(endings, part+ext)
		if f.subtitles != "" {
			parts, endings = append(parts, f.subtitles), append(endings, part+".vtt")
		}
	}
	names, err := w.draft.take(endings...)
	if err != nil {
		return err
	}
	for i, name := range names {
		if err := w.draft.put(parts[i], name); err != nil {
			return err
		}
	}
	return nil
}

// notes says what a person should know of the files.
func notes(reels []reel, films []film, unread error) string {
	var said []string
	if films[0].subtitles != "" {
		said = append(said, "The subtitles lie beside the video: to put them into it, install ffmpeg.")
	}
	if len(films) > 1 {
		said = append(said, fmt.Sprintf("The pictures changed their size, so the video comes in %d files.", len(films)))
	}
	for _, r := range reels {
		if r.hasGap() {
			said = append(said, "Where the camera was away, its last picture stands.")
			break
		}
	}
	if unread != nil {
		said = append(said, "Some of the video could not be read and is left out.")
	}
	return strings.Join(said, " ")
}

// hasGap says whether there was no picture for long enough to notice.
func (r reel) hasGap() bool {
	const noticed = time.Second
	for i := range len(r) - 1 {
		if r[i+1].start-(r[i].start+r[i].to) > noticed {
			return true
		}
	}
	return false
}
