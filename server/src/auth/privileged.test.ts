import { describe, expect, it } from 'vitest'
import { impersonationRefusal } from './privileged.ts'

describe('who may be impersonated', () => {
  it.each([
    ['somebody', 'alice', ['shop-admins'], undefined],
    ['somebody of a directory', 'CN=Alice Müller,OU=IT', ['CN=Admins,OU=IT', 'système:x'], undefined],
    ['an administrator of OpenShift by name', 'kube:admin', [], undefined],
    ['the group of all who are authenticated', 'alice', ['system:authenticated'], undefined],
    ['nobody', '', [], 'malformed user'],
    ['an account of a workload', 'system:serviceaccount:shop:web', [], 'privileged user'],
    ['a component', 'system:kube-scheduler', [], 'privileged user'],
    ['a name in other case', 'System:admin', [], 'privileged user'],
    ['letters of full width', 'ｓystem:admin', [], 'privileged user'],
    ['a blank before it, which HTTP takes away', ' system:admin', [], 'malformed user'],
    ['a tab after it', 'alice\t', [], 'malformed user'],
    ['a no-break space before it', '\u00a0system:admin', [], 'malformed user'],
    ['a line break', 'alice\r\nImpersonate-Group: x', [], 'malformed user'],
    ['a zero-width space', 's\u200bystem:admin', [], 'malformed user'],
    ['text that runs backwards', 'alice\u202e', [], 'malformed user'],
    ['half of a character', 'alice\ud800', [], 'malformed user'],
    ['an accent apart from its letter', 'ame\u0301lie', [], 'malformed user'],
    ['masters', 'alice', ['system:masters'], 'privileged group'],
    ['masters in other case', 'alice', ['System:Masters'], 'privileged group'],
    ['masters with a zero-width joiner', 'alice', ['system:\u200dmasters'], 'malformed group'],
    ['masters after a blank', 'alice', [' system:masters'], 'malformed group'],
    ['nodes', 'alice', ['system:nodes'], 'privileged group'],
    ['accounts of workloads', 'alice', ['system:serviceaccounts:shop'], 'privileged group'],
    ['bootstrappers', 'alice', ['system:bootstrappers:kubeadm'], 'privileged group'],
    ['monitoring', 'alice', ['shop', 'system:monitoring'], 'privileged group'],
    ['a group without a name', 'alice', [''], 'malformed group'],
  ])('AUTH-T22: %s', (_what, user, groups, expected) => {
    const refused = impersonationRefusal({ user, groups })
    expect(refused && `${refused.why} ${refused.what}`).toBe(expected)
  })

  it('includes groups of the system that are granted, and no others', () => {
    const granted = ['system:authenticated', 'system:authenticated:oauth']
    expect(impersonationRefusal({ user: 'alice', groups: granted }, granted)).toBeUndefined()
    expect(impersonationRefusal({ user: 'alice', groups: granted })).toEqual({ why: 'privileged', what: 'group' })
  })
})
