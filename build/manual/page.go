package main

import (
	"fmt"
	"strings"
)

// troff is a manual page in the macros of man(7).
type troff struct {
	strings.Builder
	headed bool // a heading stands last, which opens a paragraph by itself
}

// plain is text that means nothing to troff: what people copy from it is what was written.
func plain(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "~", `\(ti`, "^", `\(ha`).Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}

func (t *troff) section(name string) { t.head(".SH " + strings.ToUpper(name)) }

func (t *troff) heading(name string) { t.head(".SS " + plain(name)) }

func (t *troff) head(line string) {
	t.WriteString(line + "\n")
	t.headed = true
}

func (t *troff) paragraph(text string) {
	if !t.headed {
		t.WriteString(".PP\n")
	}
	t.WriteString(sentences(text) + "\n")
	t.headed = false
}

// entry explains a term, which stands in bold but for what a person puts there.
func (t *troff) entry(term, put, text string) {
	if put != "" {
		put = `\fI` + plain(put) + `\fR`
	}
	fmt.Fprintf(t, ".TP\n\\fB%s\\fR%s\n%s\n", plain(term), put, sentences(text))
	t.headed = false
}

// example is shown as it is typed.
func (t *troff) example(line, text string) {
	t.paragraph(text)
	fmt.Fprintf(t, ".RS 4\n.nf\n\\fB%s\\fR\n.fi\n.RE\n", plain(line))
}

// sentences puts each sentence on a line of its own, as troff wants it to space them.
func sentences(text string) string {
	var lines []string
	for _, s := range strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\n", " "), ". ") {
		lines = append(lines, plain(strings.TrimSpace(s)))
	}
	return strings.Join(lines, ".\n")
}

// page is the manual page. Its date is given, so that the same source makes the same page.
func page(w words, version, date string) string {
	var t troff
	fmt.Fprintf(&t, ".TH SIGHTLINE 1 %q %q \"User Commands\"\n", date, "Sightline "+version)
	t.section("Name")
	fmt.Fprintf(&t, "sightline, sightline\\-cli \\- %s\n", plain(strings.TrimSuffix(lower(w.about), ".")))
	synopsis(&t)
	t.section("Description")
	t.paragraph(w.about + " A picture is asked about over and over, and each answer belongs to the very picture it is about.")
	t.paragraph("Alone sightline opens a window. With a command it does its work in the terminal, and so does sightline-cli, " +
		"which knows the commands alone and needs no desktop.")
	t.section("Options of a window")
	t.paragraph(w.aboutWin)
	entries(&t, w.window)
	t.section("Commands")
	for _, c := range w.commands {
		t.heading(strings.TrimSpace(c.name + " " + c.args))
		t.paragraph(c.help)
		entries(&t, c.flags)
	}
	examples(&t)
	surroundings(&t)
	return t.String()
}

func synopsis(t *troff) {
	t.section("Synopsis")
	t.WriteString("\\fBsightline\\fR [\\fIoptions of a window\\fR]\n.br\n")
	t.WriteString("\\fBsightline\\fR \\fIcommand\\fR [\\fIoptions\\fR]\n.br\n")
	t.WriteString("\\fBsightline\\-cli\\fR \\fIcommand\\fR [\\fIoptions\\fR]\n")
}

func entries(t *troff, flags []flag) {
	for _, f := range flags {
		name := "--" + f.name
		if f.value != "" {
			name += "="
		}
		t.entry(name, f.value, f.help)
	}
}

func examples(t *troff) {
	t.section("Examples")
	t.example("sightline --window door --source camera: --every 5s", "A window of its own for the first camera, asked about every five seconds:")
	t.example("sightline-cli watch --source sample: --backend http://localhost:11434 --model qwen2.5vl --json", "What a model says of sample pictures, a line of JSON each:")
	t.example("sightline-cli watch --record ~/Videos/Sightline --for 10m", "Ten minutes of the first camera, recorded with what the built-in detector saw:")
	t.example(`sightline-cli recordings --search "red mug"`, "Every recorded answer with these words:")
}

func surroundings(t *troff) {
	t.section("Files")
	t.entry("~/.config/sightline", "", "Settings: one file for what is common, and one for each window.")
	t.entry("~/Videos/Sightline", "", "Recordings, a folder each, or where the settings say.")
	t.entry("~/.local/state/sightline", "", "The log, and reports of crashes.")
	t.entry("~/.cache/sightline", "", "The index for searching recordings; it can be deleted.")
	t.paragraph("API keys are in the system's keyring.")
	t.section("Environment")
	t.entry("SIGHTLINE_API_KEY", "", "The key for the server that is named, in place of a saved one.")
	t.entry("SIGHTLINE_METRICS_TOKEN", "", "What Prometheus has to send where --metrics names an address that other machines reach.")
	t.section("Exit status")
	t.entry("0", "", "It did what was asked.")
	t.entry("1", "", "It could not.")
	t.entry("2", "", "What was asked makes no sense.")
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
