package locales

import "embed"

// Pages holds the words of the team's pages: pages/<part>.<tag>.toml, one file per
// part and language. Package templates reads it.
//
//go:embed pages/*.toml
var Pages embed.FS
