/**
 * Programs that are plain data: `run({"qubits": 2, "gates": [["h", 0], ["cx", 0, 1]]})` has no circuit to call a gate on. The
 * list of its gates is the circuit, a gate is appended to it, and the document around it belongs to running.
 */
import type { Expression } from '../values/driver.ts'
import { descendants, replace } from '../values/expressions.ts'
import type { RawStatement } from './file-facts.ts'
import { gatesIn, isStrong } from './gate-calls.ts'

/** A list of gates that is given as data becomes a variable of its own, and one statement for each gate. */
export function splitDocument(statement: RawStatement): RawStatement[] {
  const list = [...descendants(statement.value)].find(isListOfRecords)
  if (list === undefined || (list === statement.value && statement.var === undefined)) return [statement]
  const { line } = statement
  const whole = list === statement.value
  const circuit = whole && statement.var !== undefined ? statement.var : `gates${line}`
  const gates = itemsOf(list).map(
    (item): RawStatement => ({ value: { call: { attr: [{ var: circuit }, 'append'] }, args: [item] }, line }),
  )
  const made: RawStatement = { var: circuit, value: { list: [] }, line }
  if (whole) return [made, ...gates]
  const around = replace(statement.value, (part) => (part === list ? { var: circuit } : undefined))
  return [made, ...gates, { ...statement, value: around }]
}

/** `circuit.apply([H(0), CNOT(0, 1)])` is one statement for each gate, in a list of its own. */
export function splitGateList(statement: RawStatement): RawStatement[] {
  const { value, line } = statement
  if (statement.var !== undefined || !('call' in value) || !('attr' in value.call)) return [statement]
  const lists = value.args.filter((argument) => 'list' in argument)
  const [list] = lists
  if (list === undefined || lists.length > 1 || !('var' in value.call.attr[0])) return [statement]
  const items = itemsOf(list)
  if (items.length < 2 || items.some((item) => gatesIn(item).length !== 1)) return [statement]
  return items.map((item) => ({
    value: replace(value, (part) => (part === list ? { list: [item] } : undefined)),
    line,
  }))
}

/** `run(circuit)["counts"]` is `value = run(circuit)` and `value["counts"]`: beside the key that was shown there are others. */
export function splitResult(statement: RawStatement): RawStatement[] {
  const { value, line } = statement
  if (!('item' in value) || !('call' in value.item[0])) return [statement]
  const [made, key] = value.item
  if (!('lit' in key) || typeof key.lit !== 'string') return [statement]
  const name = `value${line}`
  return [
    { var: name, value: made, line },
    { ...statement, value: { item: [{ var: name }, key] } },
  ]
}

const itemsOf = (part: Expression): readonly Expression[] => ('list' in part ? part.list : [])

/** A list of nothing but gates, one of which is unmistakable: a document has other lists, and words such as `x` in them. */
function isListOfRecords(part: Expression): boolean {
  const items = itemsOf(part)
  return items.length > 0 && items.every(isRecord) && items.some(isStrong)
}

/** A tuple, a list or a dictionary of plain values, with the name of one gate among them. */
function isRecord(part: Expression): boolean {
  if (!('list' in part || 'tuple' in part || 'dict' in part)) return false
  const plain = [...descendants(part)].every((one) => !('call' in one || 'var' in one || 'attr' in one))
  return plain && gatesIn(part).length === 1
}
