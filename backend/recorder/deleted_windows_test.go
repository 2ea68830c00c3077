package recorder

import (
	"os"
	"testing"

	"sightline/backend/archive"
)

// TestFolderDeletedWhileRecording is about a program that deletes file by file: Windows keeps those that are open.
func TestFolderDeletedWhileRecording(t *testing.T) {
	for name, video := range map[string]bool{"with video": true, "answers alone": false} {
		t.Run(name, func(t *testing.T) {
			inStudio(t, func(s *studio) {
				s.set(func(o *Options) { o.Parts.Video = video })
				dir := s.start()
				s.shoot(30)
				s.observe(s.answer("a door"))
				if err := os.RemoveAll(dir); err == nil {
					t.Error("what is open was deleted")
				}
				s.shoot(100)
				s.endsWith(archive.CodeGone)
				if err := os.RemoveAll(dir); err != nil {
					t.Errorf("something stays open: %v", err)
				}
				s.set(func(o *Options) { o.Parts.Video = true })
				s.worksAgain()
			})
		})
	}
}
