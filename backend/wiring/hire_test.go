package wiring

import (
	"testing"
	"time"

	"sightline/backend/archive"
	"sightline/backend/fault"
	"sightline/backend/keys"
	"sightline/backend/settings"
	"sightline/backend/vlm"
	"sightline/backend/vlm/vlmtest"
)

// ring is a keyring in memory.
type ring map[string]string

func (r ring) Get(_, user string) (string, error) {
	if secret, ok := r[user]; ok {
		return secret, nil
	}
	return "", keys.ErrNotFound
}
func (r ring) Set(_, user, secret string) error { r[user] = secret; return nil }
func (r ring) Delete(_, user string) error      { delete(r, user); return nil }

func hire(t *testing.T, s *Servers, b settings.Backend, common settings.Settings, source string) vlm.Asker {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	asker, err := s.Asker(b, common, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(asker.(interface{ Close() }).Close)
	return asker
}

func TestPrivateSourceIsRefusedOutsideThisNetworkAlone(t *testing.T) {
	s := NewServers(keys.New(ring{}))
	common := settings.DefaultSettings()
	common.Private = []string{"camera:Front door"}
	for _, c := range []struct {
		name    string
		backend settings.Backend
		source  string
		refused bool
	}{
		{"a cloud", settings.Backend{URL: "https://api.example.com/v1"}, "camera:Front door", true},
		{"a cloud, and the camera by another name", settings.Backend{URL: "https://api.example.com/v1"}, "camera:", true},
		{"a cloud, and another camera", settings.Backend{URL: "https://api.example.com/v1"}, "camera:Desk", false},
		{"the lab", settings.Backend{URL: "http://192.168.1.5:8000/v1"}, "camera:Front door", false},
		{"the lab, with a second server in a cloud", settings.Backend{URL: "http://192.168.1.5:8000/v1", Replicas: []string{"https://api.example.com/v1"}}, "camera:Front door", true},
		{"a public address that is said to be ours", settings.Backend{URL: "https://vlm.example.com/v1", Leaves: "no"}, "camera:Front door", false},
		{"a tunnel on this machine that is said to lead out", settings.Backend{URL: "http://localhost:8000/v1", Leaves: "yes"}, "camera:Front door", true},
	} {
		_, err := s.Asker(c.backend, common, c.source)
		if got := fault.CodeOf(err) == "backend.private"; got != c.refused {
			t.Errorf("%s: refused %v, want %v (%v)", c.name, got, c.refused, err)
		}
	}
}

func TestBackendThatIsOutIsStoodInForAndSaysSo(t *testing.T) {
	out := vlmtest.Start(t, vlmtest.Script{Refuse: &vlmtest.Refusal{Status: 500}})
	other := vlmtest.Start(t, vlmtest.Script{Words: 3, Models: []string{"its-own"}})
	common := settings.DefaultSettings()
	common.Backends = []settings.Backend{
		{ID: "a", Name: "Lab", URL: out.URL, Fallback: "b"},
		{ID: "b", Name: "Spare", URL: other.URL, Model: "its-own", Fallback: "a"},
	}
	asker := hire(t, NewServers(keys.New(ring{})), common.Backends[0], common, "sample:")
	q := vlmtest.Question("What is there?")
	q.Model = "of-the-lab"
	q.Frame.Captured = time.Now()
	answer, err := asker.Ask(t.Context(), q, nil)
	if err != nil || answer.Backend != "Spare" || answer.InsteadOf != "Lab" {
		t.Fatalf("%+v, %v", answer, err)
	}
	if got := other.Last(); got.Model != "its-own" {
		t.Errorf("the spare was asked for model %q", got.Model)
	}
}

func TestRecordingOfAPrivateSourceStaysToo(t *testing.T) {
	s := NewServers(keys.New(ring{}))
	common := settings.DefaultSettings()
	common.Private = []string{"camera:Front door"}
	cloud := settings.Backend{URL: "https://api.example.com/v1"}
	door, desk := recordingOf(t, "camera:Front door"), recordingOf(t, "camera:Desk")
	for _, c := range []struct {
		name, source string
		refused      bool
	}{
		{"a recording of it", "recording:" + door, true},
		{"only the pictures that were asked about", "recording:" + door + "?asked=1", true},
		{"a recording of that recording", "recording:" + recordingOf(t, "recording:"+door), true},
		{"a recording of another camera", "recording:" + desk, false},
		{"a recording that cannot be read", "recording:" + t.TempDir(), true},
	} {
		_, err := s.Asker(cloud, common, c.source)
		if got := fault.CodeOf(err) == "backend.private"; got != c.refused {
			t.Errorf("%s: refused %v, want %v (%v)", c.name, got, c.refused, err)
		}
	}
	common.Private = nil
	if s.Private(common, "recording:"+door) {
		t.Error("what nobody keeps here is kept")
	}
}

func recordingOf(t *testing.T, source string) (dir string) {
	t.Helper()
	m := archive.Manifest{Started: time.Now(), Parts: archive.Parts{Answers: true}, About: archive.About{Source: archive.Source{URI: source}}}
	w, err := archive.Create(archive.OS(), t.TempDir(), m)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	return w.Dir()
}

func TestPrivateSourceHasNoStandInOutsideThisNetwork(t *testing.T) {
	out := vlmtest.Start(t, vlmtest.Script{Refuse: &vlmtest.Refusal{Status: 500}})
	other := vlmtest.Start(t, vlmtest.Script{Words: 3})
	common := settings.DefaultSettings()
	common.Private = []string{"sample:"}
	common.Backends = []settings.Backend{
		{ID: "a", Name: "Lab", URL: out.URL, Fallback: "b"},
		{ID: "b", Name: "Cloud", URL: other.URL, Leaves: "yes"},
	}
	asker := hire(t, NewServers(keys.New(ring{})), common.Backends[0], common, "sample:")
	q := vlmtest.Question("What is there?")
	q.Frame.Captured = time.Now()
	if answer, err := asker.Ask(t.Context(), q, nil); err == nil {
		t.Errorf("answered by %q", answer.Backend)
	}
	if len(other.Calls()) != 0 {
		t.Error("a private picture went out")
	}
}

func TestEachServerGetsTheKeyOfItsOwnOriginAndNoOther(t *testing.T) {
	first := vlmtest.Start(t, vlmtest.Script{Refuse: &vlmtest.Refusal{Status: 500}})
	second := vlmtest.Start(t, vlmtest.Script{Refuse: &vlmtest.Refusal{Status: 500}})
	spare := vlmtest.Start(t, vlmtest.Script{Words: 3})
	saved := keys.New(ring{})
	for server, key := range map[*vlmtest.Server]string{first: "key-of-the-first", spare: "key-of-the-spare"} {
		if _, err := saved.Set(t.Context(), server.URL, key); err != nil {
			t.Fatal(err)
		}
	}
	common := settings.DefaultSettings()
	common.Backends = []settings.Backend{
		{ID: "a", Name: "Lab", URL: first.URL, Replicas: []string{second.URL}, Fallback: "b"},
		{ID: "b", Name: "Spare", URL: spare.URL},
	}
	asker := hire(t, NewServers(saved), common.Backends[0], common, "sample:")
	for range 6 {
		q := vlmtest.Question("What is there?")
		q.Frame.Captured = time.Now()
		_, _ = asker.Ask(t.Context(), q, nil) // both servers refuse; which is asked is chance
	}
	for server, want := range map[*vlmtest.Server]string{first: "Bearer key-of-the-first", second: "", spare: "Bearer key-of-the-spare"} {
		if len(server.Calls()) == 0 {
			t.Error("a server was never asked")
		}
		for _, call := range server.Calls() {
			if got := call.Header.Get("Authorization"); got != want {
				t.Errorf("%s was sent %q, want %q", server.URL, got, want)
			}
		}
	}
}
