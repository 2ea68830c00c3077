// Package library is what the page can do with recordings: list, search, play, rename, keep, delete, import and export them. It is bound to the
// page as it is, and knows no Wails.
package library

import "sightline/backend/sight"

// Recording is one of the list.
type Recording struct {
	ID        string `json:"id"`
	Title     string `json:"title"` // empty: its source's name stands for it
	Dir       string `json:"dir"`
	State     string `json:"state"` // "recording", "complete", "cut short"
	Busy      bool   `json:"busy"`  // being recorded now
	Keep      bool   `json:"keep"`
	StartedMS int64  `json:"startedMs"` // Unix milliseconds
	LengthMS  int64  `json:"lengthMs"`
	Bytes     int64  `json:"bytes"`

	Source  string   `json:"source"` // as a person knows it
	Kind    string   `json:"kind"`
	Askers  []Asker  `json:"askers"`
	Prompt  string   `json:"prompt"`
	Pace    string   `json:"pace"`
	Video   bool     `json:"video"` // there is some to play
	Parts   []string `json:"parts"` // "video", "frames", "answers": what was meant to be kept
	Version string   `json:"version"`

	Segments []Segment        `json:"segments"`
	Outcomes Outcomes         `json:"outcomes"`
	Reason   *sight.LineError `json:"reason"` // why it ended, where that was no person's wish
	Thumb    string           `json:"thumb"`  // URL; empty: there is none
}

// Asker is one of those who were asked.
type Asker struct {
	Backend string `json:"backend"`
	Model   string `json:"model"`
}

// Segment is a piece of its video, played from BASE/ID/N.mp4 (Base tells BASE).
type Segment struct {
	StartMS  float64 `json:"startMs"`
	LengthMS float64 `json:"lengthMs"`
	Width    int     `json:"width"`
	Height   int     `json:"height"`
}

// Outcomes counts its lines.
type Outcomes struct {
	Answered   int `json:"answered"`
	Superseded int `json:"superseded"`
	Unchanged  int `json:"unchanged"`
	Failed     int `json:"failed"`
	Cancelled  int `json:"cancelled"`
}

// Shelf is all recordings, and what they take.
type Shelf struct {
	Recordings []Recording `json:"recordings"` // newest first
	Folder     string      `json:"folder"`
	Bytes      int64       `json:"bytes"` // of all together
	Free       int64       `json:"free"`  // left on that disk; 0: not known
	Limit      int64       `json:"limit"` // 0: none
}

// Hit is an answer that has the words looked for.
type Hit struct {
	Recording string  `json:"recording"`
	Title     string  `json:"title"` // of the recording, or its source's name
	StartedMS int64   `json:"startedMs"`
	AtMS      float64 `json:"atMs"` // since the recording's start
	Seq       uint64  `json:"seq"`
	Backend   string  `json:"backend"`
	Model     string  `json:"model"`
	Pieces    []Piece `json:"pieces"`  // the text around the words
	Picture   string  `json:"picture"` // URL of the very picture; empty: none was kept
}

// Piece is some text, found or around what was found.
type Piece struct {
	Text  string `json:"text"`
	Found bool   `json:"found"`
}

// Exported is what an export wrote.
type Exported struct {
	Files []string `json:"files"`
	Note  string   `json:"note"`
}

// ExportForm says what to export.
type ExportForm struct {
	ID     string  `json:"id"`
	Format string  `json:"format"` // "csv", "jsonl", "md", "mp4", "vtt"
	To     string  `json:"to"`     // the file
	FromMS float64 `json:"fromMs"`
	ToMS   float64 `json:"toMs"` // 0: to the end
}
