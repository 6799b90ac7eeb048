import { describe, expect, test } from 'vitest'
import { analyseSnapshot } from '../../src/analysis/analyse.ts'
import { METADATA, makeSnapshot } from './support/package.ts'

const CORE = `"""Core."""
import numpy as np
import forgotten
from typing import Protocol
try:
    import fastmath
except ImportError:
    fastmath = None
from .gates import *

class Base:
    limit = 3
    def __init__(self, n_qubits: int, seed=None):
        self.size = n_qubits
        self.a, self.b = 1, 2
    @staticmethod
    def zeros(n): ...
    @property
    def vector(self): ...

class Wheelwork(Base):
    def h(self, q): ...
    def cx(self, control, target, *, label=None): ...
    toffoli2 = cx
    def run(self, shots: int = 0, **options): ...
`

const wheel = {
  'veloq/__init__.py': 'from ._core import Wheelwork as Wheelwork, Base\nfrom . import gates\n',
  'veloq/_core.py': CORE,
  'veloq/gates.py': `from dataclasses import dataclass
__all__ = ["Hadamard", "rx", "Gate"]
@dataclass
class Gate:
    name: str
    angle: float = 0.0
class Hadamard(Gate): ...
class Library:
    CNOT = Gate("cx")
def rx(theta, qubit): ...
def dot(a, b): ...
_hidden = 1
`,
  'veloq-1.0.dist-info/METADATA': METADATA,
}

