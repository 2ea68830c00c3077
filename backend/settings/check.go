package settings

import (
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// The limits of what is kept.
const (
	MaxBackends = 100
	MaxPrompts  = 500
	MaxName     = 80        // characters of a name
	MaxText     = 16 * 1024 // bytes of a prompt
	MinEdge     = 224       // pixels of the longer side of a picture as it is sent
	MaxEdge     = 2048
	MinQuality  = 50 // of a JPEG as it is sent
	MaxQuality  = 95
	MaxTokens   = 4096

	MaxReplicas  = 15 // servers of a backend beside the first
	MaxColumns   = 3  // askers of a window beside the first
	MaxInFlight  = 64
	MaxPerMinute = 10_000

	MinPreRoll = 10 // seconds kept before a recording begins
	MaxPreRoll = 60

	minSegmentMB = 10
	maxSegmentMB = 1_000_000
	maxLimitGB   = 1_000_000
	maxPerSecond = 10
	maxMinutes   = 60
	maxProfiles  = 200
	maxPrivate   = 200
	maxID        = 64
	maxReference = 4096 // bytes of a URI, a URL or a model's name
	maxSeconds   = 3600
	maxPixels    = 100_000
)

// CheckWindowID refuses, as CodeInvalid, what cannot name a window: an ID is 1 to 40 of a–z, 0–9 and the hyphen, so it is a file name anywhere.
func CheckWindowID(id string) error {
	if len(id) < 1 || len(id) > 40 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return invalid("That is no window's ID.", "Use 1 to 40 small letters, digits and hyphens.")
	}
	return nil
}

// CheckWindow refuses, as CodeInvalid, choices that a window cannot have.
func CheckWindow(w Window) error { return checkWindow(&w, w.ID) }

func checkSettings(s *Settings) error {
	s.Backends = orEmpty(s.Backends)
	s.Prompts = orEmpty(s.Prompts)
	s.Private = orEmpty(s.Private)
	return first(
		oneOf("theme", s.Theme, "auto", "light", "dark"),
		oneOf("choice for another start", s.Again, "new", "raise"),
		checkBackends(s.Backends),
		checkPrivate(s.Private),
		checkCameras(s.Cameras),
		atMost("path of ffmpeg", s.FFmpeg, maxReference),
		checkPrompts(s.Prompts),
		checkTimes(s.Times),
		checkRecording(s.Recording),
		checkGauges(s.Gauges),
		atMost("address for Prometheus", s.Metrics.Address, maxReference),
		atMost("time of a token", s.Metrics.Renewed, maxID),
	)
}

func checkGauges(g Gauges) error {
	return first(
		within("number of looks a second", float64(g.PerSecond), 0, maxPerSecond),
		within("time that gauges remember", float64(g.Minutes), 0, maxMinutes),
	)
}

func checkRecording(r Recording) error {
	if r.Folder != "" && !filepath.IsAbs(r.Folder) {
		return invalid("The folder for recordings is no whole path.", "Choose it from the list of folders.")
	}
	if r.NoVideo && r.NoFrames && r.NoAnswers {
		return invalid("Nothing is left to record.", "Keep the video, the pictures or the answers.")
	}
	if r.PreRoll != 0 && r.PreRoll < MinPreRoll {
		return invalid("The pre-roll is out of range.", fmt.Sprintf("Choose %d to %d seconds, or none.", MinPreRoll, MaxPreRoll))
	}
	if r.SegmentMB != 0 && r.SegmentMB < minSegmentMB {
		return invalid("The files of video are too small.", fmt.Sprintf("Choose at least %d MB, or no limit.", minSegmentMB))
	}
	return first(
		atMost("folder for recordings", r.Folder, maxReference),
		within("pre-roll", float64(r.PreRoll), 0, MaxPreRoll),
		within("size of a file of video", float64(r.SegmentMB), 0, maxSegmentMB),
		within("room for recordings", float64(r.LimitGB), 0, maxLimitGB),
	)
}

// settleHere lets recordings go where they go by default if the settings come from another system and name a folder of that one. For the sake
// of one folder, nobody's backends and prompts are set aside.
func settleHere(s *Settings) {
	if fromElsewhere(s.Recording.Folder) {
		s.Recording.Folder = ""
	}
}

// fromElsewhere says of a path that it is a whole one where paths are written in another way, and is none here.
func fromElsewhere(path string) bool {
	onWindows := len(path) > 2 && path[1] == ':' && strings.ContainsRune(`\/`, rune(path[2])) || strings.HasPrefix(path, `\\`)
	return !filepath.IsAbs(path) && (onWindows || strings.HasPrefix(path, "/"))
}

