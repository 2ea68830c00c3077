package view

import (
	"context"

	"sightline/backend/sight"
)

// refusing answers every question with the same fault.
type refusing struct{ err error }

// Ask fails.
func (r refusing) Ask(context.Context, sight.Question, func(sight.Event)) (sight.Answer, error) {
	return sight.Answer{}, r.err
}
