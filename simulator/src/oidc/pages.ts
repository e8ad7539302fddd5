/** The pages of the simulated provider: plain HTML, nothing loaded from anywhere. No passwords: it guards nothing. */

export interface Choice {
  readonly name: string
  readonly rights: string
}

/** `action`: where the choice is posted to, as `account`. */
export const choicePage = (people: readonly Choice[], action: string): string =>
  page(
    'Who are you?',
    `<form method="post" action="${escaped(action)}">
${people
  .map(
    ({ name, rights }) =>
      `<p><button type="submit" name="account" value="${escaped(name)}">${escaped(name)}</button> ${escaped(rights)}</p>`,
  )
  .join('\n')}
</form>`,
  )

/** `form`: as the provider makes it, with the id \`op.logoutForm\`. */
export const logoutPage = (form: string): string =>
  page(
    'Log out?',
    `${form}
<p><button type="submit" form="op.logoutForm" name="logout" value="yes">Yes, log me out</button>
<button type="submit" form="op.logoutForm">No</button></p>`,
  )

export const messagePage = (title: string, text: string): string => page(title, `<p>${escaped(text)}</p>`)

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} - simulated identity provider</title>
<style>body { font: 16px/1.5 sans-serif; margin: 10vh auto; max-width: 32rem; padding: 0 1rem }
button { font: inherit; min-width: 9rem; padding: .4rem 1rem }</style>
<h1>${escaped(title)}</h1>
${body}
<p><small>This identity provider is simulated. Its tokens open simulated clusters only.</small></p>
</html>
`

const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
