// Command bench measures the built programs from outside and prints the figures of docs/figures.md: run it by `make bench`.
//
// It serves an OpenAI-compatible backend of its own on loopback that notes when each request was there and when its answer was gone, plays a
// folder of JPEGs as the camera, and reads CPU and memory from /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"sightline/backend/capture/sample"
	"sightline/backend/sight"
)

func main() {
	bin := flag.String("bin", "build/bin", "where the programs are")
	only := flag.String("only", "", "run only the figures whose name holds this")
	flag.Parse()
	log.SetFlags(0)
	dir, err := os.MkdirTemp("", "sightline-bench")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	b := &bench{bin: *bin, dir: dir}
	if err := b.takePictures(90); err != nil {
		log.Fatal(err)
	}
	for _, f := range []struct {
		name    string
		measure func() error
	}{
		{"back to back, pass-through", func() error { return b.backToBack(1280) }},
		{"back to back, 1280 to 640", func() error { return b.backToBack(640) }},
		{"one request a second", b.oneASecond},
		{"ten processes", b.tenProcesses},
		{"one server and three", b.replicas},
		{"failover", b.failover},
		{"recording", b.recording},
		{"preview while recording", b.previewLoss},
		{"windows' memory", b.windowsMemory},
		{"window with images", func() error { return b.window("images:"+b.pictures+"?fps=30", 20) }},
		{"window with sample", func() error { return b.window("sample:", 35) }},
		{"first draw", b.firstDraw},
	} {
		if !strings.Contains(f.name, *only) {
			continue
		}
		fmt.Printf("\n%s\n", f.name)
		if err := f.measure(); err != nil {
			log.Fatalf("%s: %v", f.name, err)
		}
	}
}

// bench is what the figures share.
type bench struct {
	bin      string
	dir      string
	pictures string
}

// pictureQuality gives frames of about 57 kB, the size with which the peer was measured.
const pictureQuality = 45

// takePictures fills a folder with frames of the sample source, 1280x720, as a camera's JPEGs of about 57 kB.
func (b *bench) takePictures(n int) error {
	b.pictures = filepath.Join(b.dir, "pictures")
	if err := os.Mkdir(b.pictures, 0o700); err != nil {
		return err
	}
	source, err := sample.Scheme().Open(captureURI())
	if err != nil {
		return err
	}
	ctx, enough := context.WithCancel(context.Background())
	defer enough()
	taken, total := 0, 0
	var failed error
	_ = source.Run(ctx, func(f sight.Frame) { // ends by enough
		if taken == n || failed != nil {
			return
		}
		picture, err := f.Picture.JPEG(0, pictureQuality)
		if err == nil {
			err = os.WriteFile(filepath.Join(b.pictures, fmt.Sprintf("%04d.jpg", taken)), picture.JPEG, 0o600)
		}
		failed = err
		total += len(picture.JPEG)
		if taken++; taken == n {
			enough()
		}
	})
	fmt.Printf("%d pictures of %d kB on average\n", taken, total/max(taken, 1)/1000)
	return failed
}

// watch starts sightline-cli on the pictures against a server.
func (b *bench) watch(s *server, args ...string) (*run, error) {
	all := append([]string{
		"watch", "--source", "images:" + b.pictures + "?fps=30", "--backend", s.url, "--model", "bench", "--json",
	}, args...)
	return start(exec.Command(filepath.Join(b.bin, "sightline-cli"), all...))
}

// backToBack asks as fast as a backend of 20 ms answers.
func (b *bench) backToBack(edge int) error {
	s, err := serve(20*time.Millisecond, 1)
	if err != nil {
		return err
	}
	defer s.close()
	r, err := b.watch(s, "--every", "0", "--image-edge", fmt.Sprint(edge), "--for", "20s")
	if err != nil {
		return err
	}
	lines, err := r.wait()
	if err != nil {
		return err
	}
	answered := sent(lines)
	report("requests a second", float64(len(answered))/20, "", "≥ 28", "21.4")
	report("own overhead a request, p50", quantile(s.overheads(answered), 0.5), "ms", "≤ 3", "26")
	limits := map[int][2]string{1280: {"≤ 8", "≤ 15"}, 640: {"≤ 20", "≤ 35"}}[edge]
	report("captured to last byte, p50", quantile(ages(answered), 0.5), "ms", limits[0], "49")
	report("captured to last byte, p95", quantile(ages(answered), 0.95), "ms", limits[1], "69")
	return nil
}

// oneASecond is what a quiet watch costs.
func (b *bench) oneASecond() error {
	s, err := serve(20*time.Millisecond, 1)
	if err != nil {
		return err
	}
	defer s.close()
	r, err := b.watch(s, "--every", "1s", "--for", "25s")
	if err != nil {
		return err
	}
	load, err := r.load(5*time.Second, 15*time.Second)
	if err != nil {
		return err
	}
	if _, err := r.wait(); err != nil {
		return err
	}
	report("CPU", load.cpu, "% of a core", "≤ 6", "57")
	report("PSS", load.pss, "MB", "≤ 40", "197")
	return nil
}

// tenProcesses share one backend of 100 ms.
func (b *bench) tenProcesses() error {
	s, err := serve(100*time.Millisecond, 10)
	if err != nil {
		return err
	}
	defer s.close()
	var runs []*run
	for range 10 {
		r, err := b.watch(s, "--every", "1s", "--for", "20s")
		if err != nil {
			return err
		}
		runs = append(runs, r)
	}
	var all []line
	kept := 0
	for _, r := range runs {
		lines, err := r.wait()
		if err != nil {
			return err
		}
		answered := sent(lines)
		if len(answered) >= 19 {
			kept++
		}
		all = append(all, answered...)
	}
	report("processes that kept pace", float64(kept), "of 10", "10", "3")
	report("frame age, p95", quantile(ages(all), 0.95), "ms", "≤ 60", "5000")
	return nil
}

func report(what string, value float64, unit, goal, peer string) {
	fmt.Printf("  %-34s %8.1f %-12s goal %-8s peer %s\n", what, value, unit, goal, peer)
}
