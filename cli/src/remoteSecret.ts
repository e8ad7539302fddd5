/** `binocle remote-secret`: lets the console (or Kiali) into a further cluster, takes it back, or looks whether it works. */
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { durationS } from '@binocle/server/config/duration'
import type { ClusterAccess } from '@binocle/server/kube/access'
import { createKubeApi } from '@binocle/server/kube/api'
import { stringify } from 'yaml'
import type { Command } from './command.ts'
import { accessOf, kubeconfigFiles } from './contexts.ts'
import { diagnosisText } from './diagnosisText.ts'
import { type Creation, create, manifests, type Sides, whereFound } from './remoteSecret/create.ts'
import { deleteAll } from './remoteSecret/delete.ts'
import { checkedClusterName, type Names } from './remoteSecret/names.ts'
import type { TokenKind } from './remoteSecret/token.ts'
import { type Verification, verify } from './remoteSecret/verify.ts'

const usage = `binocle remote-secret create|delete|verify --context NAME [OPTION ...]

Lets the console into a cluster: a service account with the rights of docs/remote-clusters.md there, and a secret with
its kubeconfig beside the console. Kiali reads the same secret. The same command again changes only what differs.

  --context NAME             the cluster to let the console into, as a context of your kubeconfig
  --console-context NAME     the cluster where the console runs (default: the current context)
  --kubeconfig FILE          may be given several times (default: KUBECONFIG, ~/.kube/config)
  --name CLUSTER             its name in the mesh, which is Istio's clusterName (default: the context's cluster)
  --namespace NAME           of the service account (default: istio-system)
  --console-namespace NAME   of the secret (default: istio-system)
  --account NAME             of the service account and its roles (default: kiali)
  --edit                     may also change Istio configuration and workloads (default: only look)
  --impersonate              may act as people: the console has auth.impersonation (default: never)
  --token legacy|bound       one that does not expire, or one that does (default: legacy)
  --expires DURATION         of a bound token, e.g. 30d (default: 90d)
  --server URL               the API server as the console reaches it (default: as your kubeconfig does)
  --insecure-skip-tls-verify the console shall not verify the certificate
  --dry-run -o yaml          only print what would be made; no cluster is asked`

export const remoteSecret: Command = {
  summary: 'let the console into a further cluster: create, delete, verify',
  usage,
  run: async (words) => {
    const { action, order, files, context, consoleContext, dryRun } = read(words)
    const access = accessOf(files, context)
    const creation = creationOf(order, access)
    if (dryRun) return console.log(manifestText(access, creation, action))
    const sides = connect(access, accessOf(files, consoleContext))
    try {
      await run(action, sides, creation)
    } finally {
      await Promise.all([sides.remote.close(), sides.console.close()])
    }
  },
}

async function run(action: Action, sides: Sides, creation: Creation): Promise<void> {
  const tell = (line: string): void => console.log(line)
  const { names, mode, impersonate } = creation
  if (action === 'delete') return deleteAll(sides, names, tell)
  if (action === 'create') await create(sides, creation, tell, (ms) => pause(ms))
  const verification = await verify(sides.console, names, mode, impersonate)
  console.log(`\n${verificationText(verification)}`)
  if (!works(verification)) process.exitCode = 1
  else if (action === 'create') console.log(`\n${whereFound(names)}`)
}

/** A cluster without istiod, or with an old clock, is still one that lets the console in. */
const works = ({ form, diagnosis }: Verification): boolean =>
  form.length === 0 &&
  diagnosis !== undefined &&
  ['configuration', 'dns', 'tcp', 'tls', 'authentication', 'rights', 'names'].every(
    (name) => diagnosis.steps.find((step) => step.name === name)?.state !== 'failed',
  )

const verificationText = ({ form, diagnosis }: Verification): string =>
  [...form, ...(diagnosis === undefined ? [] : [diagnosisText(diagnosis)])].join('\n')

type Action = 'create' | 'delete' | 'verify'

function read(words: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      context: text,
      'console-context': text,
      kubeconfig: { type: 'string', multiple: true },
      name: text,
      namespace: text,
      'console-namespace': text,
      account: text,
      edit: flag,
      impersonate: flag,
      token: text,
      expires: text,
      server: text,
      'insecure-skip-tls-verify': flag,
      'dry-run': flag,
      output: { type: 'string', short: 'o' },
    },
  })
  if (values.output !== undefined && (values.output !== 'yaml' || !values['dry-run'])) {
    throw new Error('-o takes `yaml`, together with --dry-run.')
  }
  return {
    action: actionOf(positionals),
    order: values,
    files: kubeconfigFiles(values.kubeconfig, process.env),
    context: required(values.context),
    consoleContext: values['console-context'],
    dryRun: values['dry-run'] === true,
  }
}

type Order = ReturnType<typeof read>['order']

function actionOf(positionals: readonly string[]): Action {
  const [action, ...more] = positionals
  if (more.length === 0 && (action === 'create' || action === 'delete' || action === 'verify')) return action
  throw new Error(`Say one of \`create\`, \`delete\` and \`verify\`.\n\n${usage}`)
}

function required(context: string | undefined): string {
  if (context !== undefined) return context
  throw new Error('Name the cluster to let the console into: --context NAME, a context of your kubeconfig.')
}

function creationOf(order: Order, access: ClusterAccess): Creation {
  const names: Names = {
    cluster: checkedClusterName(order.name ?? access.cluster),
    account: order.account ?? 'kiali',
    namespace: order.namespace ?? 'istio-system',
    consoleNamespace: order['console-namespace'] ?? 'istio-system',
  }
  return {
    names,
    mode: order.edit === true ? 'edit' : 'view',
    impersonate: order.impersonate === true,
    token: tokenKindOf(order),
    insecure: order['insecure-skip-tls-verify'] === true,
    ...(order.server === undefined ? {} : { server: order.server }),
  }
}

function tokenKindOf({ token = 'legacy', expires = '90d' }: Order): TokenKind {
  if (token === 'legacy') return { kind: 'legacy' }
  const lifeS = durationS(expires)
  if (token !== 'bound') throw new Error('--token takes `legacy` or `bound`.')
  if (lifeS === undefined || lifeS < 600)
    throw new Error('--expires takes a duration of ten minutes or more, e.g. 90d.')
  return { kind: 'bound', lifeS }
}

function connect(remoteAccess: ClusterAccess, consoleAccess: ClusterAccess): Sides {
  if (remoteAccess.server === consoleAccess.server) {
    throw new Error(
      `Both contexts lead to ${remoteAccess.server}: the console reaches its own cluster without a secret.\n` +
        '  Name the cluster where it runs with --console-context.',
    )
  }
  return { remote: createKubeApi(remoteAccess), remoteAccess, console: createKubeApi(consoleAccess) }
}

function manifestText(access: ClusterAccess, creation: Creation, action: Action): string {
  if (action !== 'create') throw new Error('--dry-run goes with `create`.')
  const { remote, console: home } = manifests(access, creation)
  const documents = (of: string, objects: typeof remote) =>
    objects.map((object) => `---\n# ${of}\n${stringify(object)}`).join('')
  return `${documents(`in ${access.cluster}`, remote)}${documents('in the cluster of the console', home)}`.trimEnd()
}
