//go:build !windows

package replay

import (
	"os"
	"testing"
	"testing/synctest"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

func TestARecordingThatIsDeletedWhilePlayingEndsTheRun(t *testing.T) {
	captureLog(t)
	for _, option := range []string{"loop=1", "loop=1&asked=1"} {
		t.Run(option, func(t *testing.T) {
			dir := record(t).film(0, 64, 48, 5).answer(1, 0, jpegOf(t, 64, 48, 9)).done()
			synctest.Test(t, func(t *testing.T) {
				err := opened(t, "recording:"+dir+"?"+option).Run(t.Context(), func(sight.Frame) {
					if err := os.RemoveAll(dir); err != nil {
						t.Error(err)
					}
				})
				wantQuestion(t, err, archive.CodeNone)
			})
		})
	}
}
