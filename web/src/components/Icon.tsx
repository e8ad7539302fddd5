/** The page's own icons, 16 by 16, drawn with the colour of the text around them. An icon never stands alone for a fact. */
import type { ReactElement } from 'react'

const shapes = {
  overview: <path d="M2 2h5v7H2zM9 2h5v4H9zM9 8h5v6H9zM2 11h5v3H2z" {...filled()} />,
  graph: (
    <g {...drawn()}>
      <circle cx="3.5" cy="8" r="2" />
      <circle cx="12.5" cy="3.5" r="2" />
      <circle cx="12.5" cy="12.5" r="2" />
      <path d="M5.4 7.1l5.3-2.7M5.4 8.9l5.3 2.7" />
    </g>
  ),
  namespaces: <path d="M2 5.5V3h4.2l1.5 1.6H14V13H2z" {...drawn()} />,
  applications: (
    <path d="M2.5 2.5h4.2v4.2H2.5zM9.3 2.5h4.2v4.2H9.3zM2.5 9.3h4.2v4.2H2.5zM9.3 9.3h4.2v4.2H9.3z" {...drawn()} />
  ),
  services: (
    <g {...drawn()}>
      <path d="M8 1.8l5.6 3.2v6L8 14.2 2.4 11V5z" />
      <circle cx="8" cy="8" r="2" />
    </g>
  ),
  workloads: <path d="M8 1.8L14 5 8 8.2 2 5zM2.4 8L8 11l5.6-3M2.4 11L8 14l5.6-3" {...drawn()} />,
  clusters: (
    <g {...drawn()}>
      <path d="M2 3h12v4H2zM2 9h12v4H2z" />
      <path d="M4.6 5h.1M4.6 11h.1M7.4 5h4M7.4 11h4" />
    </g>
  ),
  home: <path d="M2.2 8L8 2.6 13.8 8M4 7v6.4h8V7" {...drawn()} />,
  failure: (
    <g>
      <circle cx="8" cy="8" r="7" {...filled()} />
      <path d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4" {...cutOut()} />
    </g>
  ),
  degraded: (
    <g>
      <path d="M8 1.2l7.2 13H.8z" strokeLinejoin="round" {...filled()} />
      <path d="M8 6v4M8 12v.4" {...cutOut()} />
    </g>
  ),
  notReady: (
    <g>
      <circle cx="8" cy="8" r="6.2" {...drawn()} />
      <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" {...filled()} />
    </g>
  ),
  healthy: (
    <g>
      <circle cx="8" cy="8" r="7" {...filled()} />
      <path d="M4.6 8.3l2.3 2.3 4.5-4.9" {...cutOut()} />
    </g>
  ),
  na: (
    <g {...drawn()}>
      <circle cx="8" cy="8" r="6.2" strokeDasharray="2.2 2.2" />
      <path d="M5.5 8h5" />
    </g>
  ),
  lock: (
    <g>
      <path d="M3 7h10v7H3z" {...filled()} />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" {...drawn()} />
    </g>
  ),
  syncing: <path d="M13.5 8A5.5 5.5 0 1 1 9.8 2.8M13.6 2v3.2h-3.2" {...drawn()} />,
  antenna: (
    <path
      d="M8 8v6M5.5 10.3a3.6 3.6 0 0 1 0-4.8M10.5 10.3a3.6 3.6 0 0 0 0-4.8M3.4 12.4a6.6 6.6 0 0 1 0-9M12.6 12.4a6.6 6.6 0 0 0 0-9"
      {...drawn()}
    />
  ),
  clock: (
    <g {...drawn()}>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M8 4.2V8l2.6 1.7" />
    </g>
  ),
  differs: <path d="M2.5 6h11M2.5 10h11M10.5 2.5l-5 11" {...drawn()} />,
  chevron: <path d="M6 3.5L10.5 8 6 12.5" {...drawn()} />,
  down: <path d="M3.5 6L8 10.5 12.5 6" {...drawn()} />,
  search: (
    <g {...drawn()}>
      <circle cx="7" cy="7" r="4.4" />
      <path d="M10.3 10.3L14 14" />
    </g>
  ),
  refresh: <path d="M13.5 8A5.5 5.5 0 1 1 9.8 2.8M13.6 2v3.2h-3.2" {...drawn()} />,
  sun: (
    <g {...drawn()}>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M3.2 12.8l1.1-1.1M11.7 4.3l1.1-1.1" />
    </g>
  ),
  moon: <path d="M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z" {...drawn()} />,
  system: <path d="M2 3h12v8.2H2zM5.5 14h5M8 11.2V14" {...drawn()} />,
  help: (
    <g {...drawn()}>
      <circle cx="8" cy="8" r="6.2" />
      <path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.8.6-.8 1.2M8 11.4v.3" />
    </g>
  ),
  user: (
    <g {...drawn()}>
      <circle cx="8" cy="5.2" r="3" />
      <path d="M2.4 14.2a5.7 5.7 0 0 1 11.2 0" />
    </g>
  ),
  leave: <path d="M9.5 2.5H3v11h6.5M6.5 8h7.2M11 5.2L13.8 8 11 10.8" {...drawn()} />,
  close: <path d="M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4" {...drawn()} />,
  arrow: <path d="M2.5 8h10.6M9 3.8L13.2 8 9 12.2" {...drawn()} />,
  pin: (
    <path
      d="M8 14.2s4.8-4.3 4.8-7.9a4.8 4.8 0 1 0-9.6 0C3.2 9.9 8 14.2 8 14.2zM8 8a1.7 1.7 0 1 0 0-3.4A1.7 1.7 0 0 0 8 8z"
      {...drawn()}
    />
  ),
} as const satisfies Record<string, ReactElement>

export type IconName = keyof typeof shapes

/** Hidden from screen readers: the words beside it say the same. */
export function Icon({ name, className }: { name: IconName; className?: string | undefined }) {
  return (
    <svg className={className ? `icon ${className}` : 'icon'} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {shapes[name]}
    </svg>
  )
}

function filled() {
  return { fill: 'currentColor', stroke: 'none' } as const
}

function drawn() {
  return {
    fill: 'none',
    stroke: 'currentColor',
    strokeWidth: 1.6,
    strokeLinecap: 'round',
    strokeLinejoin: 'round',
  } as const
}

function cutOut() {
  return { fill: 'none', stroke: 'var(--surface)', strokeWidth: 1.8, strokeLinecap: 'round' } as const
}
