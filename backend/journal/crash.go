package journal

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

const (
	keptReports = 5       // crash reports; older ones go
	reportLimit = 1 << 20 // bytes of one
)

// Crashes is the folder of the reports about Sightline's own crashes.
func Crashes() string { return filepath.Join(filepath.Dir(Path()), "crashes") }

// Guard has the runtime write down why this process ends, if it ever crashes: to a file of that name, which is 1 to 40 of a–z, 0–9 and the hyphen
// and which no other process uses at the time. left is the report of an earlier process of that name that crashed; empty where none did. A report
// holds no secret. done is called at the end of a process that did not crash. Where nothing can be written Sightline works without.
func Guard(name, version string) (left string, done func()) { return guard(Crashes(), name, version) }

func guard(dir, name, version string) (left string, done func()) {
	open := filepath.Join(dir, "open-"+name+".txt")
	left = settle(dir, open, name)
	f, err := begin(open, version)
	if err != nil {
		slog.Warn("crashes are not written down", "cause", err)
		return left, func() {}
	}
	return left, func() {
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{}) // it cannot fail for nil
		_ = f.Close()
		_ = os.Remove(open) // an empty one that stays is no report
	}
}

func begin(path, version string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(f, "Sightline %s, %s/%s, %s, started %s\n%s", version, runtime.GOOS, runtime.GOARCH, runtime.Version(),
		time.Now().UTC().Format(time.RFC3339), headEnd)
	if err == nil {
		err = debug.SetCrashOutput(f, debug.CrashOptions{})
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// headEnd parts what begin writes from what the runtime writes.
const headEnd = "\n"

// settle makes a report of what a crashed process has left in the file, and says where it is; empty where that process did not crash.
func settle(dir, open, name string) string {
	f, err := os.Open(open)
	if err != nil {
		return ""
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, reportLimit))
	_, crash, _ := strings.Cut(string(text), "\n"+headEnd)
	if err != nil || strings.TrimSpace(crash) == "" {
		return ""
	}
	ended := time.Now()
	if info, err := f.Stat(); err == nil {
		ended = info.ModTime()
	}
	report := filepath.Join(dir, fmt.Sprintf("crash-%s-%s.txt", ended.UTC().Format("20060102T150405Z"), name))
	if err := os.WriteFile(report, []byte(Scrub(string(text))), 0o600); err != nil {
		slog.Warn("crash report is not kept", "cause", err)
		return ""
	}
	forgetOld(dir)
	return report
}

// forgetOld leaves the newest reports.
func forgetOld(dir string) {
	reports, err := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
	if err != nil || len(reports) <= keptReports {
		return
	}
	slices.Sort(reports) // by their times
	for _, old := range reports[:len(reports)-keptReports] {
		_ = os.Remove(old) // it is tried again after the next crash
	}
}

// LastCrash is the newest report, empty where there is none.
func LastCrash() string {
	reports, _ := filepath.Glob(filepath.Join(Crashes(), "crash-*.txt")) // the pattern is good
	return slices.MaxFunc(append(reports, ""), func(a, b string) int { return cmp.Compare(filepath.Base(a), filepath.Base(b)) })
}

// LastReport is what the newest report says, empty where there is none.
func LastReport() string {
	text, err := os.ReadFile(LastCrash()) // no longer than a report may be
	if err != nil {
		return ""
	}
	const head = 8 << 10 // the goroutine that crashed comes first
	return string(text[:min(len(text), head)])
}
