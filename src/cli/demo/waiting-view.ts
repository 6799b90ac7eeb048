/** What is being waited for, on standard error: a spinner on a terminal, elsewhere a line now and then. */
import { cut, type Terminal } from '../terminal.ts'

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const CLEAR_LINE = '\r\u001b[2K'
const LIVE_MILLISECONDS = 100
const PATIENCE_MILLISECONDS = 10_000

/** Says what is waited for until the work ends, however it ends. */
export async function whileWaiting<T>(out: Terminal, what: string, work: () => Promise<T>): Promise<T> {
  const since = performance.now()
  const { palette, live } = out
  let frame = 0
  const say = () => {
    const seconds = `${Math.round((performance.now() - since) / 1000)} s`
    const words = cut(`waiting for ${what}`, out.width - seconds.length - 4)
    frame += 1
    if (live)
      out.write(
        `${CLEAR_LINE}${palette.cyan(FRAMES.charAt(frame % FRAMES.length))} ${palette.dim(`${words} ${seconds}`)}`,
      )
    else out.write(`  … ${words}, ${seconds}\n`)
  }
  const timer = setInterval(say, live ? LIVE_MILLISECONDS : PATIENCE_MILLISECONDS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (live) out.write(CLEAR_LINE)
  }
}
