package vision

import (
	"bytes"
	"context"
	"debug/elf"
	"debug/pe"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"os"
	"path/filepath"
	goruntime "runtime"
	"sync"
	"testing"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// lab is a runtime for tests, and all that it has opened.
type lab struct {
	mu     sync.Mutex
	opened int      // libraries
	closed int      // libraries
	loaded []string // networks, by the name of their file
	held   int      // networks not closed
	busy   int      // networks at work
	most   int      // of them at once

	refuse map[string]error                                         // by file
	answer func(ctx context.Context, file string) ([]tensor, error) // nil: an empty picture
}

func (l *lab) open(string) (runtime, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refuse[runtimeFile]; err != nil {
		return nil, err
	}
	l.opened++
	return l, nil
}

func (l *lab) load(path string, _ model) (net, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	file := filepath.Base(path)
	if err := l.refuse[file]; err != nil {
		return nil, err
	}
	l.loaded = append(l.loaded, file)
	l.held++
	return &mock{l, file}, nil
}

func (l *lab) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed++
}

func (l *lab) count() (opened, closed, held int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened, l.closed, l.held
}

type mock struct {
	lab  *lab
	file string
}

func (m *mock) close() {
	m.lab.mu.Lock()
	defer m.lab.mu.Unlock()
	m.lab.held--
}

func (m *mock) run(ctx context.Context, input tensor) ([]tensor, error) {
	m.lab.work(1)
	defer m.lab.work(-1)
	if m.lab.answer != nil {
		if out, err := m.lab.answer(ctx, m.file); out != nil || err != nil {
			return out, err
		}
	}
	if m.file == thingsFile {
		return thingsTensors(), nil
	}
	return []tensor{{input.shape, make([]float32, input.shape[2]*input.shape[3])}}, nil
}

func (l *lab) work(more int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy += more
	l.most = max(l.most, l.busy)
}

// thingsTensors is what NanoDet gives for nothing at all.
func thingsTensors() []tensor {
	var out []tensor
	for _, per := range []int{kinds, sides * bins} {
		for _, g := range grids() {
			out = append(out, tensor{[]int64{1, int64(g * g), int64(per)}, make([]float32, g*g*per)})
		}
	}
	return out
}

// engine has a folder with all files, and the lab for a runtime.
func engine(t *testing.T, l *lab) *Engine {
	t.Helper()
	e := New(Config{Dir: folder(t)})
	e.open = l.open
	t.Cleanup(e.Close)
	return e
}

// folder is one with all files in it.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range allFiles() {
		write(t, dir, file, []byte("a\nb\n"))
	}
	write(t, dir, runtimeFile, aLibrary(t))
	return dir
}

// aLibrary is as much of one as is looked at before it is opened: headers that tell of one part, which is all of the file.
func aLibrary(t *testing.T) []byte {
	t.Helper()
	const size = 4096
	var file bytes.Buffer
	put := func(parts ...any) {
		for _, part := range parts {
			if err := binary.Write(&file, binary.LittleEndian, part); err != nil {
				t.Fatal(err)
			}
		}
	}
	if goruntime.GOOS == "windows" {
		dos := make([]byte, 64)
		copy(dos, "MZ")
		dos[0x3c] = byte(len(dos))
		put(dos, []byte("PE\x00\x00"), pe.FileHeader{Machine: pe.IMAGE_FILE_MACHINE_AMD64, NumberOfSections: 1}, pe.SectionHeader32{SizeOfRawData: size})
	} else {
		header := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1}
		copy(header.Ident[:], elf.ELFMAG+"\x02\x01\x01")
		put(header, elf.Prog64{Type: uint32(elf.PT_LOAD), Filesz: size})
	}
	return append(file.Bytes(), make([]byte, size-file.Len())...)
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// write makes the file anew: what was there may be a link to another one.
func write(t *testing.T, dir, file string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, file)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// plain is a picture of one colour.
func plain(width, height int, c color.Color) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	as, _ := color.YCbCrModel.Convert(c).(color.YCbCr)
	fillWith(img.Y, as.Y)
	fillWith(img.Cb, as.Cb)
	fillWith(img.Cr, as.Cr)
	return img
}

func fillWith(plane []byte, v byte) {
	for i := range plane {
		plane[i] = v
	}
}

func grey() *sight.Picture { return sight.FromYCbCr(plain(64, 48, color.Gray{Y: 90})) }

func wantFault(t *testing.T, err error, code string) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Message == "" || f.Hint == "" {
		t.Fatalf("want the fault %s, got %v", code, err)
	}
	return f
}
