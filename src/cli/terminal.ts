/** What a stream can show: width, colours, a line that is written over. Foreign text is made harmless here. */
import pc from 'picocolors'

export type Palette = ReturnType<typeof pc.createColors>

/** One output stream as the views see it. */
export interface Terminal {
  readonly palette: Palette
  /** Columns to write in; 100 when the output is no terminal. */
  readonly width: number
  /** Whether a line can be written over (a spinner). */
  readonly live: boolean
  write(text: string): void
}

type Stream = NodeJS.WriteStream | (NodeJS.WritableStream & { isTTY?: boolean; columns?: number })

/** Colours only on a terminal; `NO_COLOR` (no-color.org) and `TERM=dumb` turn them off there too. */
export function terminal(stream: Stream, environment: NodeJS.ProcessEnv = process.env): Terminal {
  const isTerminal = stream.isTTY === true && environment.TERM !== 'dumb'
  const colours = isTerminal && (environment.NO_COLOR ?? '') === ''
  return {
    palette: pc.createColors(colours),
    width: Math.max(60, Math.min(stream.columns ?? 100, 120)),
    live: isTerminal,
    write: (text) => {
      stream.write(text)
    },
  }
}

/**
 * Text from a package or a server, safe to show: control characters (an escape sequence could rewrite the screen), direction
 * marks and whatever else cannot be seen (they could make one name look like another) become spaces.
 */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

/**
 * A value as JSON. What JSON leaves as it is and a terminal would act on or not show (C1 control characters, direction marks) is
 * escaped: a person may read it there.
 */
export function jsonText(value: unknown, indent?: number): string {
  const units = (text: string) => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
  return JSON.stringify(value, null, indent).replace(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, (character) =>
    units(character)
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/** Breaks text at spaces into lines of at most `width` characters, each begun with `indent`. A longer word stays whole. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(indent + line)
  return lines.join('\n')
}

/** Cuts to `width` characters, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(1, width - 1))}…`
}
