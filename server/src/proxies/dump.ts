/** An Envoy's configuration as its admin port tells it: `{"configs": [section, ...]}`, in pieces that are parsed one by one. */
import { isRecord } from '../inventory/json.ts'
import { createCutter, type Field } from './cutter.ts'

/** Without secrets: they are taken out before anything else sees it. */
export interface Dump {
  readonly sections: readonly Section[]
}

/** One kind of configuration. */
export interface Section {
  /** `type.googleapis.com/envoy.admin.v3.ClustersConfigDump` */
  readonly type: string
  /** In the order of the dump, `@type` among them. */
  readonly fields: readonly Field[]
}

export interface DumpReader {
  /** Throws `SyntaxError`. */
  push(chunk: Uint8Array): void
  /** Throws `SyntaxError` on what is not complete, or no dump. */
  end(): Dump
}

export function createDumpReader(): DumpReader {
  // `{"configs":[{"static_clusters":[`
  const cutter = createCutter(4)
  return {
    push: cutter.push,
    end: () => {
      const { frame, fieldsOf } = cutter.end()
      if (!isRecord(frame) || Object.keys(frame).some((name) => name !== 'configs')) throw noDump()
      const configs: unknown = frame.configs ?? []
      if (!Array.isArray(configs)) throw noDump()
      const sections = configs.map((section: unknown) => {
        if (!isRecord(section)) throw noDump()
        const type = section['@type']
        return { type: typeof type === 'string' ? type : '', fields: fieldsOf(section) }
      })
      return { sections }
    },
  }
}

const noDump = (): SyntaxError => new SyntaxError('it is no configuration of an Envoy')

/** The whole dump as JSON text, in parts of some length. */
export function* textOf({ sections }: Dump): Generator<string> {
  let part = '{"configs":['
  for (const [index, { fields }] of sections.entries()) {
    part += index === 0 ? '{' : ',{'
    for (const [at, field] of fields.entries()) {
      part += `${at === 0 ? '' : ','}${JSON.stringify(field.name)}:`
      if ('value' in field) part += JSON.stringify(field.value)
      else {
        for (const [n, element] of field.elements.entries()) {
          part += n === 0 ? `[${element}` : `,${element}`
          if (part.length < partLength) continue
          yield part
          part = ''
        }
        part += field.elements.length === 0 ? '[]' : ']'
      }
    }
    part += '}'
  }
  yield `${part}]}`
}

const partLength = 64 << 10

/** The elements of the list of that name, in whichever section it stands. */
export const elementsOf = ({ sections }: Dump, name: string): readonly string[] =>
  sections.flatMap(({ fields }) =>
    fields.flatMap((field) => (field.name === name && 'elements' in field ? field.elements : [])),
  )
