/** Builders for what the sandbox runner is given. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Target } from '../../src/values/plan.ts'
import type { SearchRequest } from '../../src/values/profile.ts'
import type { Progress } from '../../src/values/progress.ts'
import type { Snapshot } from '../../src/values/snapshot.ts'
import type { PackageFile } from './wheels.ts'

export const templatesDir = fileURLToPath(new URL('../../templates', import.meta.url))

/** A folder that is gone when the test is over, or when `keep` says who removes it. */
export function temporaryFolder(removeWhenDone: (remove: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'graft-test-simulator-'))
  removeWhenDone(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

export function makeSnapshot(
  name: string,
  version: string,
  file?: PackageFile,
  more: Partial<Snapshot> = {},
): Snapshot {
  const artifact = {
    filename: file?.filename ?? `${name}-${version}.tar.gz`,
    kind: file?.filename.endsWith('.whl') ? ('wheel' as const) : ('sdist' as const),
    sha256: file?.sha256 ?? '0'.repeat(64),
    bytes: file?.bytes.length ?? 0,
  }
  return {
    schema: 1,
    purl: `pkg:pypi/${name}@${version}`,
    distribution: name,
    normalizedName: name,
    version,
    summary: '',
    licence: '',
    requiresPython: '',
    requiresDist: [],
    wheelAvailable: artifact.kind === 'wheel',
    projectUrls: {},
    trees: [{ artifact, root: '/nowhere', files: [], skipped: [] }],
    ...more,
  }
}

export function makeTarget(more: Partial<Target> = {}): Target {
  return {
    backendsPath: 'src/proxima/backends',
    backendsModule: 'proxima.backends',
    testsPath: 'tests/backends',
    takenNames: [],
    hasBridge: false,
    hasDiscovery: false,
    hasConfiguration: false,
    requirements: [],
    requiresPython: '>=3.11',
    ...more,
  }
}

export function makeRequest(distribution: string, version: string, modules: string[]): SearchRequest {
  return {
    schema: 1,
    distribution,
    version,
    modules,
    undeclared: [],
    requires: [],
    candidates: [],
    classes: {},
    functions: {},
    engines: [],
    runners: [],
    states: [],
    gates: {},
    names: [],
    budget: { trial_seconds: 1, search_seconds: 1, search_trials: 10, measure_seconds: 1 },
  }
}

/** Collects progress. */
export function recordProgress() {
  const seen: Progress[] = []
  const details = (type: Progress['type']) => seen.filter((one) => one.type === type).map((one) => one.detail ?? '')
  return { onProgress: (one: Progress) => void seen.push(one), details }
}
