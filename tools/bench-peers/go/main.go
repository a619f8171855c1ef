// The module klauspost/reedsolomon, under the contract of ../README.md.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/reedsolomon"
)

type shape struct {
	op                string
	k, m, bytes, lost int
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Data shards with the shape's bytes, and parity shards with none.
func shards(s shape) [][]byte {
	memory := make([]byte, (s.k+s.m)*s.bytes)
	state := uint64(1)
	for at := 0; at < s.k*s.bytes; at += 8 {
		state += 0x9E3779B97F4A7C15
		z := state
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		binary.LittleEndian.PutUint64(memory[at:], z^z>>31)
	}
	all := make([][]byte, s.k+s.m)
	for i := range all {
		all[i] = memory[i*s.bytes : (i+1)*s.bytes : (i+1)*s.bytes]
	}
	return all
}

func checksum(shards [][]byte) uint64 {
	sum := uint64(0xCBF29CE484222325)
	for _, shard := range shards {
		for _, b := range shard {
			sum = (sum ^ uint64(b)) * 0x100000001B3
		}
	}
	return sum
}

// Nanoseconds of one call of work.
func timeNs(milliseconds float64, work func()) float64 {
	batchNs := func(calls int) float64 {
		begin := time.Now()
		for i := 0; i < calls; i++ {
			work()
		}
		return float64(time.Since(begin).Nanoseconds())
	}
	batchNs(1)
	calls := int(500_000/batchNs(1) + 1)
	best := batchNs(calls)
	for spent := best; spent < milliseconds*1e6; {
		now := batchNs(calls)
		spent += now
		best = min(best, now)
	}
	return best / float64(calls)
}

func run(name string, s shape, milliseconds float64, options ...reedsolomon.Option) {
	// No pattern of losses comes twice in a stream, so a cache of them would measure nothing.
	options = append(options, reedsolomon.WithMaxGoroutines(1), reedsolomon.WithInversionCache(false))
	code, err := reedsolomon.New(s.k, s.m, options...)
	check(err)
	all := shards(s)
	if s.lost == 0 {
		ns := timeNs(milliseconds, func() { check(code.Encode(all)) })
		report(name, s, ns, checksum(all[s.k:]))
		return
	}
	check(code.Encode(all))
	lost := make([]int, s.lost)
	for i := range lost {
		lost[i] = i * s.k / s.lost
	}
	ns := timeNs(milliseconds, func() {
		for _, i := range lost {
			all[i] = all[i][:0]
		}
		check(code.ReconstructData(all))
	})
	rebuilt := make([][]byte, 0, s.lost)
	for _, i := range lost {
		rebuilt = append(rebuilt, all[i])
	}
	report(name, s, ns, checksum(rebuilt))
}

func report(name string, s shape, ns float64, sum uint64) {
	fmt.Printf("%s %s %d %d %d %d %.1f %016x\n", name, s.op, s.k, s.m, s.bytes, s.lost, ns, sum)
}

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: MILLISECONDS OP:K:M:BYTES:LOST...")
		os.Exit(2)
	}
	milliseconds, err := strconv.ParseFloat(os.Args[1], 64)
	check(err)
	for _, word := range os.Args[2:] {
		var s shape
		parts := strings.Split(word, ":")
		s.op = parts[0]
		_, err := fmt.Sscanf(strings.Join(parts[1:], " "), "%d %d %d %d", &s.k, &s.m, &s.bytes, &s.lost)
		check(err)
		if strings.HasPrefix(s.op, "gf16") {
			run("klauspost-gf16", s, milliseconds, reedsolomon.WithLeopardGF16(true))
		} else if strings.HasPrefix(s.op, "gf8") && s.k+s.m <= 255 {
			run("klauspost-gf8", s, milliseconds)
		}
	}
}
