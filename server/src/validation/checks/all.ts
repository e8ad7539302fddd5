/** Every check, by the kind it is about, in the order in which findings stand in answers. */
import type { ConfigKind, Facts } from '../facts.ts'
import { ambientPolicy } from './ambientPolicy.ts'
import { ambientRoutes, ambientRules } from './ambientTraffic.ts'
import { needsMtls, unknownMethod, unknownOperationHost, unknownSourceNamespace } from './authorization.ts'
import type { Check } from './check.ts'
import { clientsAgainstServers } from './clientTls.ts'
import { exportedToNowhere } from './exportTo.ts'
import { gatewayWithoutWorkloads, servesTheSame } from './gateway.ts'
import { badStatus, repeatedListener, sameAddress, sameListener, unknownClass } from './gatewayApi.ts'
import { missingParent, missingService } from './gatewayApiRoute.ts'
import { unknownPrincipal } from './principals.ts'
import { grantsNobody } from './referenceGrant.ts'
import { repeatedDestination, unknownDestination, uselessWeight } from './routeDestinations.ts'
import { missingGateway } from './routeGateways.ts'
import { unknownHost } from './ruleHost.ts'
import { severalForHost } from './sameHost.ts'
import { forgetsMutual, severalForSubset } from './sameRule.ts'
import { selectsNothing, selectsWhatAnotherSelects } from './selector.ts'
import { serversAgainstClients } from './serverTls.ts'
import { declaredTwice } from './serviceEntry.ts'
import { rootSidecarSelects, unclearOutbound, unknownEgress } from './sidecar.ts'
import { undefinedSubset } from './undefinedSubset.ts'
import { sameGroup, unusedAccount } from './workloadGroup.ts'

export interface CheckOptions {
  readonly skipWildcardGatewayHosts: boolean
  /** Configured class names; empty = found in the clusters. */
  readonly gatewayClasses: readonly string[]
  /** The facts of the other clusters. */
  readonly others: (cluster: string) => readonly Facts[]
}

/**
 * `visible`: judged from every namespace that sees it; `own`: only from its own namespace; `cluster`: wherever it is;
 * `ambient`: only in an ambient namespace.
 */
export type Judged = 'ambient' | 'cluster' | 'own' | 'visible'

export interface KindChecks {
  readonly judged: Judged
  readonly checks: readonly Check[]
}

export function checksByKind(options: CheckOptions): Readonly<Partial<Record<ConfigKind, KindChecks>>> {
  const selector = 'spec/selector/matchLabels'
  return {
    'authorizationpolicies.security.istio.io': {
      judged: 'own',
      checks: [
        selectsNothing(selector),
        unknownSourceNamespace,
        unknownMethod,
        unknownOperationHost,
        needsMtls,
        unknownPrincipal(options.others),
        ambientPolicy('KIA0109', 'KIA0110'),
      ],
    },
    'destinationrules.networking.istio.io': {
      judged: 'visible',
      checks: [exportedToNowhere, clientsAgainstServers, severalForSubset, forgetsMutual, unknownHost, ambientRules],
    },
    'gateways.networking.istio.io': {
      judged: 'cluster',
      checks: [gatewayWithoutWorkloads, servesTheSame(options.skipWildcardGatewayHosts)],
    },
    'gateways.gateway.networking.k8s.io': {
      judged: 'cluster',
      checks: [sameAddress, sameListener, repeatedListener, badStatus, unknownClass(options.gatewayClasses)],
    },
    'grpcroutes.gateway.networking.k8s.io': { judged: 'cluster', checks: [missingParent, missingService] },
    'httproutes.gateway.networking.k8s.io': { judged: 'cluster', checks: [missingParent, missingService] },
    'referencegrants.gateway.networking.k8s.io': { judged: 'cluster', checks: [grantsNobody] },
    'peerauthentications.security.istio.io': {
      judged: 'own',
      checks: [
        selectsNothing(selector),
        serversAgainstClients,
        selectsWhatAnotherSelects('peerauthentications.security.istio.io', 'spec/selector', false),
      ],
    },
    'requestauthentications.security.istio.io': {
      judged: 'cluster',
      checks: [selectsNothing(selector), ambientPolicy('KIA1110', 'KIA1115')],
    },
    'serviceentries.networking.istio.io': { judged: 'visible', checks: [exportedToNowhere, declaredTwice] },
    'sidecars.networking.istio.io': {
      judged: 'cluster',
      checks: [
        selectsNothing('spec/workloadSelector/labels'),
        unknownEgress,
        rootSidecarSelects,
        unclearOutbound,
        selectsWhatAnotherSelects('sidecars.networking.istio.io', 'spec/workloadSelector', true),
      ],
    },
    'virtualservices.networking.istio.io': {
      judged: 'visible',
      checks: [
        unknownDestination,
        missingGateway,
        exportedToNowhere,
        uselessWeight,
        repeatedDestination,
        undefinedSubset,
        severalForHost,
        ambientRoutes,
      ],
    },
    'workloadgroups.networking.istio.io': { judged: 'cluster', checks: [unusedAccount, sameGroup] },
    'telemetries.telemetry.istio.io': { judged: 'ambient', checks: [ambientPolicy('KIA1112', 'KIA1117')] },
    'wasmplugins.extensions.istio.io': { judged: 'ambient', checks: [ambientPolicy('KIA1111', 'KIA1116')] },
  }
}
