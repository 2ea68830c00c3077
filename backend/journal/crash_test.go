package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A crash ends its process, so each test lets a process of its own crash: this test program again.
const crashEnv = "SIGHTLINE_CRASH"

func TestMain(m *testing.M) {
	dir, how, isChild := strings.Cut(os.Getenv(crashEnv), "|")
	if !isChild {
		os.Exit(m.Run())
	}
	_, done := guard(dir, "main", "1.2.3")
	switch how {
	case "panic":
		crash("asking with Bearer abcdef123456 at rtsp://me:hunter2@camera/live")
	case "elsewhere":
		go crash("in another goroutine")
		select {} // until that has happened
	case "killed":
		kill()
	}
	done()
}

func crash(why string) { panic(why) }

func kill() {
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill()
	}
	select {} // until that has happened
}

func run(t *testing.T, dir, how string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashEnv+"="+dir+"|"+how)
	_ = child.Run() // it may crash: that is what it is for
}

func TestNextStartSaysWhyTheLastOneEnded(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, "panic")
	report, done := guard(dir, "main", "1.2.4")
	defer done()
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("no report of the crash: %v", err)
	}
	for _, wanted := range []string{"Sightline 1.2.3", "panic: asking with", "journal.crash", "goroutine 1"} {
		if !strings.Contains(string(text), wanted) {
			t.Errorf("the report lacks %q:\n%s", wanted, text)
		}
	}
	for _, secret := range []string{"abcdef123456", "hunter2"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the report holds %q", secret)
		}
	}
	if again, done := guard(dir, "main", "1.2.4"); again != "" {
		t.Errorf("the same crash is told twice: %s", again)
	} else {
		done()
	}
}

func TestCrashInAnyGoroutineIsWrittenDown(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, "elsewhere")
	if report, done := guard(dir, "main", ""); report == "" {
		t.Error("no report")
	} else {
		done()
	}
}

func TestOrderlyEndAndKillAreNoCrashes(t *testing.T) {
	for _, how := range []string{"orderly", "killed"} {
		dir := t.TempDir()
		run(t, dir, how)
		report, done := guard(dir, "main", "")
		if report != "" {
			t.Errorf("%s: there is a report: %s", how, report)
		}
		done()
	}
}

func TestOtherWindowsCrashesAreTheirs(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, "panic")
	if report, done := guard(dir, "w-other", ""); report != "" {
		t.Errorf("another window tells of it: %s", report)
	} else {
		done()
	}
}

func TestOnlyTheNewestReportsAreKept(t *testing.T) {
	dir := t.TempDir()
	for _, day := range []string{"01", "02", "03", "04", "05", "06", "07"} {
		if err := os.WriteFile(filepath.Join(dir, "crash-202601"+day+"T000000Z-main.txt"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "panic")
	newest, done := guard(dir, "main", "")
	defer done()
	reports, _ := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
	if len(reports) != keptReports || reports[len(reports)-1] != newest {
		t.Errorf("kept are %v", reports)
	}
}

func TestFolderThatCannotBeWrittenIsNoTrouble(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	report, done := guard(filepath.Join(file, "crashes"), "main", "")
	done()
	if report != "" {
		t.Errorf("a report from nowhere: %s", report)
	}
}

func TestScrubLeavesNoSecret(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, secret := range []string{
		"Authorization: Bearer sk-abc123def456ghi789", "OPENAI_API_KEY=sk-proj-0123456789abcdef", `{"api_key":"0123456789"}`, "rtsp://user:pass@10.0.0.2/live",
		"nvapi-0123456789abcdefghij", "password = swordfish", "data:image/jpeg;base64," + strings.Repeat("QUJD", 30), strings.Repeat("QUJD", 60),
	} {
		scrubbed := Scrub("before " + secret + " after " + filepath.Join(home, "x"))
		for _, rest := range []string{"sk-", "0123456789", "pass@", "swordfish", "QUJDQUJD", home} {
			if strings.Contains(scrubbed, rest) {
				t.Errorf("%q is left of %q: %q", rest, secret, scrubbed)
			}
		}
		if !strings.HasPrefix(scrubbed, "before ") || !strings.Contains(scrubbed, "after") {
			t.Errorf("more is gone than the secret: %q", scrubbed)
		}
	}
	plain := "goroutine 1 [running]:\nsightline/backend/session.(*Session).Run(0xc000123456, {0x1234, 0x5678})\n\tsightline/backend/session/session.go:120 +0x1d"
	if got := Scrub(plain); got != plain {
		t.Errorf("a plain trace became %q", got)
	}
}
