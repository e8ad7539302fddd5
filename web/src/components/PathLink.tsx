/** A link whose target came from the server as a path of the page, e.g. the evidence of a problem. */
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export function PathLink({ path, className, children }: { path: string; className?: string; children: ReactNode }) {
  const router = useRouter()
  const href = `${router.basepath.replace(/\/$/, '')}${path.startsWith('/') ? path : `/${path}`}`
  return (
    <a
      href={href}
      className={className}
      onClick={(event) => {
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        router.history.push(href)
      }}
    >
      {children}
    </a>
  )
}
