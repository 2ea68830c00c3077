package file

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
	"sightline/backend/ffmpeg/ffmpegtest"
	"sightline/backend/sight"
)

func TestFileKeepsWhatEverySourcePromises(t *testing.T) {
	video := ffmpegtest.Clip(t, "steps.mp4", steps(300)...)
	table := scheme(t)
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source {
			s, err := table.Open("file:" + video + "?loop=1")
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		FPS: 30, Width: 96, Height: 64, Measure: time.Second,
	})
}

func TestMissingFilesAreFaults(t *testing.T) {
	capturetest.Missing(t, opened(t, "file:"+filepath.Join(t.TempDir(), "yard.mp4")), codeMissing)
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		return // there a file cannot be forbidden so simply, and root may read all
	}
	path := write(t, "yard.mp4", nil)
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	capturetest.Missing(t, opened(t, "file:"+path), codeDenied)
}

func TestEveryPictureComesOnceAtAnyPace(t *testing.T) {
	s := opened(t, "file:"+ffmpegtest.Clip(t, "steps.mp4", steps(60)...)+"?pace=max")
	if waits, ok := s.(capture.Lossless); !ok || !waits.Waits() {
		t.Error("it does not say that it waits")
	}
	for range 2 { // it may be run again
		frames, err := watch(t, s)
		wantFault(t, err, capture.CodeFinished, fault.Question)
		if len(frames) != 60 {
			t.Errorf("%d pictures of 60", len(frames))
		}
		for i, f := range frames {
			if got := numberOf(t, f); got != i%24 || f.Origin != nil || f.Number != 0 {
				t.Errorf("picture %d is number %d, %+v", i, got, f.Origin)
			}
		}
	}
}

func TestFilePlaysAtItsOwnPaceAndEnds(t *testing.T) {
	s := opened(t, "file:"+ffmpegtest.Clip(t, "steps.mp4", steps(30)...))
	if s.(capture.Lossless).Waits() {
		t.Error("it waits though it has a pace")
	}
	frames, err := watch(t, s)
	f := wantFault(t, err, capture.CodeFinished, fault.Question)
	if strings.Contains(f.Message, "short") {
		t.Error(f.Message)
	}
	if len(frames) < 15 || len(frames) > 30 {
		t.Fatalf("%d pictures of 30", len(frames)) // a busy machine leaves some out
	}
	if took := frames[len(frames)-1].Captured.Sub(frames[0].Captured); took < 800*time.Millisecond {
		t.Errorf("a second took %v", took)
	}
}

func TestLoopStartsOver(t *testing.T) {
	s := opened(t, "file:"+ffmpegtest.Clip(t, "steps.mp4", steps(24)...)+"?pace=max&loop=1")
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := s.Run(ctx, func(f sight.Frame) {
		if got := numberOf(t, f); got != n%24 {
			t.Errorf("picture %d is number %d", n, got)
		}
		if n++; n == 100 {
			cancel()
		}
	})
	if err != context.Canceled || n < 100 {
		t.Errorf("it ended with %v after %d pictures", err, n)
	}
}

func TestCutShortFilePlaysWhatIsThere(t *testing.T) {
	whole := read(t, ffmpegtest.Clip(t, "steps.mp4", append(steps(120), "-movflags", "+faststart")...))
	frames, err := watch(t, opened(t, "file:"+write(t, "cut.mp4", whole[:len(whole)*2/3])+"?pace=max"))
	f := wantFault(t, err, capture.CodeFinished, fault.Question)
	if len(frames) < 10 || len(frames) >= 120 || !strings.Contains(f.Message, "cut short") {
		t.Errorf("%d pictures of 120, and %q", len(frames), f.Message)
	}

	index := read(t, ffmpegtest.Clip(t, "steps.mp4", steps(120)...)) // which is at its end
	frames, err = watch(t, opened(t, "file:"+write(t, "cut.mp4", index[:len(index)/2])))
	f = wantFault(t, err, codeNoVideo, fault.Question)
	if len(frames) > 0 || !strings.Contains(f.Message, "cut short") {
		t.Errorf("%d pictures, and %q", len(frames), f.Message)
	}
}

func TestWhatIsNoVideoSaysSo(t *testing.T) {
	for name, path := range map[string]string{
		"sound alone": ffmpegtest.Clip(t, "song.wav", "-f", "lavfi", "-i", "sine=d=0.1"),
		"noise":       write(t, "noise.mp4", []byte(strings.Repeat("\x9b\x01\xee\x7f", 3000))),
		"nothing":     write(t, "nothing.mp4", nil),
	} {
		for _, options := range []string{"", "?pace=max", "?loop=1"} {
			frames, err := watch(t, opened(t, "file:"+path+options))
			f := wantFault(t, err, codeNoVideo, fault.Question)
			if len(frames) > 0 || !strings.Contains(f.Message, filepath.Base(path)) {
				t.Errorf("%s gave %d pictures and %q", name, len(frames), f.Message)
			}
		}
	}
	_, err := watch(t, opened(t, "file:"+t.TempDir()))
	wantFault(t, err, codeFolder, fault.Question)
}

