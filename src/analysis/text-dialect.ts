/** Recognises program texts among string literals, by what the languages' own specifications require. */
import { gateOfName } from '../values/gate-names.ts'

/**
 * Dialect of a program text, or undefined. OpenQASM and cQASM start with a version line; Quil has none, so that at least
 * two of its statements must stand there.
 */
export function dialectOfText(text: string): string | undefined {
  if (text.length < 8) return undefined
  const head = text.slice(0, 4000)
  if (/^\s*OPENQASM\s+2/m.test(head)) return 'openqasm2'
  if (/^\s*OPENQASM\s+3/m.test(head)) return 'openqasm3'
  if (/^\s*version\s+3\b/m.test(head)) return 'cqasm3'
  if (/^\s*qreg\s+\w+\s*\[\d+\]\s*;/m.test(head)) return 'openqasm2'
  if (/^\s*qubit\s*\[\d+\]\s*\w+\s*;/m.test(head)) return 'openqasm3'
  const quil = head.match(
    /^\s*(?:DECLARE \w+ BIT|MEASURE \d+ |(?:H|X|Y|Z|S|T) \d+\s*$|CNOT \d+ \d+|R[XYZ]\([^)]*\) \d+)/gm,
  )
  // `H 0` alone is a line of many languages.
  const sure = /^\s*(?:DECLARE |MEASURE \d|R[XYZ]\()/m.test(head)
  if (quil && quil.length >= 2 && sure) return 'quil'
  return isLineProgram(head) ? LINES : undefined
}

/** Dialect of a program in a line language of the package's own; the text itself shows how its lines are written. */
export const LINES = 'lines'

/** `RX Q1 0.3`, `cnot(0, 1)`, `rz(pi/2) q[0]`: a word, perhaps angles in parentheses, and places or numbers. */
const GATE_LINE =
  /^([A-Za-z]\w{0,20})\s*(?:\([^()]{0,60}\))?(?:[\s,]+-?(?:[A-Za-z_]{0,4}\[?\d+\]?|\d*\.\d+|\w{1,8}(?:[*/]\w{1,6})?)){0,5}$/

/** A word of which one stands in every program that a version line or a declaration makes one. */
export const LANGUAGE_WORDS = /OPENQASM|version|qreg|qubit|DECLARE|MEASURE|CNOT|R[XYZ]\(|^\s*[HXYZST] \d/m

/** Whether a line of a text is a gate with its places or numbers. */
export function isGateLine(line: string): boolean {
  const name = GATE_LINE.exec(line.trim())?.[1]
  return name !== undefined && /\d/.test(line.trim().slice(name.length)) && gateOfName(name) !== undefined
}

/**
 * At least two lines that are gates, and these are at least half of all; or one, where all the others look like it: packages
 * make up names for their instructions.
 */
function isLineProgram(text: string): boolean {
  const lines = text
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length < 2 || lines.length > 200) return false
  const gates = lines.filter(isGateLine)
  const alike = lines.every((line) => GATE_LINE.test(line) && /\d/.test(line))
  return (gates.length >= 2 && 2 * gates.length >= lines.length) || (gates.length > 0 && alike)
}
