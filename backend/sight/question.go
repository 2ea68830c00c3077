package sight

import "time"

// Question is what is asked about one frame. It is complete: an asker needs nothing else to answer it.
type Question struct {
	Seq     uint64 // the sample's number, for an asker that wants to name it
	Group   uint64 // ties the questions about one frame where several askers are compared; 0: only one is asked
	Column  int    // which of those askers, from 0
	Backend string // shown name of the asker
	Frame   Frame
	Prompt  string
	System  string // empty: none is sent
	Model   string // empty: the asker's own choice

	MaxTokens   int      // 1–4096; 0: the server's own limit
	Temperature *float64 // 0–2; nil: the server's own

	ImageEdge    int // longest side sent, pixels; 0: as captured
	ImageQuality int // JPEG quality 1–100 where the picture has to be encoded
}

// EventKind says what an Event tells.
type EventKind int

// The events of a question being answered, in the order in which they first come.
const (
	Sent     EventKind = iota + 1 // the request's last byte is written (built-in: work has started); Answer fields Sent and Image are known
	Thinking                      // a piece of the model's reasoning, kept apart from the answer
	Text                          // a piece of the answer
)

// Event is one step of an answer. Pieces joined in order are the whole.
type Event struct {
	Kind  EventKind
	Text  string  // for Thinking and Text; never empty there, always valid UTF-8
	Image Encoded // for Sent: the picture exactly as it was sent
}

// Answer is what came back, with its time split. A time that did not come is zero, a count that is not known is nil.
type Answer struct {
	Text     string
	Thinking string
	Cut      bool // the text was longer than 64 KiB and ends there
	Limited  bool // the model stopped at its token limit (finish_reason "length")

	Backend   string // shown name: never holds credentials
	Replica   string // which of the backend's servers, where it has several: its host
	InsteadOf string // shown name of the backend that was asked, where Backend stood in for it
	Model     string // as the server said it, else as asked
	Image     Encoded

	Sent       time.Time // the request's last byte was written
	FirstToken time.Time // first visible text
	LastToken  time.Time // last visible text
	Ended      time.Time

	PromptTokens     *int
	CompletionTokens *int

	Boxes []Box // what was found where in the picture; nil where the asker tells no places

	Energy *Energy // nil where it was not measured

	Exchange *Exchange // nil where nothing went over a wire
}

// Box is one thing that was found in the picture. Its place is in fractions of the picture that was asked about, from its upper left corner.
type Box struct {
	Label string  `json:"label"` // "person"; for text the text itself
	Kind  string  `json:"kind"`  // "thing" or "text"
	Score float64 `json:"score"` // 0–1
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	W     float64 `json:"w"`
	H     float64 `json:"h"`
}

// Overlap is how much of what two boxes cover together both of them cover, 0–1.
func (b Box) Overlap(other Box) float64 {
	across := min(b.X+b.W, other.X+other.W) - max(b.X, other.X)
	down := min(b.Y+b.H, other.Y+other.H) - max(b.Y, other.Y)
	if across <= 0 || down <= 0 {
		return 0
	}
	both := across * down
	return both / (b.W*b.H + other.W*other.H - both)
}

// Energy is what an answer cost on the GPUs of this machine.
type Energy struct {
	Joules float64
	Shared bool // others used them as well at that time
}

// Exchange is the raw talk with a server, for a person who wants to see it. It never holds the picture, nor any header.
type Exchange struct {
	URL      string // without credentials or query
	Status   int    // HTTP status; 0 when no response came
	Request  string // the JSON body, the picture replaced by its size
	Response string // as it came, at most 256 KiB
}
