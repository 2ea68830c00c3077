package detector

import (
	"slices"
	"strings"
	"unicode"

	"sightline/backend/sight"
)

// Limits of what is told of text.
const (
	readFrom      = 0.85 // a text is told from this score,
	readStaysFrom = 0.75 // and stays down to this one where the same was told of a picture like this
	mostLines     = 4    // quoted in one sentence
	longestLine   = 60   // signs of one
	sameLine      = 0.5  // of the height by which neighbours overlap
	wordGap       = 1.5  // heights between two words of a line
)

// readable are those of the texts found that are worth telling, without signs that could upset a page or a terminal.
func readable(found []sight.Box, like *look) []sight.Box {
	var kept []sight.Box
	for _, box := range found {
		box.Label = clean(box.Label)
		told := like != nil && slices.ContainsFunc(like.texts, func(b sight.Box) bool { return b.Label == box.Label })
		if box.Label != "" && (box.Score >= readFrom || told && box.Score >= readStaysFrom) {
			kept = append(kept, box)
		}
	}
	return kept
}

// clean leaves what is printed, with single spaces.
func clean(text string) string {
	printed := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(printed), " ")
}

// textWords quotes texts line by line: "the text “NO PARKING”".
func textWords(texts []sight.Box, width, height int) string {
	if len(texts) == 0 {
		return ""
	}
	lines := linesOf(texts, float64(height)/float64(max(1, width)))
	var words []string
	for _, line := range lines[:min(mostLines, len(lines))] {
		words = append(words, "“"+shortened(line)+"”")
	}
	if len(lines) > mostLines {
		words = append(words, "more")
	}
	return "the text " + list(words)
}

// linesOf joins neighbours on a line. flat is the picture's height by its width: what is counted in heights runs across.
func linesOf(texts []sight.Box, flat float64) []string {
	var lines []string
	for i, t := range texts {
		if i > 0 && onOneLine(texts[i-1], t, flat) {
			lines[len(lines)-1] += " " + t.Label
			continue
		}
		lines = append(lines, t.Label)
	}
	return lines
}

func onOneLine(a, b sight.Box, flat float64) bool {
	height := min(a.H, b.H)
	both := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	gap := b.X - (a.X + a.W)
	return both >= sameLine*height && gap >= -height*flat && gap <= wordGap*height*flat
}

func shortened(line string) string {
	signs := []rune(line)
	if len(signs) <= longestLine {
		return line
	}
	return strings.TrimSpace(string(signs[:longestLine-1])) + "…"
}

// asksForText says that a prompt is about what stands written.
func asksForText(prompt string) bool {
	about := []string{"text", "texts", "read", "reads", "written", "writing", "sign", "signs", "letters"}
	words := strings.FieldsFunc(strings.ToLower(prompt), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(about, w) })
}
