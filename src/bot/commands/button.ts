/** The press of a button of the check run, as the command that it stands for. */
import type { GivenCommand } from '../../integration/command.ts'
import type { Intent } from '../../values/intent.ts'

/** @param at when it was pressed (ISO 8601) */
export function buttonCommand(intent: Intent, at: string): GivenCommand {
  const asked: Record<Intent['button'], GivenCommand['asked']> = {
    approve_all: { name: 'approve', changes: 'all' },
    undo: { name: 'undo', count: 1 },
    retest: { name: 'retest' },
  }
  return {
    ...{ source: intent.id, place: 0, from: 'button', author: intent.login, at, permission: 'write' },
    ...{ asked: asked[intent.button], head: intent.head },
  }
}
