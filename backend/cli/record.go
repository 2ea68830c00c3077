package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"sightline/backend/archive"
	"sightline/backend/fault"
	"sightline/backend/recorder"
	"sightline/backend/sampler"
	"sightline/backend/session"
	"sightline/backend/sight"
)

// recording is what --record makes of a session: a sink that also follows its picture. Where nothing is recorded it does nothing.
type recording struct {
	parts Parts
	tell  func(error)        // tells a person of a trouble; any goroutine may call it
	rec   *recorder.Recorder // nil: nothing is recorded
	done  chan struct{}      // closed when the recording is closed
	cease context.CancelFunc

	mu  sync.Mutex // guards what follows
	dir string     // of the recording, once it has begun
}

// Observe hands an outcome to the recorder.
func (r *recording) Observe(o sight.Observation) {
	if r.rec != nil {
		r.rec.Observe(o)
	}
}

// begin records the session from its first picture on. A disk that takes nothing is told of, and the watching goes on.
func (r *recording) begin(s *session.Session, folder string, about archive.About) {
	r.rec = recorder.New(recorder.Config{
		Files: archive.OS(), Version: r.parts.Version, Session: s.ID(), Latest: s.Latest(), Free: r.parts.Free,
		Changed: r.note, Notify: r.tell,
	})
	r.rec.Set(recorder.Options{Folder: folder, Parts: archive.Parts{Video: true, Frames: true, Answers: true}})
	r.rec.Describe(about)
	r.rec.Start()
	r.parts.awake(true)
	ctx, cease := context.WithCancel(context.Background()) // it outlives the session, to hear of all its outcomes
	r.done, r.cease = make(chan struct{}), cease
	go func() {
		defer close(r.done)
		_ = r.rec.Run(ctx) // its error is the context's; what went wrong was told by Notify
	}()
}

// note remembers where the recording is: while it goes on, the recorder says so.
func (r *recording) note() {
	state := r.rec.State()
	r.mu.Lock()
	defer r.mu.Unlock()
	if state.Dir != "" {
		r.dir = state.Dir
	}
}

// end closes the recording and says where it is. It returns when it is closed, or its disk has not answered for half a minute.
func (r *recording) end() {
	if r.rec == nil {
		return
	}
	r.cease()
	<-r.done
	r.parts.awake(false)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dir != "" {
		fmt.Fprintln(r.parts.Stderr, "Recorded to "+r.dir)
	}
}

func (p Parts) awake(on bool) {
	if p.Awake != nil {
		p.Awake(on)
	}
}

// prepareFolder makes the folder that recordings go to, and closes what was cut short in it.
func prepareFolder(dir string) (string, error) {
	folder, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	if err != nil {
		return "", &fault.Error{
			Code: "record.folder", Message: fmt.Sprintf("Nothing can be recorded to %s.", dir), Hint: "Name a folder that can be written with --record.", Blame: fault.Question, Cause: err,
		}
	}
	dirs, _ := archive.List(folder) // what cannot be listed, or mended, now is in nobody's way, and is tried again next time
	for _, d := range dirs {
		_, _ = archive.Mend(archive.OS(), d)
	}
	return folder, nil
}

// about is what a recording says of itself: no address and no key.
func (c *askFlags) about(parts Parts, task session.Task, pace sampler.Pace) archive.About {
	source := parts.Sources.Describe(withoutUser(c.Source))
	about := archive.About{
		Source: archive.Source{URI: source.URI, Name: source.Name, Kind: source.Kind},
		Asked: archive.Asked{
			Prompt: task.Prompt, System: task.System, Pace: pace.String(), MaxTokens: task.MaxTokens, Temperature: task.Temperature,
			ImageEdge: task.ImageEdge, ImageQuality: task.ImageQuality,
		},
	}
	for _, a := range task.Askers {
		about.Asked.Askers = append(about.Asked.Askers, archive.Asker{Backend: a.Backend, Model: a.Model})
	}
	return about
}
