/** A parser in a thread of its own: a file that hangs or exhausts it takes this thread down, not Graft. */
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { Language, Parser } from 'web-tree-sitter'
import type { FileFacts, FileTask } from './file-facts.ts'
import { readFileFacts } from './read-file.ts'

export interface WorkerReply {
  readonly facts?: FileFacts
  readonly error?: string
}

const require = createRequire(import.meta.url)

async function start(): Promise<void> {
  await Parser.init()
  const language = await Language.load(require.resolve('tree-sitter-python/tree-sitter-python.wasm'))
  const parser = new Parser().setLanguage(language)
  parentPort?.on('message', (task: FileTask) => {
    readFileFacts(task, parser).then(
      (facts) => reply({ facts }),
      (error: unknown) => {
        parser.reset()
        reply({ error: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : 'failed' })
      },
    )
  })
  reply({})
}

function reply(message: WorkerReply): void {
  parentPort?.postMessage(message)
}

await start()
