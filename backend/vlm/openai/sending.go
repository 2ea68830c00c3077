package openai

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"sightline/backend/origin"
	"sightline/backend/sight"
)

// sending is one sending of a question: the RoundTripper beneath go-openai. It puts the picture into the request, and makes of the response
// a stream that go-openai reads well. After go-openai is done with it, its fields say what happened on the way.
type sending struct {
	client   *Client
	speaks   dialect
	key      string
	question sight.Question
	inJSON   bool
	picture  []byte // JPEG; nil: none is sent
	patience *patience
	wrote    func(time.Time) // the request's last byte is out; called at most once for each hop of a redirect; must not block

	reused   atomic.Bool // the connection had been used before
	answered atomic.Bool // a byte came back

	request  []byte   // as JSON, without the picture
	status   int      // 0: no response came
	refused  *refusal // what the server said instead of an answer
	plain    bool     // the server answered in one piece
	response capture
}

// RoundTrip carries one request of go-openai's: the picture goes in, and the key, for the backend's own origin.
func (s *sending) RoundTrip(req *http.Request) (*http.Response, error) {
	small, err := io.ReadAll(req.Body)
	req.Body.Close()
	if err != nil {
		return nil, err
	}
	var sent sync.Once
	wrote := func() { sent.Do(func() { s.wrote(time.Now()) }) }
	resp, err := s.client.transport.RoundTrip(s.fill(req, small, wrote))
	if err != nil {
		return nil, err
	}
	wrote() // a server may answer before the hook has run, or before it has read it all
	s.answered.Store(true)
	s.status = resp.StatusCode
	s.shape(resp)
	return resp, nil
}

// fill is req with its real body. A RoundTripper must leave req as it is.
func (s *sending) fill(req *http.Request, small []byte, wrote func()) *http.Request {
	small = s.inDialect(small)
	body := s.withPicture(small)
	s.request = withElision(small, len(s.picture))

	filled := req.Clone(httptrace.WithClientTrace(req.Context(), s.hooks(wrote)))
	filled.ContentLength = int64(len(body))
	filled.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	filled.Body, _ = filled.GetBody()
	filled.Header.Del("Connection")
	s.client.address(filled, s.key)
	return filled
}

// address gives a request what every request to the server carries.
func (c *Client) address(req *http.Request, key string) {
	// Compressed, tokens wait for each other.
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "Sightline")
	if key != "" && origin.Same(req.URL, c.base) {
		req.Header.Set("Authorization", "Bearer "+key)
	}
}

func (s *sending) hooks(wrote func()) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { s.patience.enter(connecting) },
		GotConn: func(conn httptrace.GotConnInfo) {
			s.reused.Store(conn.Reused)
			s.patience.enter(waiting)
		},
		// It runs as the last byte goes into the connection's buffer, just before that is flushed: whoever waits here keeps the request.
		WroteRequest: func(w httptrace.WroteRequestInfo) {
			if w.Err == nil {
				wrote()
			}
		},
		GotFirstResponseByte: func() { s.answered.Store(true) },
	}
}

// picturePlace is the empty picture as go-openai writes it. It cannot come from a prompt: there the quotes would be escaped.
const (
	dataURL      = "data:image/jpeg;base64,"
	picturePlace = `"url":"` + dataURL + `"`
)

// inDialect is the request as go-openai wrote it, in the words of this server.
func (s *sending) inDialect(small []byte) []byte {
	if s.speaks.plain {
		small = bytes.Replace(small, []byte(`"stream":true`), []byte(`"stream":false`), 1)
	}
	return append(append([]byte("{"), s.speaks.extras(s.question, s.inJSON)...), small[1:]...)
}

// withPicture puts the picture in its place: encoded once, into the only copy that is made.
func (s *sending) withPicture(small []byte) []byte {
	if s.picture == nil {
		return small
	}
	at := bytes.Index(small, []byte(picturePlace)) + len(picturePlace) - 1
	body := make([]byte, 0, len(small)+base64.StdEncoding.EncodedLen(len(s.picture)))
	body = append(body, small[:at]...)
	body = base64.StdEncoding.AppendEncode(body, s.picture)
	return append(body, small[at:]...)
}

func withElision(small []byte, picture int) []byte {
	said := fmt.Sprintf(`"url":"%s%s"`, dataURL, elided(picture))
	return bytes.Replace(small, []byte(picturePlace), []byte(said), 1)
}

// shape turns the response into one that go-openai reads well: an error with a short body, or a stream.
func (s *sending) shape(resp *http.Response) {
	raw := s.response.tee(decoded(resp))
	if resp.StatusCode >= http.StatusBadRequest {
		s.patience.enter(refusing)
		said, _ := io.ReadAll(io.LimitReader(raw, refusalBytes))
		resp.Body.Close()
		s.refused = &refusal{status: resp.StatusCode, header: resp.Header, body: said, key: s.key}
		resp.Body = io.NopCloser(bytes.NewReader(said))
		return
	}
	resp.Body = newStream(raw, resp, s)
}

// dropped reports whether the connection was an old one that turned out to be dead: the server closed it as it was taken up again.
func (s *sending) dropped(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && s.refused == nil && s.reused.Load() && !s.answered.Load()
}

// exchange is the talk as a person may see it.
func (s *sending) exchange() *sight.Exchange {
	return &sight.Exchange{
		URL:      s.client.base.JoinPath("chat", "completions").String(),
		Status:   s.status,
		Request:  string(s.request),
		Response: s.response.text(s.key),
	}
}
