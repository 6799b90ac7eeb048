/** A unified diff with its lines coloured, made harmless for the terminal. */
import type { Terminal } from '../terminal.ts'

/** Colours additions, removals and hunk headings; indentation stays as it is. */
export function diffView(diff: string, { palette }: Terminal): string {
  return diff
    .split('\n')
    .filter((line) => !/^(index|new file mode) /.test(line))
    .map((line) => {
      const safe = line.replace(/[^\P{Cc}\t]+/gu, ' ')
      if (safe.startsWith('diff ') || safe.startsWith('+++') || safe.startsWith('---')) return palette.bold(safe)
      if (safe.startsWith('@@')) return palette.cyan(safe)
      if (safe.startsWith('+')) return palette.green(safe)
      if (safe.startsWith('-')) return palette.red(safe)
      return safe
    })
    .join('\n')
}
