//go:build cgo && (linux || windows) && !noh264

package h264

/*
#cgo CFLAGS: -O2
#cgo linux LDFLAGS: -l:libopenh264.a -lstdc++ -lm -lpthread
#cgo windows LDFLAGS: -l:libopenh264.a -lstdc++ -lssp
#include <stdlib.h>
#include <string.h>
#include <wels/codec_api.h>

typedef struct {
	ISVCEncoder *codec;
	int width, height;
	SFrameBSInfo out; // what the last call gave; its bytes are the codec's, until the next call
} encoder;

static void describe_colours(SSpatialLayerConfig *layer) {
	layer->bVideoSignalTypePresent = true;
	layer->uiVideoFormat = VF_UNDEF;
	layer->bFullRange = true;
	layer->bColorDescriptionPresent = true;
	layer->uiColorPrimaries = CP_BT709;
	layer->uiTransferCharacteristics = TRC_IEC61966_2_1;
	layer->uiColorMatrix = CM_BT470BG;
}

static int configure(ISVCEncoder *codec, int width, int height, float fps, int bits) {
	SEncParamExt p;
	SSpatialLayerConfig *layer = &p.sSpatialLayers[0];
	int quiet = WELS_LOG_QUIET;
	if ((*codec)->GetDefaultParams(codec, &p) != cmResultSuccess) return 0;
	(*codec)->SetOption(codec, ENCODER_OPTION_TRACE_LEVEL, &quiet);
	p.iUsageType = CAMERA_VIDEO_REAL_TIME;
	p.iPicWidth = layer->iVideoWidth = width;
	p.iPicHeight = layer->iVideoHeight = height;
	p.fMaxFrameRate = layer->fFrameRate = fps;
	p.iTargetBitrate = layer->iSpatialBitrate = bits;
	p.iMaxBitrate = layer->iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
	p.iRCMode = RC_BITRATE_MODE;
	p.bEnableFrameSkip = false;
	p.iComplexityMode = LOW_COMPLEXITY;
	p.uiIntraPeriod = 0; // keys are asked for, by time
	p.iNumRefFrame = 1;
	p.eSpsPpsIdStrategy = CONSTANT_ID;
	p.iEntropyCodingModeFlag = 0; // the baseline profile, whose pictures no decoder holds back
	p.iMultipleThreadIdc = 1;
	layer->sSliceArgument.uiSliceMode = SM_SINGLE_SLICE;
	p.bEnableBackgroundDetection = true; // a fifth less work where little moves
	p.bEnableAdaptiveQuant = false;
	p.bEnableSceneChangeDetect = false;
	describe_colours(layer);
	return (*codec)->InitializeExt(codec, &p) == cmResultSuccess;
}

static void close_encoder(encoder *e) {
	(*e->codec)->Uninitialize(e->codec);
	WelsDestroySVCEncoder(e->codec);
	free(e);
}

static encoder *open_encoder(int width, int height, float fps, int bits) {
	encoder *e = calloc(1, sizeof *e);
	if (e == NULL) return NULL;
	e->width = width;
	e->height = height;
	if (WelsCreateSVCEncoder(&e->codec) != 0 || e->codec == NULL) {
		free(e);
		return NULL;
	}
	if (configure(e->codec, width, height, fps, bits)) return e;
	close_encoder(e);
	return NULL;
}

static void expect(encoder *e, float fps) {
	(*e->codec)->SetOption(e->codec, ENCODER_OPTION_FRAME_RATE, &fps);
}

// Planes come one by one: cgo lets no Go pointer point to another.
static int encode(encoder *e, unsigned char *y, unsigned char *cb, unsigned char *cr, int y_stride, int c_stride, long long ms, int key) {
	SSourcePicture in;
	memset(&in, 0, sizeof in);
	in.iColorFormat = videoFormatI420;
	in.iPicWidth = e->width;
	in.iPicHeight = e->height;
	in.pData[0] = y;
	in.pData[1] = cb;
	in.pData[2] = cr;
	in.iStride[0] = y_stride;
	in.iStride[1] = in.iStride[2] = c_stride;
	in.uiTimeStamp = ms;
	if (key && (*e->codec)->ForceIntraFrame(e->codec, true) != 0) return cmUnknownReason;
	memset(&e->out, 0, sizeof e->out);
	return (*e->codec)->EncodeFrame(e->codec, &in, &e->out);
}
*/
import "C"

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"math"
	"time"
	"unsafe"
)

// Encoder encodes one stream. It belongs to one goroutine.
type Encoder struct {
	config Config
	c      *C.encoder
	colour halved

	begun   bool
	lastKey time.Duration

	fps   float64       // what the codec shares out its bits for
	since time.Duration // when counting began
	count int           // pictures since then
}

