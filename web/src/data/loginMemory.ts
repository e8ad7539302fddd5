/**
 * What this tab keeps while the browser is at a provider: where somebody wanted to be, whether they were sent there
 * already, and whether they logged out on purpose. Nothing of it is a credential, and none of it is believed blindly.
 */

export interface LoginMemory {
  /** Path, query and fragment; undefined: nowhere in particular. */
  landing(): string | undefined
  /** The page sent the browser to the provider, and nobody is logged in yet. */
  wasSent(): boolean
  hasLoggedOut(): boolean
  sent(landing: string): void
  loggedOut(): void
  forget(): void
}

interface Kept {
  readonly landing?: string
  readonly sent?: true
  readonly loggedOut?: true
}

/** Storage may be forbidden, or full: then the tab forgets. `webRoot` ends in a slash. */
export function loginMemory(
  storage: Pick<Storage, 'getItem' | 'removeItem' | 'setItem'> | undefined,
  webRoot: string,
): LoginMemory {
  const key = `binocle:${webRoot}:login`
  const read = (): Kept => {
    try {
      return keptOf(JSON.parse(storage?.getItem(key) ?? '{}'))
    } catch {
      return {}
    }
  }
  const write = (kept: Kept): void => {
    try {
      storage?.setItem(key, JSON.stringify(kept))
    } catch {
      // Full: the way back leads to the start page.
    }
  }
  return {
    landing: () => {
      const { landing } = read()
      return landing?.startsWith(`${webRoot}console`) === true ? landing : undefined
    },
    wasSent: () => read().sent === true,
    hasLoggedOut: () => read().loggedOut === true,
    sent: (landing) => write({ landing, sent: true }),
    loggedOut: () => write({ loggedOut: true }),
    forget: () => storage?.removeItem(key),
  }
}

function keptOf(value: unknown): Kept {
  if (typeof value !== 'object' || value === null) return {}
  return {
    ...('landing' in value && typeof value.landing === 'string' ? { landing: value.landing } : {}),
    ...('sent' in value && value.sent === true ? { sent: true } : {}),
    ...('loggedOut' in value && value.loggedOut === true ? { loggedOut: true } : {}),
  }
}
