/** Times as clients of the login read them. */

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** RFC 1123 with a numeric zone: `Thu, 07 Mar 2019 17:50:26 +0000`. `ms`: Unix. */
export function rfc1123(ms: number): string {
  const at = new Date(ms)
  const day = `${days[at.getUTCDay()]}, ${two(at.getUTCDate())} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`
}

export const rfc3339 = (ms: number): string => new Date(ms).toISOString()

const two = (value: number): string => String(value).padStart(2, '0')
