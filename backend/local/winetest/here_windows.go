package winetest

import "golang.org/x/sys/windows"

// Here is so in wine: Windows itself knows no such function.
func Here() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}
