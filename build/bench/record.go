package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// recording is what it costs to record a camera's JPEGs beside watching it once a second.
func (b *bench) recording() error {
	s, err := serve(20*time.Millisecond, 1)
	if err != nil {
		return err
	}
	defer s.close()
	plain, err := b.watched(s)
	if err != nil {
		return err
	}
	parent := filepath.Join(b.dir, "recordings")
	recorded, err := b.watched(s, "--record", parent)
	if err != nil {
		return err
	}
	report("CPU of recording", recorded.cpu-plain.cpu, "% of a core", "≤ 60", "–")
	report("memory of recording, PSS", recorded.pss-plain.pss, "MB", "≤ 60", "–")
	size, err := sizeOf(parent, "video.mp4")
	if err != nil {
		return err
	}
	report("an hour of video", size/recordedFor.Seconds()*3600/1e9, "GB", "≤ 1.2", "–")
	return b.recordingAges(s)
}

// recordedFor is how long one recording of the bench lasts.
const recordedFor = 25 * time.Second

func (b *bench) watched(s *server, args ...string) (load, error) {
	r, err := b.watch(s, append([]string{"--every", "1s", "--for", recordedFor.String()}, args...)...)
	if err != nil {
		return load{}, err
	}
	used, err := r.load(5*time.Second, 15*time.Second)
	if err != nil {
		return load{}, err
	}
	_, err = r.wait()
	return used, err
}

// recordingAges compares how old frames are at the backend, with a recording and without.
func (b *bench) recordingAges(s *server) error {
	var p50 [2]float64
	for i, args := range [][]string{nil, {"--record", filepath.Join(b.dir, "more recordings")}} {
		r, err := b.watch(s, append([]string{"--every", "100ms", "--image-edge", "1280", "--for", "15s"}, args...)...)
		if err != nil {
			return err
		}
		lines, err := r.wait()
		if err != nil {
			return err
		}
		p50[i] = quantile(ages(sent(lines)), 0.5)
	}
	report("captured to last byte, plain, p50", p50[0], "ms", "–", "–")
	report("what recording adds to it", p50[1]-p50[0], "ms", "≤ 2", "–")
	return nil
}

// sizeOf is the bytes of the files of one name below a folder.
func sizeOf(parent, name string) (float64, error) {
	found, err := filepath.Glob(filepath.Join(parent, "*", name))
	if err != nil || len(found) == 0 {
		return 0, fmt.Errorf("no %s below %s: %w", name, parent, err)
	}
	var total float64
	for _, path := range found {
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		total += float64(info.Size())
	}
	return total, nil
}