func checkBackends(backends []Backend) error {
	if len(backends) > MaxBackends {
		return invalid(fmt.Sprintf("There are more than %d backends.", MaxBackends), "Delete one that is no longer used.")
	}
	ids, names := taken{}, taken{}
	for _, b := range backends {
		if err := first(checkBackend(b), ids.add("ID", b.ID), names.add("name", b.Name)); err != nil {
			return err
		}
	}
	return nil
}

func checkBackend(b Backend) error {
	return first(
		checkID(b.ID),
		checkName(b.Name),
		checkURL(b.URL),
		checkReplicas(b),
		atMost("model's name", b.Model, maxReference),
		within("number of questions at once", float64(b.InFlight), 0, MaxInFlight),
		within("number of questions a minute", float64(b.PerMinute), 0, MaxPerMinute),
		checkTimes(b.Times),
		atMost("certificate file's name", b.CAFile, maxReference),
		oneOf("choice for leaving this network", b.Leaves, "", "yes", "no"),
		checkFallback(b),
		within("number of models looked at", float64(len(b.Profiles)), 0, maxProfiles),
	)
}

func checkReplicas(b Backend) error {
	if len(b.Replicas) > MaxReplicas {
		return invalid(fmt.Sprintf("A backend has more than %d servers.", MaxReplicas+1), "Leave some out.")
	}
	urls := taken{}
	for _, url := range b.URLs() {
		if err := first(checkURL(url), urls.add("address", url)); err != nil {
			return err
		}
	}
	return nil
}

// checkFallback lets a backend stand in that has been deleted since: then there is none.
func checkFallback(b Backend) error {
	switch b.Fallback {
	case "", Builtin:
		return nil
	case b.ID:
		return invalid("A backend cannot stand in for itself.", "Choose another one, or none.")
	}
	return checkID(b.Fallback)
}

func checkCameras(addresses []string) error {
	if len(addresses) > MaxCameras {
		return invalid(fmt.Sprintf("More than %d network cameras cannot be remembered.", MaxCameras), "Forget one.")
	}
	for _, address := range addresses {
		if err := atMost("camera's address", address, maxReference); err != nil {
			return err
		}
	}
	return nil
}

func checkPrivate(sources []string) error {
	if len(sources) > maxPrivate {
		return invalid("There are too many sources that stay on this network.", "Allow one that is no longer used.")
	}
	for _, uri := range sources {
		if err := atMost("source", uri, maxReference); err != nil {
			return err
		}
	}
	return nil
}

func checkPrompts(prompts []Prompt) error {
	if len(prompts) > MaxPrompts {
		return invalid(fmt.Sprintf("There are more than %d prompts.", MaxPrompts), "Delete one that is no longer used.")
	}
	ids, names := taken{}, taken{}
	for _, p := range prompts {
		if err := first(checkPrompt(p), ids.add("ID", p.ID), names.add("name", p.Name)); err != nil {
			return err
		}
	}
	return nil
}

func checkPrompt(p Prompt) error {
	if strings.TrimSpace(p.Text) == "" {
		return invalid("A prompt has no text.", "Write what to ask about the picture.")
	}
	return first(
		checkID(p.ID),
		checkName(p.Name),
		atMost("prompt", p.Text, MaxText),
		atMost("system prompt", p.System, MaxText),
	)
}

func checkTimes(t TimeLimits) error {
	return first(
		within("time to connect", t.Connect, 0, maxSeconds),
		within("time to the first token", t.FirstToken, 0, maxSeconds),
		within("time between tokens", t.BetweenTokens, 0, maxSeconds),
		within("time in total", t.Total, 0, maxSeconds),
	)
}

func checkWindow(w *Window, id string) error {
	if w.ID != id {
		return invalid("A window's state has another window's ID.", "Keep the ID as it is.")
	}
	return first(
		atMost("source", w.Source, maxReference),
		checkWindowBackend(w.Backend),
		atMost("model's name", w.Model, maxReference),
		checkColumns(w.Compare),
		atMost("prompt", w.Prompt, MaxText),
		atMost("system prompt", w.System, MaxText),
		checkPace(w.Pace),
		within("number of tokens", float64(w.MaxTokens), 0, MaxTokens),
		checkTemperature(w.Temperature),
		within("longer side of the picture", float64(w.ImageEdge), MinEdge, MaxEdge),
		within("picture quality", float64(w.ImageQuality), MinQuality, MaxQuality),
		checkView(w.Rotate, w.Crop),
		oneOf("overlay", w.Overlay, "off", "top", "bottom"),
		checkGeometry(w.Geometry),
	)
}

