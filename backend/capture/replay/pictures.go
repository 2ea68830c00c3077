package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

const (
	mostBytes = 64 << 20    // of a kept picture
	lastStays = time.Second // the last picture is looked at at least so long before the source ends
)

// picture is one that was asked about and kept.
type picture struct {
	at   time.Duration
	name string // within the folder
}

// pictures shows the kept ones, each at its time and byte for byte.
func (p *player) pictures(ctx context.Context) error {
	if !p.listed {
		p.kept, p.listed = list(p.dir), true
	}
	for i := 0; i < len(p.kept); i++ {
		visible, err := p.turn(ctx, p.kept[i].at, p.until(i))
		if err != nil {
			return err
		}
		if !visible {
			continue
		}
		still, err := read(p.dir, p.kept[i].name)
		if err != nil {
			p.leaveOut(p.kept[i].name, err)
			p.kept = slices.Delete(p.kept, i, i+1)
			i--
			continue
		}
		if err := p.show(ctx, p.kept[i].at, still); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// until is when picture i gives way: to the next one. The last stays as long as the one before it did.
func (p *player) until(i int) time.Duration {
	if i+1 < len(p.kept) {
		return p.kept[i+1].at
	}
	stay := lastStays
	if i > 0 {
		stay = max(stay, p.kept[i].at-p.kept[i-1].at)
	}
	return p.kept[i].at + stay
}

// list is the kept pictures in order. A picture that several were asked about is there once.
func list(dir string) []picture {
	var all []picture
	for entry := range archive.Entries(dir, 0) {
		if entry.Picture != "" {
			all = append(all, picture{at: entry.At(), name: entry.Picture})
		}
	}
	slices.SortStableFunc(all, func(a, b picture) int { return cmp.Compare(a.at, b.at) })
	return slices.Compact(all)
}

// read makes a new Picture each time: what is decoded of it lives as long as its frame and no longer.
func read(dir, name string) (*sight.Picture, error) {
	path, err := archive.Picture(dir, name)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // a named pipe would block for ever
		return nil, errors.New("not a regular file")
	}
	if info.Size() > mostBytes {
		return nil, fmt.Errorf("%d MiB is more than a picture takes", info.Size()>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return sight.FromJPEG(data)
}
