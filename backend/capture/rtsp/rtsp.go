// Package rtsp is the source rtsp and rtsps: a network camera that speaks RTSP.
package rtsp
