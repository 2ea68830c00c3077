package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sightline/backend/archive"
	"sightline/backend/export"
	"sightline/backend/fault"
)

type exportCommand struct {
	Recording string        `arg:"" help:"The recording: its folder, or its ID as sightline recordings lists it." placeholder:"DIR|ID"`
	Format    string        `help:"What to make: csv, jsonl, md (a report with pictures), mp4 or vtt (subtitles)." placeholder:"FORMAT"`
	To        string        `help:"The file to write; one of the recording's own name in the current folder unless named. Nothing is overwritten." placeholder:"FILE"`
	From      time.Duration `help:"Where the part begins; the recording's start unless named." placeholder:"10s"`
	Until     time.Duration `help:"Where it ends; the recording's end unless named." placeholder:"1m"`
}

func (c *exportCommand) run(ctx context.Context, parts Parts) int {
	if err := c.check(); err != nil {
		return parts.misuse(err)
	}
	dir, err := parts.recordingNamed(c.Recording)
	if err != nil {
		return parts.fail(err)
	}
	result, err := export.Run(ctx, export.Job{Dir: dir, Format: c.Format, To: c.To, From: c.From, Up: c.Until})
	if ctx.Err() != nil {
		return exitFailed // who ended it knows
	}
	if err != nil {
		return parts.fail(err)
	}
	if result.Note != "" {
		fmt.Fprintln(parts.Stderr, result.Note)
	}
	for _, file := range result.Files {
		if _, err := fmt.Fprintln(parts.Stdout, file); err != nil {
			return parts.fail(err)
		}
	}
	return exitOK
}

func (c *exportCommand) check() error {
	formats := strings.Join(export.Formats(), ", ")
	switch {
	case c.Format == "":
		return usage("What to export to is not said.", "Choose --format "+formats+".")
	case !slices.Contains(export.Formats(), c.Format):
		return usage(fmt.Sprintf("--format %s is not known.", c.Format), "Choose "+formats+".")
	case c.From < 0 || c.Until < 0 || c.Until != 0 && c.Until <= c.From:
		return usage("There is nothing between --from and --until.", "Let the part end after it begins, like --from 10s --until 1m.")
	}
	return nil
}

// recordingNamed is the folder of a recording: the one that is named, or the one with that ID in the folder of recordings.
func (p Parts) recordingNamed(name string) (string, error) {
	if archive.Is(name) {
		return name, nil
	}
	if folder := p.recordingsFolder(); folder != "" {
		dirs, err := archive.List(folder)
		if err != nil {
			return "", err
		}
		for _, dir := range dirs {
			if m, err := archive.Read(dir); filepath.Base(dir) == name || err == nil && m.ID == name {
				return dir, nil
			}
		}
	}
	return "", &fault.Error{
		Code: "recording.none", Message: fmt.Sprintf("There is no recording %s.", name), Hint: "Name its folder, or an ID that sightline recordings lists.", Blame: fault.Question,
	}
}

// recordingsFolder is where recordings go unless a person says otherwise; empty where nobody can tell.
func (p Parts) recordingsFolder() string {
	if p.Recordings == nil {
		return ""
	}
	return p.Recordings()
}
