package ffmpeg

import (
	"bufio"
	"context"
	"regexp"
	"strings"
)

// lookRoom is how much of what ffmpeg tells of a file is kept, in bytes: its streams come last, behind titles and chapters.
const lookRoom = 64 << 10

// Look finds out what the colours of a file's video are; the zero Colour where ffmpeg does not tell, or not before ctx ends. Not for a pipe, which would
// lose its beginning.
func (p Program) Look(ctx context.Context, name string) Colour {
	args := append([]string{"-nostdin", "-hide_banner", "-loglevel", "info"}, source(name)...)
	c, err := p.launch(args, false, lookRoom)
	if err != nil {
		return Colour{} // decoding will say why
	}
	forget := context.AfterFunc(ctx, c.kill)
	defer forget()
	select {
	case <-c.reaped:
	case <-ctx.Done():
	}
	c.bury()
	return colourIn(c.said.String())
}

// colourIn reads it in a line like this, of which what is not known is left out, or called unknown:
//
//	Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709/unknown/unknown, progressive), 1280x720 [SAR 1:1 DAR 16:9], 30 fps
func colourIn(said string) Colour {
	planes := regexp.MustCompile(`, (yuvj?)4\d\dp[0-9a-z]*(?:\(([^)]*)\))?, `)
	for lines := bufio.NewScanner(strings.NewReader(said)); lines.Scan(); {
		line := lines.Text()
		if !strings.Contains(line, ": Video: ") || strings.Contains(line, "(attached pic)") {
			continue
		}
		found := planes.FindStringSubmatch(line)
		if found == nil {
			return Colour{}
		}
		return colourOf(found[1] == "yuvj", strings.Split(found[2], ", "))
	}
	return Colour{}
}

func colourOf(full bool, words []string) Colour {
	c := Colour{Matrix: BT601, Full: full}
	for _, word := range words {
		matrix, _, _ := strings.Cut(word, "/")
		switch matrix {
		case "pc":
			c.Full = true
		case "bt709":
			c.Matrix = BT709
		case "bt2020nc", "bt2020c", "smpte240m", "fcc", "ycgco", "gbr", "ictcp":
			c.Matrix = ""
		}
	}
	return c
}

// ColourOf is the colour of a stream that names its matrix by its number in H.264 and its successors (ITU-T H.273).
func ColourOf(matrix int, full bool) Colour {
	switch matrix {
	case 1:
		return Colour{Matrix: BT709, Full: full}
	case 2, 5, 6: // 2 leaves it open
		return Colour{Matrix: BT601, Full: full}
	}
	return Colour{}
}