func checkView(rotate int, crop *sight.Region) error {
	if rotate < 0 || rotate > 270 || rotate%90 != 0 {
		return invalid(fmt.Sprintf("A picture cannot be rotated by %d degrees.", rotate), "Choose 0, 90, 180 or 270.")
	}
	if crop != nil && !crop.Within() {
		return invalid("That part of the picture does not lie within it, or is too small.", "Draw it again.")
	}
	return nil
}

func checkColumns(columns []Column) error {
	if len(columns) > MaxColumns {
		return invalid(fmt.Sprintf("More than %d backends cannot be compared.", MaxColumns+1), "Leave one out.")
	}
	for _, c := range columns {
		if err := first(checkWindowBackend(c.Backend), atMost("model's name", c.Model, maxReference)); err != nil {
			return err
		}
	}
	return nil
}

func checkWindowBackend(id string) error {
	if id == Builtin {
		return nil
	}
	return checkID(id)
}

func checkTemperature(t *float64) error {
	if t == nil {
		return nil
	}
	return within("temperature", *t, 0, 2)
}

func checkGeometry(g Geometry) error {
	return first(
		within("width of the window", float64(g.Width), 1, maxPixels),
		within("height of the window", float64(g.Height), 1, maxPixels),
		within("place of the window", float64(g.X), -maxPixels, maxPixels),
		within("place of the window", float64(g.Y), -maxPixels, maxPixels),
	)
}

// checkPace accepts the written form of a pace. It says the same as the sampler's parser, which lives on this floor and so is not imported.
func checkPace(s string) error {
	if s == "0" || s == "asked" {
		return nil
	}
	if count, frames := strings.CutSuffix(s, "f"); frames {
		if n, err := strconv.Atoi(count); err == nil && n >= 1 && n <= 3600 {
			return nil
		}
		return badPace()
	}
	if d, err := time.ParseDuration(s); err != nil || d < 100*time.Millisecond || d > time.Hour {
		return badPace()
	}
	return nil
}

func badPace() error {
	return invalid("That is no pace.", "Write it like 2s, 500ms or 30f; 0 asks back to back.")
}

// checkURL accepts the base of an HTTP server. A refused one is not repeated: it may hold a password.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || len(raw) > maxReference || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		return invalid("A backend's address is no http or https URL.", "Write it like http://localhost:8000/v1.")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return invalid("A backend's address holds more than an address.", "Leave out the user, the password, and all from ? or # on; keys have a field of their own.")
	}
	return nil
}

func checkID(id string) error {
	if len(id) < 1 || len(id) > maxID || strings.ContainsFunc(id, notInID) {
		return invalid("That is no ID.", fmt.Sprintf("Use 1 to %d letters, digits, dots, hyphens and underscores.", maxID))
	}
	return nil
}

func notInID(r rune) bool {
	return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", r)
}

// checkName wants something a person can read in a menu: one line, not blank.
func checkName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return invalid("A name is missing.", "Give it a short name.")
	case len([]rune(name)) > MaxName:
		return invalid("A name is too long.", fmt.Sprintf("Use at most %d characters.", MaxName))
	case strings.ContainsFunc(name, unicode.IsControl):
		return invalid("A name holds a character that cannot be shown.", "Use one plain line.")
	}
	return nil
}

// taken is what is in use already, told apart as a person does: not by case.
type taken map[string]bool

func (t taken) add(what, value string) error {
	folded := strings.ToLower(value)
	if t[folded] {
		return invalid(fmt.Sprintf("The %s %q is there twice.", what, value), "Choose another one.")
	}
	t[folded] = true
	return nil
}

func oneOf(what, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return invalid(fmt.Sprintf("That is no %s.", what), fmt.Sprintf("Choose one of: %s.", strings.Join(allowed, ", ")))
}

func within(what string, value, low, high float64) error {
	if value >= low && value <= high && !math.IsNaN(value) {
		return nil
	}
	return invalid(fmt.Sprintf("The %s is out of range.", what), fmt.Sprintf("Choose %g to %g.", low, high))
}

func atMost(what, value string, limit int) error {
	if len(value) <= limit {
		return nil
	}
	return invalid(fmt.Sprintf("The %s is too long.", what), fmt.Sprintf("Use at most %d bytes.", limit))
}

func invalid(message, hint string) error {
	return &fault.Error{Code: CodeInvalid, Message: message, Hint: hint, Blame: fault.Us}
}

// first is the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// orEmpty keeps null out of the page's JSON.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
