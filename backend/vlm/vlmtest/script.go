// Package vlmtest tests askers: a server of our own that answers well or badly on request, and the suite that every asker passes.
package vlmtest

import (
	"net/http"
	"time"
)

// Script is how a Server behaves. The zero value answers well, at once, in a stream.
type Script struct {
	Models []string // what it lists, and knows; nil: DefaultModel
	Key    string   // wanted of every request; empty: any will do
	TLS    bool     // https with HTTP/2 and a certificate nobody trusts
	Keep   int      // how many calls are remembered, pictures included; 0: 256

	// The answer.
	Text      func(Call) string // nil: Describe
	Sees      bool              // it answers from the picture it was sent, in the form that was asked for: See, in place of Describe
	Words     int               // the text is made that many words long; 0: as it is
	Thinking  string            // comes first, as reasoning_content
	Ollama    bool              // calls it reasoning
	Finish    string            // finish_reason; empty: "stop"
	Size      int               // bytes of text, instead of Text
	NoUsage   bool
	NoFinish  bool     // no finish_reason
	NoDone    bool     // no [DONE]
	Chunks    []string // the data of each event, instead of all of the above but [DONE]
	PlainBody string   // the body of a plain answer, instead of all of the above

	// Time.
	Delay    time.Duration // before the status line
	Between  time.Duration // before each token but the first
	Parallel int           // how many are answered at once, others wait in line; 0: any number
	Silence  Silence       // where it stops for good, with the connection open
	After    int           // how many questions are answered before there is a Silence; 0: none
	Alive    time.Duration // during a Silence after the headers, a comment this often

	// What it takes.
	NoStream       bool // answers in one piece whatever was asked
	RefuseStream   bool // 400 to "stream"
	RefuseOptions  bool // 400 to "stream_options"
	OnlyCompletion bool // 400 to "max_tokens"
	OnlyMaxTokens  bool // 400 to "max_completion_tokens"
	RefuseFormat   bool // 400 to "response_format"
	Blind          bool // 400 to a picture
	Refuse         *Refusal
	RefuseFirst    int    // how many questions Refuse is for; 0: all
	Redirect       string // where chat completions and models lie
	RedirectStatus int    // 0: 307

	// The list of models.
	OpenList   bool     // it needs no key
	RefuseList *Refusal // it is refused
	SilentList bool     // it never comes

	// How it looks on the wire.
	Type         string // Content-Type; empty: the right one
	CRLF         bool
	Comments     bool // and ids, events, retries and blank lines between the events
	ByteByByte   bool // each byte is written by itself
	SplitLines   bool // each event's JSON comes over several data lines
	Gzip         bool
	NoLastEnd    bool // the last line has no end
	CutAfter     int  // the connection ends after so many bytes of the response, its head included; 0: never
	HangUp       bool // the connection ends without a byte
	HangUpReused bool // the second question on a connection finds it closed
}

// Refusal is an answer that is none.
type Refusal struct {
	Status int
	Body   string
	Header http.Header // Content-Type is JSON where it is not given
}

// Silence is a place where a server stops.
type Silence int

// The places.
const (
	Never         Silence = iota
	BeforeHeaders         // its status line included
	BeforeFirstToken
	MidStream
)

// DefaultModel is what a Server lists unless its Script says otherwise.
const DefaultModel = "fake-vlm"
