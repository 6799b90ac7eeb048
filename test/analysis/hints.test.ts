import { expect, test } from 'vitest'
import { analyseSnapshot } from '../../src/analysis/analyse.ts'
import { proposeCandidates } from '../../src/driver/propose.ts'
import type { Overrides } from '../../src/values/overrides.ts'
import type { HintFacts, SearchRequest } from '../../src/values/profile.ts'
import { makeSnapshot } from './support/package.ts'

const PACKAGE = `class Loom:
    """A quantum circuit of qubits."""
    def __init__(self, n=2): ...
    def weave(self, word, qubits): ...
    def finish(self): ...
class Flip: ...
def turn(theta, q): ...
`

async function said(stated: Pick<Overrides, 'hints' | 'gates'>): Promise<{ hints: HintFacts[]; asked: SearchRequest }> {
  const profile = await analyseSnapshot(await makeSnapshot({ wheel: { 'loom/__init__.py': PACKAGE } }), { stated })
  return { hints: profile.hints ?? [], asked: proposeCandidates(profile) }
}

const only = async (hint: string): Promise<HintFacts> => {
  const [facts] = (await said({ hints: [hint] })).hints
  if (facts === undefined) throw new Error('no facts')
  return facts
}

const call = (method: string, ...args: object[]) => ({ call: { attr: [{ var: 'circuit' }, method] }, args })

test('a whole program is an example, and the first candidate', async () => {
  const { hints, asked } = await said({
    hints: ['from loom import Loom\nc = Loom(3)\nc.weave("X", [0])\nc.finish().state'],
  })
  expect(hints[0]).toMatchObject({ examples: [{ evidence: { file: 'hint' } }], gates: [] })
  expect(asked.candidates[0]).toMatchObject({
    proposer: 'hint',
    setup: [{ var: 'circuit', value: { call: { ref: 'loom:Loom' }, args: [{ role: 'n' }] } }],
    gates: [{ value: call('weave', { lit: 'X' }, { list: [{ role: 'q0' }] }) }],
  })
})

test('a line about a circuit that it does not make is joined to the ways to make one', async () => {
  const { hints, asked } = await said({ hints: ['qc.weave("X", [0])', 'qc.finish().state'] })
  expect(hints.map(({ gates, run }) => [gates.length, run.length])).toEqual([
    [1, 0],
    [0, 1],
  ])
  expect(asked.candidates[0]).toMatchObject({
    proposer: 'hint',
    setup: [{ var: 'circuit', value: { call: { ref: 'loom:Loom' } } }],
    gates: [{ value: call('weave', { lit: 'X' }, { list: [{ role: 'q0' }] }) }],
    run: [{ var: 'stated0', value: { attr: [call('finish'), 'state'] } }],
  })
})

test('a name that says nothing is a gate by where the qubit stands', async () => {
  const { asked } = await said({ hints: ['c.zap(1, 0.3)'] })
  expect(asked.candidates[0]?.gates).toEqual([{ value: call('zap', { role: 'q0' }, { role: 'p0' }) }])
})

test('names of the package need no import, and roles can be written out', async () => {
  expect(await only('Loom(2)')).toMatchObject({ setup: [{ var: 'circuit', value: { call: { ref: 'loom:Loom' } } }] })
  expect(await only('c.weave(Flip, q0)')).toMatchObject({
    gates: [{ value: call('weave', { ref: 'loom:Flip' }, { role: 'q0' }) }],
  })
})

test.each([
  ['fences', '```python\r\nc.weave("X", [0])\r\n```'],
  ['prompts', '>>> c.weave("X", [0])'],
  ['Windows line ends and indentation', '    c.weave("X", [0])\r\n'],
  ['two statements on a line', 'c.weave("X", [0]); '],
])('%s come off', async (_, hint) => {
  expect((await only(hint)).gates).toEqual([{ value: call('weave', { lit: 'X' }, { list: [{ lit: 0 }] }) }])
})

test.each([
  ['not Python', '%%% {{{ ]]', /^nothing in it/],
  ['a word', 'yes', /^nothing in it/],
  ['a mention', '@somebody please look', /^nothing in it/],
  ['names that reach the interpreter', "__import__('os').system('id')", /^nothing in it/],
  ['attributes that reach the interpreter', 'Loom.__class__.__bases__[0]', /^nothing in it/],
  ['another module', 'import os\nos.system("id")', /^it names os, which is neither part of the package/],
  ['another module under a name of the package', 'import subprocess as Loom\nLoom.run(["id"])', /^it names subprocess/],
  ['a program in a string', 'eval("1+1")', undefined],
  ['very many brackets', `c.x(${'('.repeat(900)}0${')'.repeat(900)})`, /./],
  ['a long line', 'x'.repeat(2000), /^nothing in it/],
])('hostile: %s', async (_, hint, problem) => {
  const facts = await only(hint)
  if (problem !== undefined) expect(facts.problem).toMatch(problem)
  expect(JSON.stringify(facts)).not.toMatch(/"ref":"(os|subprocess|builtins)|__/)
})

test('a table of gates becomes entries, all that its expression could be for', async () => {
  const { hints, asked } = await said({
    gates: {
      rx: 'c.turn(q0, -p0)',
      h: 'c += Flip(q0)',
      x: 'f"x q[{q0}]"',
      cx: 'c = c.weave("CX", [q0, q1])',
      z: 'import os',
      t: 'os.system(q0)',
    },
  })
  const minus = { op: '*', args: [{ lit: -1 }, { role: 'p0' }] }
  expect(asked.manual).toMatchObject({
    rx: [
      { apply: call('turn', { role: 'q0' }, minus), effect: 'inplace' },
      { apply: call('turn', { role: 'q0' }, minus), effect: 'rebind' },
    ],
    h: [{ apply: { call: { ref: 'loom:Flip' }, args: [{ role: 'q0' }] }, effect: 'augment' }, { effect: 'rebind' }],
    x: [{ apply: { format: ['x q[', { role: 'q0' }, ']'] }, effect: 'line' }],
    cx: [{ effect: 'rebind' }],
  })
  expect(hints.find(({ gate }) => gate === 'z')?.problem).toMatch(/not one expression/)
  // A name that is nothing is the circuit: its method is called on the simulator's object, not on a module.
  expect(JSON.stringify(asked.manual)).not.toContain('"ref":"os')
})

test('without words of a person nothing changes', async () => {
  const profile = await analyseSnapshot(await makeSnapshot({ wheel: { 'loom/__init__.py': PACKAGE } }))
  expect(profile.hints).toBeUndefined()
  expect(proposeCandidates(profile)).not.toHaveProperty('manual')
})
