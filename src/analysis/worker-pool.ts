/** Hands files to a few worker threads, one at a time each, with a time cap per file and in total. */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FileFacts, FileTask } from './file-facts.ts'
import type { WorkerReply } from './worker.ts'

export interface PoolLimits {
  readonly workers: number
  /** A worker that is longer over one file is replaced and the file is left out. */
  readonly fileMilliseconds: number
  /** After this, the files that are left are not read. */
  readonly totalMilliseconds: number
  /** JavaScript heap of one worker. */
  readonly heapMegabytes: number
}

export const POOL_LIMITS: PoolLimits = {
  workers: 2,
  fileMilliseconds: 10_000,
  totalMilliseconds: 120_000,
  heapMegabytes: 128,
}

const FILES_PER_THREAD = 6
/** What one file leaves behind is garbage at once: three times as much makes a worker no faster, only larger. */
const YOUNG_MEGABYTES = 8

export interface PoolResult {
  readonly facts: FileFacts[]
  /** `path: reason`, never silently. */
  readonly skipped: string[]
}

/** Facts in the order of the tasks, whichever worker was faster. */
export async function readFiles(
  tasks: readonly FileTask[],
  limits: PoolLimits,
  onFile: (done: number) => void,
): Promise<PoolResult> {
  const results: (FileFacts | undefined)[] = tasks.map(() => undefined)
  const reasons: (string | undefined)[] = tasks.map(() => undefined)
  const end = performance.now() + limits.totalMilliseconds
  let next = 0
  let done = 0
  const drain = async (): Promise<void> => {
    let thread: Thread | undefined
    try {
      while (next < tasks.length) {
        const index = next
        next += 1
        const task = tasks[index]
        if (!task) continue
        const left = end - performance.now()
        if (left <= 0) {
          reasons[index] = 'the time for the whole analysis is used up'
          continue
        }
        thread ??= await startThread(limits)
        const answer = await thread.read(task, Math.min(limits.fileMilliseconds, left))
        if (answer.facts) results[index] = answer.facts
        else reasons[index] = answer.error ?? 'could not be read'
        if (answer.dead) thread = undefined
        done += 1
        onFile(done)
      }
    } finally {
      await thread?.stop()
    }
  }
  // Starting a parser costs as much as reading a few files.
  const threads = Math.max(1, Math.min(limits.workers, Math.ceil(tasks.length / FILES_PER_THREAD)))
  await Promise.all(Array.from({ length: threads }, drain))
  return {
    facts: results.filter((facts) => facts !== undefined),
    skipped: tasks.flatMap((task, index) => (reasons[index] ? [`${task.path}: ${reasons[index]}`] : [])),
  }
}

interface Thread {
  read(task: FileTask, milliseconds: number): Promise<WorkerReply & { dead?: boolean }>
  stop(): Promise<void>
}

async function startThread(limits: PoolLimits): Promise<Thread> {
  // The worker has the extension of this file: `.ts` in the checkout, `.js` in the packed tarball.
  const worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    env: {},
    stdin: false,
  })
  const started = await answerOf(worker, 30_000)
  if (started.dead) throw new Error(`The parser's worker does not start: ${started.error}`)
  return {
    async read(task, milliseconds) {
      const answer = answerOf(worker, milliseconds)
      worker.postMessage(task)
      const result = await answer
      if (result.dead) await worker.terminate()
      return result
    },
    async stop() {
      await worker.terminate()
    },
  }
}

/** The next message, or why there is none: then the worker is of no more use. */
function answerOf(worker: Worker, milliseconds: number): Promise<WorkerReply & { dead?: boolean }> {
  return new Promise((resolve) => {
    const settle = (answer: WorkerReply & { dead?: boolean }): void => {
      clearTimeout(timer)
      worker.off('message', settle)
      worker.off('error', failed)
      worker.off('exit', left)
      resolve(answer)
    }
    const failed = (error: Error): void =>
      settle({ error: `the parser failed (${error.message.slice(0, 150)})`, dead: true })
    const left = (): void => settle({ error: 'the parser died', dead: true })
    const timer = setTimeout(
      () => settle({ error: `took longer than ${Math.round(milliseconds)} ms`, dead: true }),
      milliseconds,
    )
    worker.on('message', settle)
    worker.on('error', failed)
    worker.on('exit', left)
  })
}
