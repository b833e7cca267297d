package templates

import (
	"embed"

	"alongside/locales"
)

// catalogue holds the messages and the list of what they may not say.
//
//go:embed messages/*.toml wording*.toml
var catalogue embed.FS

// pathways holds the services that come with the program.
//
//go:embed pathways/*.yaml
var pathways embed.FS

// LoadEmbedded is [Load] with the catalogue and the translations that are
// built into the program.
func LoadEmbedded() (*Words, error) { return Load(catalogue, locales.Active) }
