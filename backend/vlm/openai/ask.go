package openai

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	goopenai "github.com/sashabaranov/go-openai"

	"sightline/backend/fault"
	"sightline/backend/origin"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

var _ vlm.Asker = (*Client)(nil)

// Ask implements vlm.Asker. A question is sent at most twice: again where the server wants it in another dialect, which is then remembered,
// or where the connection had died before it was taken up.
func (c *Client) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	return c.ask(ctx, q, on, false)
}

// AskJSON is Ask with the server told to let the model write nothing but JSON, where the server takes that; the prompt has to say so as well.
// Whether the answer is JSON is for the caller to see.
func (c *Client) AskJSON(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	return c.ask(ctx, q, on, true)
}

func (c *Client) ask(ctx context.Context, q sight.Question, on func(sight.Event), inJSON bool) (sight.Answer, error) {
	a := &asking{
		client: c, question: q, inJSON: inJSON, on: on, steps: make(chan step), wrote: make(chan time.Time, 8),
		answer: sight.Answer{Backend: c.name, Model: q.Model},
	}
	if err := ctx.Err(); err != nil {
		return a.answer, err
	}
	if err := a.encode(); err != nil {
		return a.answer, err
	}
	return a.run(ctx)
}

// asking is one question on the way to its answer. run, in the caller's goroutine, owns the answer; read, in its own, talks to the server
// and hands run one step after the other.
type asking struct {
	client   *Client
	question sight.Question
	inJSON   bool
	on       func(sight.Event)
	steps    chan step
	lost     bool           // a step was not taken, since the question was withdrawn; the reading goroutine's own
	wrote    chan time.Time // when the request's last byte was out, for each time it was sent; never blocks its sender, the HTTP client

	answer         sight.Answer
	announced      bool // Sent was told
	text, thinking strings.Builder
}

// step is a piece of the answer, and when it came.
type step struct {
	kind sight.EventKind
	text string
	at   time.Time
}

// report is what is known once the talk is over.
type report struct {
	err                error
	at                 time.Time
	model              string
	limited            bool
	prompt, completion *int
	exchange           *sight.Exchange
}

var errEnough = errors.New("the answer is as long as answers get")

func (a *asking) encode() (err error) {
	if a.question.Frame.Picture == nil {
		return nil
	}
	a.answer.Image, err = a.question.Frame.Picture.JPEG(a.question.ImageEdge, a.question.ImageQuality)
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &fault.Error{
		Code: "picture.unreadable", Message: "The picture cannot be read.", Hint: "Look at the source: it delivers broken pictures.",
		Blame: fault.Source, Cause: err,
	}
}

func (a *asking) run(outer context.Context) (sight.Answer, error) {
	ctx, end := context.WithCancelCause(outer)
	defer end(nil)
	patience := newPatience(a.client.limits, func(t tooLong) { end(a.client.tooSlow(t)) })
	defer patience.stop()

	ended := make(chan report, 1)
	go func() { ended <- a.read(ctx, patience) }()
	for {
		select {
		case at := <-a.wrote:
			a.takeSent(at)
		case s := <-a.steps:
			a.catchUp()
			if a.take(s); a.answer.Cut {
				end(errEnough)
			}
		case r := <-ended:
			a.catchUp()
			return a.conclude(outer, r)
		}
	}
}

// catchUp tells Sent before what came after it: select picks among channels as it likes.
func (a *asking) catchUp() {
	for {
		select {
		case at := <-a.wrote:
			a.takeSent(at)
		default:
			return
		}
	}
}

func (a *asking) takeSent(at time.Time) {
	a.answer.Sent = at
	if !a.announced {
		a.announced = true
		a.tell(sight.Event{Kind: sight.Sent, Image: a.answer.Image})
	}
}

// take adds a piece to the answer and tells it.
func (a *asking) take(s step) {
	switch {
	case s.kind == sight.Thinking:
		s.text = cutAt(s.text, maxText-a.thinking.Len())
		a.thinking.WriteString(s.text)
		a.tell(sight.Event{Kind: s.kind, Text: s.text})
	case !a.answer.Cut:
		a.takeText(s)
	}
}

