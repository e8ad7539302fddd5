/** Light, dark, or as the system says. The choice is kept per web root; public/theme.js applies it before first paint. */

export type Theme = 'system' | 'light' | 'dark'

export const themes: readonly Theme[] = ['system', 'light', 'dark']

const darkSystem = matchMedia('(prefers-color-scheme: dark)')
const storageKey = `binocle:${new URL(document.baseURI).pathname}:theme`

export function chosenTheme(): Theme {
  const stored = storage()?.getItem(storageKey)
  return stored === 'dark' || stored === 'light' ? stored : 'system'
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') storage()?.removeItem(storageKey)
  else storage()?.setItem(storageKey, theme)
  apply()
}

/** Follows the system while nothing else is chosen. */
export function followSystemTheme(): void {
  darkSystem.addEventListener('change', apply)
  apply()
}

function apply(): void {
  const theme = chosenTheme()
  const dark = theme === 'dark' || (theme === 'system' && darkSystem.matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
}

/** Storage may be forbidden; the page works without. */
function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
