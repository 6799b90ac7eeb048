/** The seven steps of a request in one line: done, present, to come. */
import type { ProgressStep } from '../../integration/models.ts'
import { PROGRESS_STEPS } from '../../integration/models.ts'

/** `stopped`: the present step will not go on by itself. */
export function progressBar(step: ProgressStep | 'finished', stopped: boolean): string {
  const present = step === 'finished' ? PROGRESS_STEPS.length : PROGRESS_STEPS.indexOf(step)
  return PROGRESS_STEPS.map((name, index) => {
    if (index < present) return `✓ ${name}`
    return index === present ? `**${stopped ? '✗' : '▸'} ${name}**` : name
  }).join(' · ')
}
