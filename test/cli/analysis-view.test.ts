import { expect, test } from 'vitest'
import { analyseSnapshot } from '../../src/analysis/analyse.ts'
import { analysisView } from '../../src/cli/views/analysis-view.ts'
import { makeSnapshot } from '../analysis/support/package.ts'
import { recorder } from './support.ts'

test('the next command names what graft understands: the package by its URL, a folder by its path', async () => {
  const snapshot = await makeSnapshot({ wheel: { 'loom/__init__.py': '' } })
  const read = await analyseSnapshot(snapshot)
  const profile = { ...read, looksLikeSimulator: { ...read.looksLikeSimulator, value: true } }
  const next = (purl: string) =>
    /Next: (.*)/.exec(analysisView('./loom', { ...snapshot, purl }, profile, recorder()))?.[1]
  expect(next('pkg:pypi/loom@1.0')).toBe('graft plan pkg:pypi/loom@1.0 --repo DIR')
  expect(next('pkg:generic/loom@1.0?checksum=sha256%3Aab')).toBe('graft plan ./loom --repo DIR')
})
