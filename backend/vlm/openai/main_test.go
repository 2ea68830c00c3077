package openai

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm/vlmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick is limits short enough to wait for, and long enough for a busy machine where a test expects an answer.
func quick() Limits {
	return Limits{Connect: 10 * time.Second, FirstToken: time.Minute, BetweenTokens: time.Minute, Total: 2 * time.Minute}
}

func clientOf(t testing.TB, c Config) *Client {
	t.Helper()
	if c.Limits == (Limits{}) {
		c.Limits = quick()
	}
	client, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func serving(t testing.TB, script vlmtest.Script) (*Client, *vlmtest.Server) {
	t.Helper()
	server := vlmtest.Start(t, script)
	return clientOf(t, Config{Base: server.URL, Name: "Fake"}), server
}

// ask asks and checks what every answer and every failure keeps.
func ask(t testing.TB, c *Client, q sight.Question) (sight.Answer, error) {
	t.Helper()
	l := vlmtest.Listen(nil)
	answer, err := c.Ask(t.Context(), q, l.On)
	l.Check(t, answer, err)
	return answer, err
}

func answered(t testing.TB, c *Client, q sight.Question) sight.Answer {
	t.Helper()
	answer, err := ask(t, c, q)
	if err != nil {
		t.Fatalf("no answer: %v: %v (%+v)", err, fault.From(err).Cause, answer.Exchange)
	}
	return answer
}

func ptr[T any](v T) *T { return &v }
