/** Recognises program texts among string literals, by what the languages' own specifications require. */

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
  return quil && quil.length >= 2 ? 'quil' : undefined
}
