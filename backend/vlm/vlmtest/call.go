package vlmtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http"
	"strings"
	"time"
)

// Call is one request as the server saw it.
type Call struct {
	Method, Path, Proto string
	Header              http.Header
	Key                 string // the bearer's; empty: none was sent

	Model, Prompt, System string
	MaxTokens             *int
	MaxCompletionTokens   *int
	Temperature           *float64
	Stream, IncludeUsage  bool
	Format                string // response_format's type; empty: none was sent

	Picture     []byte // JPEG as it came; nil: none
	PictureType string // of its data URL: "image/jpeg"

	Began time.Time // the request's head was read
	Read  time.Time // its body was read
	Ended time.Time // the answer was written, or given up; zero: not yet
	Gone  bool      // the client went away before the answer was complete
	Wrote int       // bytes of the response's raw form, where the Script has a CutAfter
}

// Hash names the picture in eight characters; empty where there is none.
func (c Call) Hash() string {
	if c.Picture == nil {
		return ""
	}
	sum := sha256.Sum256(c.Picture)
	return hex.EncodeToString(sum[:4])
}

// Describe is the text a Server answers with by default: it names the very picture and the very prompt.
func Describe(c Call) string {
	if c.Picture == nil {
		return fmt.Sprintf("No picture came with “%s”.", c.Prompt)
	}
	head, err := jpeg.DecodeConfig(bytes.NewReader(c.Picture))
	if err != nil {
		return fmt.Sprintf("Something that is no picture came with “%s”.", c.Prompt)
	}
	return fmt.Sprintf("Picture %s of %d×%d pixels and %d bytes came with “%s”.", c.Hash(), head.Width, head.Height, len(c.Picture), c.Prompt)
}

// question is the body of a chat completion request, as far as it matters here.
type question struct {
	Model               string   `json:"model"`
	MaxTokens           *int     `json:"max_tokens"`
	MaxCompletionTokens *int     `json:"max_completion_tokens"`
	Temperature         *float64 `json:"temperature"`
	Stream              bool     `json:"stream"`
	StreamOptions       *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	ResponseFormat struct {
		Type string `json:"type"`
	} `json:"response_format"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
}

type contentPart struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	ImageURL struct {
		URL string `json:"url"`
	} `json:"image_url"`
}

// fill reads a request's body into the call.
func (c *Call) fill(body []byte) error {
	var q question
	if err := json.Unmarshal(body, &q); err != nil {
		return err
	}
	c.Model, c.Stream, c.Temperature = q.Model, q.Stream, q.Temperature
	c.Format = q.ResponseFormat.Type
	c.MaxTokens, c.MaxCompletionTokens = q.MaxTokens, q.MaxCompletionTokens
	c.IncludeUsage = q.StreamOptions != nil && q.StreamOptions.IncludeUsage
	for _, m := range q.Messages {
		if err := c.fillMessage(m.Role, m.Content); err != nil {
			return err
		}
	}
	return nil
}

func (c *Call) fillMessage(role string, content json.RawMessage) error {
	var text string
	if json.Unmarshal(content, &text) == nil {
		if role == "system" {
			c.System = text
		} else {
			c.Prompt = text
		}
		return nil
	}
	var parts []contentPart
	if err := json.Unmarshal(content, &parts); err != nil {
		return err
	}
	for _, part := range parts {
		if part.Type == "text" {
			c.Prompt = part.Text
			continue
		}
		if err := c.fillPicture(part.ImageURL.URL); err != nil {
			return err
		}
	}
	return nil
}

func (c *Call) fillPicture(dataURL string) (err error) {
	head, data, found := strings.Cut(dataURL, ";base64,")
	if !found {
		return fmt.Errorf("no data URL: %.40q", dataURL)
	}
	c.PictureType = strings.TrimPrefix(head, "data:")
	c.Picture, err = base64.StdEncoding.DecodeString(data)
	return err
}
