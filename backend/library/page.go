package library

import (
	"cmp"
	"net/url"
	"strings"

	"sightline/backend/history"
	"sightline/backend/sight"
)

// Path is where the page finds what belongs to recordings, below the window's own address; Handler answers there.
const Path = "/recorded/"

// unreadable is the state of a recording whose manifest cannot be read. Its Reason says why.
const unreadable = "unreadable"

// recording is a recording as the page has it.
func (l *Library) recording(r history.Recording) Recording {
	p := Recording{
		ID: r.ID, Title: r.Title, Dir: r.Dir, State: string(r.State), Busy: r.Busy, Keep: r.Keep,
		StartedMS: r.Started.UnixMilli(), LengthMS: int64(r.Seconds * 1000), Bytes: r.Bytes,
		Source: cmp.Or(r.Source.Name, r.Source.URI), Kind: r.Source.Kind, Askers: []Asker{}, Prompt: r.Asked.Prompt, Pace: r.Asked.Pace,
		Video: len(r.Segments) > 0, Parts: parts(r), Version: r.Version, Segments: []Segment{}, Outcomes: Outcomes(r.Outcomes), Reason: r.Reason,
	}
	if r.Err != nil {
		p.State, p.Reason = unreadable, sight.NewLineError(r.Err)
		return p
	}
	for _, a := range r.Asked.Askers {
		p.Askers = append(p.Askers, Asker(a))
	}
	for _, s := range r.Segments {
		p.Segments = append(p.Segments, Segment{StartMS: s.StartMS, LengthMS: s.Seconds * 1000, Width: s.Width, Height: s.Height})
	}
	if l.thumbs.has(r) {
		p.Thumb = address(r.ID, thumbName)
	}
	return p
}

func parts(r history.Recording) []string {
	names := []string{}
	for _, part := range []struct {
		name string
		on   bool
	}{{"video", r.Parts.Video}, {"frames", r.Parts.Frames}, {"answers", r.Parts.Answers}} {
		if part.on {
			names = append(names, part.name)
		}
	}
	return names
}

func hit(h history.Hit) Hit {
	p := Hit{
		Recording: h.Recording, Title: h.Title, StartedMS: h.In.Started.UnixMilli(), AtMS: h.Entry.AtMS, Seq: h.Entry.Seq,
		Backend: h.Entry.Backend, Model: h.Entry.Model, Pieces: pieces(h.Marked),
	}
	if h.Entry.Picture != "" {
		p.Picture = address(h.Recording, h.Entry.Picture)
	}
	return p
}

// pieces takes a text apart at its marks.
func pieces(marked string) []Piece {
	list := []Piece{}
	add := func(text string, found bool) {
		if text != "" {
			list = append(list, Piece{Text: text, Found: found})
		}
	}
	for marked != "" {
		around, rest, _ := strings.Cut(marked, "\uE000")
		add(around, false)
		found, rest, _ := strings.Cut(rest, "\uE001")
		add(found, true)
		marked = rest
	}
	return list
}

// address is where the page finds a file of a recording.
func address(id, name string) string { return Path + url.PathEscape(id) + "/" + name }
