/** What a byte of JSON means to who only cuts it into parts: most mean nothing, which a look into a table says fastest. */

export const quoteMark = 1
export const backslashMark = 2
export const openMark = 3
export const closeMark = 4

/** By byte; 0: nothing. */
export const marks = new Uint8Array(256)
marks[0x22] = quoteMark
marks[0x5c] = backslashMark
marks[0x5b] = openMark
marks[0x7b] = openMark
marks[0x5d] = closeMark
marks[0x7d] = closeMark
