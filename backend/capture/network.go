package capture

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sightline/backend/fault"
)

// Network is the entry in a Table of a kind of network camera. It lists no devices, and is described by the place in its address.
func Network(name string, open func(uri URI) (Source, error)) Scheme {
	const title = "Network camera"
	return Scheme{Name: name, Title: title, Open: open, Describe: func(uri URI) string {
		address, _, err := uri.Address()
		if err != nil {
			return title
		}
		return Place(address)
	}}
}

// Codes of the faults of every kind of network source; the others begin with the kind.
const (
	CodeLogin       = "source.login"       // it wants a login, or does not accept the saved one
	CodeCertificate = "source.certificate" // it cannot prove that it is the one that is meant
)

// What is waited for a picture before a source counts as stalled, and the range in which #patience= may set it otherwise.
const (
	DefaultPatience = 2 * time.Second
	maxPatience     = time.Minute
)

// Patience is how long a network source may go on without a picture: #patience=SECONDS, for a camera that seldom sends one.
func Patience(options url.Values) (time.Duration, error) {
	if !options.Has("patience") {
		return DefaultPatience, nil
	}
	text := options.Get("patience")
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= DefaultPatience.Seconds() && seconds <= maxPatience.Seconds()) { // written so that NaN fails too
		return 0, &fault.Error{
			Code: "source.patience", Message: fmt.Sprintf("%q is no time to wait for a picture.", short(text)), Blame: fault.Question,
			Hint: fmt.Sprintf("Choose %.0f to %.0f seconds, like #patience=10.", DefaultPatience.Seconds(), maxPatience.Seconds()),
		}
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// Trust is which certificate of a camera is taken. The zero Trust takes what the system trusts.
type Trust struct {
	any         bool
	fingerprint string // of the one that is taken, SHA-256 in hex
}

// TrustOf reads #certificate=: "any" takes whatever is shown, so that the line is encrypted but nobody vouches for who is at its other end; a
// fingerprint takes that one certificate, which is as safe as a verified one.
func TrustOf(options url.Values) (Trust, error) {
	text := options.Get("certificate")
	plain := strings.ToLower(strings.ReplaceAll(text, ":", ""))
	raw, err := hex.DecodeString(plain)
	switch {
	case !options.Has("certificate"):
		return Trust{}, nil
	case plain == "any":
		return Trust{any: true}, nil
	case err == nil && len(raw) == sha256.Size:
		return Trust{fingerprint: plain}, nil
	}
	return Trust{}, &fault.Error{
		Code: "source.option", Message: fmt.Sprintf("%q names no certificate.", short(text)), Blame: fault.Question,
		Hint: "Write its SHA-256 fingerprint, or any.",
	}
}

// ErrOtherCertificate is what a handshake ends with where a certificate is not the chosen one.
var ErrOtherCertificate = errors.New("not the certificate that was chosen")

// TLS is what checks a camera's certificate, anew for each connection.
func (t Trust) TLS() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if !t.any && t.fingerprint == "" {
		return c
	}
	c.InsecureSkipVerify = true
	c.VerifyConnection = func(state tls.ConnectionState) error {
		if t.any || fingerprint(state.PeerCertificates[0]) == t.fingerprint {
			return nil
		}
		return ErrOtherCertificate
	}
	return c
}

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// Unreached is what it means that a network source's host could not be connected to, or did not answer; kind begins the fault's code. It names no more of
// the address than the host.
func Unreached(kind string, address *url.URL, err error) error {
	host := address.Host
	err = Discreet(err)
	f := &fault.Error{
		Code: kind + ".unreachable", Message: fmt.Sprintf("There is no way to %s.", host), Blame: fault.Source, Cause: err,
		Hint: "Check that this machine and the camera are on the same network.",
	}
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	switch {
	case errors.As(err, &certificate):
		return untrusted(host, certificate)
	case errors.Is(err, ErrOtherCertificate):
		f.Code, f.Blame = CodeCertificate, fault.Question
		f.Message = fmt.Sprintf("%s shows another certificate than the one that was chosen for it.", host)
		f.Hint = "If the camera was changed on purpose, choose its new one; if not, somebody may be between you and it."
	case isRefused(err):
		f.Code, f.Message = kind+".refused", fmt.Sprintf("Nothing answers at %s.", host)
		f.Hint = "Check that the camera is on, and its address and port."
	case errors.As(err, &name) && !name.IsTimeout:
		f.Code, f.Message = kind+".nowhere", fmt.Sprintf("No machine is known by the name %s.", address.Hostname())
		f.Hint = "Check how it is written, or use the camera's number, like 192.168.1.20."
	case timedOut(err):
		return Silent(kind, address, err)
	}
	return f
}

// Silent is the fault of a host that takes a connection, or seems to, and then says nothing.
func Silent(kind string, address *url.URL, cause error) error {
	return &fault.Error{
		Code: kind + ".silent", Message: fmt.Sprintf("%s does not answer.", address.Host), Blame: fault.Source, Cause: cause,
		Hint: "Check that the camera is on; switching it off and on again often helps.",
	}
}

// LoginWanted is the fault of a source that wants another login than it was given. It is not tried again by itself: that would lock some cameras.
func LoginWanted(address *url.URL, given bool, cause error) error {
	message := "%s wants a user name and password."
	if given {
		message = "%s does not accept the saved user name and password."
	}
	return &fault.Error{
		Code: CodeLogin, Message: fmt.Sprintf(message, address.Host), Blame: fault.Question, Cause: cause,
		Hint: howToLogIn(address) + ".",
	}
}

// untrusted offers to take the very certificate that was shown: the person can compare it with what the camera's own pages tell.
func untrusted(host string, err *tls.CertificateVerificationError) error {
	why := "nobody who is trusted here vouches for it"
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &name):
		why = "it is for another name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		why = "its time is over, or has not begun"
	}
	hint := "Add #certificate=any to the address to take any."
	if len(err.UnverifiedCertificates) > 0 {
		hint = fmt.Sprintf("If it is your camera's, take it by adding #certificate=%s to the address; #certificate=any takes whatever is shown, by whomever.",
			fingerprint(err.UnverifiedCertificates[0]))
	}
	return &fault.Error{
		Code: CodeCertificate, Message: fmt.Sprintf("The certificate of %s proves nothing: %s.", host, why), Hint: hint,
		Blame: fault.Question, Cause: err,
	}
}

func isRefused(err error) bool {
	const onWindows = syscall.Errno(10061) // WSAECONNREFUSED, which is another number than syscall's own name for it
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, onWindows)
}

func timedOut(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &network) && network.Timeout()
}

// Discreet is err without addresses in its words, which are for a log: what is behind a question mark may open a door. It is nil for nil.
func Discreet(err error) error {
	if err == nil {
		return nil
	}
	return discreet{err}
}

type discreet struct{ error }

func (d discreet) Unwrap() error { return d.error }

// Error leaves everything out that begins like an address, up to the next space or quote.
func (d discreet) Error() string {
	var said strings.Builder
	rest := d.error.Error()
	for {
		at := strings.Index(rest, "://")
		if at < 0 {
			said.WriteString(rest)
			return said.String()
		}
		said.WriteString(rest[:at] + "://…")
		rest = rest[at:]
		end := strings.IndexAny(rest, " \t\r\n\"'")
		if end < 0 {
			return said.String()
		}
		rest = rest[end:]
	}
}
