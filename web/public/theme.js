/* Runs before the first paint so that a dark page never flashes white. Kept apart from the bundle because the
   content security policy allows no inline script. The same choice is made by src/app/theme.ts afterwards. */
;(() => {
  const root = new URL(document.baseURI).pathname
  let chosen = null
  try {
    chosen = localStorage.getItem(`binocle:${root}:theme`)
  } catch {
    /* storage may be forbidden: follow the system */
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
