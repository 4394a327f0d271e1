package configs

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// Random returns the stream of random numbers for one purpose, such as "split",
// "shuffle/3" or "init/fc.weight". The stream depends on nothing but the seed
// and the purpose, so adding one random choice never changes another.
//
// It is a PCG generator. Its two 64-bit seeds are the first sixteen bytes,
// big-endian, of the SHA-256 of the seed (eight bytes, big-endian) followed by
// the purpose.
func (c Config) Random(purpose string) *rand.Rand {
	message := binary.BigEndian.AppendUint64(nil, c.Seed)
	sum := sha256.Sum256(append(message, purpose...))
	return rand.New(rand.NewPCG(
		binary.BigEndian.Uint64(sum[0:8]),
		binary.BigEndian.Uint64(sum[8:16]),
	))
}
