package camera

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sightline/backend/capture"
	"sightline/backend/fault"
)

// wish is what a URI asks for.
type wish struct {
	name          string // a camera's name or path; empty: the first
	id            string // which very camera; empty: by name
	width, height int    // pixels; 0: as Sightline thinks best
	rate          float64
}

const (
	optionID   = "id"
	optionSize = "size"
	optionRate = "fps"
)

func wishOf(u capture.URI) (wish, error) {
	if err := u.Allow(optionID, optionSize, optionRate); err != nil {
		return wish{}, err
	}
	w := wish{name: strings.TrimSpace(u.Name), id: u.Options.Get(optionID)}
	if text := u.Options.Get(optionSize); text != "" {
		var ok bool
		if w.width, w.height, ok = sizeOf(text); !ok {
			return wish{}, optionFault("source.size", fmt.Sprintf("%q is no size of a picture.", text), "Write it like ?size=1280x720.")
		}
	}
	if text := u.Options.Get(optionRate); text != "" {
		rate, err := strconv.ParseFloat(text, 64)
		if err != nil || !(rate > 0 && rate <= 1000) { // written so that NaN fails too
			return wish{}, optionFault("source.fps", fmt.Sprintf("%q is no frame rate.", text), "Write it like ?fps=30.")
		}
		w.rate = rate
	}
	return w, nil
}

func sizeOf(text string) (width, height int, ok bool) {
	w, h, found := strings.Cut(strings.ToLower(text), "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	return width, height, found && errW == nil && errH == nil && min(width, height) > 0 && max(width, height) <= 1<<15
}

func optionFault(code, message, hint string) error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Question}
}

// find is the camera that is meant. Where an id is given it is that one or none: never another, whatever its name.
func (w wish) find(found []attached) (attached, error) {
	if w.id != "" {
		return w.findByID(found)
	}
	if len(found) == 0 {
		return attached{}, none()
	}
	if w.name == "" {
		return found[0], nil
	}
	for _, cam := range found {
		if cam.hasPath(w.name) || strings.EqualFold(cam.name, w.name) {
			return cam, nil
		}
	}
	if cam, ok := numbered(found, w.name); ok {
		return cam, nil
	}
	return attached{}, missing(w.name, found)
}

func (w wish) findByID(found []attached) (attached, error) {
	for _, cam := range found {
		if cam.answersTo(w.id) {
			return cam, nil
		}
	}
	name := cmp.Or(w.name, "that was chosen")
	for _, cam := range found {
		if cam.serial == w.id {
			return attached{}, ambiguous(name, found)
		}
	}
	return attached{}, absent(name, found)
}

// numbered finds the second camera of a name under "Webcam (2)".
func numbered(found []attached, name string) (attached, bool) {
	count := make(map[string]int, len(found))
	for _, cam := range found {
		own := strings.ToLower(cam.name)
		count[own]++
		if n := count[own]; n > 1 && strings.EqualFold(fmt.Sprintf("%s (%d)", cam.name, n), name) {
			return cam, true
		}
	}
	return attached{}, false
}

// uri is what opens this very camera, also after it was plugged in again.
func (c attached) uri() capture.URI {
	return capture.URI{Scheme: schemeName, Name: c.name, Options: url.Values{optionID: {c.id()}}}
}

// in is what opens the camera in that mode.
func (c attached) in(m mode) string {
	u := c.uri()
	u.Options.Set(optionSize, fmt.Sprintf("%dx%d", m.width, m.height))
	if m.rate > 0 {
		u.Options.Set(optionRate, strconv.FormatFloat(roundRate(m.rate), 'f', -1, 64))
	}
	return u.String()
}

// roundRate takes a rate to what a person would write: 29.97, not 29.969999.
func roundRate(rate float64) float64 { return math.Round(rate*100) / 100 }

func (c attached) hasPath(path string) bool { return slices.Contains(c.paths, path) }

// label is the camera in a sentence: its name, and where it is when that alone does not tell.
func (c attached) label() string {
	if c.twin && c.place != "" {
		return c.name + " (" + c.place + ")"
	}
	return c.name
}

// compareNames notes which cameras share a name, and gives those of them a place whose system tells none.
func compareNames(found []attached) {
	count := make(map[string]int, len(found))
	for i := range found {
		own := strings.ToLower(found[i].name)
		count[own]++
		if found[i].place == "" {
			found[i].place = fmt.Sprintf("no. %d", count[own])
		}
	}
	for i := range found {
		found[i].twin = count[strings.ToLower(found[i].name)] > 1
	}
}
