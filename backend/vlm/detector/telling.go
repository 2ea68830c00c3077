package detector

import (
	"context"
	"time"
	"unicode"
	"unicode/utf8"

	"sightline/backend/sight"
)

// telling is a sentence while it is said.
type telling struct {
	answer *sight.Answer
	on     func(sight.Event)
}

// say gives pieces of the answer one by one, until somebody no longer wants to hear them.
func (t *telling) say(ctx context.Context, pieces ...string) error {
	for _, piece := range pieces {
		if err := ctx.Err(); err != nil {
			return err
		}
		t.answer.Text += piece
		t.answer.LastToken = time.Now()
		if t.answer.FirstToken.IsZero() {
			t.answer.FirstToken = t.answer.LastToken
		}
		t.on(sight.Event{Kind: sight.Text, Text: piece})
	}
	return nil
}

// part says a part of the sentence, set off from the one before; nothing where words is empty.
func (t *telling) part(ctx context.Context, words string) error {
	switch {
	case words == "":
		return nil
	case t.answer.Text == "":
		return t.say(ctx, capital(words))
	}
	return t.say(ctx, "; "+words)
}

// measured ends the sentence with what was measured, after what was found.
func (t *telling) measured(ctx context.Context, l *look, c *change) error {
	parts := []string{unusual(l.level), brief(l.colours)}
	if t.answer.Text == "" {
		parts = append([]string{"nothing I know"}, parts...)
	}
	if c != nil {
		parts = append(parts, motion(c))
	}
	for _, words := range parts {
		if err := t.part(ctx, words); err != nil {
			return err
		}
	}
	return t.say(ctx, ".")
}

func capital(words string) string {
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}
