package openai

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	goopenai "github.com/sashabaranov/go-openai"

	"sightline/backend/fault"
)

// Every way in which asking fails, in the words a person reads. They name the server as the person does, and hold neither key nor picture.

func (c *Client) fail(code, hint string, cause error, format string, args ...any) *fault.Error {
	return &fault.Error{Code: "backend." + code, Message: fmt.Sprintf(format, args...), Hint: hint, Blame: fault.Backend, Cause: cause}
}

func (c *Client) failQuestion(code, hint string, cause error, format string, args ...any) *fault.Error {
	f := c.fail(code, hint, cause, format, args...)
	f.Blame = fault.Question
	return f
}

// explain makes a fault of an error on the way to the server or back.
func (c *Client) explain(err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	if f := c.unreadable(err); f != nil {
		return f
	}
	if f := c.unreached(err); f != nil {
		return f
	}
	return c.fail("cut", "Try again; if it happens often, look at the server's log.", bare(err), "%s ended the connection without an answer.", c.name)
}

// unreadable explains a response that came and is no answer.
func (c *Client) unreadable(err error) *fault.Error {
	var bad *malformed
	switch {
	case errors.Is(err, errHTML):
		return c.fail("not_openai", notOpenAIHint, err, "%s answered with a web page.", c.name)
	case errors.Is(err, errBabble):
		return c.fail("not_openai", notOpenAIHint, err, "%s answered with something that is no answer.", c.name)
	case errors.Is(err, errNothing):
		return c.empty(err)
	case errors.Is(err, errTooMuch):
		return c.fail("malformed", "Try again, or choose another model.", err, "%s sent far more than an answer can be.", c.name)
	case errors.Is(err, errCut):
		return c.fail("cut", "Try again; if it happens often, look at the server's log.", bare(err), "The answer of %s broke off.", c.name)
	case errors.As(err, &bad), isJSONError(err), errors.Is(err, goopenai.ErrTooManyEmptyStreamMessages):
		return c.fail("malformed", "Try again; if it happens often, look at the server's log.", err, "%s sent an answer that cannot be read.", c.name)
	case errors.Is(err, goopenai.ErrChatCompletionInvalidModel):
		return c.failQuestion("unknown_model", "Choose another model.", err, "This model takes no questions like these.")
	}
	return nil
}

const notOpenAIHint = "Check the address: it should be that of an OpenAI-compatible API, and often ends in /v1."

func isJSONError(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind)
}

// unreached explains why no response came.
func (c *Client) unreached(err error) *fault.Error {
	host, cause := c.base.Host, bare(err)
	var lookup *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &lookup) && !lookup.IsTimeout:
		return c.fail("unknown_host", "Check the address for a typing error, and that this machine is on the network.", cause, "There is no server called %s.", c.base.Hostname())
	case isRefused(err):
		return c.fail("refused", "Start the server, or check the address and its port.", cause, "%s does not answer: nothing listens at %s.", c.name, host)
	case isUnreachable(err):
		return c.fail("unreachable", "Check that this machine and the server are on the network.", cause, "There is no way to %s.", host)
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return c.fail("tls", "Write the address with http:// if that is meant.", cause, "%s does not speak https at %s.", c.name, host)
	case isTLS(err):
		return c.distrusted(cause)
	case strings.Contains(err.Error(), "malformed HTTP"):
		return c.fail("not_openai", notOpenAIHint, cause, "What answers at %s is no web server.", host)
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		return c.tooSlow(tooLong{stage: connecting, limit: c.limits.Connect})
	}
	return nil
}

func isTLS(err error) bool {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) ||
		errors.As(err, &record) || errors.As(err, &alert)
}

// distrusted explains what is wrong with a certificate, or with TLS before there is one.
func (c *Client) distrusted(cause error) *fault.Error {
	host := c.base.Host
	var alert tls.AlertError
	var record tls.RecordHeaderError
	if errors.As(cause, &alert) || errors.As(cause, &record) {
		return c.fail("tls", "Check the port, and what TLS the server and anything before it speak.", cause, "%s and this machine do not agree on TLS.", host)
	}
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(cause, &name):
		hint := "Use a name it was made for in the address, or have one made for this name."
		return c.fail("tls", hint, cause, "The certificate of %s was made for another name.", host)
	case errors.As(cause, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && time.Now().After(invalid.Cert.NotAfter):
		hint := "Have it renewed on the server; if it is new, check this machine's clock."
		return c.fail("tls", hint, cause, "The certificate of %s ran out on %s.", host, invalid.Cert.NotAfter.Format(time.DateOnly))
	}
	hint := "Name its authority's certificate file in the backend's settings, install it on this machine, or use http:// within your own network."
	return c.fail("tls", hint, cause, "The certificate of %s is not trusted.", host)
}

// bare is err without the address that the HTTP client puts around it: a log needs it once.
func bare(err error) error {
	var around *url.Error
	if errors.As(err, &around) {
		return around.Err
	}
	return err
}

// tooSlow explains a wait that was given up.
func (c *Client) tooSlow(t tooLong) *fault.Error {
	limit := inWords(t.limit)
	switch {
	case t.total:
		return c.fail("too_slow", "Ask for a shorter answer, or allow more time in settings.", nil, "%s did not finish its answer within %s.", c.name, limit)
	case t.stage == connecting:
		return c.fail("connect_timeout", "Check the address, and that the server is on and not behind a firewall.", nil, "%s could not be reached within %s.", c.name, limit)
	case t.stage == streaming:
		return c.fail("stalled", "Try again; if it happens often, look at the server's log.", nil, "%s stopped in mid-answer: nothing came for %s.", c.name, limit)
	}
	return c.fail("silent", "The model may still be loading: try again, choose a smaller one, or allow more time in settings.", nil, "%s took the question and said nothing for %s.", c.name, limit)
}

