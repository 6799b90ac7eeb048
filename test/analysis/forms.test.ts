import { describe, expect, test } from 'vitest'
import { analyseSnapshot } from '../../src/analysis/analyse.ts'
import { METADATA, makeSnapshot } from './support/package.ts'

describe('other forms of packages', () => {
  test('stubs and C++ describe a compiled module; what the stub says is not said twice', async () => {
    const profile = await analyseSnapshot(
      await makeSnapshot({
        wheel: {
          'gyro/__init__.pyi':
            'class Ring:\n    def __init__(self, qubit_count: int) -> None: ...\n    def add_H_gate(self, index: int) -> None: ...\n',
          'gyro/core.cpython-311-x86_64-linux-gnu.so': 'ELF',
        },
        sdist: {
          'src/bind.cpp':
            'PYBIND11_MODULE(core, m) {\n  py::class_<Ring>(m, "Ring").def(py::init<unsigned>(), "n"_a);\n  py::class_<Spin, Base>(m, "Spin")\n    .def(py::init<int>(), py::arg("n_qubits"))\n    .def("rx", &Spin::rx, "angle"_a, "q"_a = 0);\n  m.def("simulate", &simulate, "circuit"_a);\n}\n',
        },
      }),
    )
    expect(profile.compiled).toBe(true)
    expect(profile.classes.map(({ ref }) => ref)).toEqual(['gyro.core:Spin', 'gyro:Ring'])
    expect(profile.classes[0]).toMatchObject({
      init: [{ name: 'n_qubits', optional: false }],
      methods: {
        rx: [
          { name: 'angle', optional: false },
          { name: 'q', optional: true },
        ],
      },
    })
    expect(profile.functions.map(({ ref }) => ref)).toEqual(['gyro.core:simulate'])
  })

  test('a namespace has the first regular packages below it, an sdist its source folder', async () => {
    const namespace = await analyseSnapshot(
      await makeSnapshot({
        wheel: { 'spin/engine/__init__.py': '', 'spin/engine/a.py': 'class A: ...', 'tests/__init__.py': '' },
      }),
    )
    expect(namespace.modules.map(({ value }) => value)).toEqual(['spin.engine'])
    const source = await analyseSnapshot(
      await makeSnapshot({
        sdist: {
          'src/orb/__init__.py': 'from .b import B',
          'src/orb/b.py': 'class B: ...',
          'tests/test_b.py': 'from orb import B\nb = B(2)\nb.h(0)\n',
          'setup.py': 'raise SystemExit',
          'pyproject.toml': '[project]\nname = "orb"\ndependencies = ["numpy"]\n',
        },
      }),
    )
    expect(source.modules.map(({ value }) => value)).toEqual(['orb'])
    expect(source.classes.map(({ ref }) => ref)).toEqual(['orb:B'])
    expect(source.dependencies.map(({ value }) => value)).toEqual(['numpy'])
    expect(source.examples[0]?.evidence).toEqual({ file: 'tests/test_b.py', line: 2 })
  })

  test('re-exports through stars and cycles end, at the shortest public name', async () => {
    const profile = await analyseSnapshot(
      await makeSnapshot({
        wheel: {
          'loop/__init__.py': 'from .a import *\n',
          'loop/a/__init__.py': 'from ..b import *\nfrom .impl import Turn\n__all__ = ["Turn", "Other"]\n',
          'loop/a/impl.py': 'from loop import *\nclass Turn: ...\nclass Inner: ...\n',
          'loop/b.py': 'from .a import *\nclass Other: ...\n',
        },
      }),
    )
    expect(profile.classes.map(({ ref, exported }) => [ref, exported])).toEqual([
      ['loop.a.impl:Inner', false],
      ['loop:Other', true],
      ['loop:Turn', true],
    ])
  })

  test('a run method annotated with a class of another distribution is noted', async () => {
    const profile = await analyseSnapshot(
      await makeSnapshot({
        wheel: {
          'runq/__init__.py':
            'from lang.qasm import Program\nimport logging\nclass Sim:\n    def run(self, program: Program, log: logging.Logger = None, *, shots: int = 0): ...\n',
        },
      }),
    )
    expect(profile.annotations).toEqual([
      { value: 'lang.qasm:Program', evidence: [{ file: 'runq/__init__.py', line: 4 }], confidence: 0.8 },
    ])
  })

  test('what a package says of itself counts: photonic, with the line', async () => {
    const words = 'class Source:\n    """Photons in a Fock state of a qubit."""\n'.repeat(15)
    const made = (summary: string) =>
      makeSnapshot({
        wheel: { 'beam/__init__.py': words, 'beam-1.0.dist-info/METADATA': `Name: beam\nSummary: ${summary}\n` },
        snapshot: { summary },
      })
    const photonic = await analyseSnapshot(await made('A photonic simulator'))
    expect(photonic.capabilities.photonic).toMatchObject({ value: true, confidence: 0.9 })
    expect(photonic.capabilities.photonic?.evidence[0]).toEqual({ file: 'beam-1.0.dist-info/METADATA', line: 2 })
    expect((await analyseSnapshot(await made('A simulator'))).capabilities.photonic).toBeUndefined()
  })

  test('folders of stubs for other packages are no modules of this one', async () => {
    const profile = await analyseSnapshot(
      await makeSnapshot({ wheel: { 'own/__init__.py': '', 'stubs/other/__init__.pyi': 'class X: ...' } }),
    )
    expect(profile.modules.map(({ value }) => value)).toEqual(['own'])
    expect(profile.classes).toEqual([])
  })

  test('a package that only brings others has their modules', async () => {
    const metadata = { 'all-1.0.dist-info/METADATA': METADATA }
    const core = { 'ns/core/__init__.py': 'import optlib\n\nclass QubitCircuit:\n    def h(self, qubit): ...\n' }
    const lang = { 'ns/lang/__init__.py': 'def cnot(circuit, control, target): ...\n' }
    const brings = []
    for (const [distribution, wheel] of Object.entries({ core, lang })) {
      const [tree] = (await makeSnapshot({ distribution, wheel })).trees
      if (tree !== undefined) brings.push({ distribution, version: '1.0', requiresDist: ['optlib>=1'], tree })
    }
    const profile = await analyseSnapshot(await makeSnapshot({ wheel: metadata, snapshot: { brings } }))
    expect(profile.modules.map(({ value }) => value)).toEqual(['ns.core', 'ns.lang'])
    expect(profile.classes.map(({ ref }) => ref)).toEqual(['ns.core:QubitCircuit'])
    expect(profile.gates.cx?.[0]?.value).toBe('ns.lang:cnot')
    expect(profile.undeclared).toEqual([])
  })

  test('a Bloch vector for each qubit is no state of several', async () => {
    const kind = async (more: string) => {
      const code = `class Qubit:\n    def __init__(self):\n        self.bloch = [0, 0, 1]\n    def cnot(self, other):\n        ${more}\n`
      return (await analyseSnapshot(await makeSnapshot({ wheel: { 'veloq/__init__.py': code } }))).capabilities
    }
    expect((await kind('other.bloch[2] *= -1')).productStates?.evidence).toEqual([
      { file: 'veloq/__init__.py', line: 3 },
    ])
    expect((await kind('self.state = np.kron(self.state, other.state)')).productStates).toBeUndefined()
  })

  test('what has no qubits does not look like a simulator', async () => {
    const profile = await analyseSnapshot(
      await makeSnapshot({ wheel: { 'webby/__init__.py': 'class Session:\n    def get(self, url, x=1): ...\n' } }),
    )
    expect(profile.looksLikeSimulator).toMatchObject({ value: false, confidence: 0.95 })
  })

  test('a compiled module that nothing tells of is judged by its name, and only then', async () => {
    const wheel = (name: string) => ({
      [`${name}/__init__.py`]: `from .${name} import *\n`,
      [`${name}/${name}.abi3.so`]: '',
    })
    const named = await analyseSnapshot(await makeSnapshot({ wheel: wheel('veloq_statevector') }))
    expect(named.looksLikeSimulator).toMatchObject({ value: true, confidence: 0.3 })
    expect(named.capabilities.fixedPrograms ?? named.capabilities.oneQubit).toBeUndefined()
    const other = await analyseSnapshot(await makeSnapshot({ distribution: 'fastjson', wheel: wheel('fastjson') }))
    expect(other.looksLikeSimulator.value).toBe(false)
    const described = {
      'veloq-1.0.dist-info/METADATA': 'Name: veloq\nSummary: fast\n\nRuns quantum circuits on qubits.\n',
    }
    const told = await analyseSnapshot(await makeSnapshot({ wheel: { ...wheel('veloq'), ...described } }))
    expect(told.looksLikeSimulator).toMatchObject({ value: true, confidence: 0.3 })
    const python = await analyseSnapshot(await makeSnapshot({ wheel: { 'veloq_statevector/__init__.py': '' } }))
    expect(python.looksLikeSimulator.value).toBe(false)
  })

  test('a client of a service computes nothing itself', async () => {
    const calls = 'def get_{i}(token):\n    return requests.post(base_url, headers=bearer(token, api_key))\n'
    const client = Array.from({ length: 4 }, (_, i) => calls.replace('{i}', String(i))).join('')
    const made = (code: string, summary: string) =>
      makeSnapshot({
        wheel: {
          'veloq/__init__.py': `import requests\n\nclass QuantumCircuit:\n    def h(self, qubit): ...\n${code}`,
          'veloq-1.0.dist-info/METADATA': `Name: veloq\nSummary: ${summary}\n`,
        },
        snapshot: { summary },
      })
    const kind = async (code: string, summary: string) =>
      (await analyseSnapshot(await made(code, summary))).capabilities.remote
    expect(await kind(client, 'Client of a cloud service')).toMatchObject({ value: true, confidence: 0.9 })
    expect(await kind(client, 'Quantum circuits')).toMatchObject({ value: true, confidence: 0.7 })
    const computes = `${client}def apply(state, gate):\n    return np.tensordot(gate, state)\n`
    // That it also computes something is for the search to see.
    expect(await kind(computes, 'Runs on a cloud service')).toMatchObject({ value: true, confidence: 0.6 })
    expect(await kind(computes, 'Client of a cloud service')).toMatchObject({ value: true, confidence: 0.7 })
    expect(await kind(computes, 'Quantum circuits')).toBeUndefined()
    expect(await kind('', 'Client of a cloud service')).toBeUndefined()
  })

  test('a library of Hamiltonians with hardly a gate is told by them, the surer the more it says so', async () => {
    const words = 'def mesolve(hamiltonian):\n    """Eigenvalues of a Hamiltonian; a qubit."""\n'.repeat(10)
    const made = async (summary: string, text = words) => {
      const wheel = { 'lab/__init__.py': text, 'lab-1.0.dist-info/METADATA': `Name: lab\nSummary: ${summary}\n` }
      return (await analyseSnapshot(await makeSnapshot({ wheel, snapshot: { summary } }))).capabilities.analog
    }
    expect(await made('Dynamics of open quantum systems')).toMatchObject({ value: true, confidence: 0.9 })
    expect(await made('Physics')).toMatchObject({ value: true, confidence: 0.6 })
    const one = words.slice(0, words.length / 10)
    expect(await made('Dynamics of open quantum systems', one)).toMatchObject({ value: true, confidence: 0.7 })
    expect(await made('Physics', one)).toBeUndefined()
  })

  test('what is only called after qubits is no simulator', async () => {
    const wheel = { 'qubits/__init__.py': '"""QUBITS."""\nimport qubits\nqubits.survey(qubits.galaxies)\n'.repeat(3) }
    expect((await analyseSnapshot(await makeSnapshot({ wheel }))).looksLikeSimulator.value).toBe(false)
    const quantum = { 'qubits/__init__.py': `${wheel['qubits/__init__.py']}# quantum quantum quantum\n` }
    expect((await analyseSnapshot(await makeSnapshot({ wheel: quantum }))).looksLikeSimulator.value).toBe(true)
  })

  test('a simulator of anyons says so', async () => {
    const words = 'class Braid:\n    """Anyons are braided; fusion rules."""\n'.repeat(10)
    const wheel = { 'knot/__init__.py': words, 'knot-1.0.dist-info/METADATA': 'Name: knot\nSummary: Anyon models\n' }
    const profile = await analyseSnapshot(await makeSnapshot({ wheel, snapshot: { summary: 'Anyon models' } }))
    expect(profile.capabilities.topological).toMatchObject({ value: true, confidence: 0.9 })
  })

  test('a compiled module that runs a language which only its documentation names is a simulator', async () => {
    const described = METADATA.replace(
      /# Veloq[\s\S]*$/,
      '# Veloq\n\nA simulator of cQASM programs with a quantum state of qubits.\n',
    )
    const runner = (name: string) => ({
      'veloq/__init__.py': `from . import _veloq\n\ndef ${name}(*args):\n    return _veloq.${name}(*args)\n`,
      'veloq-1.0.dist-info/METADATA': described,
    })
    const profile = await analyseSnapshot(await makeSnapshot({ wheel: runner('execute_string') }))
    expect(profile.capabilities.textDialects.map(({ value }) => value)).toEqual(['cqasm3'])
    expect(profile.looksLikeSimulator.value).toBe(true)
    const other = await analyseSnapshot(await makeSnapshot({ wheel: runner('execute_order') }))
    expect(other.capabilities.textDialects).toEqual([])
    expect(other.looksLikeSimulator.value).toBe(false)
  })
})
