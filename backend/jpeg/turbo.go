//go:build (linux || windows) && cgo && !stdjpeg

package jpeg

/*
#cgo CFLAGS: -O2
#cgo LDFLAGS: -l:libturbojpeg.a -lm
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

enum { DONE, BROKEN, OTHER, NO_MEMORY };

// Planes come one by one: cgo lets no Go pointer point to another.
typedef struct {
	int width, height;       // of the JPEG
	int subsamp;             // of the JPEG
	int to_width, to_height; // of the planes
	int y_stride, c_stride;
} decoding;

// harmless forgives what many webcams do: stray bytes between the last pixel and the end marker.
static int harmless(tjhandle h) {
	return tjGetErrorCode(h) == TJERR_WARNING && strstr(tjGetErrorStr2(h), "extraneous bytes before marker 0xd9") != NULL;
}

// as_expected makes sure that libjpeg reads the header as we did, for the planes are only as large as our reading of it.
static int as_expected(tjhandle h, const unsigned char *data, unsigned long size, decoding d) {
	int width, height, subsamp, space;
	if (tjDecompressHeader3(h, data, size, &width, &height, &subsamp, &space) != 0) return BROKEN;
	if (space != TJCS_YCbCr && space != TJCS_GRAY) return OTHER;
	if (width != d.width || height != d.height || subsamp != d.subsamp) return OTHER;
	return DONE;
}

static int decode_with(tjhandle h, const unsigned char *data, unsigned long size, decoding d, unsigned char **planes) {
	int strides[3] = {d.y_stride, d.c_stride, d.c_stride};
	int result = as_expected(h, data, size, d);
	if (result != DONE) return result;
	if (tjDecompressToYUVPlanes(h, data, size, planes, d.to_width, strides, d.to_height, TJFLAG_LIMITSCANS) == 0) return DONE;
	return harmless(h) ? DONE : BROKEN;
}

static int sight_decode(const unsigned char *data, unsigned long size, decoding d, unsigned char *y, unsigned char *cb, unsigned char *cr) {
	unsigned char *planes[3] = {y, cb, cr};
	int result;
	tjhandle h = tjInitDecompress();
	if (h == NULL) return NO_MEMORY;
	result = decode_with(h, data, size, d, planes);
	tjDestroy(h);
	return result;
}

typedef struct {
	int width, height, subsamp, quality;
	int y_stride, c_stride;
} encoding;

// encode_into writes at most *size bytes to out and sets *size to how many they were.
static int encode_into(unsigned char *out, unsigned long *size, encoding e, const unsigned char **planes) {
	int strides[3] = {e.y_stride, e.c_stride, e.c_stride};
	int failed;
	tjhandle h = tjInitCompress();
	if (h == NULL) return NO_MEMORY;
	failed = tjCompressFromYUVPlanes(h, planes, e.width, strides, e.height, e.subsamp, &out, size, e.quality, TJFLAG_NOREALLOC);
	tjDestroy(h);
	return failed ? OTHER : DONE;
}

// sight_encode gives the JPEG in memory that the caller frees, NULL when it failed.
static unsigned char *sight_encode(unsigned long *size, encoding e, const unsigned char *y, const unsigned char *cb, const unsigned char *cr) {
	const unsigned char *planes[3] = {y, cb, cr};
	unsigned char *out;
	*size = tjBufSize(e.width, e.height, e.subsamp);
	out = malloc(*size); // the worst case; what is never written costs nothing
	if (out == NULL) return NULL;
	if (encode_into(out, size, e, planes) == DONE) return out;
	free(out);
	return NULL;
}
*/
import "C"

import (
	"errors"
	"image"
	"unsafe"
)

// A codec handle is made for each call and thrown away after it: that takes microseconds, against milliseconds of work, and leaves nothing
// to share, to lock or to free later.

// decode gives the picture at the nearest size not below w×h that libjpeg-turbo makes quickly.
func decode(data []byte, hd header, w, h int) (*image.YCbCr, error) {
	quickW, quickH := Quick(hd.width, hd.height, w, h)
	img := newPlanes(quickW, quickH, hd.ratio)
	result := C.sight_decode(first(data), C.ulong(len(data)), C.decoding{
		width: C.int(hd.width), height: C.int(hd.height), subsamp: subsampling(hd),
		to_width: C.int(img.Rect.Dx()), to_height: C.int(img.Rect.Dy()),
		y_stride: C.int(img.YStride), c_stride: C.int(img.CStride),
	}, first(img.Y), first(img.Cb), first(img.Cr))
	switch result {
	case C.DONE:
	case C.BROKEN:
		return nil, broken(errors.New("libjpeg-turbo refuses it"))
	case C.NO_MEMORY:
		return nil, errNoMemory
	default:
		return nil, unsupported("another header or colour space than ours")
	}
	if hd.grey {
		neutral(img)
	}
	return img, nil
}

var errNoMemory = errors.New("libjpeg-turbo: out of memory")

// Quick is the nearest size not below w×h to which a JPEG of width×height is decoded without being scaled as well; all of it where there is
// none. The codec makes any number of eighths, but has no fast code for five to seven: they take twice as long as the whole.
func Quick(width, height, w, h int) (quickW, quickH int) {
	for m := 1; m <= 4; m++ {
		if quickW, quickH = ceilDiv(width*m, 8), ceilDiv(height*m, 8); quickW >= w && quickH >= h {
			return quickW, quickH
		}
	}
	return width, height
}

// encode compresses the planes as they are where libjpeg-turbo can take them so, and a copy where not.
func encode(img *image.YCbCr, quality int) ([]byte, error) {
	img = wholeCells(img)
	e := C.encoding{
		width: C.int(img.Rect.Dx()), height: C.int(img.Rect.Dy()), quality: C.int(quality),
		subsamp:  subsampling(header{ratio: img.SubsampleRatio}),
		y_stride: C.int(img.YStride), c_stride: C.int(img.CStride),
	}
	var size C.ulong
	out := C.sight_encode(&size, e, first(img.Y), first(img.Cb), first(img.Cr))
	if out == nil {
		return nil, errors.New("libjpeg-turbo: could not encode")
	}
	defer C.free(unsafe.Pointer(out))
	return C.GoBytes(unsafe.Pointer(out), C.int(size)), nil
}

func subsampling(hd header) C.int {
	if hd.grey {
		return C.TJSAMP_GRAY
	}
	switch hd.ratio {
	case image.YCbCrSubsampleRatio422:
		return C.TJSAMP_422
	case image.YCbCrSubsampleRatio420:
		return C.TJSAMP_420
	case image.YCbCrSubsampleRatio440:
		return C.TJSAMP_440
	case image.YCbCrSubsampleRatio411:
		return C.TJSAMP_411
	}
	return C.TJSAMP_444
}

func first(b []byte) *C.uchar { return (*C.uchar)(unsafe.SliceData(b)) }
