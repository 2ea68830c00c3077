package export

import (
	"regexp"
	"strings"
)

// joiner is an invisible sign that is no space and breaks no line.
const joiner = "\u2060"

// srt is WebVTT, as package archive writes it, as SubRip. ffmpeg takes the signs of WebVTT's text over into a video with stray backslashes, and
// leaves out what stands in braces, as JSON does; SubRip's it takes as they are, but for what looks like a style: an invisible sign breaks that.
func srt(vtt string) string {
	style := regexp.MustCompile(`<(?:/?[A-Za-z])|\{(?:\\|[A-Za-z]:)|\\[Nnh]`)
	letters := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
	_, cues, _ := strings.Cut(vtt, "\n\n") // behind the header
	var out strings.Builder
	for line := range strings.Lines(cues) {
		if strings.Contains(line, " --> ") { // a text has no such sign: it is written &gt;
			out.WriteString(strings.ReplaceAll(line, ".", ","))
			continue
		}
		out.WriteString(style.ReplaceAllStringFunc(letters.Replace(line), func(s string) string { return s[:1] + joiner + s[1:] }))
	}
	return out.String()
}
