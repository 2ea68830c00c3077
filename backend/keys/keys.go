// Package keys keeps API keys in the system's keyring, each for one origin, and for this run only where there is no keyring.
package keys

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"sightline/backend/fault"
)

// The codes of this package's faults.
const (
	CodeNone   = "keys.none"   // there is no keyring here
	CodeLocked = "keys.locked" // the keyring did not answer in time, or the person did not unlock it
	CodeFailed = "keys.failed" // the keyring answered with an error
	CodeBad    = "keys.bad"    // what was given is no key, or no origin
)

const (
	service    = "sightline"
	readWait   = 3 * time.Second  // nobody is at a dialog: a slow answer is a keyring waiting to be unlocked
	personWait = 30 * time.Second // a person saves or removes a key, and may be typing the keyring's password
	maxKey     = 8 * 1024         // bytes; the longest known keys are signed tokens of 2 to 4 kB
)

// ErrNotFound is what a Ring gives for what is not there.
var ErrNotFound = keyring.ErrNotFound

// Ring is a keyring as go-keyring draws it. Get and Delete give ErrNotFound for what is not there. Calls may block for ever and may
// panic; they are made one at a time.
type Ring interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error
}

// Keys reads and saves keys. It is safe for concurrent use. Every call ends by its context or within 3 s, 30 s for Set and Delete; where
// the keyring hangs longer, its one call is left behind, and until that returns the keyring counts as locked and nobody waits for it again.
//
// Wherever an origin is asked for, any URL with that origin will do.
type Keys struct {
	ring *gate

	mu      sync.Mutex
	run     map[string]Key // origin → what holds for this run whatever the keyring says; no key: removed
	trouble *fault.Error
}

// New keeps keys in ring; OS() is the system's.
func New(ring Ring) *Keys {
	return &Keys{ring: newGate(ring), run: map[string]Key{}}
}

// Get is the key of an origin. Where none is saved, or there is no keyring to have saved it, that is the zero Key and no error. The faults are
// CodeLocked, CodeFailed (a key may be there and cannot be read) and CodeBad.
func (k *Keys) Get(ctx context.Context, origin string) (Key, error) {
	origin, err := Origin(origin)
	if err != nil {
		return Key{}, err
	}
	if key, held := k.held(origin); held {
		return key, nil
	}
	secret, err := k.ring.do(ctx, readWait, func(r Ring) (string, error) { return r.Get(service, origin) })
	trouble := k.note(err, secret)
	if trouble != nil && trouble.Code != CodeNone {
		return Key{}, trouble
	}
	return NewKey(secret), nil
}

// Has says whether Get would find a key. What cannot be read counts as none.
func (k *Keys) Has(ctx context.Context, origin string) bool {
	key, err := k.Get(ctx, origin)
	return err == nil && !key.Empty()
}

// Set keeps a key for an origin in place of any other. It says whether the key outlives this run: where it does not, the key is kept for
// this run, and Trouble says why. The only error is CodeBad, when nothing was kept.
func (k *Keys) Set(ctx context.Context, origin, secret string) (persisted bool, err error) {
	origin, err = Origin(origin)
	if err != nil {
		return false, err
	}
	secret = strings.TrimSpace(secret)
	if !fitsHeader(secret) {
		return false, badKey()
	}
	_, err = k.ring.do(ctx, personWait, func(r Ring) (string, error) { return "", r.Set(service, origin, secret) })
	if persisted = k.note(err, secret) == nil; persisted {
		k.release(origin)
	} else {
		k.hold(origin, NewKey(secret))
	}
	return persisted, nil
}

// Delete forgets the key of an origin; where there is none, that is no error. On a fault it is forgotten for this run only: the keyring
// still has it.
func (k *Keys) Delete(ctx context.Context, origin string) error {
	origin, err := Origin(origin)
	if err != nil {
		return err
	}
	k.hold(origin, Key{})
	_, err = k.ring.do(ctx, personWait, func(r Ring) (string, error) { return "", r.Delete(service, origin) })
	trouble := k.note(err, "")
	switch {
	case trouble == nil:
		k.release(origin)
		return nil
	case trouble.Code == CodeNone:
		return nil
	}
	return trouble
}

// Persistent says whether keys outlive this run, as far as is known: the keyring is not touched to find out, because that may open a dialog.
func (k *Keys) Persistent() bool { return k.Trouble() == nil }

// Trouble is why the last call of the keyring did not work; nil when it did, or when there was none yet.
func (k *Keys) Trouble() *fault.Error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.trouble
}

// note remembers how a call of the keyring went, and gives what was wrong with it. Finding nothing is not wrong.
func (k *Keys) note(err error, secret string) *fault.Error {
	var trouble *fault.Error
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		trouble = explain(err, secret)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.trouble = trouble
	return trouble
}

func (k *Keys) held(origin string) (Key, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key, held := k.run[origin]
	return key, held
}

func (k *Keys) hold(origin string, key Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.run[origin] = key
}

func (k *Keys) release(origin string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.run, origin)
}

// fitsHeader says whether a secret can be sent in an HTTP header: visible ASCII alone.
func fitsHeader(secret string) bool {
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	return secret != "" && len(secret) <= maxKey && !strings.ContainsFunc(secret, invisible)
}
