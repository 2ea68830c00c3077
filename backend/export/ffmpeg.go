package export

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"sightline/backend/fault"
)

// findFFmpeg is the program's path; empty where there is none.
func findFFmpeg(named string) string {
	path, err := exec.LookPath(cmp.Or(named, "ffmpeg"))
	if err != nil {
		return ""
	}
	return path
}

// muxing is video and subtitles that become one file.
type muxing struct {
	video, subtitles, to string // absolute paths
	made                 time.Time

	diskFull bool // why it failed
}

// How long ffmpeg may take: it only copies, which a slow disk does faster than the video plays. Then it has a moment to die.
const (
	muxTime  = 2 * time.Minute
	deathbed = 2 * time.Second
)

// run lets ffmpeg do it. No shell is asked, and whatever the files hold, ffmpeg opens no other file and no network for them.
func (m *muxing) run(ctx context.Context, ffmpeg string, length time.Duration) error {
	inner, cancel := context.WithTimeout(ctx, muxTime+length)
	defer cancel()
	cmd := exec.CommandContext(inner, ffmpeg, m.args()...)
	hideConsole(cmd)
	said := &tail{}
	cmd.Stderr = said // stdin is the null device
	cmd.WaitDelay = deathbed
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case inner.Err() != nil:
		return &fault.Error{
			Code: "export.ffmpeg", Message: "ffmpeg did not come to an end and was stopped.", Hint: "Try again, or export to vtt and watch it beside the recording's own video.", Blame: fault.Us, Cause: err,
		}
	}
	m.diskFull = strings.Contains(said.String(), "No space left on device")
	return &fault.Error{
		Code: "export.ffmpeg", Message: "ffmpeg could not put the subtitles into the video.", Hint: said.hint(), Blame: fault.Us,
		Cause: fmt.Errorf("%w: %s", err, said),
	}
}

func (m *muxing) args() []string {
	return []string{
		"-nostdin", "-hide_banner", "-loglevel", "error", "-n",
		"-protocol_whitelist", "file", "-f", "mov", "-i", "file:" + m.video,
		"-protocol_whitelist", "file", "-f", "srt", "-i", "file:" + m.subtitles,
		"-map", "0:v:0", "-map", "1:s:0", "-c:v", "copy", "-c:s", "mov_text", "-disposition:s:0", "default",
		"-metadata", "creation_time=" + m.made.UTC().Format(time.RFC3339Nano), "-movflags", "+faststart", "-f", "mp4", "file:" + m.to,
	}
}

// tail keeps the last of what a program says.
type tail struct{ text []byte }

const tailLength = 500

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - tailLength; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

// String is what was said, on one line.
func (t *tail) String() string {
	return strings.Join(strings.Fields(visible(strings.ToValidUTF8(string(t.text), ""))), " ")
}

func (t *tail) hint() string {
	if said := t.String(); said != "" {
		return "It said: " + said
	}
	return "It did not say why."
}
