/** How people log in to the demo: by default nobody does; else the simulated mesh has people of different rights. */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { MeshAddresses } from './simulate.ts'

export const demoStrategies = ['anonymous', 'openid', 'openshift', 'token'] as const
export type DemoStrategy = (typeof demoStrategies)[number]

/** Throws with those there are. */
export function checkedStrategy(text: string): DemoStrategy {
  const strategy = demoStrategies.find((known) => known === text)
  if (strategy !== undefined) return strategy
  throw new Error(`The demo has no login \`${text}\`; it has ${demoStrategies.join(', ')}.`)
}

/** Where browsers will find the console: what an identity provider has to know before it starts. */
export interface DemoAddress {
  readonly host: string
  readonly port: number
  /** '' for the root. */
  readonly webRoot: string
}

/** Words for the simulated mesh. */
export function peopleWords(strategy: DemoStrategy, at: DemoAddress): readonly string[] {
  if (strategy === 'anonymous') return []
  if (strategy === 'token') return ['--people']
  return [strategy === 'openid' ? '--console' : '--openshift', `http://${at.host}:${at.port}${at.webRoot}`]
}

/** The sections of the configuration that differ from those of a console that everybody may use. */
export function loginConfig(strategy: DemoStrategy, at: DemoAddress, { oidc }: MeshAddresses): object {
  if (strategy === 'anonymous') return {}
  // Of its letters none makes a path of it, as one of base64 does.
  const key = { login_token: { signing_key: randomBytes(24).toString('base64url') } }
  const server = { web_fqdn: at.host, web_port: at.port, web_schema: 'http' }
  if (strategy === 'openshift') return { auth: { strategy, development: true }, server, ...key }
  if (strategy === 'token' || oidc === undefined) return { auth: { strategy: 'token' }, ...key }
  return {
    ...key,
    server,
    // The simulated provider speaks plain http: no browser has to accept a certificate that nobody knows.
    auth: { strategy: 'openid', development: true, openid: { issuer_uri: oidc.issuer, client_id: oidc.clientId } },
  }
}

/** Who may log in, for people to read; '' where everybody may. */
export function whoMayLogIn(strategy: DemoStrategy, { people = [] }: MeshAddresses): string {
  if (strategy === 'anonymous' || people.length === 0) return ''
  const width = Math.max(...people.map(({ name }) => name.length))
  const lines = people.map(({ name, rights, token }) =>
    strategy === 'token'
      ? `  - ${name.padEnd(width)}  ${rights}\n    ${token}`
      : `  - ${name.padEnd(width)}  ${rights}`,
  )
  return `\n${how[strategy]}\n${lines.join('\n')}\n`
}

const how = {
  openid: 'Log in at the simulated identity provider, without a password, as:',
  openshift: 'Log in at the simulated OpenShift of each cluster, the first one first, without a password, as:',
  token: 'Log in with the token of (who sees nothing of the first cluster can only be added for another one):',
} as const

/** `first`, or one of the twenty behind it: the first that nobody listens on. 0 = any. */
export async function freePort(first: number, address: string): Promise<number> {
  for (let port = first; port <= first + 20; port += 1) {
    const found = await listened(port, address)
    if (found !== undefined) return found
  }
  throw new Error(`The ports ${first} to ${first + 20} are taken. Choose another one with --port.`)
}

/** Undefined when somebody else listens there. */
const listened = (port: number, address: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, address, () => {
      const at = server.address()
      server.close(() => resolve(typeof at === 'object' && at !== null ? at.port : port))
    })
  })
