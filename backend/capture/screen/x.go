package screen
import _ "github.com/kbinani/screenshot"
