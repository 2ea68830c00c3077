package ffmpeg

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// lessons are what a program has shown that it cannot do. They are found out by trying, which costs nothing with an ffmpeg that can do all.
type lessons struct {
	mu    sync.Mutex
	known known
}

type known struct {
	oldRate       bool // it knows -vsync instead of -fps_mode: before 5.1
	noMaxRate     bool // it does not know -fpsmax: before 4.4
	noColourspace bool // it is built without the filter colorspace
	noHardware    bool // this machine's hardware does not decode
}

func (l *lessons) now() known {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known
}

// learn reads in what a child said why it had not even begun; false where that tells nothing new.
func (l *lessons) learn(said string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.known
	unknown := func(option string) bool { return strings.Contains(said, "Unrecognized option '"+option+"'") }
	l.known.oldRate = before.oldRate || unknown("fps_mode")
	l.known.noMaxRate = before.noMaxRate || unknown("fpsmax")
	l.known.noColourspace = before.noColourspace || strings.Contains(said, "No such filter: 'colorspace'")
	return l.known != before
}

func (l *lessons) hardwareFails() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.noHardware = true
}

// hardware is how this system's hardware decodes; empty where nothing says that there is any. It is named rather than left to ffmpeg (auto), which would try CUDA first:
// that takes hundreds of megabytes from the very GPU on which models run.
func hardware() string {
	switch runtime.GOOS {
	case "linux":
		return vaapi("/dev/dri")
	case "windows":
		return "d3d11va"
	case "darwin":
		return "videotoolbox"
	}
	return ""
}

// vaapi is given where a GPU can be opened for rendering.
func vaapi(folder string) string {
	nodes, _ := filepath.Glob(filepath.Join(folder, "renderD*")) // the pattern is right
	for _, node := range nodes {
		if f, err := os.OpenFile(node, os.O_RDWR, 0); err == nil {
			_ = f.Close() // nothing was written
			return "vaapi"
		}
	}
	return ""
}
