/** Snapshots: states of the branch under a name, as references that are never moved. */

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/
/** Of test runs: they are made by Graft alone. */
const AUTOMATIC = /^tested-[0-9a-f]{7}$/

export interface Snapshot {
  readonly name: string
  readonly commit: string
}

/** Whether people may give a snapshot this name; what is wrong with it otherwise, in one clause. */
export function problemOfName(name: string): string | undefined {
  if (!NAME.test(name)) return 'a name has up to 40 small letters, digits and hyphens'
  return AUTOMATIC.test(name) ? 'names such as tested-1234567 belong to test runs' : undefined
}

/** How the references of an integration begin. */
export function snapshotPrefix(integration: string): string {
  return `refs/graft/${integration}/`
}

export function snapshotReference(integration: string, name: string): string {
  return `${snapshotPrefix(integration)}${name}`
}

/** Name of the snapshot that a test run makes. */
export function automaticName(commit: string): string {
  return `tested-${commit.slice(0, 7)}`
}

/** Reads the snapshots of an integration from its references; other references are left aside. */
export function parseSnapshots(integration: string, references: ReadonlyMap<string, string>): Snapshot[] {
  const prefix = snapshotPrefix(integration)
  return [...references].flatMap(([reference, commit]) => {
    const name = reference.startsWith(prefix) ? reference.slice(prefix.length) : ''
    return NAME.test(name) ? [{ name, commit }] : []
  })
}
