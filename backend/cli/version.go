package cli

// Version is the program's, set when it is built.
var Version = "dev"
