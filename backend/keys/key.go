package keys

// Key is an API key that does not print itself: not with any verb, not in JSON, not in a log. The zero value is no key.
type Key struct {
	secret *string // behind a pointer, because fmt looks into unexported fields, but follows no pointer it finds there
}

// NewKey is the key with this secret; the empty secret is no key.
func NewKey(secret string) Key {
	if secret == "" {
		return Key{}
	}
	return Key{secret: &secret}
}

// Reveal is the secret itself, for the Authorization header and nothing else; empty for no key.
func (k Key) Reveal() string {
	if k.secret == nil {
		return ""
	}
	return *k.secret
}

// Empty says that there is no key.
func (k Key) Empty() bool { return k.secret == nil }

// String tells whether there is a key, and no more.
func (k Key) String() string {
	if k.Empty() {
		return "no key"
	}
	return "a key"
}
