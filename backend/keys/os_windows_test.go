package keys

import (
	"os"
	"os/exec"
	"testing"
)

// stepIn makes the test below one step of itself.
const stepIn = "SIGHTLINE_TEST_KEYS_STEP"

// TestCredentialManagerKeepsAKeyFromOneRunToTheNext has an origin that no server can have, and leaves nothing of it. Each step is a run of its
// own, since other tests put go-keyring's mock in the place of what it finds here.
func TestCredentialManagerKeepsAKeyFromOneRunToTheNext(t *testing.T) {
	if step := os.Getenv(stepIn); step != "" {
		takeStep(t, step)
		return
	}
	for i, step := range []string{"nothing", "save", "saved", "delete", "nothing"} {
		run := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		run.Env = append(os.Environ(), stepIn+"="+step)
		if said, err := run.CombinedOutput(); err != nil {
			t.Errorf("step %d, %s: %v\n%s", i, step, err, said)
		}
	}
}

func takeStep(t *testing.T, step string) {
	const nobodys = "https://keys.sightline.invalid:443"
	k := New(OS())
	var err error
	switch step {
	case "save":
		var persisted bool
		if persisted, err = k.Set(t.Context(), nobodys, secret); !persisted {
			t.Errorf("kept for this run only: %v", k.Trouble())
		}
	case "delete":
		err = k.Delete(t.Context(), nobodys)
	default:
		var key Key
		if key, err = k.Get(t.Context(), nobodys); (key.Reveal() == secret) != (step == "saved") {
			t.Errorf("it is there: %v", !key.Empty())
		}
	}
	if err != nil || k.Trouble() != nil {
		t.Errorf("%v, trouble %v", err, k.Trouble())
	}
}
