package history

import (
	"strings"
	"unicode"
)

const (
	maxWords = 32   // of a search
	maxQuery = 1000 // characters of it
)

// term is one thing looked for: a word, or words side by side.
type term struct {
	text   string
	quoted bool
	not    bool
}

// mayGoOn says that a last word may be a beginning. One letter of the alphabet begins a tenth of all words: to look through those takes long
// and finds nothing of use, whereas in other scripts one character may well be half a word.
func (t term) mayGoOn() bool { return !t.quoted && len(t.text) > 1 }

// match is what a person typed as SQLite's full-text search reads it: all words, the last one as a beginning; empty where there is no word
// in it that could be found. Every word is quoted, so nothing in it is taken for an operator.
func match(words string) string {
	terms := split(words)
	var with, without []string
	for i, t := range terms {
		if t.not {
			without = append(without, quote(t.text))
			continue
		}
		q := quote(t.text)
		if i == len(terms)-1 && t.mayGoOn() {
			q += " *"
		}
		with = append(with, q)
	}
	if len(with) == 0 {
		return ""
	}
	expression := strings.Join(with, " AND ")
	if len(without) > 0 {
		expression = "(" + expression + ") NOT (" + strings.Join(without, " OR ") + ")"
	}
	return expression
}

// split finds the terms. A search of nothing but exclusions looks for the words themselves: nothing to exclude them from was given.
func split(words string) []term {
	if runes := []rune(words); len(runes) > maxQuery {
		words = string(runes[:maxQuery])
	}
	var terms []term
	for rest := words; len(terms) < maxWords; {
		var t term
		if t, rest = next(rest); t.text == "" && rest == "" {
			break
		}
		if findable(t.text) {
			terms = append(terms, t)
		}
	}
	for _, t := range terms {
		if !t.not {
			return terms
		}
	}
	for i := range terms {
		terms[i].not = false
	}
	return terms
}

// next takes the first term off a text. A quotation that does not end goes on to the text's end, and may be one that is being typed.
func next(text string) (t term, rest string) {
	text = strings.TrimLeftFunc(text, isGap)
	if after, has := strings.CutPrefix(text, "-"); has {
		t.not, text = true, after
	}
	if after, has := strings.CutPrefix(text, `"`); has {
		t.text, rest, t.quoted = strings.Cut(after, `"`)
		return t, rest
	}
	end := strings.IndexFunc(text, func(r rune) bool { return isGap(r) || r == '"' })
	if end < 0 {
		end = len(text)
	}
	t.text = text[:end]
	return t, text[end:]
}

func isGap(r rune) bool { return unicode.IsSpace(r) || r == 0 }

// findable says that there is something in a term that is indexed: SQLite's tokenizer takes letters and digits.
func findable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

func quote(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, " "), "\x00", " ")
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}
