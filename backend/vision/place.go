package vision

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The files of a folder of models, beside the runtime.
const (
	thingsFile = "things.onnx"
	findFile   = "text-find.onnx"
	readFile   = "text-read.onnx"
	signsFile  = "text-signs.txt"
)

func allFiles() []string {
	return []string{runtimeFile, thingsFile, findFile, readFile, signsFile}
}

// Variable names a folder of models that is used in place of the installed one.
const Variable = "SIGHTLINE_MODELS"

// place is a folder of models.
type place struct{ dir string }

// look is the folder to use: the one that is named, else the first installed one that is there.
func look(named string) place {
	if named == "" {
		named = os.Getenv(Variable)
	}
	if named != "" {
		return place{dir: named}
	}
	installed := installedPlaces()
	for _, dir := range installed {
		if found, err := os.Stat(dir); err == nil && found.IsDir() {
			return place{dir: dir}
		}
	}
	return place{dir: installed[0]}
}

// installedPlaces are where packages, the installer and a build put the models.
func installedPlaces() []string {
	const packaged = "/usr/lib/sightline/models"
	program, err := os.Executable()
	if err != nil {
		return []string{packaged}
	}
	if resolved, err := filepath.EvalSymlinks(program); err == nil {
		program = resolved
	}
	beside := filepath.Dir(program)
	return []string{filepath.Join(beside, "models"), filepath.Join(beside, "..", "lib", "sightline", "models"), packaged}
}

func (p place) path(file string) string { return filepath.Join(p.dir, file) }

// state changes when a file comes, goes or changes. It is cheap.
func (p place) state() string {
	var state strings.Builder
	fmt.Fprintln(&state, p.dir)
	for _, file := range allFiles() {
		if f, err := os.Stat(p.path(file)); err == nil {
			fmt.Fprintln(&state, file, f.Size(), f.ModTime().UnixNano())
		}
	}
	return state.String()
}

// load opens the runtime. The networks follow when they are needed, but that they are all there is seen now: half a detector is none.
func (p place) load(open func(string) (runtime, error)) (*networks, error) {
	for _, file := range allFiles() {
		if _, err := os.Stat(p.path(file)); errors.Is(err, fs.ErrNotExist) {
			return nil, missing(p.path(file))
		}
	}
	if err := isWhole(p.path(runtimeFile)); err != nil {
		return nil, broken(p.path(runtimeFile), err)
	}
	rt, err := open(p.path(runtimeFile))
	if err != nil {
		return nil, broken(p.path(runtimeFile), err)
	}
	return &networks{place: p, rt: rt, loaded: make(map[string]net)}, nil
}
