/** A change of one object in one cluster, sent as the person who wants it. */
import type { ChangeRequest } from '../clusters/changeAs.ts'
import type { Login } from './login.ts'

export type { ChangeRequest } from '../clusters/changeAs.ts'

/** Resolves with what the API server answers. Throws `BinocleError`: in the words of Kubernetes where it has some. */
export type SendChange = (login: Login | undefined, change: ChangeRequest) => Promise<unknown>
