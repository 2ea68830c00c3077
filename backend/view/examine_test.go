package view

import (
	"testing"

	"sightline/backend/fault"
	"sightline/backend/vlm/vlmtest"
)

func TestExaminationTellsItsStepsAndKeepsWhatItFound(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{Sees: true})
	p := open(t, t.TempDir())
	b := p.saved(BackendForm{URL: server.URL, Name: "Lab"})
	report, err := p.Examine(t.Context(), b.ID, "")
	if err != nil || !report.OK {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, check := range report.Checks {
		p.until("the step "+check.Name, func(e Event) bool { return e.Check != nil && e.Check.Name == check.Name && e.Check.Backend == b.ID })
	}
	profiles := p.Snapshot().Settings.Backends[0].Profiles
	if len(profiles) != 1 {
		t.Fatalf("kept: %+v", profiles)
	}
	for model, profile := range profiles {
		if profile.Sees != "yes" || profile.FirstMS <= 0 {
			t.Errorf("%s: %+v", model, profile)
		}
	}
}

func TestBackendThatIsGoneIsNotExamined(t *testing.T) {
	p := open(t, t.TempDir())
	if _, err := p.Examine(t.Context(), "gone", ""); err == nil {
		t.Error("it should say so")
	}
}

func TestServerWithACertificateOfItsOwnIsTrustedOnceItIsNamed(t *testing.T) {
	p := open(t, t.TempDir())
	if _, err := p.InspectBackend(t.Context(), "https://own/v1", "", ""); fault.CodeOf(err) != "backend.tls" {
		t.Fatalf("got %v", err)
	}
	if _, err := p.InspectBackend(t.Context(), "https://own/v1", "", "ca.pem"); err != nil {
		t.Error(err)
	}
	p.saved(BackendForm{URL: "https://own/v1", CAFile: "ca.pem"})
	if _, err := p.InspectBackend(t.Context(), "https://own/v1", "", ""); err != nil {
		t.Errorf("the saved backend's certificate is not used: %v", err)
	}
}