func TestPictureIsAVideoOfOne(t *testing.T) {
	picture := ffmpegtest.Clip(t, "card.jpg", "-f", "lavfi", "-i", "testsrc=s=64x48", "-frames:v", "1")
	frames, err := watch(t, opened(t, "file:"+picture))
	wantFault(t, err, capture.CodeFinished, fault.Question)
	if len(frames) != 1 {
		t.Errorf("%d pictures", len(frames))
	}
}

// TestPlaylistsReachNoNetwork: a file that a person was sent must not tell its sender that it was opened.
func TestPlaylistsReachNoNetwork(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var calls atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			_ = conn.Close()
		}
	}()
	at := listener.Addr().String()
	for name, text := range map[string]string{
		"list.m3u8":   "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://" + at + "/a.ts\n#EXT-X-ENDLIST\n",
		"master.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nhttp://" + at + "/a.m3u8\n",
		"list.sdp":    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
		"list.ffcat":  "ffconcat version 1.0\nfile http://" + at + "/a.ts\n",
		"list.mp4":    "ffconcat version 1.0\nfile tcp://" + at + "\n",
		"list.ram":    "rtsp://" + at + "/a\n",
		"list.mpd": `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT5S" profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1000"><BaseURL>http://` +
			at + `/a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
	} {
		_, err := watch(t, opened(t, "file:"+write(t, name, []byte(text))+"?pace=max"))
		if f := fault.From(err); f.Blame != fault.Question || f.Code != codeNoVideo {
			t.Errorf("%s ended with %#v", name, f)
		}
	}
	for _, name := range []string{"http://" + at + "/a.mp4", "tcp://" + at, "concat:http://" + at + "/a.mp4", "//" + at + "/a.mp4"} {
		_, err := watch(t, opened(t, "file:"+name))
		wantFault(t, err, codeMissing, fault.Source)
	}
	if n := calls.Load(); n > 0 {
		t.Errorf("the network was reached %d times", n)
	}
}

func TestPipeIsPlayedAsItComes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such pipes there")
	}
	video := ffmpegtest.Clip(t, "steps.ts", steps(48)...)
	pipe := filepath.Join(t.TempDir(), "pipe")
	if said, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Fatalf("mkfifo: %v: %s", err, said)
	}
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(pipe, read(t, video), 0o600) }()
	frames, err := watch(t, opened(t, "file:"+pipe+"?pace=max"))
	wantFault(t, err, capture.CodeFinished, fault.Question)
	if err := <-wrote; err != nil || len(frames) != 48 || numberOf(t, frames[0]) != 0 {
		t.Errorf("%d pictures of 48, %v", len(frames), err)
	}
}

func TestFileDeletedWhilePlayingPlaysOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there a file cannot be deleted while it is open")
	}
	video := ffmpegtest.Clip(t, "steps.mp4", steps(60)...)
	n := 0
	err := opened(t, "file:"+video+"?pace=max").Run(t.Context(), func(sight.Frame) {
		if n++; n == 1 {
			if err := os.Remove(video); err != nil {
				t.Error(err)
			}
		}
	})
	wantFault(t, err, capture.CodeFinished, fault.Question)
	if n != 60 {
		t.Errorf("%d pictures of 60", n)
	}
}

func TestFilesAreNamedAsPeopleNameThem(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	data := read(t, ffmpegtest.Clip(t, "steps.mkv", steps(2)...))
	table := scheme(t)
	for _, name := range []string{"my yard, 100%d.mkv", "-i.mkv", "yard [2].mkv"} {
		if err := os.WriteFile(filepath.Join(home, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		uri := "file:~" + string(os.PathSeparator) + name
		if d := table.Describe(uri); d.Name != name || d.Kind != "file" {
			t.Errorf("%s is described as %+v", uri, d)
		}
		frames, err := watch(t, opened(t, uri+"?pace=max"))
		wantFault(t, err, capture.CodeFinished, fault.Question)
		if len(frames) != 2 {
			t.Errorf("%s gave %d pictures", uri, len(frames))
		}
	}
	if runtime.GOOS != "windows" {
		if got := path("///home/me/My%20Videos/a%231.mp4"); got != "/home/me/My Videos/a#1.mp4" {
			t.Error(got)
		}
	}
}

func TestURIsThatNameNoFileAreRefused(t *testing.T) {
	table := capture.Table{Scheme(Config{})}
	for uri, code := range map[string]string{
		"file:": codeUnnamed, "file:?pace=max": codeUnnamed, "file:a.mp4?pace=slow": codeOption, "file:a.mp4?loop=maybe": codeOption, "file:a.mp4?fps=3": "source.option",
	} {
		_, err := table.Open(uri)
		wantFault(t, err, code, fault.Question)
	}
}

func TestMissingFFmpegIsSaidAndWaitedFor(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(ffmpeg.Variable, "")
	s, err := capture.Table{Scheme(Config{Program: func() (ffmpeg.Program, error) { return ffmpeg.Find("") }})}.Open("file:yard.mp4")
	if err != nil {
		t.Fatal(err)
	}
	_, err = watch(t, s)
	wantFault(t, err, ffmpeg.CodeMissing, fault.Us)
}
