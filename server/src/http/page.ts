/**
 * The page's document and its `env.js`, made for the web root at run time. Every address of the page is relative to
 * `<base href>`, so that one bundle serves any web root.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** `index.html` for `webRoot` ('' for the root); undefined when there is no page to serve. Read anew when it changed. */
export function pageSource(webDir: string | undefined, webRoot: string): () => Promise<string | undefined> {
  let known: { changedMs: number; html: string } | undefined
  return async () => {
    if (webDir === undefined) return undefined
    const file = join(webDir, 'index.html')
    try {
      const { mtimeMs } = await stat(file)
      if (known?.changedMs !== mtimeMs)
        known = { changedMs: mtimeMs, html: withBase(await readFile(file, 'utf8'), webRoot) }
      return known.html
    } catch {
      return undefined
    }
  }
}

/** `webRoot` holds no character that means something in HTML: the configuration sees to it. */
export const withBase = (html: string, webRoot: string): string =>
  html.replaceAll('<base href="/"', `<base href="${webRoot}/"`)

/** As Kiali's: the web root is worked out in the browser, from the document's base. */
export const environmentScript = (historyMode: 'browser' | 'hash'): string =>
  `window.HISTORY_MODE='${historyMode}';window.WEB_ROOT = document.getElementsByTagName('base')[0].getAttribute('href')` +
  `.replace(/^https?:\\/\\/[^#?\\/]+/g, '').replace(/\\/+$/g, '')`
