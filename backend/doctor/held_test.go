package doctor_test

import (
	"context"
	"crypto/tls"
	"net/url"
	"strings"
	"time"

	"sightline/backend/doctor"
	"sightline/backend/sight"
)

// held is a server behind something that holds answers back until they are complete: their tokens lie apart by that little in the end.
type held struct {
	doctor.Server
	back, apart time.Duration
}

func (held) Base() *url.URL                                    { return &url.URL{Scheme: "http", Host: "held.example:8000"} }
func (held) Lookup(context.Context) ([]string, error)          { return []string{"192.0.2.1"}, nil }
func (held) Connect(context.Context) (string, error)           { return "192.0.2.1:8000", nil }
func (held) Models(context.Context) ([]string, error)          { return []string{"m"}, nil }
func (held) KeyMatters(context.Context) (has, m bool, e error) { return false, false, nil }
func (held) Close()                                            {}
func (held) Handshake(context.Context) (s tls.ConnectionState, err error) {
	return s, nil
}

func (h held) Ask(_ context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	text := "Red."
	if p, _ := q.Frame.Picture.Planes(); p.Cb[0] > 200 {
		text = "Blue."
	}
	if on == nil {
		on = func(sight.Event) {}
	}
	tokens := 3
	a := sight.Answer{Text: strings.Repeat(text, tokens), Sent: time.Now(), CompletionTokens: &tokens}
	time.Sleep(h.back)
	a.FirstToken = time.Now()
	on(sight.Event{Kind: sight.Sent})
	for range tokens {
		time.Sleep(h.apart)
		on(sight.Event{Kind: sight.Text, Text: text})
	}
	a.LastToken, a.Ended = time.Now(), time.Now()
	return a, nil
}

func (h held) AskJSON(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	return h.Ask(ctx, q, on)
}