func (a *asking) takeText(s step) {
	fits := cutAt(s.text, maxText-a.text.Len())
	a.answer.Cut = len(fits) < len(s.text)
	if fits == "" {
		return
	}
	if a.answer.FirstToken.IsZero() {
		a.answer.FirstToken = s.at
	}
	a.answer.LastToken = s.at
	a.text.WriteString(fits)
	a.tell(sight.Event{Kind: s.kind, Text: fits})
}

func (a *asking) tell(e sight.Event) {
	if a.on != nil && (e.Kind == sight.Sent || e.Text != "") {
		a.on(e)
	}
}

func (a *asking) conclude(ctx context.Context, r report) (sight.Answer, error) {
	a.answer.Text, a.answer.Thinking = a.text.String(), a.thinking.String()
	a.answer.PromptTokens, a.answer.CompletionTokens = r.prompt, r.completion
	a.answer.Limited, a.answer.Exchange, a.answer.Ended = r.limited, r.exchange, r.at
	if r.model != "" {
		a.answer.Model = r.model
	}
	switch {
	case a.answer.Cut:
		return a.answer, nil
	case r.err != nil && ctx.Err() != nil:
		return a.answer, ctx.Err()
	case r.err == nil && strings.TrimSpace(a.answer.Text) == "":
		return a.answer, a.emptiness()
	}
	return a.answer, r.err
}

func (a *asking) emptiness() error {
	if a.answer.Limited && a.answer.Thinking != "" {
		return a.client.onlyThought()
	}
	return a.client.empty(nil)
}

// read sends the question, a second time where that may help, and reads the answer.
func (a *asking) read(ctx context.Context, patience *patience) (r report) {
	defer func() {
		if r.at.IsZero() {
			r.at = time.Now()
		}
	}()
	key, err := a.client.currentKey(ctx)
	if err != nil {
		return report{err: err}
	}
	if a.question.Model == "" {
		if a.question.Model, err = a.client.chooseModel(ctx); err != nil {
			return report{err: err}
		}
		defer func() { a.forget(r.err) }()
	}
	s, err := a.send(ctx, patience, key, &r)
	if a.again(ctx, s, err) {
		r = report{}
		s, err = a.send(ctx, patience, key, &r)
		a.again(ctx, s, err)
	}
	patience.stop()
	r.model = oneLine(r.model, key)
	r.exchange = s.exchange()
	r.err = a.explain(ctx, s, err)
	return r
}

func (a *asking) forget(err error) {
	if fault.CodeOf(err) == "backend.unknown_model" {
		a.client.forgetModel()
	}
}

// again says whether sending once more may help, and remembers what was learned for all questions to come.
func (a *asking) again(ctx context.Context, s *sending, err error) bool {
	if s.dropped(ctx, err) {
		a.client.Close() // any other idle connection is as old
		return true
	}
	if s.plain && err == nil {
		s.speaks.plain = true
		a.client.learn(s.speaks)
	}
	next, better := s.speaks.after(s.refused, a.question, a.inJSON)
	if better {
		a.client.learn(next)
	}
	return better && ctx.Err() == nil
}

// send sends the question once, and hands over the answer as it comes.
func (a *asking) send(ctx context.Context, patience *patience, key string, r *report) (*sending, error) {
	s := &sending{
		client: a.client, speaks: a.client.dialect(), key: key, question: a.question, inJSON: a.inJSON,
		picture: a.answer.Image.JPEG, patience: patience,
		wrote: func(at time.Time) {
			patience.enter(waiting)
			select {
			case a.wrote <- at:
			default: // more redirects than anybody follows
			}
		},
	}
	config := goopenai.DefaultConfig("") // the key is added below, where the address is known
	config.BaseURL = a.client.base.String()
	config.HTTPClient = &http.Client{Transport: s, CheckRedirect: a.client.checkRedirect}
	patience.plain(s.speaks.plain)

	answers, err := goopenai.NewClientWithConfig(config).CreateChatCompletionStream(ctx, a.request(s.speaks))
	if err != nil {
		return s, err
	}
	defer answers.Close()
	err = a.hear(ctx, answers, patience, r)
	r.at = time.Now() // before Close, which may wait a little for the connection
	return s, err
}

