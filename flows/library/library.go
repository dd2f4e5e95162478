// Package library holds the flows that ship with baro and the manifest of what they may ask for.
package library

import (
	"embed"
	"fmt"
	"io/fs"

	"baro/flows"
	"baro/flows/compile"
)

//go:embed *.yaml
var files embed.FS

// ManifestFile is the manifest's name among the files.
const ManifestFile = "manifest.yaml"

// Files are the flows and the manifest.
func Files() fs.FS { return files }

// Manifest reads the manifest that ships.
func Manifest() (*flows.Manifest, error) {
	data, err := files.ReadFile(ManifestFile)
	if err != nil {
		return nil, fmt.Errorf("library: read the manifest: %w", err)
	}
	m, problems := compile.Manifest(ManifestFile, data)
	if problems.Errors() > 0 {
		return nil, fmt.Errorf("library: %s", problems[0])
	}
	return m, nil
}
