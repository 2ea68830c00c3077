package openai

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// refusal is what a server said in place of an answer.
type refusal struct {
	status int
	header http.Header
	body   []byte
	key    string // taken out of everything that is shown
}

// spokenRefusal is an error that came in a stream, after a status that promised well.
func spokenRefusal(body []byte, key string) *refusal {
	r := &refusal{status: http.StatusInternalServerError, body: body, key: key}
	if code, err := strconv.Atoi(strings.Trim(r.parts().code, `"`)); err == nil && code >= 400 && code < 600 {
		r.status = code
	}
	return r
}

// complaint is what is common to the shapes in which servers complain.
type complaint struct{ message, code string }

// parts reads every shape in use: OpenAI's {"error":{"message","code"}}, the bare {"error":"…"} of LM Studio, vLLM's old {"message","code"},
// FastAPI's {"detail":"…"} and {"detail":[{"msg":"…"}]}.
func (r *refusal) parts() complaint {
	var outer struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
		Code    json.RawMessage `json:"code"`
	}
	_ = json.Unmarshal(r.body, &outer)
	var inner struct {
		Message json.RawMessage `json:"message"`
		Code    json.RawMessage `json:"code"`
	}
	_ = json.Unmarshal(outer.Error, &inner)
	return complaint{
		message: cmp.Or(spoken(inner.Message), spoken(outer.Error), spoken(outer.Message), spoken(outer.Detail)),
		code:    string(firstSaid(inner.Code, outer.Code)),
	}
}

// spoken is the sentence in raw: a string, or the first of a list.
func spoken(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		var item struct {
			Msg string `json:"msg"`
		}
		_ = json.Unmarshal(list[0], &item)
		return cmp.Or(item.Msg, spoken(list[0]))
	}
	return ""
}

func firstSaid(raws ...json.RawMessage) json.RawMessage {
	for _, raw := range raws {
		if isSaid(raw) {
			return raw
		}
	}
	return nil
}

// isJSON tells a server that speaks the API from one that only speaks HTTP.
func (r *refusal) isJSON() bool {
	return bytes.HasPrefix(bytes.TrimSpace(r.body), []byte("{")) && json.Valid(r.body)
}

func (r *refusal) isHTML() bool { return bytes.HasPrefix(bytes.TrimSpace(r.body), []byte("<")) }

// message is what the server said, fit to be shown; empty where it said nothing that can be.
func (r *refusal) message() string {
	if said := r.parts().message; said != "" {
		return oneLine(said, r.key)
	}
	if r.isJSON() || r.isHTML() {
		return ""
	}
	return oneLine(string(r.body), r.key)
}

// all is everything the server said, in lower case, to look for words in: some explain themselves only in other fields.
func (r *refusal) all() string { return strings.ToLower(string(r.body)) }

// without is all of it, less what the server may have repeated of the question.
func (r *refusal) without(repeated ...string) string {
	all := r.all()
	for _, s := range repeated {
		if s != "" {
			all = strings.ReplaceAll(all, strings.ToLower(s), "")
		}
	}
	return all
}

// blindness is how servers say that a model has no eyes: vLLM, Ollama, llama.cpp, SGLang, LM Studio, OpenAI, OpenRouter, Groq, and those
// that only know messages of text.
func blindness() []string {
	return []string{
		"not a multimodal model", "at most 0 image", "does not support multimodal", "not a vision model", "does not support vision", "no vision",
		"not support image", "n't support image", "n't support the image", "missing data required for image input",
		"image input is not supported", "image inputs are not supported", "images are not supported", "image content is not supported",
		"vision is not supported", "multimodal is not supported", "provide the mmproj", "with a mmproj", "projector can't be loaded",
		"found that support image", "image_url is only supported", "image_url is not supported", "unknown variant `image_url`",
		"unsupported content part type", "content must be a string", "(not \\\"list\\\") to str",
	}
}

func (r *refusal) sayBlind() bool { return containsAny(r.all(), blindness()...) }

// saysUnknownModel reports whether this is about a model that is not there.
func (r *refusal) saysUnknownModel(model string) bool {
	switch r.status {
	case http.StatusNotFound, http.StatusBadRequest, http.StatusUnprocessableEntity:
	default:
		return false
	}
	if !r.isJSON() {
		return false
	}
	all := r.all()
	if strings.Contains(all, "model_not_found") {
		return true
	}
	absent := containsAny(all, "not found", "not exist", "n't exist", "unknown", "invalid model", "no such", "not a valid", "not available", "not loaded")
	return absent && (strings.Contains(all, "model ") || strings.Contains(all, "model:")) || named(all, model) && r.status == http.StatusNotFound
}

func named(all, model string) bool {
	return model != "" && strings.Contains(all, strings.ToLower(model))
}

// retryAfter is how long the server asked to be left alone, 0 where it did not: Retry-After in seconds or as a date, an hour at most.
func (r *refusal) retryAfter(now time.Time) time.Duration {
	said := strings.TrimSpace(r.header.Get("Retry-After"))
	wait := time.Duration(0)
	if seconds, err := strconv.ParseFloat(said, 64); err == nil && seconds > 0 {
		wait = time.Duration(min(seconds, longestRetry.Seconds()) * float64(time.Second))
	} else if date, err := http.ParseTime(said); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), longestRetry)
}

const longestRetry = time.Hour
