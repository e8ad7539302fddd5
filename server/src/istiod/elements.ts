/**
 * Reads the lists that istiod answers with, element by element while they arrive: of a big mesh they are tens of
 * megabytes, of which we keep a few words.
 */
import { isRecord, type Json } from '../inventory/json.ts'
import type { PodHttp, PodRequest } from '../kube/podRequest.ts'
import { createListScanner } from '../outbound/listScanner.ts'
import type { Pacer } from '../outbound/pacer.ts'

const maxElementBytes = 4 << 20

/** Elements that are no objects are left out. Throws `SyntaxError` on what is no list; `null` is an empty one, as Go writes it. */
export async function readElements(
  http: PodHttp,
  request: PodRequest,
  pacer: Pacer,
  take: (element: Json) => void,
): Promise<void> {
  const scanner = createListScanner(maxElementBytes)
  const scan = (chunk: Uint8Array): void => {
    for (const text of scanner.push(chunk)) {
      const element: unknown = JSON.parse(text)
      if (isRecord(element)) take(element)
    }
  }
  // The scanner knows Kubernetes' lists: objects whose elements stand under `items`.
  scan(Buffer.from('{"items":'))
  await http.read(request, (chunk) => pacer.run(() => scan(chunk)))
  scan(Buffer.from('}'))
  const rest: unknown = JSON.parse(scanner.end())
  if (!isRecord(rest) || (rest.items !== null && !Array.isArray(rest.items))) throw new SyntaxError('it is not a list')
}

/** The text of a field; '' when it is none. */
export function textOf(element: Json, field: string): string {
  const value = element[field]
  return typeof value === 'string' ? value : ''
}
