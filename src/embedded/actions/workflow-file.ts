/** What the embedded GitHub reads of the workflow file: names of the workflow, its jobs and their steps. */
import { load } from 'js-yaml'
import { z } from 'zod'

const MOST_BYTES = 256 * 1024

const workflowSchema = z.object({
  name: z.string().optional(),
  jobs: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      steps: z.array(z.object({ name: z.string().optional(), uses: z.string().optional() })).default([]),
    }),
  ),
})

export interface WorkflowFile {
  readonly name: string
  readonly jobs: readonly { readonly key: string; readonly name: string; readonly steps: readonly string[] }[]
}

/** Reads a workflow; undefined for one that GitHub would call invalid. */
export function parseWorkflow(text: string): WorkflowFile | undefined {
  if (text.length > MOST_BYTES) return undefined
  try {
    const { name, jobs } = workflowSchema.parse(load(text))
    return {
      name: name ?? 'graft',
      jobs: Object.entries(jobs).map(([key, job]) => ({
        key,
        name: job.name ?? key,
        steps: job.steps.map((step, index) => step.name ?? step.uses ?? `Step ${index + 1}`),
      })),
    }
  } catch {
    return undefined
  }
}
