// Package file is the source file: a video file, at its own pace or as fast as it is asked about.
package file
