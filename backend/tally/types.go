// Package tally keeps what a session's answers took: times, tokens and energy, for each who is asked.
package tally

// Figures is the tally at one moment. What it points to is shared: nobody changes it.
type Figures struct {
	SinceMS int64   `json:"sinceMs"` // Unix milliseconds when the counting began
	Askers  []Asker `json:"askers"`  // in the order in which they were first asked
	Entries []Entry `json:"entries"` // newer than the last one the caller has, oldest first
	Next    uint64  `json:"next"`    // to be given with the next call
	Lost    bool    `json:"lost"`    // the caller's entries are not continued: there was a reset, or it was away too long; these are all there are
}

// Asker is one who is asked: a backend with a model.
type Asker struct {
	Backend string  `json:"backend"`
	Model   string  `json:"model"`
	All     Summary `json:"all"`
	Warm    Summary `json:"warm"` // without the answers that warmed it up
}

// Summary is what many answers took. Times are milliseconds, rates are tokens a second. What is not known is nil.
type Summary struct {
	Answers   int      `json:"answers"`
	Failed    int      `json:"failed"`
	PerMinute *float64 `json:"perMinute"` // answers, over the last minute in which it was asked; nil before the second question has ended

	FirstToken Spread `json:"firstToken"` // sent → first visible text
	Rate       Spread `json:"rate"`       // tokens a second after the first
	Total      Spread `json:"total"`      // sent → end
	Whole      Spread `json:"whole"`      // capture → end
	Age        Spread `json:"age"`        // capture → sent

	PromptTokens     Sum `json:"promptTokens"`
	CompletionTokens Sum `json:"completionTokens"`

	Energy Energy `json:"energy"`
}

// Spread is how a figure is spread over the answers that have it.
type Spread struct {
	Count int      `json:"count"`
	Last  *float64 `json:"last"`
	Mean  *float64 `json:"mean"`
	P50   *float64 `json:"p50"`
	P95   *float64 `json:"p95"`
	P99   *float64 `json:"p99"`
	Max   *float64 `json:"max"`
}

// Sum is a count over all answers that tell it.
type Sum struct {
	Answers int     `json:"answers"` // that tell it
	Total   int     `json:"total"`
	Mean    float64 `json:"mean"` // 0 where none tells it
}

// Energy is what answers cost on this machine's GPUs.
type Energy struct {
	Answers   int      `json:"answers"`   // whose cost is known
	Shared    int      `json:"shared"`    // of them, those during which others used a GPU as well
	Joules    float64  `json:"joules"`    // together
	PerAnswer *float64 `json:"perAnswer"` // J
	Per1000   *float64 `json:"per1000"`   // J for 1000 completion tokens
}

// Entry is one question that was answered, or failed, without its words. One that failed before it was sent has no times.
type Entry struct {
	N       uint64  `json:"n"`
	Seq     uint64  `json:"seq"`
	Asker   int     `json:"asker"`   // its place in Figures.Askers
	AtMS    float64 `json:"atMs"`    // when its frame was captured, Unix milliseconds
	Outcome string  `json:"outcome"` // "answered" or "failed"
	Warmup  bool    `json:"warmup"`  // it warmed its model up, and may be left out

	AgeMS            *float64 `json:"ageMs"`
	FirstTokenMS     *float64 `json:"firstTokenMs"`
	TotalMS          *float64 `json:"totalMs"`
	TokensPerS       *float64 `json:"tokensPerS"`
	PromptTokens     *int     `json:"promptTokens"`
	CompletionTokens *int     `json:"completionTokens"`
	Joules           *float64 `json:"joules"`
	Shared           bool     `json:"shared"` // others used the GPU as well
}
