/**
 * A model of a branch that knows nothing of diffs and commits: each file is a row of slots, an action sets some of them, and
 * taking it back sets back those that still are as it left them, or is refused.
 */
import fc from 'fast-check'

export const FILES = ['a.py', 'b.py']
const SLOTS = 5
/** A file that some changes make, whole. */
const OWN = 'own.py'

type Slots = Readonly<Record<string, string>>
type Ids = ReadonlySet<string>

interface State {
  readonly slots: Slots
  /** What is in force. */
  readonly live: Ids
}

interface Step {
  readonly before: State
  readonly after: State
  readonly depends: readonly string[]
}

export const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('propose' as const, 'push' as const),
      slots: fc.array(fc.nat(2 * SLOTS), { minLength: 1, maxLength: 3 }),
      depends: fc.option(fc.nat(9), { freq: 3, nil: undefined }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constantFrom('revert' as const, 'reject' as const), which: fc.nat(60) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('undo' as const, 'redo' as const),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('snapshot' as const, 'restore' as const, 'approve' as const),
      which: fc.nat(60),
    }),
  },
)
export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

export class Model {
  #state: State = {
    slots: Object.fromEntries(
      FILES.flatMap((file) => Array.from({ length: SLOTS }, (_, at) => [`${file}:${at}`, `${file} ${at}`])),
    ),
    live: new Set(),
  }
  /** The undo or redo since the last action that is in force. */
  #move: string | undefined
  readonly #steps = new Map<string, Step>()
  readonly #done: State[] = []
  #undone: State[] = []
  readonly #snapshots: State[] = []
  #words = 0

  /** What is in force, undos and redos included. */
  get live(): Ids {
    return this.#move === undefined ? this.#state.live : new Set([...this.#state.live, this.#move])
  }

  get files(): Record<string, string> {
    const { slots } = this.#state
    const files: Record<string, string> = {}
    for (const file of FILES) {
      files[file] = Array.from({ length: SLOTS }, (_, at) => `${slots[`${file}:${at}`]}\n`).join('')
    }
    if (slots[OWN] !== undefined) files[OWN] = slots[OWN]
    return files
  }

  get stack(): readonly [number, number] {
    return [this.#done.length, this.#undone.length]
  }

  #act(id: string, slots: Slots, live: Ids, depends: readonly string[] = []): void {
    const before = { slots: this.#state.slots, live: this.live }
    this.#done.push(before)
    this.#undone = []
    this.#move = undefined
    this.#state = { slots, live: new Set([...live, id]) }
    this.#steps.set(id, { before, after: this.#state, depends })
  }

  /** Somebody's commit. Answers what it depends on. */
  commit(id: string, picks: readonly number[], depends: number | undefined): string[] {
    const slots: Record<string, string> = { ...this.#state.slots }
    for (const at of picks) {
      this.#words += 1
      if (at === 2 * SLOTS) slots[OWN] = `${id} word ${this.#words}\n${id} more ${this.#words}\n`
      else slots[`${FILES[at % 2]}:${at >> 1}`] = `${id} word ${this.#words}`
    }
    const known = [...this.live].filter((other) => other.startsWith('c'))
    const needs = depends === undefined || known.length === 0 ? [] : [known[depends % known.length] ?? '']
    this.#act(id, slots, this.live, needs)
    return needs
  }

  /** What taking back would leave, or why it has to be refused. */
  without(id: string): State | 'refused' | 'already_reverted' {
    const step = this.#steps.get(id)
    if (step === undefined) throw new Error(`the model does not know ${id}`)
    let clean = true
    const slots: Record<string, string> = { ...this.#state.slots }
    for (const key of new Set([...Object.keys(step.before.slots), ...Object.keys(step.after.slots)])) {
      const [before, after, now] = [step.before.slots[key], step.after.slots[key], slots[key]]
      if (before === after || now === before) continue
      if (now !== after) clean = false
      if (before === undefined) delete slots[key]
      else slots[key] = before
    }
    const live = new Set(this.live)
    for (const one of [...step.before.live, ...step.after.live]) {
      if (step.before.live.has(one) === step.after.live.has(one)) continue
      // Somebody else has taken it back already.
      if (this.live.has(one) !== step.after.live.has(one)) return 'already_reverted'
      if (step.before.live.has(one)) live.add(one)
      else live.delete(one)
    }
    return clean && this.#isWhole(live) ? { slots, live } : 'refused'
  }

  /** Whether nothing would be in force without what it needs. */
  #isWhole(live: Ids): boolean {
    const now = this.live
    return [...live].every((id) =>
      (this.#steps.get(id)?.depends ?? []).every((need) => live.has(need) || (!now.has(need) && now.has(id))),
    )
  }

  revert(id: string, to: State): void {
    this.#act(id, to.slots, to.live)
  }

  /** Undo or redo by the commit `id`. */
  move(id: string, direction: 'undo' | 'redo', count: number): void {
    const before = { slots: this.#state.slots, live: this.live }
    const [from, to] = direction === 'undo' ? [this.#done, this.#undone] : [this.#undone, this.#done]
    for (let index = 0; index < count; index += 1) {
      const state = from.pop()
      if (state === undefined) throw new Error('the model has lost count')
      to.push(this.#state)
      this.#state = state
    }
    this.#move = id
    this.#steps.set(id, { before, after: { slots: this.#state.slots, live: this.live }, depends: [] })
  }

  snapshot(): void {
    this.#snapshots.push({ slots: this.#state.slots, live: this.live })
  }

  restore(id: string, which: number): void {
    const state = this.#snapshots[which]
    if (state === undefined) throw new Error('the model has no such snapshot')
    this.#act(id, state.slots, state.live)
  }

  /** What a step took away and what it wrote, by file. */
  written(id: string): { readonly removed: ReadonlySet<string>; readonly added: ReadonlySet<string> } {
    const step = this.#steps.get(id)
    const lines = (slots: Slots = {}) => Object.values(slots).flatMap((text) => text.split('\n'))
    return { removed: new Set(lines(step?.before.slots)), added: new Set(lines(step?.after.slots)) }
  }
}
