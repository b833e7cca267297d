package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"text/template"

	"alongside/templates"
)

// asset is a file that is the same for everybody.
type asset struct {
	name, address, kind string
	body                []byte
}

// kinds are the files that pages ask for, and what they are. Nothing in them is
// about anybody.
var kinds = map[string]string{
	"style.css":     "text/css; charset=utf-8",
	"live.js":       "text/javascript; charset=utf-8",
	"icon.svg":      "image/svg+xml",
	"icon-192.png":  "image/png",
	"icon-512.png":  "image/png",
	"icon-mask.png": "image/png",
}

// manifest is what a browser reads to put the pages on a phone's home screen.
// There is no service worker: none is needed for that, and one could keep what a
// page says of a person on a phone that is lost.
const manifest = "manifest.webmanifest"

// readAssets reads the files; the address of each changes when it does.
func readAssets() (map[string]asset, error) {
	all := map[string]asset{}
	for name, kind := range kinds {
		body, err := templates.Console.ReadFile("console/" + name)
		if err != nil {
			return nil, fmt.Errorf("read a file of the pages: %w", err)
		}
		all[name] = newAsset(name, kind, body)
	}
	// The manifest names others by their addresses.
	text, err := template.New(manifest).Funcs(template.FuncMap{"file": func(name string) string { return all[name].address }}).ParseFS(templates.Console, "console/"+manifest)
	var body bytes.Buffer
	if err == nil {
		err = text.Execute(&body, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("read a file of the pages: %w", err)
	}
	all[manifest] = newAsset(manifest, "application/manifest+json", body.Bytes())
	return all, nil
}

func newAsset(name, kind string, body []byte) asset {
	sum := sha256.Sum256(body)
	return asset{name: name, address: "/static/" + name + "?v=" + hex.EncodeToString(sum[:6]), kind: kind, body: body}
}

func (a asset) serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(a.body)
}
