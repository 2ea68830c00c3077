package ffmpeg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/ffmpeg/ffmpegtest"
)

func TestEveryPictureOfAFileComesOnceAndInOrder(t *testing.T) {
	video := ffmpegtest.Clip(t, "steps.mkv", append(ffmpegtest.Steps(24, ""), "-c:v", "libx264")...)
	for _, colour := range []Colour{{}, {Matrix: BT601}} {
		d := start(t, genuine(t), Input{Name: video, Colour: colour})
		pictures, err := all(d)
		if err != nil {
			t.Fatal(err)
		}
		for i, picture := range pictures {
			if got := ffmpegtest.NumberOf(picture); got != i {
				t.Errorf("picture %d is number %d", i, got)
			}
		}
		if len(pictures) != 24 || d.FPS() != 30 || d.Said() != "" {
			t.Errorf("%d pictures at %v a second, and it said %q", len(pictures), d.FPS(), d.Said())
		}
		if _, err := d.Next(); err != io.EOF {
			t.Errorf("behind the end: %v", err)
		}
	}
}

// TestUnevenTimes has pictures a millisecond apart, and then a gap of half a second.
func TestUnevenTimesAreKeptOrEvenedOut(t *testing.T) {
	video := ffmpegtest.Clip(t, "uneven.mkv", append(ffmpegtest.Steps(24, `,setpts='if(lt(N\,12)\,N*0.001\,0.5+N/30)/TB'`), "-fps_mode", "passthrough", "-c:v", "libx264")...)
	every, err := all(start(t, genuine(t), Input{Name: video}))
	if err != nil || len(every) != 24 {
		t.Errorf("passthrough gave %d pictures of 24: %v", len(every), err)
	}
	for i, picture := range every {
		if ffmpegtest.NumberOf(picture) != i {
			t.Errorf("picture %d is number %d", i, ffmpegtest.NumberOf(picture))
		}
	}
	d := start(t, genuine(t), Input{Name: video, Rate: CFR})
	even, err := all(d)
	if length := float64(len(even)) / d.FPS(); err != nil || length < 1.1 || length > 1.6 {
		t.Errorf("%d pictures at %v a second take %.2f s; want 1.3 s: %v", len(even), d.FPS(), length, err)
	}
}

func TestLivePictureWaitsForNoOther(t *testing.T) {
	stream, err := os.ReadFile(ffmpegtest.Clip(t, "steps.h264", append(ffmpegtest.Steps(6, ""), "-c:v", "libx264", "-tune", "zerolatency", "-f", "h264")...))
	if err != nil {
		t.Fatal(err)
	}
	d := start(t, genuine(t), Input{Args: LiveH264(), Colour: ColourOf(2, false)})
	for i, unit := range units(stream) {
		if _, err := d.Write(append(unit, H264End()...)); err != nil {
			t.Fatal(err)
		}
		picture, err := d.Next() // or the test hangs
		if err != nil {
			t.Fatal(err)
		}
		if got := ffmpegtest.NumberOf(picture); got != i {
			t.Errorf("picture %d is number %d", i, got)
		}
	}
	if err := d.End(); err != nil {
		t.Fatal(err)
	}
	if more, err := all(d); err != nil || len(more) > 0 {
		t.Errorf("%d pictures more at the end, %v", len(more), err)
	}
	if _, err := d.Write([]byte{1}); err == nil {
		t.Error("it took more after the end")
	}
}

// units takes H.264 apart into pictures: each begins with a slice, and its parameter sets are before it.
func units(stream []byte) (all [][]byte) {
	var unit []byte
	for _, nal := range bytes.Split(stream, []byte{0, 0, 1})[1:] {
		unit = append(append(unit, 0, 0, 1), nal...)
		if kind := nal[0] & 31; kind == 1 || kind == 5 {
			all, unit = append(all, unit), nil
		}
	}
	return all
}

