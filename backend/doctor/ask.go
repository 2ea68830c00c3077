package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// maxTokens leaves room for a model that thinks first. One that does not needs far fewer.
const maxTokens = 1024

const (
	colourPrompt = "Which colour is this square? Answer in one word."
	longPrompt   = "Describe this square in about fifty words."
	jsonPrompt   = `Which colour is this square? Answer with a JSON object like {"colour": "…"} and nothing else.`

	// For a model that does not see, which is sent no picture any more.
	blindLongPrompt = "Describe a green square in about fifty words."
	blindJSONPrompt = `Which colour is grass? Answer with a JSON object like {"colour": "…"} and nothing else.`
)

// lookAtPicture asks about two squares in the very same words: who answers rightly both times has seen them. Once would be a guess, and red
// is everybody's first.
func (v *Visit) lookAtPicture(ctx context.Context) (string, error) {
	asker := v.asker()
	if asker == nil {
		return "", ErrSkip
	}
	for _, c := range []colour{red(), blue()} {
		answer, err := asker.Ask(ctx, v.question(colourPrompt, c), nil)
		if fault.CodeOf(err) == "backend.no_vision" {
			v.conclude("no")
		}
		if err != nil {
			return "", err
		}
		if !c.isNamedIn(answer.Text) {
			v.conclude("")
			return "", &fault.Error{
				Code:    "backend.wrong_colour",
				Message: fmt.Sprintf("It answered, but not with the colour: of a %s square it said “%s”.", c.name, short(answer.Text)),
				Hint:    "This model may not see pictures, or not well: try it with a camera, or choose another vision model.", Blame: fault.Question,
			}
		}
	}
	v.conclude("yes")
	return "it sees: a red square and a blue one", nil
}

// conclude notes that the model answers, and whether it sees: "yes", "no", or empty for nobody knows.
func (v *Visit) conclude(sees string) {
	v.answers, v.examined = true, true
	v.profile.Sees, v.profile.Checked = sees, time.Now().UTC().Format(time.RFC3339)
}

// reply is an answer with what it was like to hear it.
type reply struct {
	answer sight.Answer
	pieces int
	err    error
}

// listen asks for the longer answer, once.
func (v *Visit) listen(ctx context.Context) *reply {
	if v.long == nil {
		q := v.question(longPrompt, green())
		if v.profile.Sees == "no" {
			q = v.unseeing(blindLongPrompt)
		}
		r := new(reply)
		r.answer, r.err = v.asker().Ask(ctx, q, func(e sight.Event) {
			if e.Kind == sight.Text {
				r.pieces++
			}
		})
		v.long = r
	}
	return v.long
}

// lookAtStreaming sees whether a longer answer comes in pieces. That it does not is no illness.
func (v *Visit) lookAtStreaming(ctx context.Context) (string, error) {
	if !v.answers || v.asker() == nil {
		return "", ErrSkip
	}
	r := v.listen(ctx)
	if r.err != nil {
		return "", r.err
	}
	if r.pieces < 2 {
		return "whole answers only", nil
	}
	v.profile.Streams = true
	if r.isHeldBack() {
		return fmt.Sprintf("in %d pieces, but all of them at the end: something on the way may hold them back", r.pieces), nil
	}
	return fmt.Sprintf("word by word, in %d pieces", r.pieces), nil
}

// isHeldBack tells pieces that were collected on the way, as some proxies do, from a model that is fast: they come after a long wait, and then
// all within a hundredth of it.
func (r *reply) isHeldBack() bool {
	const long = time.Second
	wait, span := r.answer.FirstToken.Sub(r.answer.Sent), r.answer.LastToken.Sub(r.answer.FirstToken)
	return wait > long && span < wait/100
}

// isAtOnce tells tokens that came faster than the clock ticks, which on Windows takes some milliseconds, from tokens that nobody counted.
func (r *reply) isAtOnce() bool {
	return r.answer.CompletionTokens != nil && !r.answer.LastToken.After(r.answer.FirstToken)
}

// lookAtJSON sees whether the model can be made to answer in JSON. That it cannot is no illness.
func (v *Visit) lookAtJSON(ctx context.Context) (string, error) {
	p := v.well()
	if !v.answers || p == nil {
		return "", ErrSkip
	}
	q := v.question(jsonPrompt, red())
	if v.profile.Sees == "no" {
		q = v.unseeing(blindJSONPrompt)
	}
	answer, err := p.AskJSON(ctx, q, nil)
	if err != nil && !badQuestion(err) {
		return "", err
	}
	v.profile.JSON = err == nil && isColourJSON(answer.Text)
	if !v.profile.JSON {
		return "not reliable", nil
	}
	return "reliable", nil
}

func isColourJSON(text string) bool {
	var object struct {
		Colour string `json:"colour"`
	}
	return json.Unmarshal([]byte(text), &object) == nil && object.Colour != ""
}

// badQuestion tells a model that does not take such a question from a server that fails.
func badQuestion(err error) bool {
	f := fault.From(err)
	return f.Blame == fault.Question || f.Code == "backend.empty"
}

// measureSpeed takes the times of the longer answer, which is only asked for where that has not been done.
func (v *Visit) measureSpeed(ctx context.Context) (string, error) {
	if !v.answers || v.asker() == nil {
		return "", ErrSkip
	}
	asked := v.long != nil
	r := v.listen(ctx)
	if r.err != nil && asked {
		return "", ErrSkip // said before
	}
	if r.err != nil {
		return "", r.err
	}
	seen := sight.Observation{Answer: r.answer}
	first, _ := seen.FirstToken()
	rate, counted := seen.TokensPerSecond()
	if r.isHeldBack() {
		rate = 0 // of whatever held them back
	}
	v.profile.FirstMS, v.profile.TokensPS = rounded(float64(first.Microseconds())/1000), rounded(rate)
	switch {
	case r.pieces < 2:
		return fmt.Sprintf("the whole answer after %s", inWords(first)), nil
	case r.isHeldBack():
		return fmt.Sprintf("first token after %s, and the others with it", inWords(first)), nil
	case !counted && r.isAtOnce():
		return fmt.Sprintf("first token after %s, and the others at once", inWords(first)), nil
	case !counted:
		return fmt.Sprintf("first token after %s; the server does not count its tokens", inWords(first)), nil
	}
	return fmt.Sprintf("first token after %s, %.0f tokens/s", inWords(first), rate), nil
}

func inWords(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func rounded(x float64) float64 { return math.Round(x*10) / 10 }

// question is one about a square.
func (v *Visit) question(prompt string, c colour) sight.Question {
	q := v.unseeing(prompt)
	q.Frame = sight.Frame{Number: 1, Captured: time.Now(), Picture: c.square()}
	return q
}

// unseeing is a question without a picture.
func (v *Visit) unseeing(prompt string) sight.Question {
	return sight.Question{Prompt: prompt, Model: v.model, MaxTokens: maxTokens, ImageEdge: edge, ImageQuality: 90}
}

// isNamedIn reports whether text names c, and none of the other squares.
func (c colour) isNamedIn(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
	named := func(names []string) bool { return containsAny(words, names) }
	for _, other := range []colour{red(), blue()} {
		if other.name != c.name && named(other.words) {
			return false
		}
	}
	return named(c.words)
}
