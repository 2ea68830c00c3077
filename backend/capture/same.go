package capture

import "strings"

// MayBeSame says whether two source URIs may open the same device. A camera that is named by its path, or not at all, may be any camera:
// whoever asks wants to be safe, not to be clever. Those with one id are the same whatever they are called; other options do not matter.
func MayBeSame(a, b string) bool {
	x, errX := ParseURI(a)
	y, errY := ParseURI(b)
	if errX != nil || errY != nil {
		return a == b
	}
	if x.Scheme != y.Scheme {
		return false
	}
	return x.hasIDOf(y) || strings.EqualFold(x.plainName(), y.plainName()) || vague(x) || vague(y)
}

// deviceID is the option by which a scheme names one very device.
const deviceID = "id"

func (u URI) hasIDOf(other URI) bool {
	id := u.Options.Get(deviceID)
	return id != "" && id == other.Options.Get(deviceID)
}

// plainName is the name without the number that tells two devices of one name apart: which of them is the second changes.
func (u URI) plainName() string {
	name := strings.TrimSpace(u.Name)
	if u.Scheme == "camera" {
		name = withoutNumber(name)
	}
	return name
}

// withoutNumber makes "Webcam" of "Webcam (2)".
func withoutNumber(name string) string {
	i := strings.LastIndex(name, " (")
	if i < 0 || !strings.HasSuffix(name, ")") || strings.Trim(name[i+2:len(name)-1], "0123456789") != "" {
		return name
	}
	return name[:i]
}

func vague(u URI) bool {
	name := strings.TrimSpace(u.Name)
	return name == "" || u.Scheme == "camera" && strings.HasPrefix(name, "/")
}
