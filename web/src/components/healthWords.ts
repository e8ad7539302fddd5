/** How each health is said and marked: the word, the icon, and the class that gives it colour. */
import type { HealthStatus } from '@binocle/api/health'
import type { IconName } from './Icon.tsx'

export const healthWords: Record<HealthStatus, { word: string; icon: IconName; tone: string }> = {
  Failure: { word: 'Failure', icon: 'failure', tone: 'failure' },
  Degraded: { word: 'Degraded', icon: 'degraded', tone: 'degraded' },
  'Not Ready': { word: 'Not ready', icon: 'notReady', tone: 'not-ready' },
  Healthy: { word: 'Healthy', icon: 'healthy', tone: 'healthy' },
  NA: { word: 'No traffic', icon: 'na', tone: 'na' },
}

export const worstFirst: readonly HealthStatus[] = ['Failure', 'Degraded', 'Not Ready', 'Healthy', 'NA']

/** Reads a health from the URL; undefined for anything else. */
export const healthOf = (text: string): HealthStatus | undefined => worstFirst.find((status) => status === text)
