package doctor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"image/jpeg"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/doctor"
	"sightline/backend/fault"
	"sightline/backend/settings"
	"sightline/backend/vlm/detector"
	"sightline/backend/vlm/openai"
	"sightline/backend/vlm/vlmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lab is a server as the wiring makes it.
func lab(t *testing.T, c openai.Config) doctor.Server {
	t.Helper()
	c.Name = "Lab"
	client, err := openai.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// examine takes all steps, each within limit (0: its own).
func examine(t *testing.T, b doctor.Backend, limit time.Duration) (doctor.Report, settings.Profile, bool) {
	t.Helper()
	b.Name = "Lab"
	visit := doctor.NewVisit(b)
	defer visit.Close()
	steps := visit.Steps()
	for i := range steps {
		if limit > 0 {
			steps[i].Limit = limit
		}
	}
	told := 0
	report := doctor.Examine(t.Context(), steps, func(doctor.Check) { told++ })
	if told != len(report.Checks) {
		t.Errorf("%d checks were told, %d reported", told, len(report.Checks))
	}
	for _, c := range report.Checks {
		if (c.Error == nil) != c.OK || c.Error != nil && (c.Error.Message == "" || c.Error.Hint == "") {
			t.Errorf("%s leaves a person alone: %+v", c.Name, c.Error)
		}
	}
	_, profile, ok := visit.Profile()
	return report, profile, ok
}

// asRead is the report in one line a check, as a person reads it.
func asRead(report doctor.Report) []string {
	var lines []string
	for _, c := range report.Checks {
		if c.OK {
			lines = append(lines, "✓ "+c.Name+": "+c.Found)
		} else {
			lines = append(lines, "✗ "+c.Name+": "+c.Error.Code+": "+c.Error.Message+" "+c.Error.Hint)
		}
	}
	return lines
}

// says checks that the lines begin as wanted, line by line; … stands for anything.
func says(t *testing.T, report doctor.Report, want ...string) {
	t.Helper()
	lines := asRead(report)
	ok := len(lines) == len(want)
	for i := range min(len(lines), len(want)) {
		begin, end, _ := strings.Cut(want[i], "…")
		ok = ok && strings.HasPrefix(lines[i], begin) && strings.Contains(lines[i][len(begin):], end)
	}
	if !ok {
		t.Errorf("it says\n%s\nnot\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

const (
	nameOK       = "✓ name: 127.0.0.1, an address itself"
	connectionOK = "✓ connection: 127.0.0.1:"
	keyNone      = "✓ key: none needed so far"
	modelOK      = "✓ model: fake-vlm"
	pictureOK    = "✓ picture: it sees"
	streamingOK  = "✓ streaming: word by word, in "
	jsonOK       = "✓ JSON answers: reliable"
)

// speedOK is of an answer that came quickly, for which the clock of Windows may tick too seldom.
var speedOK = map[bool]string{false: "✓ speed: first token after … tokens/s", true: "✓ speed: first token after "}[runtime.GOOS == "windows"]

func TestServerThatIsWellInEveryWay(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{Sees: true, Between: 20 * time.Millisecond})
	report, profile, ok := examine(t, doctor.Backend{Servers: []doctor.Server{lab(t, openai.Config{Base: server.URL})}}, 0)
	says(t, report, nameOK, connectionOK, keyNone, modelOK, pictureOK, streamingOK, jsonOK, "✓ speed: first token after … tokens/s")
	if !report.OK || !ok || profile.Sees != "yes" || !profile.Streams || !profile.JSON || profile.FirstMS <= 0 || profile.TokensPS <= 0 {
		t.Errorf("well %v, profile %+v", report.OK, profile)
	}
	if at, err := time.Parse(time.RFC3339, profile.Checked); err != nil || time.Since(at) > time.Minute {
		t.Errorf("checked %q", profile.Checked)
	}
	colours := map[string]int{}
	for _, call := range server.Calls() {
		colours[vlmtest.Colour(call)]++
		if size, err := jpeg.DecodeConfig(bytes.NewReader(call.Picture)); err != nil || size.Width != size.Height {
			t.Errorf("a picture was sent that is no square: %+v, %v", size, err)
		}
	}
	if len(server.Calls()) != 4 || colours["red"] != 2 || colours["blue"] != 1 || colours["green"] != 1 {
		t.Errorf("it was asked %d times, about %v", len(server.Calls()), colours)
	}
}

func TestWhatAModelCanDoIsInformationAndOnlyBlindnessIsAnIllness(t *testing.T) {
	say := func(text string) func(vlmtest.Call) string { return func(vlmtest.Call) string { return text } }
	prose := func(c vlmtest.Call) string { return strings.Trim(vlmtest.See(c), `{}`) }
	cases := map[string]struct {
		script vlmtest.Script
		well   bool
		sees   string
		after  []string // the model step
	}{
		"whole answers only":   {vlmtest.Script{Sees: true, NoStream: true}, true, "yes", []string{pictureOK, "✓ streaming: whole answers only", jsonOK, "✓ speed: the whole answer after "}},
		"refuses streaming":    {vlmtest.Script{Sees: true, RefuseStream: true}, true, "yes", []string{pictureOK, "✓ streaming: whole answers only", jsonOK, "✓ speed: the whole"}},
		"no JSON":              {vlmtest.Script{Text: prose}, true, "yes", []string{pictureOK, streamingOK, "✓ JSON answers: not reliable", speedOK}},
		"refuses JSON mode":    {vlmtest.Script{Sees: true, RefuseFormat: true}, true, "yes", []string{pictureOK, streamingOK, jsonOK, speedOK}},
		"counts no tokens":     {vlmtest.Script{Sees: true, NoUsage: true}, true, "yes", []string{pictureOK, streamingOK, jsonOK, "✓ speed: first token after … does not count its tokens"}},
		"thinks first":         {vlmtest.Script{Sees: true, Thinking: "Blue? No."}, true, "yes", []string{pictureOK, streamingOK, jsonOK, speedOK}},
		"refuses pictures":     {vlmtest.Script{Sees: true, Blind: true}, false, "no", []string{"✗ picture: backend.no_vision: “fake-vlm” cannot see pictures. Choose a vision model.", streamingOK, jsonOK, speedOK}},
		"always says red":      {vlmtest.Script{Text: say("It is red.")}, false, "", []string{"✗ picture: backend.wrong_colour: It answered, but not with the colour: of a blue square it said “It is red.”. … choose another vision model.", streamingOK, "✓ JSON answers: not reliable", speedOK}},
		"names both":           {vlmtest.Script{Text: say("Red or blue.")}, false, "", []string{"✗ picture: backend.wrong_colour…of a red square", streamingOK, "✓ JSON answers: not reliable", speedOK}},
		"names neither":        {vlmtest.Script{Text: say("I am reddish\nand bored " + strings.Repeat("so ", 200))}, false, "", []string{"✗ picture: backend.wrong_colour…“I am reddish and bored so", streamingOK, "✓ JSON answers: not reliable", speedOK}},
		"out of order":         {vlmtest.Script{Refuse: &vlmtest.Refusal{Status: 500}}, false, "", []string{"✗ picture: backend.server_error: Lab failed with status 500."}},
		"only ever thinks":     {vlmtest.Script{Text: say(""), Thinking: "Hm.", Finish: "length"}, false, "", []string{"✗ picture: backend.empty: Lab spent all its tokens on thinking and gave no answer. … choose a model that thinks less."}},
		"wants other words":    {vlmtest.Script{Sees: true, OnlyCompletion: true}, true, "yes", []string{pictureOK, streamingOK, jsonOK, speedOK}},
		"one that names a key": {vlmtest.Script{Sees: true, Key: "sk-right", OpenList: true}, false, "", []string{"✗ picture: backend.unauthorized: Lab wants a key, and there is none for it. Enter its API key"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			server := vlmtest.Start(t, test.script)
			report, profile, known := examine(t, doctor.Backend{Servers: []doctor.Server{lab(t, openai.Config{Base: server.URL})}}, 0)
			says(t, report, append([]string{nameOK, connectionOK, keyNone, modelOK}, test.after...)...)
			if report.OK != test.well || profile.Sees != test.sees || known != (len(test.after) > 1) {
				t.Errorf("well %v, profile %+v, known %v", report.OK, profile, known)
			}
			for _, call := range server.Calls() {
				if test.sees == "no" && call.Picture != nil && call.Prompt != server.Calls()[0].Prompt {
					t.Errorf("a model that cannot see was sent another picture with %q", call.Prompt)
				}
			}
		})
	}
}

func TestWayToTheServerIsToldStepByStep(t *testing.T) {
	tlsServer := vlmtest.Start(t, vlmtest.Script{TLS: true, Sees: true})
	plain := vlmtest.Start(t, vlmtest.Script{})
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: tlsServer.Certificate().Raw}
	if err := os.WriteFile(trusted, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	nobody := &net.Resolver{PreferGo: true, Dial: vlmtest.KnowsNobody}
	cases := map[string]struct {
		config openai.Config
		want   []string
	}{
		"no such name":    {openai.Config{Base: "http://vlm.nowhere.example", Resolver: nobody}, []string{"✗ name: backend.unknown_host: There is no server called vlm.nowhere.example. Check the address"}},
		"nothing listens": {openai.Config{Base: "http://127.0.0.1:1"}, []string{nameOK, "✗ connection: backend.refused: Lab does not answer: nothing listens at 127.0.0.1:1. Start the server"}},
		"not trusted":     {openai.Config{Base: tlsServer.URL}, []string{nameOK, connectionOK, "✗ TLS: backend.tls: The certificate of … is not trusted."}},
		"trusted": {openai.Config{Base: tlsServer.URL, CAFile: trusted}, []string{
			nameOK, connectionOK, "✓ TLS: TLS 1.3, certificate valid until 2", keyNone, modelOK, pictureOK, streamingOK, jsonOK, speedOK,
		}},
		"no https there": {openai.Config{Base: strings.Replace(plain.URL, "http:", "https:", 1)}, []string{nameOK, connectionOK, "✗ TLS: backend.tls: Lab does not speak https … Write the address with http://"}},
		"a name":         {openai.Config{Base: strings.Replace(plain.URL, "127.0.0.1", "localhost", 1)}, []string{"✓ name: …127.0.0.1", connectionOK, keyNone, modelOK, "✗ picture", "✓ streaming", "✓ JSON", "✓ speed"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			report, _, _ := examine(t, doctor.Backend{Servers: []doctor.Server{lab(t, test.config)}}, 0)
			says(t, report, test.want...)
		})
	}
}

func TestKeyAndModelAreToldApart(t *testing.T) {
	refusal := func(status int, body string) *vlmtest.Refusal { return &vlmtest.Refusal{Status: status, Body: body} }
	seen := []string{pictureOK, streamingOK, jsonOK, speedOK}
	cases := map[string]struct {
		script     vlmtest.Script
		key, model string
		want       []string
	}{
		"none is there":       {vlmtest.Script{Key: "sk-right"}, "", "", []string{"✗ key: backend.unauthorized: Lab wants a key, and there is none for it. Enter its API key in settings."}},
		"the wrong one":       {vlmtest.Script{Key: "sk-right"}, "sk-wrong", "", []string{"✗ key: backend.unauthorized: Lab did not accept the key. Check the API key"}},
		"one without rights":  {vlmtest.Script{RefuseList: refusal(403, `{"error":"not in this project"}`)}, "sk-right", "", []string{"✗ key: backend.forbidden: Lab does not allow this: not in this project. Check what its key may do"}},
		"the right one":       {vlmtest.Script{Key: "sk-right", Sees: true}, "sk-right", "", append([]string{"✓ key: accepted", modelOK}, seen...)},
		"one nobody wants":    {vlmtest.Script{Sees: true}, "sk-right", "", append([]string{"✓ key: there is one, and the list of models is there without it", modelOK}, seen...)},
		"no such model":       {vlmtest.Script{Models: []string{"a", "b"}}, "", "c", []string{keyNone, `✗ model: backend.unknown_model: Lab has no model "c". It has: a, b.`}},
		"no model at all":     {vlmtest.Script{Models: []string{}}, "", "", []string{keyNone, "✗ model: backend.no_model: Lab lists no model. Load one there"}},
		"the wanted model":    {vlmtest.Script{Models: []string{"a", "b"}, Sees: true}, "", "b", append([]string{keyNone, "✓ model: b"}, seen...)},
		"a tag left out":      {vlmtest.Script{Models: []string{"llava:latest", "llava"}, Sees: true}, "", "llava", append([]string{keyNone, "✓ model: llava"}, seen...)},
		"no list":             {vlmtest.Script{RefuseList: refusal(404, "not found")}, "", "", []string{"✗ model: backend.not_openai: Lab takes no questions"}},
		"no list, but a name": {vlmtest.Script{RefuseList: refusal(404, "not found"), Sees: true}, "", "fake-vlm", append([]string{"✓ model: fake-vlm, though the server lists none"}, seen...)},
		"a list out of order": {vlmtest.Script{RefuseList: refusal(500, "")}, "", "fake-vlm", []string{"✗ model: backend.server_error: Lab failed with status 500."}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			server := vlmtest.Start(t, test.script)
			config := openai.Config{Base: server.URL, Key: func(context.Context) (string, error) { return test.key, nil }}
			report, _, _ := examine(t, doctor.Backend{Model: test.model, Servers: []doctor.Server{lab(t, config)}}, 0)
			says(t, report, append([]string{nameOK, connectionOK}, test.want...)...)
			if shown, _ := json.Marshal(report); strings.Contains(string(shown), "sk-") {
				t.Errorf("the key is shown: %s", shown)
			}
		})
	}
}

func TestKeyringThatIsLockedIsToldAsSuch(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{})
	locked := &fault.Error{Code: "keys.locked", Message: "The keyring is locked.", Hint: "Unlock it.", Blame: fault.Us}
	config := openai.Config{Base: server.URL, Key: func(context.Context) (string, error) { return "", locked }}
	report, _, _ := examine(t, doctor.Backend{Servers: []doctor.Server{lab(t, config)}}, 0)
	says(t, report, nameOK, connectionOK, "✗ key: keys.locked: The keyring is locked. Unlock it.")
}

func TestServerThatHangsAnywhereIsGivenUp(t *testing.T) {
	// Short enough to wait for, and long enough for the steps that work on a busy machine.
	short := openai.Limits{Connect: 600 * time.Millisecond, FirstToken: 600 * time.Millisecond, BetweenTokens: 600 * time.Millisecond, Total: 20 * time.Second}
	silent := func(after int) vlmtest.Script {
		return vlmtest.Script{Sees: true, Silence: vlmtest.BeforeHeaders, After: after}
	}
	cases := map[string]struct {
		base     string // empty: a server with this script
		script   vlmtest.Script
		resolver *net.Resolver
		limit    time.Duration
		want     []string
	}{
		"at its name":     {"http://vlm.nowhere.example", vlmtest.Script{}, &net.Resolver{PreferGo: true, Dial: vlmtest.NeverConnects}, 0, []string{"✗ name: backend.connect_timeout: Lab could not be reached within 600ms. Check"}},
		"in TLS":          {"https://" + vlmtest.Deaf(t), vlmtest.Script{}, nil, 0, []string{nameOK, connectionOK, "✗ TLS: backend.tls: Lab does not answer in https at 127.0.0.1:"}},
		"before its list": {"", vlmtest.Script{SilentList: true}, nil, time.Second, []string{nameOK, connectionOK, "✗ model: timeout: That took too long"}},
		"at the picture":  {"", silent(0), nil, 0, []string{nameOK, connectionOK, keyNone, modelOK, "✗ picture: backend.silent: Lab took the question and said nothing for 600ms."}},
		"at the second":   {"", silent(1), nil, 0, []string{nameOK, connectionOK, keyNone, modelOK, "✗ picture: backend.silent"}},
		"while streaming": {"", silent(2), nil, 0, []string{nameOK, connectionOK, keyNone, modelOK, pictureOK, "✗ streaming: backend.silent", "✗ JSON answers: backend.silent"}},
		"at the JSON":     {"", silent(3), nil, 0, []string{nameOK, connectionOK, keyNone, modelOK, pictureOK, streamingOK, "✗ JSON answers: backend.silent", speedOK}},
		"in mid-stream":   {"", vlmtest.Script{Sees: true, Silence: vlmtest.MidStream, After: 2}, nil, 0, []string{nameOK, connectionOK, keyNone, modelOK, pictureOK, "✗ streaming: backend.stalled", "✗ JSON answers: backend.stalled"}},
		"without end":     {"", vlmtest.Script{Words: 100, Between: 100 * time.Millisecond}, nil, time.Second, []string{nameOK, connectionOK, keyNone, modelOK, "✗ picture: timeout: It took longer than 1s. See whether it hangs"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.base == "" {
				test.base = vlmtest.Start(t, test.script).URL
			}
			server := lab(t, openai.Config{Base: test.base, Resolver: test.resolver, Limits: short})
			report, _, _ := examine(t, doctor.Backend{Servers: []doctor.Server{server}}, test.limit)
			says(t, report, test.want...)
			if report.OK {
				t.Error("it is called well")
			}
		})
	}
}

func TestEachReplicaIsLookedAtAndTheFirstThatIsWellIsAsked(t *testing.T) {
	gone := lab(t, openai.Config{Base: "http://127.0.0.1:1"})
	other := vlmtest.Start(t, vlmtest.Script{Models: []string{"another"}})
	well, spare := vlmtest.Start(t, vlmtest.Script{Sees: true}), vlmtest.Start(t, vlmtest.Script{Sees: true})
	at := func(s *vlmtest.Server) string { return strings.TrimSuffix(strings.TrimPrefix(s.URL, "http://"), "/v1") }
	serving := []doctor.Server{gone}
	for _, s := range []*vlmtest.Server{well, other, spare} {
		serving = append(serving, lab(t, openai.Config{Base: s.URL}))
	}
	report, profile, _ := examine(t, doctor.Backend{Servers: serving}, 0)
	want := []string{"✓ name 127.0.0.1:1: ", "✗ connection 127.0.0.1:1: backend.refused"}
	for _, s := range []*vlmtest.Server{well, other, spare} {
		want = append(want, "✓ name "+at(s)+": ", "✓ connection "+at(s)+": ", "✓ key "+at(s)+": ", "✓ model "+at(s)+": fake-vlm")
	}
	want[9] = "✗ model " + at(other) + `: backend.unknown_model: Lab ` + at(other) + ` has no model "fake-vlm". It has: another.`
	says(t, report, append(want, pictureOK, streamingOK, jsonOK, speedOK)...)
	if report.OK || profile.Sees != "yes" || len(well.Calls()) != 4 || len(spare.Calls()) != 0 {
		t.Errorf("well %v, profile %+v, asked %d and %d", report.OK, profile, len(well.Calls()), len(spare.Calls()))
	}
}

func TestBuiltInDetectorIsOnlyShownSomething(t *testing.T) {
	report, profile, _ := examine(t, doctor.Backend{Builtin: detector.New(detector.Config{})}, 0)
	says(t, report, pictureOK, "✓ speed: first token after ")
	if !report.OK || profile.Sees != "yes" {
		t.Errorf("well %v, profile %+v", report.OK, profile)
	}
}

// TestAnswersHeldBackOnTheWayAreNotCalledFast has a proxy's work done by the asker: everything comes at the end.
func TestAnswersHeldBackOnTheWayAreNotCalledFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report, profile, _ := examine(t, doctor.Backend{Servers: []doctor.Server{held{back: 2 * time.Second, apart: time.Millisecond}}}, 0)
		lines := asRead(report)
		if !slices.Contains(lines, "✓ streaming: in 3 pieces, but all of them at the end: something on the way may hold them back") ||
			!slices.Contains(lines, "✓ speed: first token after 2.0 s, and the others with it") || profile.TokensPS != 0 {
			t.Errorf("it says %q", lines)
		}
	})
}

func TestAnswerFasterThanTheClockTicksIsNotCalledUncounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report, profile, _ := examine(t, doctor.Backend{Servers: []doctor.Server{held{back: 20 * time.Millisecond}}}, 0)
		if lines := asRead(report); !slices.Contains(lines, "✓ speed: first token after 20 ms, and the others at once") || profile.TokensPS != 0 {
			t.Errorf("it says %q", lines)
		}
	})
}
