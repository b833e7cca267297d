package locales

import "embed"

// Pages holds the words of the team's pages: <part>.<tag>.toml, one file per
// part and language. Package templates reads it.
//
//go:embed signin.*.toml console.*.toml
var Pages embed.FS
