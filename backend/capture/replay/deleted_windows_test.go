package replay

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

func TestARecordingWhosePicturesAreDeletedWhilePlayingEndsTheRun(t *testing.T) {
	captureLog(t)
	dir := record(t).answer(1, 0, jpegOf(t, 64, 48, 9)).done()
	synctest.Test(t, func(t *testing.T) {
		err := opened(t, "recording:"+dir+"?loop=1&asked=1").Run(t.Context(), func(sight.Frame) {
			if err := os.RemoveAll(dir); err != nil {
				t.Error(err)
			}
		})
		wantQuestion(t, err, archive.CodeNone)
	})
}

// TestARecordingWhoseVideoIsPlayedStaysUntilTheRunEnds: Windows deletes nothing that is open.
func TestARecordingWhoseVideoIsPlayedStaysUntilTheRunEnds(t *testing.T) {
	captureLog(t)
	dir := record(t).film(0, 64, 48, 5).done()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		shown := 0
		err := opened(t, "recording:"+dir+"?loop=1").Run(ctx, func(sight.Frame) {
			if os.RemoveAll(dir) == nil {
				t.Error("it was deleted while it was played")
			}
			if shown++; shown == 8 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || shown != 8 {
			t.Errorf("%d frames, and then %v", shown, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("it stays open: %v", err)
		}
	})
}
