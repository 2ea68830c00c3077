// Package vision finds things and reads text in pictures, by two small networks that run in this process.
package vision

// CodeMissing is the code of the fault of a runtime or a model that is not there.
const CodeMissing = "vision.missing"
