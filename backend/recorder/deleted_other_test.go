//go:build !windows

package recorder

import (
	"os"
	"testing"

	"sightline/backend/archive"
)

func TestFolderDeletedWhileRecording(t *testing.T) {
	for name, video := range map[string]bool{"with video": true, "answers alone": false} {
		t.Run(name, func(t *testing.T) {
			inStudio(t, func(s *studio) {
				s.set(func(o *Options) { o.Parts.Video = video })
				dir := s.start()
				s.shoot(30)
				s.observe(s.answer("a door"))
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
				s.shoot(100)
				s.endsWith(archive.CodeGone)
				s.set(func(o *Options) { o.Parts.Video = true })
				s.worksAgain()
			})
		})
	}
}
