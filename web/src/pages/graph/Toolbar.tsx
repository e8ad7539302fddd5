/** The graph's controls: what is drawn, how deep, and what is looked for. Every choice is in the URL. */
import { type FormEvent, useEffect, useState } from 'react'
import type { PageSearch } from '../../app/pageSearch.ts'
import { Icon } from '../../components/Icon.tsx'
import { type Level, levels } from '../../graph/model/levels.ts'
import { edgeLabels, type GraphSearch, graphTypes } from './graphSearch.ts'

export interface ToolbarProps {
  readonly state: GraphSearch
  /** The level that is drawn, when it was chosen for the viewer. */
  readonly drawn: Level | undefined
  readonly change: (change: PageSearch) => void
  readonly findError: string | undefined
  readonly hideError: string | undefined
  readonly onFit: () => void
  readonly onZoom: (factor: number) => void
}

export function Toolbar({ state, drawn, change, findError, hideError, onFit, onZoom }: ToolbarProps) {
  return (
    <div className="graph-toolbar" role="toolbar" aria-label="Graph">
      <label>
        <span>Type</span>
        <select
          value={state.graphType}
          onChange={(event) =>
            change({ graphType: event.target.value === 'versionedApp' ? undefined : event.target.value })
          }
        >
          {graphTypes.map((type) => (
            <option key={type} value={type}>
              {typeWords[type]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Level</span>
        <select
          value={state.level}
          onChange={(event) =>
            change({
              level: event.target.value === 'auto' ? undefined : event.target.value,
              open: undefined,
              close: undefined,
            })
          }
        >
          <option value="auto">{drawn ? `Readable (${drawn})` : 'Readable'}</option>
          {levels.map((level) => (
            <option key={level} value={level}>
              {level.charAt(0).toUpperCase() + level.slice(1)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Labels</span>
        <select
          value={state.labels}
          onChange={(event) => change({ labels: event.target.value === 'problems' ? undefined : event.target.value })}
        >
          {edgeLabels.map((label) => (
            <option key={label} value={label}>
              {labelWords[label]}
            </option>
          ))}
        </select>
      </label>
      <ShowMenu state={state} change={change} />
      <Expression
        name="Find"
        value={state.find}
        error={findError}
        presets={findPresets}
        submit={(graphFind) => change({ graphFind })}
      />
      <Expression
        name="Hide"
        value={state.hide}
        error={hideError}
        presets={hidePresets}
        submit={(graphHide) => change({ graphHide })}
      />
      <span className="graph-zoom">
        <button type="button" title="Zoom in (+)" aria-label="Zoom in" onClick={() => onZoom(1.25)}>
          +
        </button>
        <button type="button" title="Zoom out (−)" aria-label="Zoom out" onClick={() => onZoom(0.8)}>
          −
        </button>
        <button type="button" title="Show all of it (0)" onClick={onFit}>
          Fit
        </button>
      </span>
    </div>
  )
}

const typeWords = {
  versionedApp: 'Versioned app',
  app: 'App',
  workload: 'Workload',
  service: 'Service',
} as const satisfies Record<GraphSearch['graphType'], string>

const labelWords = {
  problems: 'Problems',
  rates: 'Rates',
  errors: 'Errors',
  none: 'None',
} as const satisfies Record<GraphSearch['labels'], string>

const findPresets = ['! healthy', 'crosscluster', 'failing', '%httperr > 10', 'outofmesh']
const hidePresets = ['healthy', 'outside', '!traffic']

function ShowMenu({ state, change }: Pick<ToolbarProps, 'state' | 'change'>) {
  const flag = (name: 'crossCluster' | 'idleNodes' | 'idleEdges' | 'animation', words: string) => (
    <label className="graph-check">
      <input
        type="checkbox"
        checked={state[name]}
        onChange={() => change({ [name]: state[name] ? undefined : 'true' })}
      />
      {words}
    </label>
  )
  return (
    <details className="graph-menu">
      <summary>
        Show <Icon name="down" />
      </summary>
      <div className="graph-menu-body">
        {flag('crossCluster', 'Only emphasise calls between clusters')}
        {flag('idleNodes', 'Services without traffic')}
        {flag('idleEdges', 'Calls without traffic')}
        {flag('animation', 'Moving traffic')}
      </div>
    </details>
  )
}

interface ExpressionProps {
  readonly name: 'Find' | 'Hide'
  readonly value: string
  readonly error: string | undefined
  readonly presets: readonly string[]
  readonly submit: (expression: string | undefined) => void
}

/** One field of the find language; Enter applies it, clearing it takes effect at once. */
function Expression({ name, value, error, presets, submit }: ExpressionProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const id = `graph-${name.toLowerCase()}`
  const apply = (event: FormEvent) => {
    event.preventDefault()
    submit(text.trim() || undefined)
  }
  return (
    <form className="graph-expression" onSubmit={apply}>
      <input
        type="search"
        aria-label={`${name} in the graph`}
        aria-invalid={error !== undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        placeholder={name === 'Find' ? 'Find: name *= cart' : 'Hide: healthy'}
        list={`${id}-presets`}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          if (event.target.value === '' || presets.includes(event.target.value)) submit(event.target.value || undefined)
        }}
      />
      <datalist id={`${id}-presets`}>
        {presets.map((preset) => (
          <option key={preset} value={preset} />
        ))}
      </datalist>
      {error ? (
        <span className="graph-expression-error" id={`${id}-error`} role="alert">
          {name}: {error}
        </span>
      ) : null}
    </form>
  )
}
