/** Listens to the keys of `shortcuts.ts`, except while someone types text or holds a modifier. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { typed } from './shortcuts.ts'

/** The first filter on the page carries this attribute. */
const filterSelector = '[data-filter]'

export function useShortcuts(showHelp: () => void): void {
  const navigate = useNavigate()
  useEffect(() => {
    let pendingSinceMs: number | undefined
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const { action, pendingSinceMs: pending } = typed(event.key, Date.now(), pendingSinceMs)
      pendingSinceMs = pending
      if (action === undefined) return
      event.preventDefault()
      if (action.do === 'go') void navigate({ to: action.to })
      if (action.do === 'help') showHelp()
      if (action.do === 'filter') document.querySelector<HTMLInputElement>(filterSelector)?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate, showHelp])
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox' && target.type !== 'radio'
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
}
