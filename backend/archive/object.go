package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// object is a JSON object whose members keep their order, and of which those nobody here knows stay as they are.
type object []member

type member struct {
	name  string
	value json.RawMessage
}

// UnmarshalJSON reads the members.
func (o *object) UnmarshalJSON(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return errors.Join(errors.New("no object"), err)
	}
	*o = nil
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, isName := token.(string)
		if !isName {
			return errors.New("no name")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		*o = append(*o, member{name, value})
	}
	return nil
}

// MarshalJSON writes the members.
func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(m.value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// get is a member's value; nil where there is none.
func (o object) get(name string) json.RawMessage {
	for _, m := range o {
		if strings.EqualFold(m.name, name) { // as encoding/json reads it
			return m.value
		}
	}
	return nil
}

// set gives a member its value, or takes it away where it is absent.
func (o *object) set(name string, value any, absent bool) error {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err
	}
	kept := object{}
	for _, m := range *o {
		switch {
		case !strings.EqualFold(m.name, name):
			kept = append(kept, m)
		case !absent:
			kept = append(kept, member{name, out.Bytes()})
			absent = true // only once
		}
	}
	if !absent {
		kept = append(kept, member{name, out.Bytes()})
	}
	*o = kept
	return nil
}
