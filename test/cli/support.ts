/** A terminal that keeps what is written to it. */
import pc from 'picocolors'
import type { Terminal } from '../../src/cli/terminal.ts'

export function recorder(options: { live?: boolean; colours?: boolean; width?: number } = {}): Terminal & {
  readonly text: () => string
} {
  let written = ''
  return {
    palette: pc.createColors(options.colours ?? false),
    width: options.width ?? 100,
    live: options.live ?? false,
    write: (text) => {
      written += text
    },
    text: () => written,
  }
}
