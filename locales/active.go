// Package locales holds the words of every language as data: what we say
// (active.<tag>.toml) and what we understand (lexicon.<tag>.toml). It decides
// nothing about them: package templates renders the first, package
// conversations/understand reads with the second.
//
// # Adding a language
//
// Three files, and no line of Go:
//
//   - active.<tag>.toml: every key of active.en.toml, with the plural forms of
//     the language and reviewed_by = "". What is missing, and what is too much, is
//     named by go test ./templates. A message may take three times as many SMS
//     parts as in English (templates.Message.LongestIn) and no sentence more than
//     16 words.
//   - templates/wording.<tag>.toml: what no text may give away on a lock screen,
//     words of watching, blame and alarm, how a text says why it comes, the verbs
//     that invite a reply, and words behind which a name would be bent.
//   - lexicon.<tag>.toml: the words, times, answers, danger and look-alikes, in
//     the form of lexicon.cy.toml (understand.Lexicon describes each part), with
//     both read_by_… false. The names of classes, concepts and signs are the same
//     in every language: through them speaks what was learned from English and
//     Welsh examples. Where a language writes "and" or "the" together with the
//     next word, its prefixes say so.
//
// Then a pathway may name the tag among its languages, with its own words for
// danger in it; only then is the lexicon loaded ([Lexicons]). Serve refuses it
// until a native speaker has signed both files and a clinician the lexicon
// ([Unsigned] says where); --allow-unreviewed lets it be tried. Label replies
// before you write the lexicon (testdata/added.pl.tsv), and score them:
//
//	go run ./bot understand --now 2026-11-22T10:00:00Z --also pl --score < locales/testdata/added.pl.tsv
package locales

import "embed"

// Active holds what we say: active.<tag>.toml, one file per language. Package
// templates reads it.
//
//go:embed active.*.toml
var Active embed.FS
