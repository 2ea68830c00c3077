package openai

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sightline/backend/sight"
)

// dialect is how a server wants to be spoken to. The zero value is what most of them take.
type dialect struct {
	plain            bool // it does not stream
	noUsage          bool // it streams, and refuses stream_options
	completionTokens bool // it wants max_completion_tokens, not max_tokens
	noFormat         bool // it refuses response_format
}

// extras is what go-openai cannot say: temperature 0, and a token limit for a model it has opinions about; and that the answer is to be JSON.
// It is the inside of a JSON object, ending in a comma where there is anything.
func (d dialect) extras(q sight.Question, inJSON bool) []byte {
	var b []byte
	if inJSON && !d.noFormat {
		b = append(b, `"response_format":{"type":"json_object"},`...)
	}
	if q.Temperature != nil && !math.IsNaN(*q.Temperature) {
		b = append(b, `"temperature":`...)
		b = strconv.AppendFloat(b, min(max(*q.Temperature, 0), 2), 'g', -1, 64)
		b = append(b, ',')
	}
	if q.MaxTokens > 0 {
		b = append(b, '"')
		b = append(b, d.tokenLimit()...)
		b = append(b, `":`...)
		b = strconv.AppendInt(b, int64(min(q.MaxTokens, maxTokens)), 10)
		b = append(b, ',')
	}
	return b
}

const maxTokens = 4096

func (d dialect) tokenLimit() string {
	if d.completionTokens {
		return "max_completion_tokens"
	}
	return "max_tokens"
}

// after is the dialect that r asks for; false where r complains about something else.
func (d dialect) after(r *refusal, q sight.Question, inJSON bool) (dialect, bool) {
	if r == nil || !slices.Contains([]int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusNotImplemented}, r.status) {
		return d, false
	}
	complaint := r.without(q.Model, q.Prompt, q.System)
	switch {
	case q.MaxTokens > 0 && strings.Contains(complaint, d.tokenLimit()) && !tooMany(complaint):
		d.completionTokens = !d.completionTokens
	case inJSON && !d.noFormat && containsAny(complaint, "response_format", "json_object", "json mode", "json_mode"):
		d.noFormat = true
	case !d.plain && !d.noUsage && containsAny(complaint, "stream_options", "include_usage"):
		d.noUsage = true
	case !d.plain && strings.Contains(complaint, "stream"):
		d.plain = true
	default:
		return d, false
	}
	return d, true
}

// tooMany tells a complaint about the number of tokens from one about the word for it.
func tooMany(complaint string) bool {
	return containsAny(complaint, "too large", "too many", "too high", "context length", "context window", "maximum", "exceed", "less than", "at most")
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}
