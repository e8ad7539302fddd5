/** What a command of `binocle` is. */

/** A command takes the words after its name, and resolves when it is done; a server's never is. */
export interface Command {
  readonly summary: string
  readonly usage: string
  readonly run: (words: string[]) => Promise<void>
}
