/** Packaging facts: what the metadata says, with the line that says it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePipRequirementsLine } from 'pip-requirements-js'
import { parse as parseToml } from 'smol-toml'
import { z } from 'zod'
import type { Evidence, Profile } from '../values/profile.ts'
import type { Snapshot, SourceTree } from '../values/snapshot.ts'
import { type Header, licenceTerms } from './licence.ts'

type Packaging = Pick<
  Profile,
  'summary' | 'licence' | 'licenceTerms' | 'requiresPython' | 'dependencies' | 'declaresGpu'
>

const MAX_METADATA = 1_000_000

/** Metadata of the wheel, else the sdist's PKG-INFO, else what the index said. */
export async function readPackaging(snapshot: Snapshot): Promise<Packaging> {
  const lines = await metadataLines(snapshot.trees)
  const place = (pattern: RegExp): Evidence[] => {
    const index = lines.headers.findIndex((line) => pattern.test(line))
    return index === -1 ? [] : [{ file: lines.path, line: index + 1 }]
  }
  const fact = (value: string, pattern: RegExp) => ({
    value: value.slice(0, 500),
    evidence: place(pattern),
    confidence: 1,
  })
  const declared = lines.headers.flatMap((line, index) => {
    const match = /^Requires-Dist:\s*(.*)$/i.exec(line)
    return match ? [{ requirement: match[1] ?? '', line: index + 1 }] : []
  })
  const requirements = [
    ...declared.map((found) => ({ ...found, file: lines.path })),
    ...(declared.length > 0 ? [] : snapshot.requiresDist.map((requirement) => ({ requirement, line: 0, file: '' }))),
    ...(declared.length > 0 || snapshot.requiresDist.length > 0 ? [] : await sourceRequirements(snapshot.trees)),
  ]
  const dependencies = requirements.flatMap(({ requirement, line, file }) => {
    const name = requiredName(requirement)
    const evidence = line > 0 ? [{ file, line }] : []
    return name === undefined ? [] : [{ value: name, evidence, confidence: 1 }]
  })
  const headers = lines.headers.map((text, index) => ({ text, evidence: [{ file: lines.path, line: index + 1 }] }))
  const terms = licenceTerms(headers.length > 0 ? headers : [{ text: `License: ${snapshot.licence}`, evidence: [] }])
  const gpu = declaredGpu(headers, dependencies)
  return {
    ...(terms === undefined ? {} : { licenceTerms: terms }),
    ...(gpu === undefined ? {} : { declaresGpu: gpu }),
    ...(snapshot.summary === '' ? {} : { summary: fact(snapshot.summary, /^Summary:/i) }),
    ...(snapshot.licence === '' ? {} : { licence: fact(snapshot.licence, /^License(-Expression)?:/i) }),
    ...(snapshot.requiresPython === '' ? {} : { requiresPython: snapshot.requiresPython.slice(0, 200) }),
    dependencies,
  }
}

/** Distributions that do nothing without a GPU, by the names that their makers give them. */
const GPU_DISTRIBUTION = /^(?:cupy(?:-|$)|pycuda$|cuquantum|custatevec|pyopencl$|hip-python|nvidia-cu|nvmath)/

/** What the metadata says of GPUs: that one is needed (a requirement does nothing without), or that one can be used. */
function declaredGpu(headers: readonly Header[], dependencies: Packaging['dependencies']): Packaging['declaresGpu'] {
  const needed = dependencies.filter(({ value }) => GPU_DISTRIBUTION.test(value.toLowerCase().replace(/[-_.]+/g, '-')))
  if (needed.length > 0) {
    const evidence = needed.flatMap((one) => one.evidence).slice(0, 5)
    return { value: 'needed', evidence, confidence: 0.9 }
  }
  const classifier = headers.find(({ text }) => /^classifier:\s*environment\s*::\s*gpu\b/i.test(text))
  return classifier && { value: 'possible', evidence: [...classifier.evidence], confidence: 1 }
}

async function metadataLines(trees: readonly SourceTree[]): Promise<{ path: string; headers: string[] }> {
  const patterns = [/^[^/]*\.dist-info\/METADATA$/, /^(?:[^/]+\/)?PKG-INFO$/]
  for (const pattern of patterns) {
    for (const tree of trees) {
      const file = tree.files.find((candidate) => pattern.test(candidate.path) && candidate.bytes <= MAX_METADATA)
      if (!file) continue
      const text = new TextDecoder('utf-8').decode(await readFile(join(tree.root, file.path)))
      // Headers end at the first empty line; the description follows and may contain anything.
      const headers = (text.split(/\r?\n\r?\n/, 1)[0] ?? '').split(/\r?\n/)
      return { path: file.path, headers }
    }
  }
  return { path: '', headers: [] }
}

/** What an sdist alone declares: `requires.txt` of its egg-info (up to the first extra), else pyproject.toml. */
async function sourceRequirements(
  trees: readonly SourceTree[],
): Promise<{ requirement: string; line: number; file: string }[]> {
  for (const tree of trees) {
    const egg = tree.files.find(
      ({ path, bytes }) => /(^|\/)[^/]+\.egg-info\/requires\.txt$/.test(path) && bytes <= MAX_METADATA,
    )
    if (egg) {
      const lines = (await readFile(join(tree.root, egg.path), 'utf8')).split(/\r?\n/)
      const extra = lines.findIndex((line) => line.startsWith('['))
      return lines
        .slice(0, extra === -1 ? lines.length : extra)
        .map((requirement, index) => ({ requirement, line: index + 1, file: egg.path }))
        .filter(({ requirement }) => requirement.trim() !== '')
    }
    const project = tree.files.find(({ path, bytes }) => path === 'pyproject.toml' && bytes <= MAX_METADATA)
    const declared = project ? projectDependencies(await readFile(join(tree.root, project.path), 'utf8')) : []
    if (project && declared.length > 0) {
      return declared.map((requirement) => ({ requirement, line: 1, file: project.path }))
    }
  }
  return []
}

function projectDependencies(text: string): string[] {
  let parsed: unknown
  try {
    parsed = parseToml(text)
  } catch {
    return [] // A broken pyproject.toml declares nothing that could be relied on.
  }
  const shape = z.object({ project: z.object({ dependencies: z.array(z.string()) }) }).safeParse(parsed)
  return shape.success ? shape.data.project.dependencies.slice(0, 200) : []
}

/** Name of a requirement that is installed without asking for an extra. */
function requiredName(requirement: string): string | undefined {
  if (/;.*\bextra\s*==/.test(requirement)) return undefined
  try {
    const parsed = parsePipRequirementsLine(requirement)
    return parsed && 'name' in parsed ? parsed.name : undefined
  } catch {
    // Old metadata spells requirements in ways that PEP 508 does not know; the name is all that is needed.
    return /^\s*([A-Za-z0-9][\w.-]*)/.exec(requirement)?.[1]
  }
}
