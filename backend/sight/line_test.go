package sight_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

var captured = time.Date(2026, 3, 4, 5, 6, 7, 89_000_000, time.FixedZone("", 3600))

func at(ms float64) time.Time { return captured.Add(time.Duration(ms * float64(time.Millisecond))) }

// observed is a sampled frame that was never sent.
func observed(outcome sight.Outcome) sight.Observation {
	return sight.Observation{Session: "s1", Seq: 17, Frame: sight.Frame{Number: 512, Captured: captured}, Outcome: outcome}
}

// sent is one that was, with an answer as far as it came.
func sent(outcome sight.Outcome) sight.Observation {
	o := observed(outcome)
	o.Answer = sight.Answer{
		Backend: "Desk", Model: "tiny", Sent: at(6.1), Ended: at(126.504),
		Image: sight.Encoded{JPEG: make([]byte, 41233), Width: 640, Height: 360},
	}
	return o
}

// TestLineIsTheContract holds the wire format: what stands here may be added to, never changed.
func TestLineIsTheContract(t *testing.T) {
	const always = `{"session":"s1","seq":17,"frame":512,"outcome":"%s","captured":"2026-03-04T05:06:07.089+01:00"`
	const image = `"image":{"width":640,"height":360,"bytes":41233}`

	whole := sent(sight.Answered)
	whole.Answer.Text = "A cat."
	whole.Answer.FirstToken, whole.Answer.LastToken = at(37.1), at(126.1)
	whole.Answer.PromptTokens, whole.Answer.CompletionTokens = ptr(301), ptr(24)

	full := whole
	full.Answer.Thinking, full.Answer.Cut, full.Answer.Limited = "Hm.", true, true

	partial := sent(sight.Failed)
	partial.Answer.Text = "A ca"
	partial.Answer.FirstToken, partial.Answer.LastToken = at(37.1), at(40)
	partial.Err = fmt.Errorf("ask: %w", &fault.Error{Code: "backend.cut", Message: "The answer broke off.", Hint: "Ask again."})

	refused := observed(sight.Failed)
	refused.Answer.Backend, refused.Answer.Model = "Desk", "tiny"
	refused.Err = &fault.Error{Code: "backend.refused", Message: "Nothing listens there."}

	cancelled := sent(sight.Cancelled)
	cancelled.Err = errors.New("context canceled")

	for name, c := range map[string]struct {
		seen sight.Observation
		want string
	}{
		"answered": {whole, fmt.Sprintf(always, "answered") + `,"age_ms":6.1,"first_token_ms":31,"total_ms":120.4,"backend":"Desk","model":"tiny",` +
			`"text":"A cat.","prompt_tokens":301,"completion_tokens":24,"tokens_per_s":258.43,` + image + `}`},
		"answered with more": {full, fmt.Sprintf(always, "answered") + `,"age_ms":6.1,"first_token_ms":31,"total_ms":120.4,"backend":"Desk","model":"tiny",` +
			`"text":"A cat.","prompt_tokens":301,"completion_tokens":24,"tokens_per_s":258.43,` + image + `,"thinking":"Hm.","cut":true,"limited":true}`},
		"answered, little known": {sent(sight.Answered), fmt.Sprintf(always, "answered") + `,"age_ms":6.1,"total_ms":120.4,"backend":"Desk","model":"tiny",` + image + `}`},
		"superseded":             {observed(sight.Superseded), fmt.Sprintf(always, "superseded") + `}`},
		"unchanged":              {observed(sight.Unchanged), fmt.Sprintf(always, "unchanged") + `}`},
		"cancelled unsent":       {observed(sight.Cancelled), fmt.Sprintf(always, "cancelled") + `}`},
		"cancelled":              {cancelled, fmt.Sprintf(always, "cancelled") + `,"age_ms":6.1,"total_ms":120.4,"backend":"Desk","model":"tiny",` + image + `}`},
		"failed half way": {partial, fmt.Sprintf(always, "failed") + `,"age_ms":6.1,"first_token_ms":31,"total_ms":120.4,"backend":"Desk","model":"tiny","text":"A ca",` +
			image + `,"error":{"code":"backend.cut","message":"The answer broke off.","hint":"Ask again."}}`},
		"failed unsent": {refused, fmt.Sprintf(always, "failed") + `,"backend":"Desk","model":"tiny","error":{"code":"backend.refused","message":"Nothing listens there."}}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(c.seen.Line())
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestTimeOfZeroIsAValueNotAnAbsence(t *testing.T) {
	o := sent(sight.Answered)
	o.Answer.Sent, o.Answer.FirstToken, o.Answer.Ended = captured, captured, captured
	l := o.Line()
	for name, v := range map[string]*float64{"age": l.AgeMS, "first token": l.FirstTokenMS, "total": l.TotalMS} {
		if v == nil || *v != 0 {
			t.Errorf("%s is %v", name, v)
		}
	}
}

func TestUnknownErrorIsShownPlainly(t *testing.T) {
	if e := sight.NewLineError(nil); e != nil {
		t.Errorf("got %+v for no error", e)
	}
	if e := sight.NewLineError(errors.New("key sk-123 refused")); e.Code != fault.CodeUnexpected || e.Message == "key sk-123 refused" {
		t.Errorf("got %+v", e)
	}
}

func ptr[T any](v T) *T { return &v }

func TestBoxesAreWrittenWithinTheirPart(t *testing.T) {
	o := sight.Observation{
		Outcome: sight.Answered, Frame: sight.Frame{Part: &sight.Region{X: 0.25, Y: 0, W: 0.5, H: 1}},
		Answer: sight.Answer{Sent: time.Now(), Text: "A cup.", Boxes: []sight.Box{{Label: "cup", Kind: "thing", Score: 0.5936330556869507, X: 1.0 / 3, Y: 0.5, W: 0.25, H: 0.125}}},
	}
	raw, err := json.Marshal(o.Line())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"boxes":[{"label":"cup","kind":"thing","score":0.5936,"x":0.3333,"y":0.5,"w":0.25,"h":0.125}]`, `"part":{"x":0.25,"y":0,"w":0.5,"h":1}`,
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%s is not in %s", want, raw)
		}
	}
	if raw, _ = json.Marshal(sight.Observation{Outcome: sight.Answered, Answer: sight.Answer{Sent: time.Now()}}.Line()); strings.Contains(string(raw), "boxes") || strings.Contains(string(raw), "part") {
		t.Errorf("what is not known is not absent: %s", raw)
	}
}
