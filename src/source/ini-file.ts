/** Files such as `setup.cfg`, as Python's `configparser` reads them: values go on in the indented lines below. */

const MAX_LINES = 5000

/** Values by section and key, keys in lower case; lines of a value are joined by line ends. */
export function readConfig(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>()
  let section: Map<string, string> | undefined
  let key: string | undefined
  for (const line of text.split(/\r?\n/).slice(0, MAX_LINES)) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue
    const header = /^\[([^\]]+)\]\s*$/.exec(line)?.[1]
    if (header !== undefined) {
      section = sections.get(header) ?? new Map()
      sections.set(header, section)
      key = undefined
    } else if (/^\s/.test(line)) {
      if (section !== undefined && key !== undefined)
        section.set(key, `${section.get(key) ?? ''}\n${line.trim()}`.trim())
    } else {
      const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line)
      key = pair?.[1]?.toLowerCase()
      if (section !== undefined && key !== undefined) section.set(key, pair?.[2]?.trim() ?? '')
    }
  }
  return sections
}
