package view

import (
	"path/filepath"
	"time"

	"sightline/backend/archive"
	"sightline/backend/recorder"
	"sightline/backend/settings"
)

// Recording is what is being recorded of this window's session.
type Recording struct {
	On           bool   `json:"on"`
	ID           string `json:"id"`
	SinceMS      int64  `json:"sinceMs"` // Unix milliseconds of its beginning
	Bytes        int64  `json:"bytes"`
	Answers      int    `json:"answers"` // outcomes that are on disk, beyond loss
	Missed       uint64 `json:"missed"`  // frames that came faster than they could be encoded
	LowDisk      bool   `json:"lowDisk"` // less than a gigabyte is left
	PreRollMS    int64  `json:"preRollMs"`
	PreRollBytes int64  `json:"preRollBytes"`
}

// Record begins or ends the recording of the session. What goes wrong on the way is told as a notice.
func (v *View) Record(on bool) {
	if on {
		v.recorder.Start()
	} else {
		v.recorder.Stop()
	}
}

// recordingNow is the recorder as the page sees it.
func (v *View) recordingNow() Recording {
	s := v.recorder.State()
	r := Recording{PreRollMS: s.PreRoll.Length.Milliseconds(), PreRollBytes: s.PreRoll.Bytes}
	if s.On {
		r.On, r.ID, r.SinceMS = true, filepath.Base(s.Dir), s.Since.UnixMilli()
		r.Bytes, r.Answers, r.Missed, r.LowDisk = s.Bytes, s.Answers, s.Missed, s.LowDisk
	}
	return r
}

// describe tells the recorder what is watched, what is asked, and how to record it.
func (v *View) describe(w settings.Window) {
	v.mu.Lock()
	source, common := v.source, v.common
	v.mu.Unlock()
	about := archive.About{
		Source: archive.Source{URI: source.URI, Name: source.Name, Kind: source.Kind},
		Asked: archive.Asked{
			Prompt: w.Prompt, System: w.System, Pace: w.Pace, MaxTokens: w.MaxTokens, Temperature: w.Temperature,
			ImageEdge: w.ImageEdge, ImageQuality: w.ImageQuality,
		},
	}
	for _, c := range columnsOf(w) {
		about.Asked.Askers = append(about.Asked.Askers, archive.Asker{Backend: backendName(common, c.Backend), Model: c.Model})
	}
	v.recorder.Describe(about)
	v.recorder.Set(optionsOf(common.Recording))
}

func optionsOf(r settings.Recording) recorder.Options {
	return recorder.Options{
		Folder: r.Dir(), Parts: archive.Parts{Video: !r.NoVideo, Frames: !r.NoFrames, Answers: !r.NoAnswers},
		PreRoll: time.Duration(r.PreRoll) * time.Second, SegmentBytes: int64(r.SegmentMB) << 20,
	}
}

// followRecording keeps the camera running for the recorder, and says when a recording has ended.
func (v *View) followRecording(before, now Recording) {
	if now.On != before.On {
		v.session.SetRecorded(now.On)
		v.Awake(now.On)
	}
	if before.On && before.ID != now.ID {
		v.Recorded()
	}
}
