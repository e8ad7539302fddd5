/** Whether things may move: not for those whose system asks for less. */
import { useSyncExternalStore } from 'react'

const less = matchMedia('(prefers-reduced-motion: reduce)')

export const useMotion = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      less.addEventListener('change', changed)
      return () => less.removeEventListener('change', changed)
    },
    () => !less.matches,
  )
