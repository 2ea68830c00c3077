// Package capture says what a source of frames promises, and opens one by its URI from the table it is given.
package capture

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Source delivers frames until its context ends or it fails. It is used by one goroutine, may be run again after Run has returned, and never
// retries by itself: that is its supervisor's work.
type Source interface {
	// Run opens the source and calls put with each new frame, in order, from one goroutine at a time. It blocks; it returns within two seconds
	// of ctx's end, also in mid-read, with ctx's error; otherwise with the reason the source ended, a fault.Error where that is known. It
	// leaves no goroutine behind. A frame handed to put is never changed any more; Captured is set, Number is not. put returns at once.
	Run(ctx context.Context, put func(sight.Frame)) error
}

// Lossless is a Source that may wait for whoever asks: where Waits is true, put returns only when the frame is settled, so that each frame is
// looked at and none is skipped, however long an answer takes.
type Lossless interface {
	Source
	Waits() bool
}

// CodeFinished is the code of the fault with which a source ends that has come to its end, such as a file: nothing is wrong, and it is not opened
// again by itself.
const CodeFinished = "source.finished"

// Device is something a person can choose as a source.
type Device struct {
	URI    string `json:"uri"`              // opens it: "camera:Logitech C920?id=usb-046d-0892-ABCD"
	Name   string `json:"name"`             // as a person knows it
	Kind   string `json:"kind"`             // the URI's scheme: "camera"
	Detail string `json:"detail,omitempty"` // where it is, when several have its name: "USB port 1-2"
	Modes  []Mode `json:"modes,omitempty"`  // the sizes and rates it offers, the preferred one first; none where that is not known
}

// Mode is a size and a rate in which a device can deliver.
type Mode struct {
	URI    string  `json:"uri"` // opens the device in this mode
	Width  int     `json:"width"`
	Height int     `json:"height"`
	FPS    float64 `json:"fps,omitempty"` // frames a second; absent where the device does not say
	Format string  `json:"format"`        // "MJPEG", "YUYV"
}

// Scheme is one kind of source.
type Scheme struct {
	Name  string // the part of the URI before the colon
	Title string // for a person, where the URI names nothing further: "Sample pictures"

	// Open checks the URI and makes the source; it touches no device and blocks on nothing. Bad URIs give a fault.Error.
	Open func(uri URI) (Source, error)

	// Describe is how a person knows what a URI names; nil: by the name in it. It touches no device either.
	Describe func(uri URI) string

	// Key names the device that a URI means now, the same for every URI that means it, whatever its mode; empty: none is there. nil: a URI
	// is its own key.
	Key func(ctx context.Context, uri URI) (string, error)

	// Devices lists what can be chosen now; nil where there is nothing to list. It is called when somebody asks, never at start.
	Devices func(ctx context.Context) ([]Device, error)
}

// URI names a source: SCHEME:NAME, with options behind a question mark.
type URI struct {
	Scheme  string
	Name    string // what is between the colon and the question mark, as typed
	Options url.Values
}

// String is the URI as it is typed.
func (u URI) String() string {
	s := u.Scheme + ":" + u.Name
	if len(u.Options) > 0 {
		s += "?" + u.Options.Encode()
	}
	return s
}

// ParseURI takes a source URI apart. Of a network address everything is the name: its question mark is the server's. Where the name itself holds a question mark only the last one starts options, and only when what
// follows looks like them.
func ParseURI(s string) (URI, error) {
	scheme, rest, found := strings.Cut(strings.TrimSpace(s), ":")
	if !found || scheme == "" || strings.ContainsFunc(scheme, notSchemeRune) {
		return URI{}, &fault.Error{
			Code: "source.uri", Message: fmt.Sprintf("%q names no source.", short(Shown(s))), Blame: fault.Question,
			Hint: "Write it like camera:, rtsp://HOST/PATH, file:VIDEO, screen:, images:FOLDER or sample:.",
		}
	}
	u := URI{Scheme: strings.ToLower(scheme), Name: rest}
	if u.isAddress() {
		return u, nil
	}
	if i := strings.LastIndexByte(rest, '?'); i >= 0 && strings.Contains(rest[i:], "=") {
		options, err := url.ParseQuery(rest[i+1:])
		if err != nil {
			return URI{}, &fault.Error{
				Code: "source.uri", Message: fmt.Sprintf("The options of %q cannot be read.", short(s)), Blame: fault.Question,
				Hint: "Write them like ?fps=30.", Cause: err,
			}
		}
		u.Name, u.Options = rest[:i], options
	}
	return u, nil
}

// Table is the kinds of source a program has.
type Table []Scheme

// Open makes the source that uri names.
func (t Table) Open(uri string) (Source, error) {
	u, err := ParseURI(uri)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(t, func(s Scheme) bool { return s.Name == u.Scheme })
	if i < 0 {
		return nil, &fault.Error{
			Code: "source.scheme", Message: fmt.Sprintf("Sightline has no source of kind %q.", u.Scheme), Blame: fault.Question,
			Hint: "It has " + strings.Join(t.names(), ", ") + ".",
		}
	}
	return t[i].Open(u)
}

// Devices lists what can be chosen now, scheme by scheme in the table's order. A scheme that fails does not hide the others: its error is
// the second result, and the rest is still listed.
func (t Table) Devices(ctx context.Context) ([]Device, error) {
	var all []Device
	var first error
	for _, s := range t {
		if s.Devices == nil {
			continue
		}
		found, err := s.Devices(ctx)
		if err != nil && first == nil {
			first = err
		}
		all = append(all, found...)
	}
	return all, first
}

// First is what an undecided person gets: the first thing that is listed, or the table's first scheme where nothing is.
func (t Table) First(ctx context.Context) Device {
	devices, _ := t.Devices(ctx) // what cannot be listed cannot be first
	if len(devices) > 0 {
		return devices[0]
	}
	return Device{URI: t[0].Name + ":", Name: t[0].Name, Kind: t[0].Name}
}

// Describe is a source as a person knows it, from its URI alone: the name in it, or what it lists under that URI's scheme.
func (t Table) Describe(uri string) Device {
	u, err := ParseURI(uri)
	if err != nil {
		return Device{URI: uri, Name: short(uri)}
	}
	d := Device{URI: uri, Name: u.Name, Kind: u.Scheme}
	for _, s := range t {
		switch {
		case s.Name != u.Scheme:
		case u.Name == "":
			d.Name = s.Title
		case s.Describe != nil:
			d.Name = s.Describe(u)
		}
	}
	return d
}

func (t Table) names() []string {
	names := make([]string, len(t))
	for i, s := range t {
		names[i] = s.Name + ":"
	}
	return names
}

func notSchemeRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '+' && r != '-'
}

// short keeps an error readable when somebody pastes a book into a field.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
