import { describe, expect, test } from 'vitest'
import { analyseSnapshot } from '../../src/analysis/analyse.ts'
import { proposeCandidates } from '../../src/driver/propose.ts'
import { profile as profileSchema } from '../../src/values/profile.ts'
import { makeSnapshot } from './support/package.ts'

const GOOD = 'class Rotor:\n    def h(self, q): ...\n    def cx(self, a, b): ...\n'
const analyse = async (files: Record<string, string | Uint8Array>, sdist?: Record<string, string | Uint8Array>) =>
  analyseSnapshot(await makeSnapshot({ wheel: { 'rotor/__init__.py': GOOD, ...files }, ...(sdist ? { sdist } : {}) }))
const refs = (profile: Awaited<ReturnType<typeof analyse>>) => profile.classes.map(({ ref }) => ref)

describe('hostile input harms at most its own file', () => {
  test('bytes that are not UTF-8, a NUL, a byte order mark', async () => {
    const profile = await analyse({
      'rotor/latin.py': Buffer.from('class Caf\xe9:\n    pass\nclass Plain: ...\n', 'latin1'),
      'rotor/nul.py': 'class A:\0\n    pass\nclass B: ...\n',
      'rotor/bom.py': '\ufeffclass Marked: ...\n',
    })
    expect(refs(profile)).toEqual(expect.arrayContaining(['rotor.bom:Marked', 'rotor.latin:Plain', 'rotor:Rotor']))
    expect(profileSchema.safeParse(profile).success).toBe(true)
  })

  test('broken syntax: the rest of the file and of the package is still read', async () => {
    const profile = await analyse({
      'rotor/broken.py': 'def f(:\n  x = = 2\n\nclass After:\n    def rx(self, theta, q): ...\n',
    })
    expect(refs(profile)).toContain('rotor:Rotor')
  })

  test('names that mean something to JavaScript', async () => {
    const profile = await analyse({
      'rotor/odd.py': [
        'class constructor:\n    def __proto__(self): ...\n    def toString(self, hasOwnProperty=1): ...\n    def constructor(self, n): ...',
        'class __proto__(constructor): ...',
        'def prototype(__proto__, valueOf): ...',
        'from __proto__ import constructor as toString',
        'def test(c):\n    """\n    >>> from rotor import Rotor\n    >>> constructor = Rotor(2)\n    >>> constructor.h(0, constructor=1, __proto__=2)\n    """',
      ].join('\n'),
    })
    const facts = profile.classes.find(({ ref }) => ref === 'rotor.odd:constructor')
    expect(Object.keys(facts?.methods ?? {})).toEqual(['toString', 'constructor'])
    expect(Object.hasOwn(facts?.methods ?? {}, 'constructor')).toBe(true)
    expect(({} as Record<string, unknown>).n).toBeUndefined()
    const request = proposeCandidates(profile)
    expect(Object.hasOwn(request.classes, 'rotor.odd:constructor')).toBe(true)
  })

  test('a file that is too large is left out and named', async () => {
    const profile = await analyse({ 'rotor/huge.py': `x = 1\n${'# padding\n'.repeat(160_000)}` })
    expect(profile.statistics.skipped).toEqual(['rotor/huge.py: larger than 1500000 bytes'])
    expect(refs(profile)).toEqual(['rotor:Rotor'])
  })

  test('deep nesting of brackets, blocks, attributes and operators', async () => {
    const profile = await analyse(
      {
        'rotor/brackets.py': `x = ${'['.repeat(30_000)}${']'.repeat(30_000)}\nclass Deep: ...\n`,
        'rotor/open.py': `${'('.repeat(50_000)}\n`,
        'rotor/blocks.py': Array.from({ length: 90 }, (_, depth) => `${' '.repeat(depth)}if x:`).join('\n'),
        'rotor/sum.py': `x = 1${' + 1'.repeat(30_000)}\n`,
      },
      {
        'tests/test_deep.py': `from rotor import Rotor\nc = Rotor(2)\nc.h(0)\nc${'.a(1)'.repeat(3000)}\nc.cx(${'('.repeat(500)}0${')'.repeat(500)}, 1)\n`,
      },
    )
    expect(refs(profile)).toEqual(expect.arrayContaining(['rotor.brackets:Deep', 'rotor:Rotor']))
    expect(profile.examples[0]?.gates).toHaveLength(1)
  })

  test('ten thousand classes and a class with ten thousand methods stay bounded', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `class C${index}(C${index + 1}): ...`).join('\n')
    const wide = `class Wide:\n${Array.from({ length: 10_000 }, (_, index) => `    def m${index}(self): ...`).join('\n')}`
    const profile = await analyse({ 'rotor/many.py': many, 'rotor/wide.py': wide })
    expect(profile.classes.length).toBeLessThanOrEqual(3000)
    expect(refs(profile)).toContain('rotor:Rotor')
    expect(Object.keys(profile.classes.find(({ ref }) => ref === 'rotor.wide:Wide')?.methods ?? {}).length).toBe(600)
    const request = proposeCandidates(profile)
    expect(JSON.stringify(request).length).toBeLessThan(2_000_000)
    expect(request.candidates.some(({ origin }) => origin === 'rotor:Rotor')).toBe(true)
  })

  test('notebooks with garbage', async () => {
    const cell = (source: unknown) => ({ cell_type: 'code', source })
    const profile = await analyse(
      {},
      {
        'docs/broken.ipynb': '{"cells": [',
        'docs/null.ipynb': 'null',
        'docs/odd.ipynb': JSON.stringify({ cells: [1, null, cell(7), cell([1, {}]), { cell_type: 'code' }] }),
        'docs/good.ipynb': JSON.stringify({
          cells: [
            cell('%matplotlib inline\nfrom rotor import Rotor'),
            cell(['c = Rotor(3)\n', 'c.h(0)\n', '!pip install x']),
          ],
        }),
      },
    )
    expect(profile.examples.map(({ evidence }) => evidence.file)).toEqual(['docs/good.ipynb'])
  })

  test('a README with unclosed fences and endless blocks', async () => {
    const profile = await analyse({
      'rotor-1.0.dist-info/METADATA': `Name: rotor\n\n${'```python\nfrom rotor import Rotor\n'.repeat(500)}c = Rotor(2)\nc.h(0)`,
    })
    expect(refs(profile)).toEqual(['rotor:Rotor'])
  })
})

