/** Progress on the terminal: one line per finished stage, and on a live terminal a spinner for the present one. */
import type { OnProgress, Progress, Stage } from '../values/progress.ts'
import type { Terminal } from './terminal.ts'
import { cut, harmless } from './terminal.ts'

const LABELS: Record<Stage, string> = {
  locate: 'Locate',
  fetch: 'Fetch',
  analyse: 'Read',
  environment: 'Environment',
  measure: 'Measure',
  plan: 'Plan',
  commit: 'Commit',
  test: 'Test',
}
const LABEL_WIDTH = 13
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
/** Without a terminal a note is only worth a line when nothing was said for this long. */
const PATIENCE_MILLISECONDS = 3000
const CLEAR_LINE = '\r\u001b[2K'

/** Shows progress until it is closed. */
export interface ProgressView {
  readonly onProgress: OnProgress
  /** Removes the spinner; nothing is shown afterwards. */
  close(): void
}

interface Current {
  readonly stage: Stage
  readonly since: number
  detail: string
}

/** Writes to `out` (standard error, so that standard output holds the result alone). */
export function progressView(out: Terminal, now: () => number = () => performance.now()): ProgressView {
  const { palette } = out
  let current: Current | undefined
  let frame = 0
  let quietSince = now()
  let timer: NodeJS.Timeout | undefined

  const label = (stage: Stage) => LABELS[stage].padEnd(LABEL_WIDTH)
  const seconds = (value: number) => (value < 0.05 ? '' : palette.dim(` ${value.toFixed(1)} s`))

  function clear(): void {
    if (out.live && current !== undefined) out.write(CLEAR_LINE)
  }

  function draw(): void {
    if (!out.live || current === undefined) return
    const elapsed = Math.floor((now() - current.since) / 1000)
    const time = elapsed > 1 ? ` ${elapsed} s` : ''
    const detail = cut(current.detail, out.width - LABEL_WIDTH - 6 - time.length)
    const spinner = palette.cyan(FRAMES[frame % FRAMES.length] ?? '')
    out.write(`${CLEAR_LINE}${spinner} ${label(current.stage)}${detail}${palette.dim(time)}`)
  }

  /** Writes a line that stays, above the spinner. */
  function line(text: string): void {
    clear()
    out.write(`${text}\n`)
    quietSince = now()
    draw()
  }

  function show(progress: Progress): void {
    const detail = harmless(progress.detail ?? '')
    switch (progress.type) {
      case 'started':
        current = { stage: progress.stage, since: now(), detail }
        quietSince = now()
        draw()
        return
      case 'note':
        if (current?.stage !== progress.stage) line(`${palette.green('✓')} ${label(progress.stage)}${detail}`)
        else if (out.live) current.detail = detail
        else if (now() - quietSince >= PATIENCE_MILLISECONDS) line(palette.dim(`  ${''.padEnd(LABEL_WIDTH)}${detail}`))
        return
      case 'finished':
        clear()
        current = undefined
        line(`${palette.green('✓')} ${label(progress.stage)}${detail}${seconds(progress.seconds)}`)
        return
      case 'warning':
        line(`${palette.yellow('!')} ${detail}`)
        return
      default:
        progress satisfies never
    }
  }

  if (out.live) {
    timer = setInterval(() => {
      frame += 1
      draw()
    }, 100)
    timer.unref()
  }

  return {
    onProgress: show,
    close() {
      clearInterval(timer)
      clear()
      current = undefined
    },
  }
}
