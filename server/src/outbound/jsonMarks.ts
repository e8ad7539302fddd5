/** What a byte of JSON means to who only cuts it into parts: most mean nothing, which a look into a table says fastest. */

export const quoteMark = 1
export const backslashMark = 2
export const openMark = 3
export const closeMark = 4

/** The bytes themselves. */
export const quote = 0x22
export const comma = 0x2c
export const colon = 0x3a
export const openBracket = 0x5b
export const backslash = 0x5c
export const closeBracket = 0x5d
export const openBrace = 0x7b
export const closeBrace = 0x7d

/** By byte; 0: nothing. */
export const marks = new Uint8Array(256)
marks[quote] = quoteMark
marks[backslash] = backslashMark
marks[openBracket] = openMark
marks[openBrace] = openMark
marks[closeBracket] = closeMark
marks[closeBrace] = closeMark
