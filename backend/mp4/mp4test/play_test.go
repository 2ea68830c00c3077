package mp4test_test

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"

	"sightline/backend/mp4"
	"sightline/backend/mp4/mp4test"
)

// TestOrdinaryFileShowsWhatTheRecordingHas plays what playback makes of a kept recording's video.
func TestOrdinaryFileShowsWhatTheRecordingHas(t *testing.T) {
	file, err := os.ReadFile("../../archive/testdata/format-1/2026-11-22_07-29-53_k3f9/video.mp4")
	if err != nil {
		t.Fatal(err)
	}
	track, err := mp4.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	head, err := mp4.Index(track)
	if err != nil {
		t.Fatal(err)
	}
	ordinary, err := io.ReadAll(mp4.Behind(head, bytes.NewReader(file), track.Whole))
	if err != nil {
		t.Fatal(err)
	}
	film := mp4test.Play(t, ordinary)
	if len(track.Samples) < 10 || len(film.Samples) != len(track.Samples) || film.Length != track.Length.Round(time.Millisecond) || !bytes.Equal(film.SPS, track.SPS) {
		t.Fatalf("%d samples in %v, and %d in %v", len(film.Samples), film.Length, len(track.Samples), track.Length)
	}
	for i, s := range track.Samples {
		f := film.Samples[i]
		if !bytes.Equal(f.Data, file[s.Offset:s.Offset+int64(s.Size)]) || f.At != s.At.Round(time.Millisecond) || f.Key != s.Key {
			t.Errorf("sample %d is shown at %v, not at %v", i, f.At, s.At)
		}
	}
}
