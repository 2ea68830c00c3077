//go:build cgo && (linux || windows) && !noh264

package h264

/*
#include <stdlib.h>
#include <string.h>
#include <wels/codec_api.h>

typedef struct {
	ISVCDecoder *codec;
	int width, height;
} decoder;

static void close_decoder(decoder *d) {
	(*d->codec)->Uninitialize(d->codec);
	WelsDestroyDecoder(d->codec);
	free(d);
}

static decoder *open_decoder(int width, int height) {
	SDecodingParam p;
	int quiet = WELS_LOG_QUIET;
	decoder *d = calloc(1, sizeof *d);
	if (d == NULL) return NULL;
	d->width = width;
	d->height = height;
	if (WelsCreateDecoder(&d->codec) != 0 || d->codec == NULL) {
		free(d);
		return NULL;
	}
	memset(&p, 0, sizeof p);
	p.eEcActiveIdc = ERROR_CON_DISABLE;
	p.sVideoProperty.size = sizeof p.sVideoProperty;
	p.sVideoProperty.eVideoBsType = VIDEO_BITSTREAM_AVC;
	(*d->codec)->SetOption(d->codec, DECODER_OPTION_TRACE_LEVEL, &quiet);
	if ((**d->codec).Initialize(d->codec, &p) == 0) return d;
	close_decoder(d);
	return NULL;
}

static void copy_plane(unsigned char *to, const unsigned char *from, int stride, int width, int height) {
	int y;
	for (y = 0; y < height; y++) memcpy(to + (size_t)y * width, from + (size_t)y * stride, width);
}

// decode gives the codec's state; *whole says whether the picture of just these bytes lies in the planes, which are as large as the stream's
// pictures.
static int decode(decoder *d, const unsigned char *data, int size, unsigned char *y, unsigned char *cb, unsigned char *cr, int *whole) {
	unsigned char *planes[3] = {NULL, NULL, NULL};
	SBufferInfo info;
	SSysMEMBuffer *shape = &info.UsrData.sSystemBuffer;
	int state;
	memset(&info, 0, sizeof info);
	*whole = 0;
	state = (*d->codec)->DecodeFrameNoDelay(d->codec, data, size, planes, &info);
	if (state != dsErrorFree || info.iBufferStatus != 1 || y == NULL) return state;
	if (planes[0] == NULL || planes[1] == NULL || planes[2] == NULL || shape->iFormat != videoFormatI420) return state;
	if (shape->iWidth != d->width || shape->iHeight != d->height) return state;
	copy_plane(y, planes[0], shape->iStride[0], d->width, d->height);
	copy_plane(cb, planes[1], shape->iStride[1], d->width / 2, d->height / 2);
	copy_plane(cr, planes[2], shape->iStride[1], d->width / 2, d->height / 2);
	*whole = 1;
	return state;
}
*/
import "C"

import (
	"errors"
	"fmt"
	"image"
)

// Decoder decodes one stream. It belongs to one goroutine.
type Decoder struct {
	c             *C.decoder
	width, height int
	sets          []byte // the parameter sets, which go before each key
	buf           []byte
	lost          bool // what comes needs something that could not be decoded: only a key helps
}

// NewDecoder is a decoder for a stream with these parameter sets. The caller closes it: what it holds is not Go's.
func NewDecoder(sps, pps []byte) (*Decoder, error) {
	w, h, err := sizeOf(sps)
	if err != nil {
		return nil, err
	}
	if len(pps) < 2 || len(pps) > maxSet || len(sps) > maxSet || pps[0]&0x9f != nalPPS {
		return nil, broken(errors.New("no picture parameter set"))
	}
	c := C.open_decoder(C.int(w), C.int(h))
	if c == nil {
		return nil, errors.New("openh264: no decoder")
	}
	return &Decoder{c: c, width: w, height: h, sets: withStart(withStart(nil, sps), pps), lost: true}, nil
}

// Decode is the picture of a unit (as Unit.Data), as new planes in full range that belong to the caller. Units come in order, a key first; a
// key may come at any time, and after an error only a key is decoded. Hostile data is an error, never a crash or a picture of unbounded size.
func (d *Decoder) Decode(data []byte) (*image.YCbCr, error) {
	if d.c == nil {
		return nil, errors.New("the decoder is closed")
	}
	img, err := d.decode(data)
	d.lost = err != nil
	if err != nil {
		return nil, broken(err)
	}
	return img, nil
}

func (d *Decoder) decode(data []byte) (*image.YCbCr, error) {
	var key bool
	var err error
	d.buf, key, err = annexB(append(d.buf[:0], d.sets...), data)
	switch {
	case err != nil:
		return nil, err
	case d.lost && !key:
		return nil, errors.New("no key to begin with")
	}
	in := d.buf
	if !key {
		in = in[len(d.sets):]
	}
	img := image.NewYCbCr(image.Rect(0, 0, d.width, d.height), image.YCbCrSubsampleRatio420)
	var whole C.int
	state := C.decode(d.c, first(in), C.int(len(in)), first(img.Y), first(img.Cb), first(img.Cr), &whole)
	if state != C.dsErrorFree || whole == 0 {
		return nil, fmt.Errorf("openh264: no picture (%#x)", int(state))
	}
	return img, nil
}

// Close frees the decoder. It may be called again.
func (d *Decoder) Close() {
	if d.c != nil {
		C.close_decoder(d.c)
		d.c = nil
	}
}
