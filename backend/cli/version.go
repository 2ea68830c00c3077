package cli

// What the program is, set when it is built.
var (
	Version  = "dev"
	Homepage = "" // of who hands it out; empty: there is none
)
