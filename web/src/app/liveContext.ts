/** The page's event stream, for those who show or pause it. */
import { createContext, use, useSyncExternalStore } from 'react'
import type { StreamState } from '../data/eventStream.ts'
import type { Live } from '../data/live.ts'

export const LiveContext = createContext<Live | undefined>(undefined)

const nobody = () => () => undefined

export function useLive(): { live: Live | undefined; state: StreamState; announcement: string } {
  const live = use(LiveContext)
  const state = useSyncExternalStore(live?.subscribe ?? nobody, () => live?.state() ?? 'closed')
  const announcement = useSyncExternalStore(live?.subscribe ?? nobody, () => live?.announcement() ?? '')
  return { live, state, announcement }
}
