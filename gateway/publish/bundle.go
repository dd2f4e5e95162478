// Package publish moves a gateway from one set of flows and texts to the next while it runs. A set is stored by the hash
// of its files; every live node loads, compiles and reports it before new dialogues begin with it, and dialogues under way
// end with the one they began with.
package publish

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"sort"
)

// The folders of a bundle.
const (
	FlowsFolder    = "flows"
	MessagesFolder = "messages"
	reviewFile     = "review.yaml"
	originFile     = "origin"
)

// maxFile bounds one file of a bundle, so that a damaged row cannot ask for memory.
const maxFile = 8 << 20

// Origin tells where a set of files comes from.
type Origin string

// The origins. What shipped with a program gives way to what ships with its next version; what an operator published
// stays.
const (
	Shipped   Origin = "shipped"
	Published Origin = "published"
)

// A Bundle is one set of flows and texts.
type Bundle struct {
	Data   []byte   // the encoded form, equal for equal files
	Hash   [32]byte // SHA-256 of Data
	Origin Origin
	files  *zip.Reader
}

// Pack makes a bundle of the *.yaml files of two folders and the review states.
func Pack(origin Origin, flows, messages fs.FS, review []byte) (Bundle, error) {
	files := map[string][]byte{reviewFile: review, originFile: []byte(origin)}
	for folder, source := range map[string]fs.FS{FlowsFolder: flows, MessagesFolder: messages} {
		names, err := fs.Glob(source, "*.yaml")
		if err != nil {
			return Bundle{}, fmt.Errorf("pack %s: %w", folder, err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(source, name)
			if err != nil {
				return Bundle{}, fmt.Errorf("pack %s: %w", folder, err)
			}
			files[folder+"/"+name] = data
		}
	}
	data, err := encode(files)
	if err != nil {
		return Bundle{}, fmt.Errorf("pack: %w", err)
	}
	return Open(data)
}

// Open reads an encoded bundle.
func Open(data []byte) (Bundle, error) {
	files, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Bundle{}, fmt.Errorf("open a bundle: %w", err)
	}
	for _, f := range files.File {
		if f.UncompressedSize64 > maxFile {
			return Bundle{}, fmt.Errorf("open a bundle: %s is larger than %d bytes", f.Name, maxFile)
		}
	}
	b := Bundle{Data: data, Hash: sha256.Sum256(data), files: files}
	origin, err := b.read(originFile)
	b.Origin = Origin(origin)
	return b, err
}

// Flows are the bundle's flow files and manifest.
func (b Bundle) Flows() fs.FS { return b.folder(FlowsFolder) }

// Messages are the bundle's message files.
func (b Bundle) Messages() fs.FS { return b.folder(MessagesFolder) }

// Review are the bundle's review states.
func (b Bundle) Review() ([]byte, error) { return b.read(reviewFile) }

func (b Bundle) folder(name string) fs.FS {
	sub, err := fs.Sub(b.files, name)
	if err != nil { // the name is a constant of this package
		panic(err)
	}
	return sub
}

func (b Bundle) read(name string) ([]byte, error) {
	f, err := b.files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read a bundle: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read a bundle: %w", err)
	}
	return data, nil
}

// encode writes files in order and without times, so that equal files give equal bytes.
func encode(files map[string][]byte) ([]byte, error) {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
