// Package screen is the source screen: what a monitor of this machine shows.
package screen
