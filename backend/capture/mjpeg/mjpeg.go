// Package mjpeg is the source http and https: a network camera that sends one JPEG after another.
package mjpeg
