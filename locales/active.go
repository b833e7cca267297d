// Package locales holds the words of every language as data: what we say
// (active.<tag>.toml) and what we understand (lexicon.<tag>.toml). It decides
// nothing about them: package templates renders the first, package
// conversations/understand reads with the second.
package locales

import "embed"

// Active holds what we say: active.<tag>.toml, one file per language. Package
// templates reads it.
//
//go:embed active.*.toml
var Active embed.FS
