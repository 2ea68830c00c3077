package camera

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// identity is which camera it is, as far as the system can tell. Both ids name its kind as well, so that another kind of camera in the same
// socket is never taken for it.
type identity struct {
	key    string // by where it is plugged in: no two attached cameras have the same
	serial string // by its serial number, wherever it is plugged in; empty where it has none
	place  string // where it is, for a person: "USB port 1-2"

	common  bool // other cameras have that serial number too
	another bool // and where it is known who was meant by it, it is not this one
}

// answersTo says whether id means this camera.
func (i identity) answersTo(id string) bool {
	return id == i.key || i.serial != "" && id == i.serial && !i.another
}

// id is the one to remember the camera by.
func (i identity) id() string {
	if i.serial == "" || i.common {
		return i.key
	}
	return i.serial
}

// usb is what a USB camera tells of itself, and its system of where it is.
type usb struct {
	vendor, product, serial string
	function                string // the number of its interface, in hexadecimal, where it has several cameras in one: "02"
	controller, port        string // "0000:00:14.0", "1.2"
	place                   string
}

func (u usb) identity() identity {
	kind := "usb-" + u.vendor + "-" + u.product + "-"
	part := strings.TrimLeft(u.function, "0")
	if part != "" {
		part = "." + part
	}
	i := identity{key: cleanID(kind + "at-" + u.controller + "-" + u.port + part), place: u.place}
	if u.serial != "" {
		i.serial = cleanID(kind + u.serial + part)
	}
	return i
}

// monikerIdentity is that of a camera of Windows: its device path, which stays the same where the camera is plugged in again. Windows itself
// puts the serial number in it where the camera has one.
func monikerIdentity(moniker string) identity {
	id := strings.ToLower(moniker)
	id = strings.TrimPrefix(id, `@device:pnp:\\?\`)
	id = strings.TrimPrefix(id, `@device:`)
	if device, _, found := strings.Cut(id, "#{"); found {
		id = device
	}
	return identity{key: cleanID(id)}
}

// longestID keeps an id short enough for a command line and a list.
const longestID = 64

// cleanID leaves only what stands in a URI as it is. What would be too long keeps its beginning and has the rest summed up.
func cleanID(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_'
	})
	id := strings.Join(words, "-")
	if len(id) <= longestID {
		return id
	}
	sum := sha256.Sum256([]byte(s))
	return id[:longestID-17] + fmt.Sprintf("-%x", sum[:8])
}

// seats remembers where cameras were seen, to tell those apart that all have the same serial number, as cheap ones do. Such a number still
// means the camera that had it when it was alone with it, for as long as it stays where it was, and no other.
type seats struct {
	at     map[string]string // the key at which a serial was seen alone
	shared map[string]bool   // the serials that several cameras were seen to have
}

// settle says of each camera whether it is the one that its serial means.
func (s *seats) settle(found []attached) {
	if s.at == nil {
		s.at, s.shared = make(map[string]string), make(map[string]bool)
	}
	count := make(map[string]int, len(found))
	for _, cam := range found {
		count[cam.serial]++
	}
	for i := range found {
		cam := &found[i]
		if cam.serial == "" {
			continue
		}
		if count[cam.serial] == 1 && !s.shared[cam.serial] {
			s.at[cam.serial] = cam.key
			continue
		}
		s.shared[cam.serial] = true
		cam.common, cam.another = true, s.at[cam.serial] != cam.key
	}
}
