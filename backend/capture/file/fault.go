package file

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
)

// The codes of this package's faults; the end is capture.CodeFinished.
const (
	codeUnnamed = "file.unnamed"
	codeOption  = "file.option"
	codeMissing = "file.missing"
	codeDenied  = "file.denied"
	codeFolder  = "file.folder"
	codeUnread  = "file.unread"
	codeStalled = "file.stalled"
	codeNoVideo = "file.novideo"
	codeBroken  = "file.broken"
)

func unnamed() error {
	return wrong(codeUnnamed, "No file is named.", "Write it behind the colon, like file:~/Videos/yard.mp4.")
}

func missing(path string) error {
	return away(codeMissing, "The file %s is not there.", path, "Check its name, and that its drive is connected.", nil)
}

func denied(path string) error {
	return away(codeDenied, "You may not read the file %s.", path, "Ask its owner for access, or choose another one.", nil)
}

func unread(path string, err error) error {
	return away(codeUnread, "The file %s cannot be read.", path, "Check that its drive is connected and healthy.", err)
}

func stalled(path string) error {
	return away(codeStalled, "Nothing comes from the file %s.", path, "Check that its drive is connected and healthy.", nil)
}

func folder(path string) error {
	return wrong(codeFolder, fmt.Sprintf("%s is a folder.", path), "Choose a video in it; a folder of pictures is opened with images: instead of file:.")
}

func noVideo(path string, err error) error {
	f := wrong(codeNoVideo, fmt.Sprintf("The file %s holds no video that can be shown.", path), "Choose another file.")
	f.Cause = err
	return f
}

// finished is why a file that does not loop ends.
func finished(path string, cut bool) error {
	message := "The video %s has come to its end."
	if cut {
		message = "The video %s has come to its end, earlier than it should: the file is cut short."
	}
	return wrong(capture.CodeFinished, fmt.Sprintf(message, filepath.Base(path)), "Choose it again to play it once more.")
}

// unplayed is why a file gave no picture at all, by what ffmpeg said, which says it in English everywhere.
func unplayed(path, said string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != ffmpeg.CodeFailed {
		return err
	}
	for _, known := range []struct {
		words string
		fault func() error
	}{
		{"not on whitelist", func() error { return elsewhere(path, err) }},
		{"No such file or directory", func() error { return missing(path) }}, // it went meanwhile
		{"Permission denied", func() error { return denied(path) }},
		{"Input/output error", func() error { return unread(path, err) }},
		{"moov atom not found", func() error { return unfinished(path, err) }},
	} {
		if strings.Contains(said, known.words) {
			return known.fault()
		}
	}
	return noVideo(path, err)
}

// elsewhere is a playlist, or the like, of things that are not on this machine.
func elsewhere(path string, err error) error {
	f := wrong(codeNoVideo, fmt.Sprintf("The file %s only names video that is elsewhere.", path), "Sightline opens nothing from the network for a file; save the video itself and choose that.")
	f.Cause = err
	return f
}

// unfinished is a file of which the part is missing without which nothing in it can be found.
func unfinished(path string, err error) error {
	f := wrong(codeNoVideo, fmt.Sprintf("The file %s is cut short, and what is there cannot be shown.", path), "Copy it again, or choose another file.")
	f.Cause = err
	return f
}

// broken is an ffmpeg that ended in the middle. At its own pace a file is opened again; where each picture is to come once, that is a person's choice.
func broken(path string, again bool, err error) error {
	f := wrong(codeBroken, fmt.Sprintf("ffmpeg stopped in the middle of %s.", filepath.Base(path)), "Choose it again to play it from its beginning.")
	if again {
		f.Blame, f.Hint = fault.Source, "It is played from its beginning."
	}
	f.Cause = err
	return f
}

// cutShort says whether ffmpeg found that a file ends before its end.
func cutShort(said string) bool {
	said = strings.ToLower(said)
	for _, words := range []string{"partial file", "ended prematurely", "truncated", "truncating", "unexpected end of file"} {
		if strings.Contains(said, words) {
			return true
		}
	}
	return false
}

func wrong(code, message, hint string) *fault.Error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Question}
}

// away is a fault that may pass, so that the session tries again.
func away(code, message, path, hint string, cause error) error {
	return &fault.Error{Code: code, Message: fmt.Sprintf(message, path), Hint: hint, Blame: fault.Source, Cause: cause}
}