describe('the profile of a small package', () => {
  test('packaging facts stand with the line of the metadata that says them', async () => {
    const profile = await analyseSnapshot(await makeSnapshot({ wheel, snapshot: { summary: 'Runs circuits' } }))
    expect(profile.modules.map(({ value }) => value)).toEqual(['veloq'])
    expect(profile.dependencies).toEqual([
      { value: 'numpy', evidence: [{ file: 'veloq-1.0.dist-info/METADATA', line: 5 }], confidence: 1 },
      { value: 'opt-linalg', evidence: [{ file: 'veloq-1.0.dist-info/METADATA', line: 6 }], confidence: 1 },
    ])
    expect(profile.summary?.evidence).toEqual([{ file: 'veloq-1.0.dist-info/METADATA', line: 4 }])
    expect(profile.compiled).toBe(false)
  })

  test('undeclared: not the standard library, not declared, not inside try', async () => {
    const profile = await analyseSnapshot(await makeSnapshot({ wheel }))
    expect(profile.undeclared).toEqual([
      { value: 'forgotten', evidence: [{ file: 'veloq/_core.py', line: 3 }], confidence: 0.95 },
    ])
  })

  test('undeclared: behind an empty __init__ in every module that makes something', async () => {
    const behind = {
      'veloq/__init__.py': '',
      'veloq/circuit.py': 'import numpy\nfrom fastgates import apply\n\nclass Circuit:\n    def h(self, qubit): ...\n',
      'veloq/settings.py': 'import elsewhere\n',
    }
    const { undeclared } = await analyseSnapshot(await makeSnapshot({ wheel: behind }))
    expect(undeclared.map(({ value, confidence }) => [value, confidence])).toEqual([
      ['fastgates', 0.9],
      ['numpy', 0.9],
      ['elsewhere', 0.4],
    ])
  })

  test('a module of its own that is imported as if it stood alone', async () => {
    const shipped = {
      'veloq/__init__.py': 'from .gates import Gate\nfrom engine import Engine\nimport other.part\n',
      'veloq/gates.py': 'class Gate: ...\n',
      'veloq/engine.py': 'class Engine: ...\n',
    }
    const { misplaced, undeclared } = await analyseSnapshot(await makeSnapshot({ wheel: shipped }))
    expect(misplaced).toEqual([
      { value: 'engine', evidence: [{ file: 'veloq/__init__.py', line: 2 }], confidence: 0.95 },
    ])
    expect(undeclared.find(({ value }) => value === 'other')?.imports).toEqual(['other.part'])
  })

  test('a GPU is a declared fact: one that can be used, and one that is needed', async () => {
    const declared = async (line: string) =>
      analyseSnapshot(
        await makeSnapshot({
          wheel: { 'veloq/__init__.py': '', 'veloq-1.0.dist-info/METADATA': `Name: veloq\n${line}\nVersion: 1.0\n` },
        }),
      )
    const possible = await declared('Classifier: Environment :: GPU :: NVIDIA CUDA :: 12')
    expect(possible.declaresGpu?.value).toBe('possible')
    expect(possible.capabilities.gpu).toMatchObject({ value: true, confidence: 1, evidence: [{ line: 2 }] })
    expect((await declared('Requires-Dist: cupy-cuda12x>=13')).declaresGpu?.value).toBe('needed')
    expect((await declared('Requires-Dist: cupy-cuda12x; extra == "gpu"')).declaresGpu).toBeUndefined()
  })

  test('a class has its public reference, and what it inherits', async () => {
    const profile = await analyseSnapshot(await makeSnapshot({ wheel }))
    const facts = profile.classes.find(({ ref }) => ref === 'veloq:Wheelwork')
    expect(facts).toMatchObject({ exported: true, bases: ['Base'], evidence: { file: 'veloq/_core.py', line: 21 } })
    expect(facts?.init).toEqual([
      { name: 'n_qubits', optional: false, kind: 'positional', annotation: 'int' },
      { name: 'seed', optional: true, kind: 'positional' },
    ])
    expect(facts?.methods.cx).toEqual([
      { name: 'control', optional: false, kind: 'positional' },
      { name: 'target', optional: false, kind: 'positional' },
      { name: 'label', optional: true, kind: 'keyword' },
    ])
    expect(facts?.methods.toffoli2).toEqual(facts?.methods.cx)
    expect(facts?.attributes).toEqual(['a', 'b', 'size', 'vector'])
    expect(facts?.statics).toEqual(['limit', 'zeros'])
    const gate = profile.classes.find(({ ref }) => ref === 'veloq.gates:Gate')
    expect(gate?.init?.map(({ name, optional }) => [name, optional])).toEqual([
      ['name', false],
      ['angle', true],
    ])
  })

  test('gates are hypotheses by name: classes, functions and static members, and no ordinary word', async () => {
    const profile = await analyseSnapshot(await makeSnapshot({ wheel }))
    const gates = Object.fromEntries(
      Object.entries(profile.gates).map(([gate, facts]) => [gate, facts.map((f) => f.value)]),
    )
    expect(gates).toEqual({ h: ['veloq.gates:Hadamard'], rx: ['veloq.gates:rx'], cx: ['veloq.gates:Library.CNOT'] })
  })

  test('the README becomes an example in driver words', async () => {
    const profile = await analyseSnapshot(await makeSnapshot({ wheel }))
    const circuit = { var: 'circuit' }
    expect(profile.examples).toEqual([
      {
        setup: [{ var: 'circuit', value: { call: { ref: 'veloq:Wheelwork' }, args: [{ lit: 2 }] } }],
        gates: [
          { value: { call: { attr: [circuit, 'h'] }, args: [{ lit: 0 }] } },
          { value: { call: { attr: [circuit, 'cx'] }, args: [{ lit: 0 }, { lit: 1 }] } },
        ],
        run: [
          { var: 'state', value: { call: { attr: [circuit, 'run'] }, args: [], kwargs: { shots: { lit: 100 } } } },
          { value: { call: { attr: [{ var: 'state' }, 'amplitudes'] }, args: [] } },
        ],
        strong: true,
        evidence: { file: 'veloq-1.0.dist-info/METADATA', line: 13 },
      },
    ])
  })

  test('the same input gives the same profile, times aside', async () => {
    const snapshot = await makeSnapshot({ wheel })
    const [first, second] = [await analyseSnapshot(snapshot, { workers: 1 }), await analyseSnapshot(snapshot)]
    const blank = { ...first.statistics, milliseconds: 0 }
    expect({ ...second, statistics: { ...second.statistics, milliseconds: 0 } }).toEqual({
      ...first,
      statistics: blank,
    })
  })
})
