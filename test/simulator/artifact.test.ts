import { expect, test } from 'vitest'
import {
  describePrepared,
  makeRequest as makeMeasureRequest,
  parseMeasureRequest,
  readMeasureArtifact,
  readTestArtifact,
  writeMeasureArtifact,
  writeTestArtifact,
} from '../../src/simulator/artifact.ts'
import { parseRequirement } from '../../src/simulator/requirements.ts'
import { ArchiveError, readZip, writeZip } from '../../src/simulator/zip.ts'
import type { Report } from '../../src/values/report.ts'
import { bomb, type RawEntry, rawZip } from './hostile-zips.ts'
import { makeRequest, makeSnapshot, makeTarget } from './support.ts'

const report: Report = {
  schema: 1,
  backend: 'sim',
  commit: 'c'.repeat(40),
  tree: 'd'.repeat(40),
  passed: 1,
  failed: 0,
  skipped: 0,
  seconds: 1.5,
  tests: [{ category: 'unit', name: 'test_x', outcome: 'passed', seconds: 0.1 }],
  containment: 'unshare',
}
const binding = 'b'.repeat(64)
const undeclared = [parseRequirement('scipy >= 1')].filter((one) => one !== undefined)
const request = () =>
  makeMeasureRequest(
    makeSnapshot('sim', '1.0'),
    makeTarget({ requirements: ['numpy >= 1.26', 'evil @ https://x.test/e.whl'] }),
    makeRequest('sim', '1.0', ['sim']),
    undeclared,
  )

test('what is written is read back', async () => {
  expect(await readTestArtifact(writeTestArtifact(report))).toEqual(report)
  const lock = { requirements: '', pins: new Map([['sim', '1.0']]) }
  const prepared = describePrepared(binding, '3.11.7', { ok: true, lock })
  expect(await readMeasureArtifact(writeMeasureArtifact({ prepared }))).toEqual({ prepared })
  const conflicts = [{ name: 'numpy', package: '<2', target: '>=2' }]
  const notes = { isolated: { python: '3.11', conflicts }, built: { names: ['sim'], constraints: ['numpy<2'] } }
  const alone = describePrepared(binding, '3.11.7', { ok: true, lock: { ...lock, ...notes } })
  expect(alone).toMatchObject({ isolated: conflicts, built: notes.built })
  expect(await readMeasureArtifact(writeMeasureArtifact({ prepared: alone }))).toEqual({ prepared: alone })
  const refused = describePrepared(binding, '', { ok: false, reason: 'conflict', message: 'no' })
  expect(await readMeasureArtifact(writeMeasureArtifact({ prepared: refused }))).toEqual({ prepared: refused })
  const text = { 'a.txt': Array.from({ length: 20_000 }, (_, n) => `ä${n}`).join('\n'), 'b.txt': '' }
  const read = await readZip(writeZip(text), { names: ['a.txt', 'b.txt'], entryBytes: 2e5, totalBytes: 2e5 })
  expect(Object.fromEntries(read)).toEqual(text)
})

test('a request is bound to everything that the result depends on, and to nothing else', () => {
  const made = request()
  expect(made.target).toEqual(['numpy>=1.26'])
  expect(parseMeasureRequest(JSON.stringify(made))).toEqual(made)
  expect(request().binding).toBe(made.binding)
  const reordered = Object.fromEntries(Object.entries(made).reverse())
  expect(parseMeasureRequest(JSON.stringify(reordered))?.binding).toBe(made.binding)
  for (const changed of [
    { purl: 'pkg:pypi/other@1.0' },
    { version: '1.1' },
    { files: ['1'.repeat(64)] },
    { target: ['numpy>=2'] },
    { pythons: { package: '>=3.12', target: '>=3.11' } },
    { undeclared: [] },
    { search: { ...made.search, names: ['x'] } },
  ])
    expect(parseMeasureRequest(JSON.stringify({ ...made, ...changed })), JSON.stringify(changed)).toBeUndefined()
  expect(parseMeasureRequest('{')).toBeUndefined()
})

const plain: RawEntry = { name: 'report.json', content: JSON.stringify(report) }

test('a plain archive in the writing of others is read', async () => {
  expect(await readTestArtifact(rawZip(plain))).toEqual(report)
  expect(await readTestArtifact(rawZip({ ...plain, mode: 0 }))).toEqual(report)
})

test.each<[string, RawEntry[], RegExp]>([
  ['a path upwards', [{ ...plain, name: '../report.json' }], /damaged|none of/],
  ['an absolute path', [{ ...plain, name: '/report.json' }], /damaged|none of/],
  ['a folder', [{ ...plain, name: 'x/report.json' }], /none of report\.json/],
  ['another name', [{ ...plain, name: 'evil.json' }], /none of report\.json/],
  ['a case twin', [{ ...plain, name: 'Report.json' }], /none of report\.json/],
  ['one file twice', [plain, plain], /2 entries/],
  ['a link', [{ ...plain, mode: 0o120777 }], /no regular file/],
  ['a device', [{ ...plain, mode: 0o020666 }], /no regular file/],
  ['an encrypted file', [{ ...plain, flags: 1 }], /encrypted|damaged/],
  ['another compression', [{ ...plain, method: 12 }], /unknown way|damaged/],
  ['a wrong checksum', [{ ...plain, crc: 1 }], /damaged/],
  ['a stated size of 4 GB', [{ ...plain, size: 0xffff_fff0 }], /larger than/],
  ['a packed bomb', [{ name: 'report.json', content: '0'.repeat(3_000_000) }], /packed too tightly/],
  [
    '10 GB that say they are 1000 bytes',
    [{ name: 'report.json', packed: bomb(), size: 1000, crc: 0 }],
    /damaged|larger/,
  ],
  [
    '10 GB that say they are 4 MB',
    [{ name: 'report.json', packed: bomb(), size: 4_000_000, crc: 0 }],
    /damaged|larger/,
  ],
  ['no entry', [], /no report\.json/],
  ['no JSON', [{ name: 'report.json', content: 'hello' }], /not of the form/],
  ['deep JSON', [{ name: 'report.json', content: '['.repeat(300) + ']'.repeat(300) }], /nested too deeply/],
  ['another schema', [{ name: 'report.json', content: JSON.stringify({ ...report, evil: 1 }) }], /not of the form/],
])('refused: %s', async (_what, entries, why) => {
  const failure = await readTestArtifact(rawZip(...entries)).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ArchiveError)
  expect((failure as Error).message).toMatch(why)
  expect((failure as Error).message).not.toContain('evil')
})

test('refused: what is no archive, and a third file beside the two', async () => {
  await expect(readTestArtifact(Buffer.from('PK no'))).rejects.toThrow(/no zip archive/)
  await expect(readTestArtifact(Buffer.alloc(0))).rejects.toThrow(/no zip archive/)
  const prepared = JSON.stringify(describePrepared(binding, '', { ok: false, reason: 'python', message: '' }))
  const twice = writeZip({ 'prepared.json': prepared, 'measurement.json': '{}', 'report.json': '{}' })
  await expect(readMeasureArtifact(twice)).rejects.toThrow(/3 entries/)
  const same = { name: 'prepared.json', content: prepared }
  await expect(readMeasureArtifact(rawZip(same, same))).rejects.toThrow(/two entries/)
  await expect(readMeasureArtifact(writeZip({ 'prepared.json': '{}' }))).rejects.toThrow(/not of the form/)
})
