package ffmpeg
import ("testing";"syscall";"time")
func TestOwn(t *testing.T){ d:=start(t,genuine(t),Input{Name:"/tmp/s7/B/c709.mp4",Colour:Colour{Matrix:BT709}})
 d.Next()
 var a,b syscall.Rusage; syscall.Getrusage(0,&a); n,_:=all(d); _=n; syscall.Getrusage(0,&b)
 t.Log(len(n), time.Duration(b.Utime.Nano()-a.Utime.Nano()+b.Stime.Nano()-a.Stime.Nano())/300, "own a picture"); d.Close(); s:=d.child.cmd.ProcessState; t.Log((s.UserTime()+s.SystemTime())/300,s.SystemTime()/300)}
