package openai

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sightline/backend/sight"
)

// maxText is where an answer is cut, and its thinking: bytes.
const maxText = 64 << 10

// voice turns a model's raw pieces into clean ones: valid UTF-8 without control characters, never empty, and with a <think> block at the
// very start of the text taken for the thinking it is, wherever the pieces happen to be split.
type voice struct {
	say  func(kind sight.EventKind, text string)
	in   part
	held string // the start of a tag, perhaps
}

type part int

const (
	start    part = iota // nothing visible yet: a <think> may come
	thinking             // between the tags
	lead                 // after the tags: blank lines
	body
)

const openTag, closeTag = "<think>", "</think>"

// text takes the next piece of the answer.
func (v *voice) text(s string) {
	for s = clean(s); s != ""; {
		s = v.step(s)
	}
}

// thought takes the next piece of reasoning that the server itself kept apart.
func (v *voice) thought(s string) { v.emit(sight.Thinking, clean(s)) }

// end says what was held back: no tag, after all.
func (v *voice) end() {
	kind := sight.Text
	if v.in == thinking {
		kind = sight.Thinking
	}
	v.emit(kind, v.held)
	v.held = ""
}

// step takes what it can of s and gives the rest.
func (v *voice) step(s string) string {
	switch v.in {
	case start:
		return v.open(strings.TrimLeftFunc(v.held+s, unicode.IsSpace))
	case thinking:
		return v.close(v.held + s)
	case lead:
		if s = strings.TrimLeftFunc(s, unicode.IsSpace); s == "" {
			return ""
		}
		v.in = body
	}
	v.emit(sight.Text, s)
	return ""
}

func (v *voice) open(s string) string {
	v.held = ""
	if rest, ok := strings.CutPrefix(s, openTag); ok {
		v.in = thinking
		return rest
	}
	if strings.HasPrefix(openTag, s) {
		v.held = s
		return ""
	}
	v.in = body
	return s
}

func (v *voice) close(s string) string {
	thought, rest, found := strings.Cut(s, closeTag)
	if found {
		v.in, v.held = lead, ""
	} else {
		keep := overlap(s, closeTag)
		thought, v.held = s[:len(s)-keep], s[len(s)-keep:]
	}
	v.emit(sight.Thinking, thought)
	return rest
}

func (v *voice) emit(kind sight.EventKind, s string) {
	if s != "" {
		v.say(kind, s)
	}
}

// overlap is how many bytes at the end of s may be the beginning of tag.
func overlap(s, tag string) int {
	for n := min(len(s), len(tag)-1); n > 0; n-- {
		if strings.HasSuffix(s, tag[:n]) {
			return n
		}
	}
	return 0
}

// clean is s as valid UTF-8 without control characters, but for tabs and line ends.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsFunc(s, unwanted) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unwanted(r) {
			return -1
		}
		return r
	}, s)
}

func unwanted(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// cutAt is the longest beginning of s that has at most limit bytes and ends between characters.
func cutAt(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// pictureText finds pictures in base64, with or without the rest of their data URL: JPEG's first bytes always read /9j/. Slashes may be escaped.
var pictureText = regexp.MustCompile(`(?:base64,|\\?/9j\\?/)[A-Za-z0-9+/=\\]{64,}`)

// redact takes pictures and the key out of what a server said: some quote the whole request in their complaint.
func redact(s, key string) string {
	s = pictureText.ReplaceAllStringFunc(s, func(run string) string {
		head := min(len(run), len("base64,"))
		return run[:head] + elided(len(run)-head)
	})
	if len(key) < shortestSecret {
		return s
	}
	return strings.ReplaceAll(s, key, "…")
}

// shortestSecret keeps a key like "x", given to a server that wants just any, from eating the letter out of every sentence.
const shortestSecret = 4

func elided(bytes int) string { return "… (" + strconv.Itoa(bytes) + " bytes elided)" }

// oneLine is what a server said, fit for a sentence: one line, short, without key or picture.
func oneLine(s, key string) string {
	s = strings.Join(strings.Fields(clean(redact(s, key))), " ")
	const limit = 240
	if cut := cutAt(s, limit); len(cut) < len(s) {
		s = cut + "…"
	}
	return s
}
