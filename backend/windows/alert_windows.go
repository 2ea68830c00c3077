package windows

import "golang.org/x/sys/windows"

// Alert shows a person a text in a box, and waits until it is closed: a program with windows has no console to write to.
func Alert(text string) {
	words, err := windows.UTF16PtrFromString(text)
	title, _ := windows.UTF16PtrFromString("Sightline") // it has no NUL
	if err == nil {
		_, _ = windows.MessageBox(0, words, title, windows.MB_OK|windows.MB_ICONWARNING|windows.MB_SETFOREGROUND) // nothing is left to be told
	}
}
