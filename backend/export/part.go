package export

import (
	"cmp"
	"context"
	"time"

	"sightline/backend/archive"
)

// extent is where a line lies in answers.jsonl: somewhere in it, at its end.
type extent struct{ from, to int64 }

// each hands over the outcomes of the part that is exported, in order.
func (w *work) each(ctx context.Context, do func(archive.Entry, extent) error) error {
	var before int64
	var damage archive.Damage
	for entry, end := range archive.Survey(w.Dir, 0, &damage) {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := extent{before, end}
		before = end
		if !w.holds(entry.At()) {
			continue
		}
		if err := do(entry, at); err != nil {
			return err
		}
	}
	w.damaged = damage.Lines
	return cmp.Or(damage.Err, ctx.Err())
}

// holds says whether a moment of the recording is in the part.
func (w *work) holds(at time.Duration) bool { return at >= w.From && (w.Up == 0 || at < w.Up) }

// end is where the part ends, as far as the manifest knows.
func (w *work) end() time.Duration {
	length := seconds(w.manifest.Seconds)
	if w.Up == 0 || w.Up > length {
		return length
	}
	return w.Up
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
