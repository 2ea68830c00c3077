package vision

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestNetworksAreLoadedWhenFirstNeeded(t *testing.T) {
	l := new(lab)
	e := engine(t, l)
	if opened, _, _ := l.count(); opened != 0 {
		t.Fatal("loaded before anybody asked")
	}
	things(t, e)
	things(t, e)
	if opened, _, _ := l.count(); opened != 1 || strings.Join(l.loaded, " ") != thingsFile {
		t.Errorf("opened %d times, loaded %q: text was not asked for", opened, l.loaded)
	}
	text(t, e)
	if strings.Join(l.loaded, " ") != thingsFile+" "+findFile {
		t.Errorf("loaded %q: there was no text to read", l.loaded)
	}
}

func TestNetworksAreLetGoAfterTwoMinutesWithoutAQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(lab)
		e := engine(t, l)
		for range 5 {
			things(t, e)
			time.Sleep(time.Minute)
		}
		if _, closed, _ := l.count(); closed != 0 {
			t.Fatal("let go of while there were questions")
		}
		time.Sleep(time.Minute + time.Second)
		synctest.Wait()
		if _, closed, held := l.count(); closed != 1 || held != 0 {
			t.Fatalf("two minutes later: closed %d times, %d networks held", closed, held)
		}
		things(t, e)
		if opened, _, held := l.count(); opened != 2 || held != 1 {
			t.Errorf("then asked again: opened %d times, %d networks held", opened, held)
		}
	})
}

func TestClosingLetsGo(t *testing.T) {
	l := new(lab)
	e := engine(t, l)
	things(t, e)
	text(t, e)
	e.Close()
	if _, closed, held := l.count(); closed != 1 || held != 0 {
		t.Errorf("closed %d times, %d networks held", closed, held)
	}
	things(t, e)
	if opened, closed, held := l.count(); opened != closed || held != 0 {
		t.Errorf("a question after it: opened %d times, closed %d, %d networks held", opened, closed, held)
	}
}

func TestOneInferenceAtATime(t *testing.T) {
	l := new(lab)
	e := engine(t, l)
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() { things(t, e) })
		asking.Go(func() { text(t, e) })
	}
	asking.Wait()
	if l.most != 1 {
		t.Errorf("%d at once", l.most)
	}
}

func TestQuestionThatWaitsForItsTurnCanBeWithdrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lab{answer: func(ctx context.Context, _ string) ([]tensor, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		e := engine(t, l)
		working, stopWorking := context.WithCancel(t.Context())
		waiting, stopWaiting := context.WithCancel(t.Context())
		var first, second error
		var asking sync.WaitGroup
		asking.Go(func() { _, first = e.Things(working, grey()) })
		synctest.Wait()
		asking.Go(func() { _, second = e.Text(waiting, grey(), true) })
		synctest.Wait()
		stopWaiting()
		synctest.Wait()
		if !errors.Is(second, context.Canceled) || first != nil {
			t.Errorf("the one that waited ended with %v, the other with %v", second, first)
		}
		stopWorking()
		asking.Wait()
		if !errors.Is(first, context.Canceled) {
			t.Errorf("the one at work ended with %v", first)
		}
	})
}