// request is the question in go-openai's words; what those do not cover, sending adds.
func (a *asking) request(d dialect) goopenai.ChatCompletionRequest {
	var messages []goopenai.ChatCompletionMessage
	if a.question.System != "" {
		messages = append(messages, goopenai.ChatCompletionMessage{Role: goopenai.ChatMessageRoleSystem, Content: a.question.System})
	}
	parts := []goopenai.ChatMessagePart{{Type: goopenai.ChatMessagePartTypeText, Text: a.question.Prompt}}
	if a.answer.Image.JPEG != nil {
		parts = append(parts, goopenai.ChatMessagePart{
			Type: goopenai.ChatMessagePartTypeImageURL, ImageURL: &goopenai.ChatMessageImageURL{URL: dataURL},
		})
	}
	messages = append(messages, goopenai.ChatCompletionMessage{Role: goopenai.ChatMessageRoleUser, MultiContent: parts})

	request := goopenai.ChatCompletionRequest{Model: a.question.Model, Messages: messages}
	if !d.plain && !d.noUsage {
		request.StreamOptions = &goopenai.StreamOptions{IncludeUsage: true}
	}
	return request
}

// hear passes on the answer, chunk by chunk. Only tokens are progress: comments that keep a connection open are not.
func (a *asking) hear(ctx context.Context, answers *goopenai.ChatCompletionStream, patience *patience, r *report) error {
	v := &voice{say: func(kind sight.EventKind, text string) { a.post(ctx, step{kind: kind, text: text, at: time.Now()}) }}
	defer v.end()
	for {
		chunk, err := answers.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.note(&chunk)
		for _, choice := range chunk.Choices {
			if choice.Index != 0 {
				continue
			}
			if d := choice.Delta; d.Content != "" || d.ReasoningContent != "" || d.Refusal != "" {
				patience.enter(streaming)
				v.thought(d.ReasoningContent)
				v.text(d.Content)
				v.text(d.Refusal)
			}
		}
	}
}

// note keeps what a chunk says of the answer as a whole.
func (r *report) note(chunk *goopenai.ChatCompletionStreamResponse) {
	if chunk.Model != "" {
		r.model = chunk.Model
	}
	for _, choice := range chunk.Choices {
		r.limited = r.limited || choice.FinishReason == goopenai.FinishReasonLength
	}
	if u := chunk.Usage; u != nil {
		r.prompt, r.completion = known(u.PromptTokens), known(u.CompletionTokens)
	}
}

// known is a count of tokens: servers that do not count say 0.
func known(tokens int) *int {
	if tokens <= 0 {
		return nil
	}
	return &tokens
}

func (a *asking) post(ctx context.Context, s step) {
	select {
	case a.steps <- s:
	case <-ctx.Done():
		a.lost = true
	}
}

// explain is why the talk failed; nil where it did not. A talk that went well to its end has failed where a piece of it was not taken any more.
func (a *asking) explain(ctx context.Context, s *sending, err error) error {
	switch {
	case err == nil && a.lost:
		return context.Cause(ctx)
	case err == nil:
		return nil
	}
	if s.refused != nil {
		return a.client.refusedBy(s.refused, a.question.Model, func() []string { return a.client.modelsSoon(ctx) })
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return a.client.explain(err)
}

// checkRedirect lets a request go on only to the same origin, three times at most, and only as it is.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	const most = 3
	switch {
	case !origin.Same(req.URL, c.base):
		return c.redirected(withoutEnd(req.URL), "sends questions on to")
	case len(via) > most:
		return c.redirected(withoutEnd(req.URL), "goes round in circles, last to")
	case req.Method != via[0].Method:
		return c.redirected(withoutEnd(req.URL), "has moved to")
	}
	return nil
}

// withoutEnd is the base that a redirected request points to, fit to be entered as an address.
func withoutEnd(u *url.URL) *url.URL {
	base := *u
	for _, end := range []string{"/chat/completions", "/models"} {
		base.Path = strings.TrimSuffix(base.Path, end)
	}
	return &base
}
