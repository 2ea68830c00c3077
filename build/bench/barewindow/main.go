// Command barewindow is the least a Wails window can be: it draws once and says so in a log, as Sightline does. The benchmark compares the two.
package main

import (
	"log"
	"log/slog"
	"net/http"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"

	"sightline/backend/journal"
)

const page = `<!doctype html><canvas></canvas><script type="module">
document.querySelector('canvas').getContext('2d').fillRect(0, 0, 9, 9)
requestAnimationFrame(() => window.go.main.Bare.Drawn())
</script>`

// Bare is bound to the page.
type Bare struct{}

// Drawn notes the first picture.
func (*Bare) Drawn() { slog.Info("first picture drawn") }

func main() {
	defer journal.Open()()
	err := wails.Run(&options.App{
		Title: "Bare", Width: 1360, Height: 860, Bind: []any{&Bare{}},
		AssetServer: &assetserver.Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(page)) // a page that is gone needs none
		})},
	})
	if err != nil {
		log.Fatal(err)
	}
}
