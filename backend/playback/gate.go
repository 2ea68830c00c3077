package playback

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// gate lets in who knows the secret, under the server's own address, and asks for a segment. To all others nothing is there.
type gate struct {
	host, secret string
	shelf        *shelf
	under        *answers
}

// ServeHTTP gives no page of another origin leave to read what it serves (no CORS): a video element plays without.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.under.enter() {
		return
	}
	defer g.under.leave()
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	path, known := g.behind(r)
	if !known {
		w.Header().Set("Connection", "close") // strangers keep no place
		refuse(w, http.StatusNotFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	id, segment, ok := parse(path)
	if !ok {
		refuse(w, http.StatusNotFound)
		return
	}
	g.serve(w, r, wanted{id: id, segment: segment, version: r.URL.Query().Get("v")})
}

// behind is the path behind the secret. A Host that is not the server's own comes from a page whose name was made to lead here.
func (g *gate) behind(r *http.Request) (path string, known bool) {
	secret, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	same := subtle.ConstantTimeCompare([]byte(secret), []byte(g.secret)) == 1
	return path, same && r.Host == g.host && r.URL.Host == "" // an absolute address in a request is for proxies
}

// parse takes ID/N.mp4 apart.
func parse(path string) (id string, segment int, ok bool) {
	id, file, _ := strings.Cut(path, "/")
	number, isMP4 := strings.CutSuffix(file, ".mp4")
	segment, err := strconv.Atoi(number)
	ok = isMP4 && err == nil && segment >= 0 && strconv.Itoa(segment) == number
	return id, segment, ok && id != "" && id != "." && id != ".." && !strings.ContainsAny(id, "/\\\x00")
}

func (g *gate) serve(w http.ResponseWriter, r *http.Request, what wanted) {
	video, err := g.shelf.open(r.Context(), what)
	if err != nil {
		tell(r.Context(), what, err)
		refuse(w, http.StatusNotFound)
		return
	}
	defer video.Close()
	w.Header().Set("Content-Type", "video/mp4")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // the page has a scheme of its own
	w.Header().Set("ETag", video.tag)                              // for a range of what has changed meanwhile
	http.ServeContent(w, r, "", time.Time{}, video)
}

// refuse answers with a status and its name; nobody reads more than that.
func refuse(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }
