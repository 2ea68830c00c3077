package keys

import (
	"encoding/json"
	"errors"
	"io"

	"sightline/backend/fault"
)

// CodeHanded says that keys which another window handed over did not arrive.
const CodeHanded = "keys.handed"

// maxHanded is how many bytes of keys can be handed over: as much as a pipe takes at once.
const maxHanded = 64 * 1024

// Handed is what one process holds for its run, on its way to another one. Like a Key it does not print itself.
type Handed struct {
	list Key // the JSON of []handedKey, kept where nothing prints it
}

type handedKey struct {
	Origin string `json:"origin"`
	Key    string `json:"key,omitempty"` // none: the person removed it, though the keyring may still have it
}

// Hand gives what holds for this run and not for the next one: the keys no keyring has taken. Keys that are saved are not among them.
func (k *Keys) Hand() (Handed, error) {
	k.mu.Lock()
	list := make([]handedKey, 0, len(k.run))
	for origin, key := range k.run {
		list = append(list, handedKey{origin, key.Reveal()})
	}
	k.mu.Unlock()
	if len(list) == 0 {
		return Handed{}, nil
	}
	raw, err := json.Marshal(list)
	if err != nil || len(raw) > maxHanded {
		return Handed{}, notHanded("The keys held for this run are too many to hand over.")
	}
	return Handed{NewKey(string(raw))}, nil
}

// Empty says that there is nothing to hand over.
func (h Handed) Empty() bool { return h.list.Empty() }

// String tells whether there are keys, and no more.
func (h Handed) String() string {
	if h.Empty() {
		return "no keys"
	}
	return "keys"
}

// WriteTo writes the keys themselves, for the pipe to the other process and nothing else.
func (h Handed) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, h.list.Reveal())
	return int64(n), err
}

// Take holds for this run what another process handed over: all of it, or on a fault nothing. It reads until the end.
func (k *Keys) Take(r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxHanded+1))
	if err != nil || len(raw) > maxHanded {
		return notHanded("The keys of the window that opened this one did not arrive.")
	}
	list, err := readHanded(raw)
	if err != nil {
		return notHanded("The keys of the window that opened this one could not be read.")
	}
	for _, h := range list {
		k.hold(h.Origin, NewKey(h.Key))
	}
	return nil
}

// readHanded checks what was handed over as Set checks what is typed. Its error does not repeat it.
func readHanded(raw []byte) ([]handedKey, error) {
	var list []handedKey
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, errors.New("no JSON")
	}
	for _, h := range list {
		origin, err := Origin(h.Origin)
		if err != nil || origin != h.Origin || h.Key != "" && !fitsHeader(h.Key) {
			return nil, errors.New("no key of an origin")
		}
	}
	return list, nil
}

func notHanded(message string) error {
	return &fault.Error{Code: CodeHanded, Message: message, Hint: "Enter the key again where it is asked for.", Blame: fault.Us}
}
