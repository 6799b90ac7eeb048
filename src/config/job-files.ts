/** The constant files of the workflow: what onboarding installs, and what a measuring branch carries besides its request. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '../values/errors.ts'

/** Where the workflow stands in the target (only who has GitHub's permission "workflows" may write it), and its programs. */
export const WORKFLOW_PATH = '.github/workflows/graft.yml'
const PROGRAMS_FOLDER = '.github/graft'
const PROBE_FOLDER = '.graft/probe'

/** Whether a file decides what the workflow does, and with it what a report says. */
export function isProgramPath(path: string): boolean {
  return path === WORKFLOW_PATH || path.startsWith(`${PROGRAMS_FOLDER}/`)
}

export interface JobFile {
  readonly path: string
  readonly content: string
}

/** The workflow. Below `.github/workflows`, which an App may write only with a permission of its own. */
export async function workflowFile(templatesDir: string): Promise<JobFile> {
  return { path: WORKFLOW_PATH, content: await text(join(templatesDir, 'github', 'workflow.yml')) }
}

/** The programs that the workflow's steps run. */
export function programFiles(templatesDir: string): Promise<JobFile[]> {
  return filesOf(join(templatesDir, 'github', 'job'), PROGRAMS_FOLDER)
}

/** The programs in this version, and the probe. */
export async function measuringFiles(templatesDir: string): Promise<JobFile[]> {
  return [...(await programFiles(templatesDir)), ...(await filesOf(join(templatesDir, 'probe'), PROBE_FOLDER))]
}

/** The programs in a folder and their data; not what lies in folders below, which is for tests. */
async function filesOf(folder: string, target: string): Promise<JobFile[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\w+\.(?:py|json)$/.test(name)).sort()
  if (names.length === 0) throw new ConfigurationError(`The programs in ${folder} are missing; install Graft again.`)
  return Promise.all(
    names.map(async (name) => ({ path: `${target}/${name}`, content: await text(join(folder, name)) })),
  )
}

function text(path: string): Promise<string> {
  return readFile(path, 'utf8')
}
