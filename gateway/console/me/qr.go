package me

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the margin that a reader needs around a QR code, in modules (ISO/IEC 18004, 6.3.8).
const quiet = 4

// drawing is a QR code as one path of an SVG: nothing is loaded and nothing inline is styled.
type drawing struct {
	Size int
	Path string
}

// draw makes the QR code of a text, one unit a module.
func draw(text string) (drawing, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return drawing{}, fmt.Errorf("draw a QR code: %w", err)
	}
	size := code.Bounds().Dx()
	var path strings.Builder
	for y := range size {
		for x := range size {
			if code.At(x, y) == color.Black {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return drawing{Size: size + 2*quiet, Path: path.String()}, nil
}
