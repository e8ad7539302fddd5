/** What the person who asks may see where. */
import { myAccess } from '../../catalog/myAccess.ts'
import type { Mesh } from '../../model.ts'
import { json, type Route } from '../route.ts'

export function accessRoutes(mesh: Mesh): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/multicluster/access',
      parameters: [],
      handle: ({ viewer }) => json(myAccess(mesh, viewer.scope)),
    },
  ]
}
