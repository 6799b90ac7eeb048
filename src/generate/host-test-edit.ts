/** Mends a test of the target that allows only the names of the backends it knew when it was written. */
import { descendants, withPythonTree } from './python-tree.ts'

/** Where Proxima has such a test. */
export const HOST_TESTS = ['tests/unit/test_backend_edge_cases.py']

/**
 * In each test that asserts `X.name in [ … ]` over `registry.list_statuses()`, lets the folders of backends count too. Returns
 * the same text where there is no such assertion.
 */
export async function allowFolders(source: string): Promise<string> {
  const mark = source.startsWith('\uFEFF') ? '\uFEFF' : ''
  const text = source.slice(mark.length)
  const places = await withPythonTree(text, (root) =>
    descendants(root, 'function_definition').flatMap((test) => {
      const registry = /(\w+)\.list_statuses\(\)/.exec(test.text)?.[1]
      if (registry === undefined || test.text.includes('backend_folders()')) return []
      return descendants(test, 'assert_statement').flatMap((assertion) => {
        const comparison = assertion.namedChild(0)
        const names = comparison?.namedChild(1)
        const last = names?.type === 'list' ? names.lastNamedChild : null
        if (comparison?.type !== 'comparison_operator' || !/^\w+\.name in \[/.test(comparison.text) || !last) return []
        const lineStart = text.lastIndexOf('\n', last.startIndex) + 1
        const alone = text.slice(lineStart, last.startIndex).trim() === ''
        const indent = text.slice(lineStart, last.startIndex)
        const newline = text.includes('\r\n') ? '\r\n' : '\n'
        return [{ at: last.endIndex, text: `,${alone ? `${newline}${indent}` : ' '}*${registry}.backend_folders()` }]
      })
    }),
  )
  let result = text
  for (const place of places.sort((a, b) => b.at - a.at)) {
    result = result.slice(0, place.at) + place.text + result.slice(place.at)
  }
  return mark + result
}
