/** The table of routes. Pages are loaded when first visited; the shell stays. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { Loading } from '../components/States.tsx'
import { NotFound, PageDefect } from './Fallbacks.tsx'
import { pageSearch } from './pageSearch.ts'
import { Shell } from './Shell.tsx'
import { parseSearch, stringifySearch, type UrlSearch } from './urlSearch.ts'

/** What a link keeps when it names nothing else: the scope, never the filters of a page. */
const kept = retainSearchParams<ReturnType<typeof pageSearch>>(['namespaces', 'clusters', 'duration', 'refresh'])

const root = createRootRoute({
  validateSearch: (search: UrlSearch) => pageSearch(search),
  search: { middlewares: [kept] },
  component: Shell,
  notFoundComponent: NotFound,
})

const lists = () => import('../pages/lists/pages.tsx')
const details = () => import('../pages/details/pages.tsx')

const pages = [
  createRoute({
    getParentRoute: () => root,
    path: '/overview',
    component: lazyRouteComponent(() => import('../pages/overview/OverviewPage.tsx'), 'OverviewPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/graph',
    component: lazyRouteComponent(() => import('../pages/graph/GraphPage.tsx'), 'GraphPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/clusters',
    component: lazyRouteComponent(() => import('../pages/clusters/ClustersPage.tsx'), 'ClustersPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/access',
    component: lazyRouteComponent(() => import('../pages/access/AccessPage.tsx'), 'AccessPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/namespaces',
    component: lazyRouteComponent(() => import('../pages/namespaces/NamespacesPage.tsx'), 'NamespacesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/namespaces/$namespace',
    component: lazyRouteComponent(() => import('../pages/namespaces/NamespacePage.tsx'), 'NamespacePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/applications',
    component: lazyRouteComponent(lists, 'ApplicationsPage'),
  }),
  createRoute({ getParentRoute: () => root, path: '/services', component: lazyRouteComponent(lists, 'ServicesPage') }),
  createRoute({
    getParentRoute: () => root,
    path: '/workloads',
    component: lazyRouteComponent(lists, 'WorkloadsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/namespaces/$namespace/applications/$name',
    component: lazyRouteComponent(details, 'ApplicationPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/namespaces/$namespace/services/$name',
    component: lazyRouteComponent(details, 'ServicePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/namespaces/$namespace/workloads/$name',
    component: lazyRouteComponent(details, 'WorkloadPage'),
  }),
] as const

/** Short addresses that people write, and the ones Kiali uses. */
const redirects = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: ({ search }) => {
      throw redirect({ to: '/overview', search, replace: true })
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/graph/namespaces',
    beforeLoad: ({ search }) => {
      throw redirect({ to: '/graph', search, replace: true })
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/applications/$namespace/$name',
    beforeLoad: ({ params, search }) => {
      throw redirect({ to: '/namespaces/$namespace/applications/$name', params, search, replace: true })
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/services/$namespace/$name',
    beforeLoad: ({ params, search }) => {
      throw redirect({ to: '/namespaces/$namespace/services/$name', params, search, replace: true })
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/workloads/$namespace/$name',
    beforeLoad: ({ params, search }) => {
      throw redirect({ to: '/namespaces/$namespace/workloads/$name', params, search, replace: true })
    },
  }),
] as const

const tree = root.addChildren([...pages, ...redirects])

/** The part of an address that the server answers with the page, whatever follows. */
const consolePath = 'console'

/** `webRoot` ends in a slash. An address outside `<webRoot>console` is moved below it, e.g. the web root itself. */
export function pageRouter(webRoot: string) {
  const basepath = `${webRoot}${consolePath}`
  const { pathname, search, hash } = location
  if (pathname !== basepath && !pathname.startsWith(`${basepath}/`)) {
    const rest = pathname.startsWith(webRoot) ? pathname.slice(webRoot.length) : ''
    history.replaceState(null, '', `${basepath}/${rest === 'index.html' ? '' : rest}${search}${hash}`)
  }
  return createRouter({
    routeTree: tree,
    basepath,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: PageDefect,
    scrollRestoration: true,
    scrollToTopSelectors: ['#content'],
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof pageRouter>
  }
}
