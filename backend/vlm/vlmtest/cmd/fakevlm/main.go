// fakevlm is a stand-alone OpenAI-compatible server that answers from thin air, for benchmarks and journeys. It prints its base URL as the
// first line, and runs until it is interrupted.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"sightline/backend/vlm/vlmtest"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "where to listen; port 0 takes a free one")
	delay := flag.Duration("delay", 0, "how long an answer takes until its first token")
	between := flag.Duration("between", 0, "how long each further token takes")
	words := flag.Int("words", 0, "how many words an answer has; 0: a sentence about the picture")
	parallel := flag.Int("parallel", 0, "how many questions are answered at once; 0: any number")
	sees := flag.Bool("sees", false, "answer with the colour of the picture")
	blind := flag.Bool("blind", false, "refuse pictures")
	models := flag.String("models", "", "what it lists, by commas; one model unless named")
	flag.Parse()
	script := vlmtest.Script{Delay: *delay, Between: *between, Words: *words, Parallel: *parallel, Sees: *sees, Blind: *blind, Keep: 1}
	if *models != "" {
		script.Models = strings.Split(*models, ",")
	}
	if err := run(*addr, script); err != nil {
		fmt.Fprintln(os.Stderr, "fakevlm:", err)
		os.Exit(1)
	}
}

func run(addr string, script vlmtest.Script) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listen, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	l, err := new(net.ListenConfig).Listen(listen, "tcp", addr)
	if err != nil {
		return err
	}
	server := vlmtest.Serve(l, script)
	defer server.Close()
	fmt.Println(server.URL)
	<-ctx.Done()
	return nil
}
