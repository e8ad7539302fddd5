/**
 * A heap snapshot holds every token in memory. Node opens its inspector for whoever may send SIGUSR1, which is every process
 * of the same user: as long as somebody listens to that signal, Node does not.
 */
export function keepInspectorClosed(): void {
  process.on('SIGUSR1', () => {})
}
