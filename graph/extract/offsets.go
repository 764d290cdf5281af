package extract

import "unicode/utf8"

// offsets translates byte offsets of a text into offsets in Unicode code
// points. A text in ASCII needs no table; any other has one entry per stride of
// bytes, so that the table stays small and a look-up counts few bytes.
type offsets struct {
	text  string
	ascii bool
	marks []int // code points before byte i*stride, rounded down to a boundary
}

const stride = 256

func newOffsets(text string) *offsets {
	o := &offsets{text: text, ascii: true}
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			o.ascii = false
			break
		}
	}
	if o.ascii {
		return o
	}
	o.marks = make([]int, 0, len(text)/stride+1)
	points := 0
	for i := 0; i < len(text); i++ {
		if i%stride == 0 {
			o.marks = append(o.marks, points)
		}
		if utf8.RuneStart(text[i]) {
			points++
		}
	}
	return o
}

// at returns the number of code points before the byte offset, which must be at
// the start of a code point.
func (o *offsets) at(b int) int {
	if o.ascii {
		return b
	}
	i := b / stride
	if i >= len(o.marks) {
		i = len(o.marks) - 1
	}
	if i < 0 {
		return 0
	}
	points := o.marks[i]
	for j := i * stride; j < b; j++ {
		if utf8.RuneStart(o.text[j]) {
			points++
		}
	}
	return points
}
