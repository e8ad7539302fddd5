/** A ready node with its region and zone. */
import type { KubernetesJson, SimCluster } from '../scenario.ts'
import type { SimNode } from '../topology.ts'
import { type Birth, made } from './metadata.ts'

export const nodeObject = (node: SimNode, cluster: SimCluster, birth: Birth): KubernetesJson =>
  made(
    birth,
    {
      apiVersion: 'v1',
      kind: 'Node',
      name: node.name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/region': cluster.region,
        'topology.kubernetes.io/zone': node.zone,
      },
    },
    {
      spec: {},
      status: {
        addresses: [{ type: 'InternalIP', address: node.ip }],
        capacity: CAPACITY,
        allocatable: CAPACITY,
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
            lastHeartbeatTime: birth.createdAt,
            lastTransitionTime: birth.createdAt,
          },
        ],
        nodeInfo: {
          architecture: 'amd64',
          operatingSystem: 'linux',
          kubeletVersion: cluster.kubernetesVersion,
          containerRuntimeVersion: 'containerd://2.1.4',
        },
      },
    },
  )

const CAPACITY = { cpu: '16', memory: '64Gi', pods: '110' } as const
