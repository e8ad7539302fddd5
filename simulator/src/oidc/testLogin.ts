/** For tests: gets tokens at the simulated provider as a console would, step by step, without one. */
import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:https'
import type { SimulatedOidc } from './provider.ts'
import { choose, createBrowser } from './testBrowser.ts'

/** `console`: one of those that the provider knows. Of a public client. */
export async function logInAt(oidc: SimulatedOidc, console: string, account: string): Promise<{ idToken: string }> {
  const verifier = randomBytes(32).toString('base64url')
  const browser = createBrowser([oidc.caPem])
  const query = new URLSearchParams({
    client_id: oidc.clientId,
    response_type: 'code',
    redirect_uri: console,
    scope: 'openid',
    state: 'any',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const page = await browser.follow(`${oidc.issuer}/auth?${query}`)
  const back = new URL(await choose(browser, page, account, console))
  const answer = await post(`${oidc.issuer}/token`, oidc.caPem, {
    grant_type: 'authorization_code',
    client_id: oidc.clientId,
    code: back.searchParams.get('code') ?? '',
    redirect_uri: console,
    code_verifier: verifier,
  })
  const parsed: unknown = JSON.parse(answer)
  const hasToken = typeof parsed === 'object' && parsed !== null && 'id_token' in parsed
  if (!hasToken || typeof parsed.id_token !== 'string') throw new Error(`no id_token: ${answer}`)
  return { idToken: parsed.id_token }
}

function post(url: string, ca: string, form: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const asked = request(url, { method: 'POST', ca, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(new URLSearchParams(form).toString())
  })
}
