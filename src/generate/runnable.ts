/**
 * Which gates a backend can run: those that it has, and those that the bridge can write with them.
 *
 * The rules are read from the bridge's own file, so that there is one place where they stand; the closure is the one that
 * `lowering.py` decides in Python when the backend is used.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Node } from 'web-tree-sitter'
import { BugError } from '../values/errors.ts'
import { GATE_NAMES, GATES } from '../values/gates.ts'
import { childrenOf, descendants, plainString, withPythonTree } from './python-tree.ts'

/** One way to write a gate: the gates that it takes. */
interface Alternative {
  readonly gate: string
  readonly needs: readonly string[]
}

/** Unitaries on up to so many qubits count; wider ones are written with these. */
const MATRIX_SIZES = [1, 2, 3]

/** The bridge's rules do not change while we run. */
const rulesOf = new Map<string, Promise<Alternative[]>>()

/**
 * Returns the gates that run, in the order of the gate list, with `matrix` last when unitaries run.
 *
 * @param native gates of the adapter's table
 * @param matrixQubits largest unitary that the table takes, in qubits
 */
export async function runnableGates(
  templatesDir: string,
  native: readonly string[],
  matrixQubits: number,
): Promise<string[]> {
  let rules = rulesOf.get(templatesDir)
  if (rules === undefined) {
    rules = readRules(join(templatesDir, 'bridge/rules.py'))
    rulesOf.set(templatesDir, rules)
  }
  const alternatives = [...(await rules), ...matrixRules()]
  const found = new Set<string>(native.filter((gate) => gate !== 'matrix'))
  for (const size of MATRIX_SIZES) if (native.includes('matrix') && size <= matrixQubits) found.add(`matrix${size}`)
  for (let before = -1; before < found.size; ) {
    before = found.size
    for (const { gate, needs } of alternatives) if (needs.every((need) => found.has(need))) found.add(gate)
  }
  const runnable: string[] = GATE_NAMES.filter((gate) => found.has(gate))
  if (MATRIX_SIZES.every((size) => found.has(`matrix${size}`))) runnable.push('matrix')
  return runnable
}

/** Any gate is a unitary; unitaries are Euler angles, and wider ones are multiplexed (`synthesis.py`). */
function matrixRules(): Alternative[] {
  return [
    ...GATE_NAMES.map((gate) => ({ gate, needs: [`matrix${GATES[gate].qubits}`] })),
    { gate: 'sxdg', needs: ['matrix1'] },
    { gate: 'matrix1', needs: ['u3'] },
    { gate: 'matrix2', needs: ['matrix1', 'cx', 'rz', 'ry'] },
    { gate: 'matrix3', needs: ['matrix2', 'cx', 'rz', 'ry'] },
  ]
}

/** Reads `{"x": [lambda: [do("sx"), do("sx")], …]}`: the name of each step of each alternative. */
async function readRules(path: string): Promise<Alternative[]> {
  const source = await readFile(path, 'utf8')
  const rules = await withPythonTree(source, (root) =>
    descendants(root, 'pair').flatMap((pair) => {
      const gate = plainString(pair.childForFieldName('key'))
      const list = pair.childForFieldName('value')
      if (gate === undefined || list?.type !== 'list') return []
      return childrenOf(list).map((alternative) => ({ gate, needs: stepsOf(alternative) }))
    }),
  )
  if (rules.length === 0 || rules.some((rule) => rule.needs.length === 0)) {
    throw new BugError('The rules of the bridge are not written as expected.')
  }
  return rules
}

function stepsOf(alternative: Node): string[] {
  return descendants(alternative, 'call').flatMap((call) => {
    if (call.childForFieldName('function')?.text !== 'do') return []
    return plainString(childrenOf(call.childForFieldName('arguments'))[0]) ?? []
  })
}
