/** Profiles for tests: an empty one with overrides, and facts in one line each. */
import type { ClassFacts, Example, FunctionFacts, Parameter, Profile } from '../../../src/values/profile.ts'

const evidence = { file: 'p/__init__.py', line: 1 }

export const fact = <T>(value: T, confidence = 0.9) => ({ value, evidence: [evidence], confidence })

/** `n`, `seed=` (optional), `*args`, `**options`, `q: int`. */
export function parameters(text: string): Parameter[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part): Parameter => {
      const [name = '', annotation] = part
        .replace(/^\*+|=$/g, '')
        .split(':')
        .map((piece) => piece.trim())
      const kind = part.startsWith('**') ? 'kwargs' : part.startsWith('*') ? 'args' : 'positional'
      const optional = part.endsWith('=') || kind !== 'positional'
      return { name, optional, kind, ...(annotation === undefined ? {} : { annotation }) }
    })
}

export function aClass(
  ref: string,
  init: string | null,
  methods: Record<string, string> = {},
  more: Partial<ClassFacts> = {},
): ClassFacts {
  return {
    ref,
    bases: [],
    init: init === null ? null : parameters(init),
    methods: Object.fromEntries(Object.entries(methods).map(([name, text]) => [name, parameters(text)])),
    attributes: [],
    statics: [],
    exported: true,
    evidence,
    ...more,
  }
}

export const aFunction = (ref: string, text: string): FunctionFacts => ({
  ref,
  parameters: parameters(text),
  exported: true,
  evidence,
})

export const anExample = (more: Partial<Example>): Example => ({
  setup: [],
  gates: [],
  run: [],
  strong: true,
  evidence: { file: 'README.md', line: 3 },
  ...more,
})

export function aProfile(more: Partial<Profile> = {}): Profile {
  return {
    schema: 1,
    distribution: 'veloq',
    version: '1.0',
    dependencies: [],
    modules: [fact('veloq')],
    undeclared: [],
    compiled: false,
    classes: [],
    functions: [],
    gates: {},
    examples: [],
    annotations: [],
    names: [],
    capabilities: { textDialects: [], hosts: [] },
    looksLikeSimulator: fact(true),
    statistics: { files: 3, bytes: 100, milliseconds: 1, skipped: [] },
    ...more,
  }
}
