package vlm

import (
	"context"
	"fmt"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Blind stands in for a backend whose model is known not to see: it fails every question at once, touches no network, and so sends no picture
// where it would be of no use. name is the backend's as shown.
func Blind(name, model string) Asker { return blind{name, model} }

type blind struct{ name, model string }

func (b blind) Ask(ctx context.Context, _ sight.Question, _ func(sight.Event)) (sight.Answer, error) {
	answer := sight.Answer{Backend: b.name, Model: b.model}
	if err := ctx.Err(); err != nil {
		return answer, err
	}
	return answer, &fault.Error{
		Code: "backend.no_vision", Message: fmt.Sprintf("%s's model %q cannot see pictures.", b.name, b.model),
		Hint: "Choose a vision model, or check it again in settings.", Blame: fault.Question,
	}
}