func inWords(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second / 10).String()
}

func (c *Client) empty(cause error) *fault.Error {
	return c.fail("empty", "Try again, ask in other words, or choose another model.", cause, "%s gave an empty answer.", c.name)
}

func (c *Client) onlyThought() *fault.Error {
	return c.fail("empty", "Allow more tokens, or choose a model that thinks less.", nil, "%s spent all its tokens on thinking and gave no answer.", c.name)
}

func (c *Client) noModels() *fault.Error {
	return c.fail("unknown_model", "Load a model there first.", nil, "%s has no models.", c.name)
}

// keyless explains a key that could not be had; a fault of the keyring's own says more.
func (c *Client) keyless(err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	f := c.fail("key", "Unlock the keyring, or enter the key again in settings.", err, "The key of %s could not be read.", c.name)
	f.Blame = fault.Us
	return f
}

// redirected refuses to carry key and picture elsewhere.
func (c *Client) redirected(to *url.URL, why string) *fault.Error {
	address := (&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}).String()
	return c.fail("redirect", "If you trust that address, enter it as the backend's.", nil, "%s %s %s; nothing was sent there.", c.name, why, oneLine(address, ""))
}

// refusedBy explains what the server said in place of an answer. list gives the models there are, nil where that is not known.
func (c *Client) refusedBy(r *refusal, model string, list func() []string) error {
	f := c.classify(r, model, list)
	f.RetryAfter = r.retryAfter(time.Now())
	if f.Code == "backend.rate_limited" && f.RetryAfter > 0 {
		f.Hint = fmt.Sprintf("It asks to be left alone for %s; after that, ask less often.", inWords(f.RetryAfter))
	}
	return f
}

func (c *Client) classify(r *refusal, model string, list func() []string) *fault.Error {
	cause := fmt.Errorf("HTTP status %d: %s", r.status, cmp.Or(r.message(), "no message"))
	switch {
	case r.status == http.StatusUnauthorized && r.key == "":
		return c.fail("unauthorized", "Enter its API key in settings.", cause, "%s wants a key, and there is none for it.", c.name)
	case r.status == http.StatusUnauthorized:
		return c.fail("unauthorized", "Check the API key in settings: it may have been mistyped, or have expired.", cause, "%s did not accept the key.", c.name)
	case r.status == http.StatusRequestEntityTooLarge:
		return c.failQuestion("too_large", "Send a smaller picture: lower its long edge or its quality.", cause, "The picture is too large for %s.", c.name)
	case r.status == http.StatusTooManyRequests:
		return c.fail("rate_limited", "Ask less often.", cause, "%s is being asked too often.", c.name)
	case r.sayBlind():
		return c.failQuestion("no_vision", "Choose a vision model.", cause, "%s cannot see pictures.", cmp.Or(quoted(model), "This model"))
	case r.saysUnknownModel(model):
		return c.failQuestion("unknown_model", offer(list()), cause, "%s has no model %s.", c.name, cmp.Or(quoted(model), "of that name"))
	case r.status == http.StatusForbidden:
		return c.fail("forbidden", "Check what its key may do, or choose another model.", cause, "%s does not allow this%s", c.name, saying(r))
	}
	return c.classifyRest(r, cause)
}

func (c *Client) classifyRest(r *refusal, cause error) *fault.Error {
	switch {
	case containsAny(r.all(), "http request to an https server", "http request was sent to https port"):
		return c.fail("not_openai", "Write the address with https://.", cause, "%s wants https.", c.name)
	case r.status >= http.StatusInternalServerError, r.status == http.StatusRequestTimeout:
		return c.fail("server_error", "Try again; if it happens often, look at the server's log.", cause, "%s failed with status %d%s", c.name, r.status, saying(r))
	case r.isHTML():
		return c.fail("not_openai", notOpenAIHint, cause, "%s answered with a web page.", c.name)
	case r.status == http.StatusNotFound, r.status == http.StatusMethodNotAllowed:
		return c.fail("not_openai", notOpenAIHint, cause, "%s takes no questions at %s.", c.name, c.base)
	}
	return c.failQuestion("bad_request", "Change the question, the model or the settings it names.", cause, "%s did not take the question%s", c.name, saying(r))
}

// saying ends a sentence with what the server said.
func saying(r *refusal) string {
	said := strings.TrimRight(r.message(), ".! ")
	if said == "" {
		return "."
	}
	return ": " + said + "."
}

func quoted(model string) string {
	if model == "" {
		return ""
	}
	return "“" + oneLine(model, "") + "”"
}

// offer lists the models there are, the first few of many.
func offer(models []string) string {
	const most = 8
	switch n := len(models); {
	case n == 0:
		return "Choose one of its models."
	case n > most:
		return fmt.Sprintf("It has %s and %d more.", strings.Join(models[:most], ", "), n-most)
	case n > 1:
		return fmt.Sprintf("It has %s and %s.", strings.Join(models[:n-1], ", "), models[n-1])
	}
	return fmt.Sprintf("It has %s.", models[0])
}
