/**
 * A selector of several names: a button that says what is chosen, and a popup with a filter and checkboxes. Nothing
 * chosen means everything. A change counts when the popup closes, so that ten clicks ask the server once.
 */
import { Popover, PopoverDisclosure, PopoverProvider } from '@ariakit/react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef, useState } from 'react'
import { Icon } from './Icon.tsx'

export interface Choice {
  readonly name: string
  /** Drawn behind the name. */
  readonly mark?: ReactNode
  /** Why it cannot be chosen now. */
  readonly disabled?: string | undefined
}

interface Props {
  /** `Namespaces`. */
  label: string
  /** `namespaces`. */
  many: string
  choices: readonly Choice[]
  chosen: readonly string[]
  onChoose(names: string[]): void
}

export function ChooseMany({ label, many, choices, chosen, onChoose }: Props) {
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState<readonly string[]>(chosen)
  const toggle = (next: boolean) => {
    if (next) setDraft(chosen)
    else if (draft.join() !== chosen.join()) onChoose([...draft])
    setOpen(next)
  }
  const says = chosen.length === 0 ? `All ${many}` : chosen.length <= 2 ? chosen.join(', ') : `${chosen.length} ${many}`
  return (
    <PopoverProvider open={open} setOpen={toggle} placement="bottom-start">
      <PopoverDisclosure className="mast-control">
        <span className="mast-label">{label}</span>
        <span className="mast-value">{says}</span>
        <Icon name="down" />
      </PopoverDisclosure>
      <Popover className="popup choose" gutter={6} aria-label={`Choose ${many}`} unmountOnHide>
        <Choices many={many} choices={choices} draft={draft} setDraft={setDraft} />
      </Popover>
    </PopoverProvider>
  )
}

interface ChoicesProps {
  many: string
  choices: readonly Choice[]
  draft: readonly string[]
  setDraft(names: readonly string[]): void
}

const rowHeight = 34

function Choices({ many, choices, draft, setDraft }: ChoicesProps) {
  const [filter, setFilter] = useState('')
  const scroller = useRef<HTMLDivElement>(null)
  const matching = choices.filter(({ name }) => name.includes(filter.trim()))
  const rows = useVirtualizer({
    count: matching.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const flip = (name: string) =>
    setDraft(draft.includes(name) ? draft.filter((one) => one !== name) : [...draft, name].toSorted())
  return (
    <>
      <div className="choose-head">
        <label className="field">
          <Icon name="search" />
          <span className="visually-hidden">Filter {many}</span>
          <input value={filter} onChange={(event) => setFilter(event.target.value)} placeholder={`Filter ${many}`} />
        </label>
        <button type="button" className="button small" disabled={draft.length === 0} onClick={() => setDraft([])}>
          All
        </button>
      </div>
      <div className="choose-list" ref={scroller}>
        {matching.length === 0 ? <p className="hint">No {many} match this filter.</p> : null}
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const choice = matching[index]
            return choice === undefined ? null : (
              <label key={choice.name} className="choose-row" style={{ transform: `translateY(${start}px)` }}>
                <input
                  type="checkbox"
                  checked={draft.includes(choice.name)}
                  disabled={choice.disabled !== undefined && !draft.includes(choice.name)}
                  onChange={() => flip(choice.name)}
                />
                <span className="choose-name">{choice.name}</span>
                {choice.disabled === undefined ? choice.mark : <span className="hint">{choice.disabled}</span>}
              </label>
            )
          })}
        </div>
      </div>
      <p className="hint choose-foot">
        {draft.length === 0
          ? `Everything is shown. Tick ${many} to narrow it down.`
          : `${draft.length} of ${choices.length} chosen.`}
      </p>
    </>
  )
}
