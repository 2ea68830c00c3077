package capture

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sightline/backend/fault"
)

// The frame rates a source of made frames can have, in frames a second.
const (
	MinFPS     = 1
	MaxFPS     = 120
	DefaultFPS = 30
)

// FPS is the frame rate the URI asks for with ?fps=, DefaultFPS where it does not say.
func (u URI) FPS() (Ticks, error) {
	if !u.Options.Has("fps") {
		return DefaultFPS, nil
	}
	text := u.Options.Get("fps")
	fps, err := strconv.ParseFloat(text, 64)
	if err != nil || !(fps >= MinFPS && fps <= MaxFPS) { // written so that NaN fails too
		return 0, &fault.Error{
			Code: "source.fps", Message: fmt.Sprintf("%q is no frame rate.", short(text)), Blame: fault.Question,
			Hint: fmt.Sprintf("Choose %d to %d frames a second, like ?fps=%d.", MinFPS, MaxFPS, DefaultFPS),
		}
	}
	return Ticks(fps), nil
}

// Allow refuses every option but those named: a mistyped one must not pass in silence.
func (u URI) Allow(options ...string) error {
	for name := range u.Options {
		if !slices.Contains(options, name) {
			return &fault.Error{
				Code: "source.option", Message: fmt.Sprintf("The source %s: has no option %q.", u.Scheme, short(name)), Blame: fault.Question,
				Hint: optionsHint(options),
			}
		}
	}
	return nil
}

// Nameless refuses a name where the scheme alone says everything.
func (u URI) Nameless() error {
	if u.Name == "" {
		return nil
	}
	return &fault.Error{
		Code: "source.name", Message: fmt.Sprintf("The source %s: takes no name, and %q was given.", u.Scheme, short(u.Name)), Blame: fault.Question,
		Hint: fmt.Sprintf("Write just %s:.", u.Scheme),
	}
}

func optionsHint(options []string) string {
	if len(options) == 0 {
		return "It takes no options."
	}
	return "It takes " + strings.Join(options, ", ") + "."
}
