/** Names as JSON. They come from outside, and hardly any needs an escape. */
export const quoted = (text: string): string => (/^[\w./:=@-]*$/.test(text) ? `"${text}"` : JSON.stringify(text))
