package export

import (
	"strings"
	"unicode"
)

// What a model or a person wrote goes into a Markdown page as letters and nothing else: no markup, no HTML, no link, no picture from anywhere.
// The three signs that HTML is made of become entities, which every Markdown program knows; Markdown's own get a backslash.

const (
	special = "\\`*_{}[]|~$@" // signs of Markdown and its dialects, anywhere
	opening = "#+-=!:"        // and those that mean something at the start of a line
)

// escape is a text on one line of a page.
func escape(text string) string {
	var out strings.Builder
	for _, r := range strings.Join(strings.Fields(visible(text)), " ") {
		switch {
		case r == '<':
			out.WriteString("&lt;")
		case r == '>':
			out.WriteString("&gt;")
		case r == '&':
			out.WriteString("&amp;")
		case strings.ContainsRune(special, r):
			out.WriteByte('\\')
			fallthrough
		default:
			out.WriteRune(r)
		}
	}
	return strings.NewReplacer("://", `\://`, "www.", `www\.`).Replace(out.String()) // of which some make links by themselves
}

// quote is a text as a block quote that keeps its lines.
func quote(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.TrimSpace(text))
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		end := "\\" // a line break
		if i+1 == len(lines) || strings.TrimSpace(line) == "" || strings.TrimSpace(lines[i+1]) == "" {
			end = ""
		}
		lines[i] = strings.TrimRight("> "+harmlessStart(escape(line))+end, " ")
	}
	return strings.Join(lines, "\n")
}

// harmlessStart keeps a line from being a heading, a rule, or an item of a list.
func harmlessStart(line string) string {
	if line == "" {
		return line
	}
	if strings.ContainsRune(opening, rune(line[0])) {
		return `\` + line
	}
	if rest := strings.TrimLeft(line, "0123456789"); rest != line && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ")")) {
		return line[:len(line)-len(rest)] + `\` + rest
	}
	return line
}

// visible drops what cannot be seen and could mislead: control characters, and those that turn the direction of writing.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar, r == '\ufeff':
			return -1
		}
		return r
	}, text)
}