func TestQuestionIsWithdrawnBetweenTwoStages(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var asked []string
	l := &lab{answer: func(_ context.Context, file string) ([]tensor, error) {
		asked = append(asked, file)
		cancel()
		return nil, nil
	}}
	if _, err := engine(t, l).Text(ctx, grey(), false); err != nil {
		t.Errorf("nothing like text was found, and that was all there was to do: %v", err)
	}
	l.answer = func(context.Context, string) ([]tensor, error) {
		t.Error("a network was asked for somebody who has gone")
		return nil, nil
	}
	if _, err := engine(t, l).Text(ctx, grey(), false); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestMissingFileIsNamedWithWhatBringsIt(t *testing.T) {
	for _, file := range allFiles() {
		l := new(lab)
		e := engine(t, l)
		if err := os.Remove(filepath.Join(e.dir, file)); err != nil {
			t.Fatal(err)
		}
		_, err := e.Things(t.Context(), grey())
		f := wantFault(t, err, CodeMissing)
		if !strings.Contains(f.Message, file) || !strings.Contains(f.Message, e.dir) || !strings.Contains(f.Hint, "make build") {
			t.Errorf("%s: it says %q, %q", file, f.Message, f.Hint)
		}
		if opened, _, _ := l.count(); opened != 0 {
			t.Errorf("%s: the runtime was opened all the same", file)
		}
	}
}

func TestFolderThatIsNotThereIsTold(t *testing.T) {
	e := New(Config{Dir: filepath.Join(t.TempDir(), "none")})
	e.open = new(lab).open
	_, err := e.Things(t.Context(), grey())
	wantFault(t, err, CodeMissing)
}

func TestBrokenFileIsTriedAgainOnlyWhenItHasChanged(t *testing.T) {
	for _, file := range []string{runtimeFile, thingsFile} {
		l := &lab{refuse: map[string]error{file: errors.New("protobuf parsing failed")}}
		e := engine(t, l)
		for range 20 {
			_, err := e.Things(t.Context(), grey())
			if f := wantFault(t, err, CodeBroken); !strings.Contains(f.Message, file) {
				t.Errorf("%s: it says %q", file, f.Message)
			}
		}
		if opened, closed, _ := l.count(); opened > 1 || opened != closed {
			t.Errorf("%s: opened %d times, closed %d", file, opened, closed)
		}
		l.refuse = nil
		if _, err := e.Things(t.Context(), grey()); err == nil {
			t.Errorf("%s: tried again though nothing has changed", file)
		}
		later := time.Now().Add(time.Minute)
		if err := os.Chtimes(filepath.Join(e.dir, file), later, later); err != nil {
			t.Fatal(err)
		}
		things(t, e)
	}
}

func TestLibraryCutShortIsNotOpened(t *testing.T) {
	l := new(lab)
	e := engine(t, l)
	data := aLibrary(t)
	for name, half := range map[string][]byte{"half": data[:len(data)/2], "empty": nil, "page": []byte("<html>not found</html>")} {
		write(t, e.dir, runtimeFile, half)
		_, err := e.Things(t.Context(), grey())
		if f := wantFault(t, err, CodeBroken); !strings.Contains(f.Message, runtimeFile) {
			t.Errorf("%s: it says %q", name, f.Message)
		}
	}
	if opened, _, _ := l.count(); opened != 0 {
		t.Error("it was opened")
	}
}

func TestAnotherNetworkUnderThatNameIsTold(t *testing.T) {
	l := &lab{answer: func(context.Context, string) ([]tensor, error) { return []tensor{{nil, make([]float32, 7)}}, nil }}
	e := engine(t, l)
	_, err := e.Things(t.Context(), grey())
	wantFault(t, err, CodeBroken)
	_, err = engine(t, l).Text(t.Context(), grey(), true)
	wantFault(t, err, CodeBroken)
}

func TestBuildWithoutARuntimeSaysSo(t *testing.T) {
	e := New(Config{Dir: folder(t)})
	e.open = nil
	_, err := e.Things(t.Context(), grey())
	if f := wantFault(t, err, CodeMissing); !strings.Contains(f.Message, "build") {
		t.Errorf("it says %q", f.Message)
	}
}

func TestVariableNamesAnotherFolder(t *testing.T) {
	dir := folder(t)
	t.Setenv(Variable, dir)
	e := New(Config{})
	e.open = new(lab).open
	defer e.Close()
	things(t, e)
}

func things(t *testing.T, e *Engine) {
	t.Helper()
	if _, err := e.Things(t.Context(), grey()); err != nil {
		t.Error(err)
	}
}

func text(t *testing.T, e *Engine) {
	t.Helper()
	if _, err := e.Text(t.Context(), grey(), true); err != nil {
		t.Error(err)
	}
}
