package explore

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// A Trace is what it takes to repeat an execution: the answers to its choices.
//
// As text it is "al1:SOURCE:NAME:CHOICES": the format's version, a hash of the
// instrumented source, the test's name, and the rest in base64. A choice of
// action is the action's position when the default one is put first, so
// undisturbed stretches are runs of zeros, which are written as their length;
// choices with a single option and the zeros at the end are not written.
type Trace struct {
	Source   uint64 // of the program: see [Trace.Check]
	Name     string // of the test
	Jumps    bool
	StepCost int64
	Seed     uint64
	Choices  []uint32
	Hash     uint32 // of what happened, to see whether a replay is the same run
}

const traceVersion = "al1"

// Errors that [ParseTrace] and [Trace.Check] wrap.
var (
	ErrTraceFormat  = errors.New("this is not a trace")
	ErrTraceVersion = errors.New("the trace is of another version of asynclint")
	ErrTraceDamaged = errors.New("the trace is damaged")
	ErrTraceStale   = errors.New("the trace belongs to other source code")
)

func (t *Trace) String() string {
	var flags byte
	if t.Jumps {
		flags |= 1
	}
	b := []byte{flags}
	b = binary.AppendUvarint(b, uint64(t.StepCost))
	b = binary.AppendUvarint(b, t.Seed)
	b = binary.LittleEndian.AppendUint32(b, t.Hash)
	zeros := uint64(0)
	for _, c := range t.Choices {
		if c == 0 {
			zeros++
			continue
		}
		b = binary.AppendUvarint(b, zeros)
		b = binary.AppendUvarint(b, uint64(c))
		zeros = 0
	}
	b = binary.LittleEndian.AppendUint16(b, checksum(b))
	return fmt.Sprintf("%s:%s:%s:%s", traceVersion, strconv.FormatUint(t.Source, 36),
		url.QueryEscape(t.Name), base64.RawURLEncoding.EncodeToString(b))
}

// ParseTrace is the inverse of [Trace.String].
func ParseTrace(s string) (*Trace, error) {
	parts := strings.Split(strings.TrimSpace(s), ":")
	if !strings.HasPrefix(parts[0], "al") {
		return nil, fmt.Errorf("%w: want %s:SOURCE:NAME:CHOICES", ErrTraceFormat, traceVersion)
	}
	if parts[0] != traceVersion {
		return nil, fmt.Errorf("%w: it begins with %s, this version reads %s; explore again to get a new one", ErrTraceVersion, parts[0], traceVersion)
	}
	if len(parts) != 4 {
		return nil, fmt.Errorf("%w: it has %d parts, want 4", ErrTraceDamaged, len(parts))
	}
	t := new(Trace)
	var err error
	if t.Source, err = strconv.ParseUint(parts[1], 36, 64); err != nil {
		return nil, fmt.Errorf("%w: source hash: %w", ErrTraceDamaged, err)
	}
	if t.Name, err = url.QueryUnescape(parts[2]); err != nil {
		return nil, fmt.Errorf("%w: name: %w", ErrTraceDamaged, err)
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[3])
	if err != nil {
		return nil, fmt.Errorf("%w: choices: %w", ErrTraceDamaged, err)
	}
	n := len(b) - 2
	if n < 1 || binary.LittleEndian.Uint16(b[n:]) != checksum(b[:n]) {
		return nil, fmt.Errorf("%w: the checksum does not match", ErrTraceDamaged)
	}
	if err := t.decode(b[:n]); err != nil {
		return nil, err
	}
	return t, nil
}

// maxChoices bounds what a trace may unfold to: it comes from outside.
const maxChoices = 1 << 24

func (t *Trace) decode(b []byte) error {
	short := func() error { return fmt.Errorf("%w: it is too short", ErrTraceDamaged) }
	t.Jumps = b[0]&1 != 0
	b = b[1:]
	next := func() (uint64, bool) {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return 0, false
		}
		b = b[n:]
		return v, true
	}
	cost, ok1 := next()
	seed, ok2 := next()
	if !ok1 || !ok2 || len(b) < 4 {
		return short()
	}
	t.StepCost, t.Seed = int64(cost), seed
	t.Hash = binary.LittleEndian.Uint32(b)
	b = b[4:]
	for len(b) > 0 {
		zeros, ok1 := next()
		c, ok2 := next()
		if !ok1 || !ok2 {
			return short()
		}
		if zeros > maxChoices || uint64(len(t.Choices))+zeros >= maxChoices || c > 1<<31 {
			return fmt.Errorf("%w: it has too many choices", ErrTraceDamaged)
		}
		for range zeros {
			t.Choices = append(t.Choices, 0)
		}
		t.Choices = append(t.Choices, uint32(c))
	}
	return nil
}

// checksum is Fletcher's, over bytes.
func checksum(b []byte) uint16 {
	var x, y uint32
	for _, c := range b {
		x = (x + uint32(c) + 1) % 255
		y = (y + x) % 255
	}
	return uint16(y<<8 | x)
}

// Check returns an error if the trace does not belong to the program whose
// source has the given hash.
func (t *Trace) Check(source uint64) error {
	if t.Source != source {
		return fmt.Errorf("%w: it was recorded from source %s, this is %s; explore again to get a new one",
			ErrTraceStale, strconv.FormatUint(t.Source, 36), strconv.FormatUint(source, 36))
	}
	return nil
}

// trace returns what r did.
func (r *Run) trace(source uint64, name string) *Trace {
	n := len(r.choices)
	for n > 0 && r.choices[n-1] == 0 {
		n--
	}
	return &Trace{
		Source: source, Name: name, Jumps: r.Jumps, StepCost: r.StepCost, Seed: r.Seed,
		Choices: append([]uint32(nil), r.choices[:n]...), Hash: uint32(r.Hash),
	}
}
