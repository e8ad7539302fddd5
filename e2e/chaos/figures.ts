/** What a run of the chaos measured, to be printed: how soon clusters are back, and the slowest answers meanwhile. */

export interface Figures {
  note(what: string, ms: number): void
  /** An answer while something was broken. */
  answered(path: string, tookMs: number): void
  text(): string
}

export function createFigures(): Figures {
  const noted: { readonly what: string; readonly ms: number }[] = []
  const longest = new Map<string, number>()
  const blows = new Set<string>()
  return {
    note(what, ms) {
      noted.push({ what, ms })
      blows.add(what.replace(/^(as before after|back after|listens with) /, ''))
    },
    answered(path, tookMs) {
      const route = path.split('?')[0] ?? ''
      longest.set(route, Math.max(longest.get(route) ?? 0, tookMs))
    },
    text: () =>
      [
        `Chaos, with several consoles and meshes in one process: ${blows.size} blows; soonest last:`,
        ...[...noted].sort((a, b) => b.ms - a.ms).map(({ what, ms }) => line(what, ms)),
        'The longest an answer took meanwhile:',
        ...[...longest]
          .sort(([, a], [, b]) => b - a)
          .slice(0, 5)
          .map(([route, ms]) => line(route, ms)),
      ].join('\n'),
  }
}

const line = (what: string, ms: number): string => `${String(Math.round(ms)).padStart(8)} ms  ${what}`
