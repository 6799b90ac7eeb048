/** The seven steps of a request in one line: done, present, to come. */
import type { ProgressStep } from '../../integration/models.ts'
import { PROGRESS_STEPS } from '../../integration/models.ts'

const SIGNS = { goes_on: '▸', waits: '⏸', ended: '✗' } as const

/** `waits`: for a person. */
export function progressBar(step: ProgressStep | 'finished', state: keyof typeof SIGNS): string {
  const present = step === 'finished' ? PROGRESS_STEPS.length : PROGRESS_STEPS.indexOf(step)
  return PROGRESS_STEPS.map((name, index) => {
    if (index < present) return `✓ ${name}`
    return index === present ? `**${SIGNS[state]} ${name}**` : name
  }).join(' · ')
}
