package vision
import _ "github.com/yalue/onnxruntime_go"
