package locales

import (
	"embed"
	"io/fs"
)

//go:embed messages/*.yaml review.yaml keywords/*.yaml
var embedded embed.FS

// Messages is the folder of the message files that ship with baro.
func Messages() fs.FS { return folder("messages") }

// KeywordFiles is the folder of the keyword files that ship with baro.
func KeywordFiles() fs.FS { return folder("keywords") }

// Review is the review file that ships with baro.
func Review() []byte {
	data, err := embedded.ReadFile(reviewFile)
	if err != nil {
		panic(err) // the embed directive above fails the build first
	}
	return data
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(embedded, name)
	if err != nil {
		panic(err) // only for a name that is no valid path
	}
	return sub
}