describe('caps', () => {
  test('a file that takes too long is given up, named, and the next one gets a fresh worker', async () => {
    const wheel = {
      'rotor/__init__.py': GOOD,
      'rotor/a.py': 'class A: ...\n'.repeat(110_000),
      'rotor/b.py': 'class B: ...',
    }
    const profile = await analyseSnapshot(await makeSnapshot({ wheel }), {
      workers: 1,
      limits: { fileMilliseconds: 400 },
    })
    expect(profile.statistics.skipped).toEqual(['rotor/a.py: took longer than 400 ms'])
    expect(refs(profile)).toEqual(expect.arrayContaining(['rotor.b:B', 'rotor:Rotor']))
  })

  test('a worker that runs out of memory is replaced', async () => {
    const wheel = {
      'rotor/__init__.py': GOOD,
      'rotor/a.py': 'x = [1, 2, 3]\n'.repeat(100_000),
      'rotor/b.py': 'class B: ...',
    }
    const profile = await analyseSnapshot(await makeSnapshot({ wheel }), { workers: 1, limits: { heapMegabytes: 24 } })
    expect(profile.statistics.skipped).toHaveLength(1)
    expect(profile.statistics.skipped[0]).toMatch(/^rotor\/a\.py: the parser failed/)
    expect(refs(profile)).toEqual(expect.arrayContaining(['rotor.b:B', 'rotor:Rotor']))
  })

  test('when the time for everything is used up, the rest is named', async () => {
    const profile = await analyseSnapshot(await makeSnapshot({ wheel: { 'rotor/__init__.py': GOOD } }), {
      limits: { totalMilliseconds: 0 },
    })
    expect(profile.statistics).toMatchObject({
      files: 0,
      skipped: ['rotor/__init__.py: the time for the whole analysis is used up'],
    })
  })
})