func TestChangingSizeKeepsTheFirstOne(t *testing.T) {
	var joined []byte
	for _, size := range []string{"96x64", "64x96", "34x18"} {
		part, err := os.ReadFile(ffmpegtest.Clip(t, "part.h264", "-f", "lavfi", "-i", "testsrc=r=30:d=0.3:s="+size, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-bf", "0"))
		if err != nil {
			t.Fatal(err)
		}
		joined = append(joined, part...)
	}
	video := filepath.Join(t.TempDir(), "changing.h264")
	if err := os.WriteFile(video, joined, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, colour := range []Colour{{}, {Matrix: BT601}} {
		pictures, err := all(start(t, genuine(t), Input{Name: video, Colour: colour}))
		if err != nil || len(pictures) != 27 {
			t.Errorf("%d pictures of 27, %v", len(pictures), err)
		}
		for i, p := range pictures {
			if p.Rect.Dx() != 96 || p.Rect.Dy() != 64 {
				t.Errorf("picture %d has %v pixels", i, p.Rect.Size())
			}
		}
	}
}

func TestOddSizesAreWhole(t *testing.T) {
	video := ffmpegtest.Clip(t, "odd.mkv", "-f", "lavfi", "-i", "testsrc=r=30:d=0.1:s=33x17,geq=lum=90:cb=70:cr=200", "-pix_fmt", "yuv420p", "-c:v", "ffv1")
	for colour, size := range map[Colour]image.Point{{}: {X: 33, Y: 17}, {Matrix: BT601}: {X: 32, Y: 16}} {
		pictures, err := all(start(t, genuine(t), Input{Name: video, Colour: colour}))
		if err != nil || len(pictures) != 3 || pictures[0].Rect.Size() != size {
			t.Fatalf("%d pictures, %v", len(pictures), err)
		}
		if last := pictures[2]; last.Cb[0] != last.Cb[len(last.Cb)-1] || last.Y[0] != last.Y[len(last.Y)-1] {
			t.Error("the planes are shifted")
		}
	}
}

func TestOldFFmpegIsSpokenToInItsOwnWords(t *testing.T) {
	for manner, in := range map[string]Input{old: {Rate: CFR}, bare: {Rate: Passthrough, Colour: Colour{Matrix: BT709}}} {
		p := stub(t, manner)
		for range 2 {
			wantTiny(t, p, in, 3)
		}
		if learned := p.learned.now(); (manner == old) != learned.oldRate || (manner == old) != learned.noMaxRate || (manner == bare) != learned.noColourspace || learned.noHardware {
			t.Errorf("of %s it learned %+v", manner, learned)
		}
	}
}

func TestHardwareThatFailsIsReplacedBySoftware(t *testing.T) {
	for _, manner := range []string{deadHardware, hungHardware} {
		p := stub(t, manner)
		p.hardware = "vaapi"
		wantTiny(t, p, Input{Rate: Passthrough}, 1000)
		if !p.learned.now().noHardware {
			t.Errorf("%s was not learned", manner)
		}
		within(t, hardwarePatience, "the second time", func() { wantTiny(t, p, Input{Rate: Passthrough}, 3) })
	}
}

// TestVideoIsNotBlamedOnHardware: what cannot be decoded at all says nothing about the hardware.
func TestBrokenVideoIsNotBlamedOnHardware(t *testing.T) {
	p := stub(t, complains)
	p.hardware = "vaapi"
	if _, err := start(t, p, Input{}).Next(); fault.CodeOf(err) != CodeFailed {
		t.Error(err)
	}
	if p.learned.now().noHardware {
		t.Error("the hardware was blamed")
	}
}

// wantTiny gives a stand-in n tiny pictures, while it may be started more than once, and wants each back once.
func wantTiny(t *testing.T, p Program, in Input, n int) {
	t.Helper()
	d := start(t, p, in)
	wrote := make(chan error, 1)
	go func() {
		for i := range n {
			if _, err := fmt.Fprintf(d, "%06d", i); err != nil {
				wrote <- err
				return
			}
		}
		wrote <- d.End()
	}()
	pictures, err := all(d)
	if err = errors.Join(err, <-wrote); err != nil || len(pictures) != n {
		t.Fatalf("%d pictures of %d, %v", len(pictures), n, err)
	}
	for i, p := range pictures {
		if got := string(slices.Concat(p.Y, p.Cb, p.Cr)); got != fmt.Sprintf("%06d", i) {
			t.Fatalf("picture %d is %s", i, got)
		}
	}
	d.Close()
}

func TestCloseEndsAHungFFmpegWithinASecond(t *testing.T) {
	p := stub(t, hangs)
	d := start(t, p, Input{})
	ended := make(chan error, 2)
	go func() { _, err := d.Next(); ended <- err }()
	go func() {
		var err error
		for lump := make([]byte, 1<<20); err == nil; {
			_, err = d.Write(lump)
		}
		ended <- err
	}()
	within(t, time.Second, "Close", d.Close)
	for range 2 {
		if err := <-ended; !errors.Is(err, os.ErrClosed) {
			t.Errorf("it ended with %v", err)
		}
	}
	within(t, time.Second, "Close again", d.Close)
	wantGone(t, d.child.cmd.Process.Pid)
}

func TestEndOfTheContextEndsItAll(t *testing.T) {
	p := stub(t, hangs)
	ctx, cancel := context.WithCancel(t.Context())
	d, err := p.Start(ctx, Input{Rate: Passthrough})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	time.AfterFunc(50*time.Millisecond, cancel)
	within(t, time.Second, "Next", func() {
		if _, err := d.Next(); !errors.Is(err, ctx.Err()) || err == nil {
			t.Errorf("it ended with %v", err)
		}
	})
	wantGone(t, d.child.cmd.Process.Pid)
}

func TestKilledFFmpegIsAFaultAndLeavesNothing(t *testing.T) {
	d := start(t, stub(t, decodes), Input{})
	if _, err := d.Write([]byte("123456")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Next(); err != nil {
		t.Fatal(err)
	}
	process := d.child.cmd.Process
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, err := d.Next()
	if f := fault.From(err); f.Code != CodeFailed || f.Blame != fault.Source || f.Hint == "" {
		t.Errorf("it ended with %#v", f)
	}
	wantGone(t, process.Pid)
	if _, err := d.Write([]byte("123456")); err == nil {
		t.Error("what is written to it gets lost in silence")
	}
}

func TestWhatIsNoVideoIsAFault(t *testing.T) {
	for manner, code := range map[string]string{writesRubbish: CodeFailed, writesHuge: codeSize, endsMidway: CodeFailed, complains: CodeFailed} {
		d := start(t, stub(t, manner), Input{})
		within(t, 2*time.Second, manner, func() {
			if _, err := all(d); fault.CodeOf(err) != code {
				t.Errorf("%s: %v", manner, err)
			}
		})
	}
}

func TestSecretsStayWhereTheyAre(t *testing.T) {
	p := stub(t, tellsSecrets)
	t.Setenv("SIGHTLINE_API_KEY", "sk-hidden")
	t.Setenv("FFREPORT", "file=hidden.log")
	t.Setenv("SEEN", "seen")
	d := start(t, p, Input{})
	if _, err := all(d); err == nil {
		t.Fatal("it ended properly")
	}
	if said := d.child.said.String(); strings.Contains(said, "hidden") || !strings.Contains(said, "SEEN=seen") {
		t.Errorf("its environment is %s", said)
	}
}

func TestSaidNamesNobody(t *testing.T) {
	d := start(t, stub(t, complains), Input{})
	_, err := all(d)
	for _, said := range []string{d.Said(), errors.Unwrap(fault.From(err)).Error()} {
		for _, secret := range []string{"joe", "secret", "10.1.2.3", "192.168", "yard", "0x55"} {
			if strings.Contains(said, secret) {
				t.Errorf("%q names %s", said, secret)
			}
		}
		if !strings.Contains(said, "401 Unauthorized") || len(said) > 2*saidRoom {
			t.Errorf("it said %.300q", said)
		}
	}
}

// TestNamesAreNothingButNames: a file may be called anything, also what ffmpeg takes for an option, a protocol or a sequence of files.
func TestNamesAreNothingButNames(t *testing.T) {
	video := ffmpegtest.Clip(t, "steps.mkv", append(ffmpegtest.Steps(2, ""), "-c:v", "libx264")...)
	picture := ffmpegtest.Clip(t, "card.png", "-f", "lavfi", "-i", "testsrc=s=64x48", "-frames:v", "1")
	for name, from := range map[string]string{
		"-i.mkv": video, "a:b%03d.mkv": video, "pipe:0": video, "concat:a|b.mkv": video, "a b'\"$(x)*?[1].mkv": video, "http:x.mkv": video,
		"card%03d.png": picture,
	} {
		if os.PathSeparator == '\\' && strings.ContainsAny(name, `:*?"|`) {
			continue // no such names there
		}
		dir := t.TempDir()
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Chdir(dir)
		if pictures, err := all(start(t, genuine(t), Input{Name: name})); err != nil || len(pictures) == 0 {
			t.Errorf("%s gave %d pictures, %v", name, len(pictures), err)
		}
	}
}

func TestChildEndsWithItsParent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), parent+"="+self)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	_, err = fmt.Fscan(out, &pid)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil {
		t.Fatal(err)
	}
	wantGone(t, pid)
}

func TestWrappersChildrenEndToo(t *testing.T) {
	p := stub(t, lingers)
	file := filepath.Join(t.TempDir(), "pid")
	t.Setenv("TEST_PID", file)
	d := start(t, p, Input{})
	var pid int
	for limit := time.Now().Add(10 * time.Second); pid == 0 && time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		if text, err := os.ReadFile(file); err == nil {
			_, _ = fmt.Sscan(string(text), &pid)
		}
	}
	within(t, time.Second, "Close", d.Close)
	wantGone(t, pid)
}
