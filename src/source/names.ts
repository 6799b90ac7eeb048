/** Names of distributions. */

/** Normalised name of a distribution (PEP 503): lower case, runs of `-`, `_`, `.` are one hyphen. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}