// NewEncoder is an encoder for pictures of one size. The caller closes it: what it holds is not Go's.
func NewEncoder(c Config) (*Encoder, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	c.FPS = knownRate(c.FPS)
	e := C.open_encoder(C.int(c.Width), C.int(c.Height), C.float(c.FPS), C.int(c.BitsPerSecond))
	if e == nil {
		return nil, fmt.Errorf("openh264: no encoder for %d×%d", c.Width, c.Height)
	}
	return &Encoder{config: c, c: e, fps: c.FPS}, nil
}

// Encode encodes a picture of the encoder's size, of any chroma subsampling, captured at a time since the start of the stream, which grows.
// The first one is a key, as is one that is asked for as such, and one at least every KeyEvery. It keeps nothing of img, and never leaves a
// picture out.
func (e *Encoder) Encode(img *image.YCbCr, at time.Duration, key bool) (Unit, error) {
	if e.c == nil {
		return Unit{}, errors.New("the encoder is closed")
	}
	if err := e.config.checkPicture(img); err != nil {
		return Unit{}, err
	}
	p := e.colour.planes(img)
	if key = key || !e.begun || e.keyDue(at); key {
		e.followRate(at)
	}
	// The codec takes a time of zero for none.
	ms := C.longlong(at.Milliseconds() + 1)
	if code := C.encode(e.c, first(p.y), first(p.cb), first(p.cr), C.int(p.yStride), C.int(p.cStride), ms, asInt(key)); code != C.cmResultSuccess {
		return Unit{}, fmt.Errorf("openh264: encoding failed (%d)", int(code))
	}
	unit := e.take()
	if len(unit.Data) == 0 {
		return Unit{}, fmt.Errorf("openh264: no picture (%d)", int(e.c.out.eFrameType))
	}
	if unit.Key {
		e.begun, e.lastKey = true, at
	}
	e.count++
	return unit, nil
}

// keyDue says whether this picture is nearer to the time for a key than the next one will be, at the present rate.
func (e *Encoder) keyDue(at time.Duration) bool {
	step := time.Duration(float64(time.Second) / e.fps)
	return at-e.lastKey+step/2 >= KeyEvery
}

// followRate tells the codec, before a key, how fast pictures came of late. It shares out its bits by the number of pictures: at half the
// expected rate it would leave half of them unused, at twice the rate the file would grow twice as fast.
func (e *Encoder) followRate(at time.Duration) {
	passed := at - e.since
	if e.begun && passed < KeyEvery/2 {
		return // too short to tell: a key that was asked for
	}
	fps := knownRate(float64(e.count) / passed.Seconds())
	if e.begun && passed <= 2*KeyEvery && math.Abs(fps-e.fps) > e.fps/10 { // longer: the camera was gone
		e.fps = fps
		C.expect(e.c, C.float(fps))
	}
	e.since, e.count = at, 0
}

// knownRate is the nearest rate that openh264 knows.
func knownRate(fps float64) float64 { return min(max(fps, 1), 60) }

// take copies what the codec gave.
func (e *Encoder) take() Unit {
	unit := Unit{Key: e.c.out.eFrameType == C.videoFrameTypeIDR}
	for nal := range e.nals {
		switch nal[0] & 31 {
		case nalSPS:
			unit.SPS = bytes.Clone(nal)
		case nalPPS:
			unit.PPS = bytes.Clone(nal)
		case nalSlice, nalKeySlice:
			if unit.Data == nil {
				unit.Data = make([]byte, 0, int(e.c.out.iFrameSizeInBytes))
			}
			unit.Data = append(binary.BigEndian.AppendUint32(unit.Data, uint32(len(nal))), nal...)
		}
	}
	return unit
}

// nals yields the NAL units in the codec's memory, without their start codes.
func (e *Encoder) nals(yield func([]byte) bool) {
	for _, layer := range e.c.out.sLayerInfo[:e.c.out.iLayerNum] {
		at := unsafe.Pointer(layer.pBsBuf)
		for _, size := range unsafe.Slice(layer.pNalLengthInByte, layer.iNalCount) {
			nal := bytes.TrimLeft(unsafe.Slice((*byte)(at), size), "\x00")
			if len(nal) > 1 && !yield(nal[1:]) {
				return
			}
			at = unsafe.Add(at, size)
		}
	}
}

// Close frees the encoder. It may be called again.
func (e *Encoder) Close() {
	if e.c != nil {
		C.close_encoder(e.c)
		e.c = nil
	}
}

func first(b []byte) *C.uchar { return (*C.uchar)(unsafe.SliceData(b)) }

func asInt(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
