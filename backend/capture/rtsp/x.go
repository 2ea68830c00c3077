package rtsp
import (
 _ "github.com/bluenviron/gortsplib/v4"
 _ "github.com/bluenviron/gortsplib/v4/pkg/base"
 _ "github.com/bluenviron/gortsplib/v4/pkg/description"
 _ "github.com/bluenviron/gortsplib/v4/pkg/format"
 _ "github.com/bluenviron/gortsplib/v4/pkg/format/rtph264"
 _ "github.com/bluenviron/gortsplib/v4/pkg/format/rtpmjpeg"
 _ "github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
 _ "github.com/icholy/digest"
 _ "github.com/pion/rtp"
)
