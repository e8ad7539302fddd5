/** The pages, in the order people know from Kiali. Details light up the list they belong to. */
import { Link, useRouterState } from '@tanstack/react-router'
import { Icon, type IconName } from '../components/Icon.tsx'
import { type Destination, destinations } from './shortcuts.ts'

const icons: Record<Destination, IconName> = {
  '/overview': 'overview',
  '/graph': 'graph',
  '/namespaces': 'namespaces',
  '/applications': 'applications',
  '/workloads': 'workloads',
  '/services': 'services',
  '/clusters': 'clusters',
}

export function Navigation() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const here = sectionOf(path)
  return (
    <nav className="nav" aria-label="Pages">
      <ul>
        {destinations.map(({ to, label, key }) => (
          <li key={to}>
            <Link
              to={to}
              aria-current={here === to ? 'page' : undefined}
              title={`${label} (g ${key})`}
              activeOptions={{ exact: true }}
            >
              <Icon name={icons[to]} />
              <span>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** `/namespaces/shop/services/cart` belongs to Services, `/namespaces/shop` to Namespaces. */
function sectionOf(path: string): Destination | undefined {
  const words = path.split('/')
  const at = words.lastIndexOf('namespaces')
  const word = at >= 0 && words[at + 2] !== undefined ? words[at + 2] : at >= 0 ? 'namespaces' : undefined
  return destinations.find(({ to }) => (word === undefined ? words.includes(to.slice(1)) : to === `/${word}`))?.to
}
